"""The constraints of the service's model: types, required members, lengths, patterns, enums.

They are read from botocore's model, so that every operation is checked before its first line,
and before any pool, client or user is looked up.
"""

import re
import string
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from botocore.loaders import Loader
from botocore.model import ServiceModel

from fastapi_cognito_auth.formats.aws_json import member_path, problem, read, refusal
from fastapi_cognito_auth.local.errors import invalid_parameter

# The model is older than the service here: inner spaces are allowed, fewer than 6 characters are not.
_OUTER_CHARACTERS: Final = r"^[\S]+.*[\S]+$"
_PASSWORD: Final = {"min": 6, "max": 256, "pattern": _OUTER_CHARACTERS}
# The model has the form of prefixes alone; a domain of one's own has dots.
_DOMAIN: Final = {"min": 1, "max": 63, "pattern": r"^[a-z0-9](?:[a-z0-9\-.]{0,61}[a-z0-9])?$"}
_OTHER_RULES: Final = {"PasswordType": _PASSWORD, "DomainType": _DOMAIN}
_LAST_OF_ASCII: Final = 127
_BLANKS: Final = frozenset(string.whitespace)
_PRINTED: Final = r"\p{L}\p{M}\p{S}\p{N}\p{P}"
# A blank password means none, where a user may be without one.
_MAY_BE_BLANK: Final = {"SignUp": "Password", "AdminCreateUser": "TemporaryPassword"}
# GetClientToken's own documentation demands it of the app client.
_MORE_VALUES: Final = {"ExplicitAuthFlowsType": ("ALLOW_CLIENT_TOKEN_AUTH",)}
_SECRET_NAME: Final = re.compile("password|secret|token|code|session|hash", re.IGNORECASE)


@cache
def service_model() -> Any:
    """Load the model of the service once."""
    return ServiceModel(Loader().load_service_model("cognito-idp", "service-2"), "cognito-idp")


@cache
def operation_names() -> frozenset[str]:
    """Return every operation that the service has."""
    return frozenset(service_model().operation_names)


def validate(operation: str, params: object) -> dict[str, Any]:
    """Check a request against the model.

    Returns:
        A copy without nulls and without members that the model does not know.

    Raises:
        ServiceError: `SerializationException` for a wrong type, `InvalidParameterException` for a
            constraint; the text never repeats a value that may be secret.
    """
    shape = service_model().operation_model(operation).input_shape
    cleaned: dict[str, Any] = read(shape, params)
    blank = _MAY_BE_BLANK.get(operation)
    if blank is not None and cleaned.get(blank) == "":
        del cleaned[blank]
    problems = list(_problems(shape, cleaned, "", secret=False))
    if problems:
        raise refusal(problems)
    return cleaned


def check_kept(shape: Any, value: Mapping[str, Any]) -> None:
    """Hold what was kept of a request against the model.

    Args:
        shape: of the request.
        value: that was kept; members that were demanded need not be among it.

    Raises:
        ServiceError: no request can have brought it.
    """
    # Reading leaves out nulls and what the model does not know, so that neither is kept.
    whole = read(shape, value) == value
    if not whole or any(
        problem
        for name, member in value.items()
        for problem in _problems(shape.members[name], member, name, secret=True)
    ):
        raise invalid_parameter("No request can have brought this")


def check_password_shape(path: str, password: str) -> None:
    """Hold a password that came in a map, where the model has no constraint, against the same rules."""
    _check_shape("PasswordType", path, password)


def check_username(username: str) -> None:
    """Hold a Username that came in no request against the model."""
    _check_shape("UsernameType", "username", username)


def _check_shape(name: str, path: str, text: str) -> None:
    problems = list(_problems(service_model().shape_for(name), text, path, secret=True))
    if problems:
        raise refusal(problems)


