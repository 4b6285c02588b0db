"""What a page says about what went wrong, as a key of the catalogues."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fastapi_cognito_auth.cognito.typed import read_email, read_phone_number
from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    CodeMismatchError,
    CognitoAuthError,
    EnableSoftwareTokenMFAError,
    ExpiredCodeError,
    InvalidParameterError,
    InvalidPasswordError,
    PasswordHistoryPolicyViolationError,
    UsernameExistsError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.pages.where_wrong import field_meant

_SECRET: Final = frozenset({"password", "previous_password", "new_password", "code", "credential"})
_WRONG_CODE: Final = (CodeMismatchError, ExpiredCodeError, EnableSoftwareTokenMFAError)
_BAD_PASSWORD: Final = (InvalidPasswordError, PasswordHistoryPolicyViolationError)
_TAKEN: Final = (UsernameExistsError, AliasExistsError)

_KNOWN: Final = frozenset(
    [
        *("not_authorized", "code_mismatch", "expired_code", "invalid_password", "username_exists"),
        *("password_history_policy_violation", "alias_exists", "invalid_session", "too_many_requests"),
        *("limit_exceeded", "too_many_failed_attempts", "user_pool_unavailable", "user_pool_busy"),
        *("invalid_parameter", "user_lambda_validation", "cross_site_request", "sessions_unavailable"),
        *("code_delivery_failure", "enable_software_token_mfa", "invalid_request", "request_too_large"),
        "somebody_else",
        *("user_not_confirmed", "password_reset_required", "session_too_large", "unsupported_operation"),
    ]
)
"""The codes of errors that have words of their own; all others are told alike."""

_READERS: Final[Mapping[str, Callable[[str], str]]] = {
    "email": read_email,
    "phone_number": read_phone_number,
}

LONGEST_LOGIN: Final = 128
"""Characters of a name, the most that Cognito takes (`Username`)."""


@dataclass(frozen=True, slots=True)
class AttributeName:
    """An attribute, to be called what people call it in whatever language."""

    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """Something to say, in whatever language."""

    key: str
    values: Mapping[str, str | AttributeName] = field(default_factory=dict)


def message_of(error: CognitoAuthError) -> Message:
    """Return what to say of an error: never the words of the service, which are for developers."""
    code = "invalid_password" if isinstance(error, InvalidPasswordError) else error.code
    if code not in _KNOWN and isinstance(error, UserPoolUnavailableError):
        # Whatever is wrong inside of the service, people can try again.
        code = "user_pool_unavailable"
    return Message(f"error.{code}" if code in _KNOWN else "error.other")


class Form:
    """What was typed into a page, and what is wrong with it; its state is both.

    Args:
        values: by the names of the fields.
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values: dict[str, str] = dict(values or {})
        self.errors: dict[str, Message] = {}
        """By the names of the fields, in their order."""

        self.general: Message | None = None
        """What is wrong with no field."""

    @property
    def is_wrong(self) -> bool:
        """Whether there is something to say."""
        return bool(self.errors) or self.general is not None

    def get(self, name: str) -> str:
        """Return what was typed, or nothing."""
        return self.values.get(name, "")

    def refuse(self, name: str, key: str, **values: str | AttributeName) -> None:
        """Say what is wrong with a field, unless something was said of it before."""
        self.errors.setdefault(name, Message(key, values))

    def login(self, login_by: str) -> str:
        """Return the name that somebody signs in by, and say what is wrong with it, whoever has it.

        Args:
            login_by: what people sign in by.
        """
        name = self.get("username").strip()
        if not name:
            self.refuse("username", f"error.missing.{login_by}")
        elif len(name) > LONGEST_LOGIN:
            self.refuse("username", "error.too_long.login")
        # As at the sign-up; a username has no blanks, and may look like a number otherwise.
        if "phone_number" in login_by and ("username" not in login_by or any(map(str.isspace, name))):
            try:
                return read_phone_number(name)
            except ValueError:
                return name
        return name

    def attributes(self, names: Iterable[str], *, demanded: bool = True) -> dict[str, str]:
        """Return what was typed for attributes of a user, and say what is wrong with it.

        Args:
            names: of the attributes.
            demanded: whether it is wrong to leave one empty.
        """
        given = {name: self.get(f"attribute.{name}").strip() for name in names}
        for name, value in given.items():
            if not value and not demanded:
                continue
            if not value:
                self.refuse(f"attribute.{name}", "error.missing.attribute", attribute=AttributeName(name))
            elif name in _READERS:
                given[name] = self._read(f"attribute.{name}", name, value)
        return given

    def address_as_name(self, kinds: Collection[str]) -> dict[str, str]:
        """Return the attribute that a name is, where people are called by an address, and say what is wrong.

        Args:
            kinds: of addresses that a name can be: `email`, `phone_number`.
        """
        name = self.get("username").strip()
        kind = "email" if "@" in name or "phone_number" not in kinds else "phone_number"
        return {kind: self._read("username", kind, name)} if name else {}

    def _read(self, field: str, kind: str, text: str) -> str:
        try:
            return _READERS[kind](text)
        except ValueError:
            self.refuse(field, f"error.wrong.{kind}")
            return text

    def without_secrets(self) -> "Form":
        """Return the same, but for what no page repeats."""
        bare = Form({name: value for name, value in self.values.items() if name not in _SECRET})
        bare.errors, bare.general = self.errors, self.general
        return bare

    def __repr__(self) -> str:
        """Keep passwords and codes out of logs."""
        return f"Form({sorted(self.values)})"


def blame(form: Form, error: CognitoAuthError, *, password: str) -> None:
    """Say in a form what an error means, beside the field that it is about if it is about one.

    Args:
        form: what was sent.
        error: what came of it.
        password: the name of the field of a new password.
    """
    place = next(
        (
            name
            for kinds, name in ((_WRONG_CODE, "code"), (_BAD_PASSWORD, password), (_TAKEN, "username"))
            if isinstance(error, kinds)
        ),
        None,
    )
    meant = field_meant(error.message, form.values) if isinstance(error, InvalidParameterError) else None
    if meant is not None:
        form.refuse(*meant)
    elif place is None:
        form.general = message_of(error)
    else:
        form.errors[place] = message_of(error)
