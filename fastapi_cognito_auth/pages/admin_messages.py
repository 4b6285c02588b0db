"""What the pages of administration say about what went wrong: to somebody who may know it."""

from typing import Final

from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    CognitoAuthError,
    GroupExistsError,
    InvalidParameterError,
    InvalidPasswordError,
    InvalidRequestError,
    PasswordHistoryPolicyViolationError,
    UsernameExistsError,
    UserNotFoundError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.pages.messages import Form, Message, message_of
from fastapi_cognito_auth.pages.where_wrong import field_meant

_KNOWN: Final = frozenset(
    [
        *("permission_denied", "resource_not_found", "user_not_found", "own_account", "last_administrator"),
        *("group_exists", "group_not_empty", "unsupported_user_state", "access_denied", "invalid_page"),
        *("user_import_in_progress", "username_exists", "alias_exists", "user_pool_unavailable"),
        *("code_delivery_failure", "invalid_password", "invalid_request"),
    ]
)
"""The codes of errors that have words of their own here; of all others the words are those of all pages."""

_OF_ROWS: Final = frozenset({"invalid_row", "refused_group", "alias_exists", "code_delivery_failure"})
"""The codes of rows of an import that have words of their own."""

_PLACES: Final[tuple[tuple[type[CognitoAuthError], str], ...]] = (
    (UsernameExistsError, "username"),
    (InvalidPasswordError, "password"),
    (PasswordHistoryPolicyViolationError, "password"),
    (GroupExistsError, "name"),
    (AliasExistsError, "attribute.email"),
    (UserNotFoundError, "username"),
)
"""Beside which field an error is told, if the form has it."""


def why(code: str) -> Message:
    """Return what to say of a row of an import that failed.

    Args:
        code: of its report.
    """
    return Message(f"admin.error.{code}" if code in _OF_ROWS else "admin.error.refused_row")


def told(error: CognitoAuthError) -> Message:
    """Return what to say of an error to an administrator."""
    code = error.code
    if isinstance(error, InvalidPasswordError):
        code = "invalid_password"
    elif isinstance(error, UserPoolUnavailableError):
        code = "user_pool_unavailable"
    return Message(f"admin.error.{code}") if code in _KNOWN else message_of(error)


def blame(form: Form, error: CognitoAuthError, *fields: str) -> None:
    """Say in a form what an error means, beside the field that it is about if there is one.

    Args:
        form: what was sent.
        error: what came of it.
        fields: those that the form has.
    """
    if isinstance(error, InvalidRequestError):
        found = {_field_of(fault["loc"], fields) for fault in error.detail["errors"]}
        for name in fields:
            if name in found:
                form.refuse(name, "admin.error.invalid_request")
        if not form.errors:
            form.general = told(error)
        return
    meant = field_meant(error.message, fields) if isinstance(error, InvalidParameterError) else None
    if meant is not None:
        form.refuse(*meant)
        return
    place = next((name for kind, name in _PLACES if isinstance(error, kind) and name in fields), None)
    if place is None:
        form.general = told(error)
    else:
        form.errors[place] = told(error)


def _field_of(loc: list[str | int], fields: tuple[str, ...]) -> str | None:
    """Return the field of a fault: `body, attributes, email` is that of `attribute.email`."""
    parts = [str(part) for part in loc]
    candidates = {*parts, *(f"attribute.{part}" for part in parts)}
    return next((name for name in fields if name in candidates), None)