def _problems(shape: Any, value: Any, path: str, *, secret: bool) -> Iterator[str]:
    secret = secret or bool(shape.metadata.get("sensitive")) or bool(_SECRET_NAME.search(path))
    match shape.type_name:
        case "structure":
            for name in shape.required_members:
                if name not in value:
                    yield problem(member_path(path, name), "not be null", shown=" null")
            # A document is any JSON: the model names no members of it.
            for name in (name for name in shape.members if name in value):
                yield from _problems(shape.members[name], value[name], member_path(path, name), secret=secret)
        case "map":
            for key, item in value.items():
                yield from _problems(shape.key, key, path, secret=True)
                yield from _problems(shape.value, item, f"{path}.member", secret=secret)
        case "list":
            yield from _sizes(shape.metadata, len(value), path, shown="")
            for index, item in enumerate(value, 1):
                yield from _problems(shape.member, item, f"{path}.{index}.member", secret=secret)
        case "string":
            rules: Any = _OTHER_RULES.get(shape.name, shape.metadata)
            shown = "" if secret else f" '{value}'"
            yield from _sizes(rules, len(value), path, shown=shown)
            if "enum" in rules and value not in {*rules["enum"], *_MORE_VALUES.get(shape.name, ())}:
                members = ", ".join(rules["enum"])
                yield problem(path, f"satisfy enum value set: [{members}]", shown=shown)
            # Length first: a pattern only ever reads what is short enough.
            fits = len(value) <= rules.get("max", len(value))
            if fits and "pattern" in rules and not _follows(rules["pattern"], value):
                wanted = f"regular expression pattern: {rules['pattern']}"
                yield problem(path, f"satisfy {wanted}", shown=shown)
        case "integer" | "long":
            yield from _range(shape.metadata, value, path)


def _sizes(rules: Any, size: int, path: str, *, shown: str) -> Iterator[str]:
    if "max" in rules and size > rules["max"]:
        limit = f"less than or equal to {rules['max']}"
        yield problem(path, f"have length {limit}", shown=shown)
    if "min" in rules and size < rules["min"]:
        limit = f"greater than or equal to {rules['min']}"
        yield problem(path, f"have length {limit}", shown=shown)


def _range(rules: Any, value: int, path: str) -> Iterator[str]:
    if "max" in rules and value > rules["max"]:
        limit = f"less than or equal to {rules['max']}"
        yield problem(path, f"have value {limit}", shown=f" '{value}'")
    if "min" in rules and value < rules["min"]:
        limit = f"greater than or equal to {rules['min']}"
        yield problem(path, f"have value {limit}", shown=f" '{value}'")


def _follows(pattern: str, text: str) -> bool:
    """Match a whole text with a pattern of the model, in time linear in its length."""
    by_hand = LINEAR.get(pattern)
    if by_hand is not None:
        return by_hand(text)
    # To go through all of Unicode takes longer than all else that a pool does at its start.
    last = _LAST_OF_ASCII if text.isascii() else sys.maxunicode
    return _pattern(pattern, last).fullmatch(text) is not None


def _is_password(text: str) -> bool:
    return len(text) > 1 and "\n" not in text and not {text[0], text[-1]} & _BLANKS


def _is_address(text: str) -> bool:
    return "@" in text[1:-1] and _follows(f"[{_PRINTED}]+", text)


def _has_code(text: str) -> bool:
    return "{####}" in text and _follows(rf"[{_PRINTED}\s*]*", text)


def _has_link(text: str) -> bool:
    _, opened, after = text.partition("{##")
    return bool(opened) and "##}" in after and _follows(rf"[{_PRINTED}\s*]*", text)


LINEAR: Final[dict[str, Callable[[str], bool]]] = {
    _OUTER_CHARACTERS: _is_password,
    rf"[{_PRINTED}]+@[{_PRINTED}]+": _is_address,
    rf"[{_PRINTED}\s*]*\{{####\}}[{_PRINTED}\s*]*": _has_code,
    rf"[{_PRINTED}\s*]*\{{##[{_PRINTED}\s*]*##\}}[{_PRINTED}\s*]*": _has_link,
}
"""Patterns whose repetitions overlap: a regular expression would try every way to part a long text."""


@cache
def _pattern(java: str, last: int) -> re.Pattern[str]:
    """Compile a pattern of the model: Java's Unicode categories spelt out, its other classes in ASCII.

    Args:
        java: as the model has it.
        last: the last character of the texts that it is for.
    """
    return re.compile(re.sub(r"\\p\{(\w)\}", lambda found: _ranges(last)[found[1]], java), re.ASCII)


@cache
def _ranges(last: int) -> Mapping[str, str]:
    """Return the characters of each major Unicode category, as the inside of a character class."""
    runs: dict[str, list[list[int]]] = defaultdict(list, M=[])
    for point in range(last + 1):
        found = runs[unicodedata.category(chr(point))[0]]
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return {
        category: "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in found)
        for category, found in runs.items()
    }
