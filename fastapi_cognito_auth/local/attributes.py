"""The rules for attributes: the pool's schema, and what an app client may write or read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.delivery import EMAIL, PHONE
from fastapi_cognito_auth.local.errors import invalid_parameter, not_authorized

STANDARD_NAMES: Final = (
    "sub", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile",
    "picture", "website", "email", "email_verified", "gender", "birthdate", "zoneinfo", "locale",
    "phone_number", "phone_number_verified", "address", "updated_at",
)  # fmt: skip
"""In the order of the schema."""
STANDARD: Final = frozenset(STANDARD_NAMES)
VERIFIED: Final = frozenset({"email_verified", "phone_number_verified"})
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One entry of the schema."""

    name: str
    data_type: str
    mutable: bool
    required: bool
    constraints: Mapping[str, Any]

    @classmethod
    def from_schema(cls, name: str, entry: Mapping[str, Any]) -> Self:
        """Read SchemaAttributeType."""
        data_type = entry["AttributeDataType"]
        return cls(
            name=name,
            data_type=data_type,
            mutable=entry["Mutable"],
            required=entry["Required"],
            constraints=entry.get(f"{data_type}AttributeConstraints") or {},
        )


Schema = Mapping[str, Attribute]


def from_pairs(pairs: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """Turn the wire's list of Name and Value into a dict; a missing Value is empty."""
    return {pair["Name"]: pair.get("Value", "") for pair in pairs or ()}


def to_pairs(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    """Turn a dict into the wire's list."""
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def check_values(schema: Schema, attributes: Mapping[str, str], *, create: bool) -> None:
    """Hold values against the schema.

    Raises:
        ServiceError: an attribute is unknown, immutable or malformed.
    """
    problems = []
    for name, value in attributes.items():
        if name == "sub":
            raise invalid_parameter("Cannot modify the non-mutable attribute sub")
        attribute = schema.get(name)
        if attribute is None:
            problems.append(f"{name}: Attribute does not exist in the schema.\n")
        elif not create and not attribute.mutable:
            problems.append(f"{name}: Attribute cannot be updated.\n")
        elif not _fits(attribute, value):
            problems.append(f"{name}: The attribute value does not fit the schema.\n")
    if problems:
        raise invalid_parameter("Attributes did not conform to the schema: " + "".join(problems))
    if attributes.get("email") and not EMAIL.fullmatch(attributes["email"]):
        raise invalid_parameter("Invalid email address format.")
    if attributes.get("phone_number") and not PHONE.fullmatch(attributes["phone_number"]):
        raise invalid_parameter("Invalid phone number format.")


def _fits(attribute: Attribute, value: str) -> bool:
    if not value:
        return True
    match attribute.data_type:
        case "Boolean":
            return value.lower() in {"true", "false"}
        case "Number":
            return _NUMBER.fullmatch(value) is not None and _within(
                float(value), attribute.constraints, "Value"
            )
        case _:
            return len(value) <= 2048 and _within(len(value), attribute.constraints, "Length")


def _within(size: float, constraints: Mapping[str, Any], what: str) -> bool:
    low, high = constraints.get(f"Min{what}"), constraints.get(f"Max{what}")
    return (not low or size >= float(low)) and (not high or size <= float(high))


def missing_required(schema: Schema, attributes: Mapping[str, str]) -> list[str]:
    """Return the required attributes that have no value."""
    return [
        name
        for name, entry in schema.items()
        if entry.required and name != "sub" and not attributes.get(name)
    ]


def check_required(schema: Schema, attributes: Mapping[str, str]) -> None:
    """Refuse a set of attributes that lacks a required one."""
    missing = missing_required(schema, attributes)
    if missing:
        problems = "".join(f"{name}: The attribute is required\n" for name in missing)
        raise invalid_parameter("Attributes did not conform to the schema: " + problems)


def check_kept(schema: Schema, changes: Mapping[str, str]) -> None:
    """Refuse to empty a required attribute; one that never had a value may stay so."""
    check_required({name: entry for name, entry in schema.items() if name in changes}, changes)


def check_writable(client: Client, names: Iterable[str]) -> None:
    """Refuse what the app client may not write; the verified flags never are a user's to set."""
    writable = STANDARD - VERIFIED - {"sub"} if client.write_attributes is None else client.write_attributes
    if any(name in VERIFIED or name not in writable for name in names):
        raise not_authorized("A client attempted to write unauthorized attribute")


def readable(client: Client, attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes that the app client may read; `sub` and `identities` always are."""
    names = (STANDARD if client.read_attributes is None else client.read_attributes) | {"sub", "identities"}
    return {name: value for name, value in attributes.items() if name in names}
