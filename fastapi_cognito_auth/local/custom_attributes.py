"""Custom attributes that a local pool starts with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from fastapi_cognito_auth.local.attributes import STANDARD, VERIFIED

DataType = Literal["String", "Number", "DateTime", "Boolean"]
PREFIX: Final = "custom:"
MOST_AT_ONCE: Final = 25
"""How many AddCustomAttributes takes in a call."""


@dataclass(frozen=True, kw_only=True)
class CustomAttribute:
    """What values a custom attribute can have.

    Args:
        data_type: as the schema names it.
        mutable: whether it can be changed after the user was created.
        minimum: the least length of a String, or the least value of a Number.
        maximum: the greatest.
    """

    data_type: DataType = "String"
    mutable: bool = True
    minimum: int | None = None
    maximum: int | None = None

    def schema(self, name: str) -> dict[str, Any]:
        """Return SchemaAttributeType, with the name as AddCustomAttributes takes it: without `custom:`."""
        schema: dict[str, Any] = {"Name": name, "AttributeDataType": self.data_type, "Mutable": self.mutable}
        member = {"String": "Length", "Number": "Value"}.get(self.data_type)
        bounds = {"Min": self.minimum, "Max": self.maximum}
        given = {f"{end}{member}": str(bound) for end, bound in bounds.items() if bound is not None}
        return schema | ({f"{self.data_type}AttributeConstraints": given} if given else {})


def schemas(given: Mapping[str, CustomAttribute | DataType]) -> list[dict[str, Any]]:
    """Return what AddCustomAttributes is called with; names may begin with `custom:`.

    Raises:
        ValueError: there is no such type, or a bound where the type has none.
    """
    _demand_names_and_types(given)
    made = []
    for name, wanted in given.items():
        attribute = CustomAttribute(data_type=wanted) if isinstance(wanted, str) else wanted
        if attribute.data_type not in get_args(DataType):
            msg = f"custom_attributes: {name} is one of {', '.join(get_args(DataType))}"
            raise ValueError(msg)
        bounded = attribute.minimum is not None or attribute.maximum is not None
        if bounded and attribute.data_type not in {"String", "Number"}:
            msg = f"custom_attributes: {name} has a bound, but a {attribute.data_type} has none"
            raise ValueError(msg)
        made.append(attribute.schema(name.removeprefix(PREFIX)))
    return made


def _demand_names_and_types(given: object) -> None:
    if not isinstance(given, Mapping):
        msg = 'custom_attributes are names and types: write custom_attributes={"tenant": "String"}'
        raise ValueError(msg)  # noqa: TRY004 - like every other mistake in an option
    for name, wanted in given.items():
        if not isinstance(wanted, str | CustomAttribute):
            msg = f"custom_attributes: {name} is a CustomAttribute, or one of {', '.join(get_args(DataType))}"
            raise ValueError(msg)  # noqa: TRY004 - like every other mistake in an option


def batches(attributes: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Cut a list into calls of AddCustomAttributes."""
    for start in range(0, len(attributes), MOST_AT_ONCE):
        yield attributes[start : start + MOST_AT_ONCE]


def client_permissions(attributes: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return what an app client may read and write: the standard attributes, and all of these.

    A client without lists has the standard attributes alone.
    """
    if not attributes:
        return {}
    own = [f"{PREFIX}{attribute['Name']}" for attribute in attributes]
    return {
        "ReadAttributes": sorted(STANDARD) + own,
        "WriteAttributes": sorted(STANDARD - VERIFIED - {"sub"}) + own,
    }
