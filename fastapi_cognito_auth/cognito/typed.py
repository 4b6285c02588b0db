"""What people type, read as they meant it: codes, usernames, and passwords that are new.

Cognito answers what it cannot take with a regular expression, which is nothing for people. What can
be mended is mended here, and for the rest there are words.
"""

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from fastapi_cognito_auth.exceptions import InvalidPasswordError

_MINUS: Final = "\N{MINUS SIGN}"
_SHORTEST_PASSWORD: Final = 6  # characters; no pool can allow less
_LONGEST_PASSWORD: Final = 256
MAY_WANT_MORE: Final = (
    "The pool may want more of them, and capitals, small letters, digits or symbols among them."
)
_PHONE_NUMBER: Final = re.compile(r"\+[0-9]{4,15}")
_ONLY_TO_READ_NUMBERS: Final = re.compile(r"\(0\)|[\s().\u00a0\u2010-\u2015/-]")
_BLANKS: Final = " \t\n\r\f\v"
_LINE_ENDS: Final = "\n\r\x85\u2028\u2029"

WRONG_OR_EXPIRED: Final = "The code is wrong or has expired. Try again, or ask for another one."
"""Said of every code that confirms nobody or resets no password: more would tell which names are taken."""


def read_code(text: str) -> str:
    """Return a code without what only makes it easy to read: `123 456` and `123-456` are 123456.

    Digits of other scripts and full width ones are those of ASCII. A code that is no number keeps
    all but the blanks around it.

    Raises:
        ValueError: a code that is no number has a blank in it, or there is nothing else.
    """
    digits = "".join(char for char in unicodedata.normalize("NFKC", text) if not _only_for_the_eye(char))
    if digits.isdecimal():
        return "".join(str(unicodedata.decimal(digit)) for digit in digits)
    code = text.strip()
    if not code or any(char.isspace() for char in code):
        raise ValueError("a code has no blanks")
    return code


def _only_for_the_eye(char: str) -> bool:
    return char.isspace() or char == _MINUS or unicodedata.category(char) in {"Pd", "Cf"}


def read_username(text: str) -> str:
    """Return a username, an e-mail address or a phone number without the blanks around it.

    Raises:
        ValueError: it holds what no username can: a blank, or a character that is not to be seen.
    """
    name = text.strip()
    if not name:
        raise ValueError("a username is not blank")
    # Cognito's own rule: letters, marks, symbols, numbers and punctuation.
    if any(unicodedata.category(char)[0] not in "LMSNP" for char in name):
        raise ValueError("a username has no blanks and no invisible characters")
    return name


def read_email(text: str) -> str:
    """Return an e-mail address without the blanks around it.

    Raises:
        ValueError: it has not the form of one.
    """
    address = text.strip()
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(char.isspace() for char in address):
        raise ValueError("an e-mail address has the form name@example.com")
    return address


def read_phone_number(text: str) -> str:
    """Return a phone number without what only makes it easy to read: `+49 (30) 123-456` is +4930123456.

    Raises:
        ValueError: it has not the form of one (E.164).
    """
    number = _ONLY_TO_READ_NUMBERS.sub("", unicodedata.normalize("NFKC", text))
    if _PHONE_NUMBER.fullmatch(number) is None:
        raise ValueError("a phone number begins with + and the country code")
    return number


def check_new_password(password: str) -> None:
    """Refuse a password that Cognito takes from nobody, whatever a pool's policy is.

    Raises:
        InvalidPasswordError: the message says all that is wrong with it.
    """
    rules = (
        (len(password) >= _SHORTEST_PASSWORD, f"A password has 6 characters or more. {MAY_WANT_MORE}"),
        (len(password) <= _LONGEST_PASSWORD, "A password has 256 characters at most."),
        (
            password == password.strip(_BLANKS),
            "A password neither begins nor ends with a blank.",
        ),
        (not any(end in password for end in _LINE_ENDS), "A password has no line breaks."),
    )
    if broken := [words for followed, words in rules if not followed]:
        raise InvalidPasswordError(" ".join(broken))


Code = Annotated[str, Field(min_length=1, max_length=2048, examples=["123456"]), AfterValidator(read_code)]
"""A code that the user was sent, or that an authenticator app shows."""

Username = Annotated[
    str, Field(min_length=1, max_length=128, examples=["ada"]), AfterValidator(read_username)
]
"""A username or an alias: an e-mail address or a phone number."""

Email = Annotated[str, Field(min_length=3, max_length=2048), AfterValidator(read_email)]

Password = Annotated[str, Field(min_length=1, max_length=256)]
"""Passed on as given: neither trimmed nor normalised."""

NewPassword = Annotated[str, Field(examples=["Correct-horse-1!"])]
"""Passed on as given. `check_new_password` has the words for what is wrong with one."""
