"""The schema of a pool: what CreateUserPool and AddCustomAttributes add to it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.standard_attributes import STANDARD_SCHEMA

_MOST: Final = 50
_STANDARD_TYPE: Final = (
    "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute "
)
_LONGEST_NAME: Final = 20
_LONGEST_VALUE: Final = 2048


def schema_of(given: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the schema of a new pool: the standard attributes, as far as they are changed, and its own.

    Raises:
        ServiceError: an attribute is none that a pool can have.
    """
    schema = {name: dict(entry) for name, entry in STANDARD_SCHEMA.items()}
    own = []
    for entry in given:
        standard = schema.get(_name_of(entry))
        if standard is None:
            own.append(entry)
            continue
        if entry.get("AttributeDataType", standard["AttributeDataType"]) != standard["AttributeDataType"]:
            raise invalid_parameter(_STANDARD_TYPE + entry["Name"])
        standard |= {name: entry[name] for name in ("Required", "Mutable") if name in entry}
        constraints = f"{standard['AttributeDataType']}AttributeConstraints"
        if constraints in entry:
            standard[constraints] = {**standard.get(constraints, {}), **entry[constraints]}
    return schema | _custom(own, schema)


def _name_of(entry: Mapping[str, Any]) -> str:
    # The API's description does not require it.
    if "Name" not in entry:
        raise invalid_parameter("Each attribute has to have a Name.")
    name: str = entry["Name"]
    return name


def _custom(given: Iterable[Mapping[str, Any]], schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for entry in given:
        name = _name_of(entry)
        full = ("dev:custom:" if entry.get("DeveloperOnlyAttribute") else "custom:") + name
        if full in made:
            msg = f"Duplicate custom attribute names {full} are not allowed in a user pool schema."
            raise invalid_parameter(msg)
        if full in schema:
            msg = f"custom:{name}: Existing attribute already has name {full}."
            raise invalid_parameter(msg)
        if len(name) > _LONGEST_NAME:
            msg = f"{name}: Attribute name must be at most {_LONGEST_NAME} characters long."
            raise invalid_parameter(msg)
        made[full] = _custom_entry(full, entry)
    if sum(":" in name for name in (*schema, *made)) > _MOST:
        raise ServiceError("LimitExceededException", f"A pool has {_MOST} custom attributes at most.")
    return made


def _custom_entry(full: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    if entry.get("Required"):
        raise invalid_parameter("Required custom attributes are not supported currently.")
    data_type = entry.get("AttributeDataType", "String")
    made = {
        "Name": full,
        "AttributeDataType": data_type,
        "DeveloperOnlyAttribute": bool(entry.get("DeveloperOnlyAttribute")),
        "Mutable": entry.get("Mutable", True),
        "Required": False,
    }
    constraints = f"{data_type}AttributeConstraints"
    if data_type not in {"String", "Number"}:
        return made
    given = entry.get(constraints) or {}
    bounds = ("MinLength", "MaxLength") if data_type == "String" else ("MinValue", "MaxValue")
    numbers = [_number(bound, given[bound]) for bound in bounds if bound in given]
    if numbers != sorted(numbers):
        msg = f"Attribute {full} cannot have a max value smaller than it's min value"
        raise invalid_parameter(msg)
    if data_type == "String" and not _are_lengths(numbers):
        msg = f"{full}: the bounds of an attribute are no lengths."
        raise invalid_parameter(msg)
    return made | {constraints: {bound: given[bound] for bound in bounds if bound in given}}


def _are_lengths(numbers: list[float]) -> bool:
    return all(0 <= number <= _LONGEST_VALUE for number in numbers)


def _number(bound: str, text: str) -> float:
    try:
        return int(text)
    except ValueError:
        msg = f"{bound} is not a number."
        raise invalid_parameter(msg) from None


def add(plane: Plane, given: Iterable[Mapping[str, Any]]) -> None:
    """Add custom attributes.

    Raises:
        ServiceError: a name or a bound is not acceptable; none was added.
    """
    pool = plane.directory.pool
    pool.schema = {**pool.schema, **_custom(given, pool.schema)}
    pool.modified_at = plane.clock()


def _add(plane: Plane, params: dict[str, Any]) -> Result:
    add(plane, params["CustomAttributes"])
    return {}


OPERATIONS: Final = {"AddCustomAttributes": _add}
