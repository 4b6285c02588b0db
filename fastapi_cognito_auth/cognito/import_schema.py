"""What a pool demands of a user whom an import job brings, as far as it can be known before.

Cognito has the last word, row by row, in the job's log.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import Field

from fastapi_cognito_auth.cognito.typed import read_email
from fastapi_cognito_auth.cognito.user_rows import UserRow
from fastapi_cognito_auth.schemas.described import Described

USERNAME: Final = "cognito:username"
MFA_ENABLED: Final = "cognito:mfa_enabled"
FLAGS: Final = frozenset({"email_verified", "phone_number_verified", MFA_ENABLED})
"""Columns of `true` and `false`, also where the pool does not describe them so."""

_NOT_ATTRIBUTES: Final = frozenset({USERNAME, "password_hash"})
_YES_OR_NO: Final = frozenset({"true", "false"})
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_PHONE: Final = re.compile(r"\+[0-9]+", re.ASCII)


def check_address(name: str, value: str) -> None:
    """Refuse what no pool takes for an address.

    Args:
        name: of the attribute; one that holds no address is not looked at.
        value: which is not empty.

    Raises:
        ValueError: it has not the form; the message does not hold it.
    """
    if name == "email":
        read_email(value)
    if name == "phone_number" and not _PHONE.fullmatch(value):
        raise ValueError("a phone number is + and digits")


class _Lengths(Described):
    low: int | None = Field(default=None, validation_alias="MinLength")
    high: int | None = Field(default=None, validation_alias="MaxLength")


class _Values(Described):
    low: float | None = Field(default=None, validation_alias="MinValue")
    high: float | None = Field(default=None, validation_alias="MaxValue")


class _Attribute(Described):
    name: str = Field(validation_alias="Name")
    kind: str = Field(default="String", validation_alias="AttributeDataType")
    required: bool = Field(default=False, validation_alias="Required")
    lengths: _Lengths = Field(default=_Lengths(), validation_alias="StringAttributeConstraints")
    values: _Values = Field(default=_Values(), validation_alias="NumberAttributeConstraints")


class DescribedPool(Described):
    """What of DescribeUserPool an import has to know."""

    attributes: list[_Attribute] = Field(default=[], validation_alias="SchemaAttributes")
    auto_verified: list[str] = Field(default=[], validation_alias="AutoVerifiedAttributes")
    mfa: str = Field(default="OPTIONAL", validation_alias="MfaConfiguration")


class ImportSchema:
    """The columns of a file, and what may stand in them.

    Args:
        columns: of GetCSVHeader.
        pool: of DescribeUserPool.
    """

    def __init__(self, columns: Sequence[str], pool: DescribedPool) -> None:
        self.columns: Sequence[str] = columns
        self._known = frozenset(columns) - _NOT_ATTRIBUTES
        self._attributes: Mapping[str, _Attribute] = {each.name: each for each in pool.attributes}
        self._required = [each.name for each in pool.attributes if each.required and each.name in self._known]
        self._verified = [f"{name}_verified" for name in pool.auto_verified]
        self._second_factor = {"ON": frozenset({"true"}), "OFF": frozenset({"false"})}.get(
            pool.mfa, _YES_OR_NO
        )

    def check(self, user: UserRow) -> dict[str, str]:
        """Return the attributes of a user that have a value.

        Raises:
            ValueError: no job imports this user; the message says why, without a value.
        """
        if user.groups or user.temporary_password is not None or user.enabled is False:
            raise ValueError("an import job puts nobody into groups, sets no passwords and disables nobody")
        held = {name: value for name, value in user.attributes.items() if value}
        if unknown := sorted(held.keys() - self._known):
            msg = f"the pool has no attribute {unknown[0]!r} to import"
            raise ValueError(msg)
        for name, value in held.items():
            try:
                self._check_value(name, value)
            except ValueError as exc:
                msg = f"{name}: {exc}"
                raise ValueError(msg) from None
        self._check_whole(held)
        return held

    def _check_value(self, name: str, value: str) -> None:
        attribute = self._attributes.get(name) or _Attribute(Name=name)
        if (name in FLAGS or attribute.kind == "Boolean") and value.lower() not in _YES_OR_NO:
            raise ValueError("it is true or false")
        if name == MFA_ENABLED and value.lower() not in self._second_factor:
            raise ValueError("the pool demands otherwise of all users")
        check_address(name, value)
        if attribute.kind == "Number":
            if not _NUMBER.fullmatch(value):
                raise ValueError("it is a number")
            _check_bounds(float(value), attribute.values, "it is {} {:.15g}")
        elif attribute.kind == "String" and name != "birthdate":
            _check_bounds(len(value), attribute.lengths, "it has {} {:.15g} characters")

    def _check_whole(self, held: Mapping[str, str]) -> None:
        if missing := [name for name in self._required if name not in held]:
            msg = f"the pool demands {', '.join(missing)}"
            raise ValueError(msg)
        for flag in ("email_verified", "phone_number_verified"):
            address = flag.removesuffix("_verified")
            if held.get(flag, "").lower() == "true" and address not in held:
                msg = f"{flag} is true, and there is no {address}"
                raise ValueError(msg)
        if not any(held.get(name, "").lower() == "true" for name in self._verified):
            raise ValueError(_unverified(self._verified))


def _unverified(names: Sequence[str]) -> str:
    return f"{names[0]} is not true" if len(names) == 1 else f"neither {' nor '.join(names)} is true"


def _check_bounds(found: float, bounds: _Lengths | _Values, words: str) -> None:
    if bounds.low is not None and found < bounds.low:
        raise ValueError(words.format("at least", bounds.low))
    if bounds.high is not None and found > bounds.high:
        raise ValueError(words.format("at most", bounds.high))
