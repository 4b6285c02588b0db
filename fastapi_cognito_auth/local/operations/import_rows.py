"""The rows of a user import: each becomes a user, or says why not.

https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from fastapi_cognito_auth.local import attributes, validation
from fastapi_cognito_auth.local.attributes import STANDARD_NAMES, VERIFIED, Schema
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.import_file import LONGEST_ROW, Line
from fastapi_cognito_auth.local.mfa import SMS
from fastapi_cognito_auth.local.operations.passwordless import reached_by_codes
from fastapi_cognito_auth.local.plane import Plane

USERNAME: Final = "cognito:username"
MFA: Final = "cognito:mfa_enabled"
_EXISTS: Final = "The user already exists."
_FLAGS: Final = frozenset({"true", "false"})


class RowSkippedError(Exception):
    """The user of a row is there already."""


class RowRefusedError(Exception):
    """A row is none of a user; the text says why, without its values."""


def header(schema: Schema) -> list[str]:
    """Return the names of the columns: every attribute that a user can be imported with."""
    standard = [name for name in STANDARD_NAMES if name in schema and name != "sub"]
    return [*standard, *(name for name in schema if name not in STANDARD_NAMES), MFA, USERNAME]


def importer(plane: Plane, columns: Sequence[str]) -> Callable[[Line], None]:
    """Return what imports a row.

    Args:
        plane: the plane.
        columns: the names of the columns.
    """
    schema = plane.directory.schema

    def import_row(line: Line) -> None:
        if len(line.text) > LONGEST_ROW:
            raise RowRefusedError("The row is too long.")
        if "\0" in line.text:
            raise RowRefusedError("The row holds what is no text.")
        cells = line.cells
        if len(cells) != len(columns):
            raise RowRefusedError("The number of columns is not that of the header.")
        values = dict(zip(columns, cells, strict=True))
        username, has_mfa = values.pop(USERNAME), values.pop(MFA).lower()
        held = {name: value for name, value in values.items() if value}
        _check_flags(plane, held, has_mfa)
        if "birthdate" in held:
            held["birthdate"] = _birthdate(held["birthdate"])
        demanded = has_mfa or ("true" if plane.directory.mfa == "ON" else "false")
        try:
            _add(plane, schema, username, held, has_sms=demanded == "true")
        except ServiceError as exc:
            if exc.name == "UsernameExistsException":
                raise RowSkippedError(_EXISTS) from None
            # The service's texts can repeat values, which are for no log.
            msg = f"The user cannot be added: {exc.name}."
            raise RowRefusedError(msg) from None

    return import_row


def _birthdate(written: str) -> str:
    """Return a date as users have it, of one as the file has it."""
    try:
        return datetime.strptime(written, "%m/%d/%Y").date().isoformat()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        raise RowRefusedError("birthdate is not in the form mm/dd/yyyy.") from None


def _check_flags(plane: Plane, held: Mapping[str, str], has_mfa: str) -> None:
    if has_mfa not in {*_FLAGS, ""}:
        msg = f"{MFA} is neither true nor false."
        raise RowRefusedError(msg)
    if has_mfa and has_mfa != {"ON": "true", "OFF": "false"}.get(plane.directory.mfa, has_mfa):
        msg = f"{MFA} is not what the user pool demands of all users."
        raise RowRefusedError(msg)
    for name in sorted(VERIFIED & held.keys()):
        if held[name].lower() not in _FLAGS:
            msg = f"{name} is neither true nor false."
            raise RowRefusedError(msg)
        if held[name].lower() == "true" and not held.get(name.removesuffix("_verified")):
            msg = f"{name} is true without an address."
            raise RowRefusedError(msg)
    automatic = plane.directory.config.get("AutoVerifiedAttributes") or ()
    if not any(held.get(f"{name}_verified", "").lower() == "true" for name in automatic):
        raise RowRefusedError("The user record does not set any of the auto verified attributes to true.")


def _add(plane: Plane, schema: Schema, username: str, given: Mapping[str, str], *, has_sms: bool) -> None:
    validation.check_username(username)
    attributes.check_values(schema, given, create=True)
    stored, held = plane.name_user(username, given)
    attributes.check_required(schema, held)
    plane.check_new_name(username, held, duplicate=_EXISTS, by_attribute=False)
    plane.check_unique(held, None)
    status = "CONFIRMED" if reached_by_codes(plane, held) else "RESET_REQUIRED"
    user = plane.directory.add_user(stored, held, status)
    if has_sms and held.get("phone_number") and SMS in plane.directory.mfa_methods:
        plane.factors.of(user.sub).switch(SMS, enabled=True, preferred=True)
