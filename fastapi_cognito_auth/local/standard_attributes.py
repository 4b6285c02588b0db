"""The attributes of OpenID Connect, which every pool has.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
"""

from typing import Any, Final

from fastapi_cognito_auth.local.attributes import STANDARD_NAMES, VERIFIED

_TEXT: Final = {"MinLength": "0", "MaxLength": "2048"}
_BOUNDS: Final = {
    "sub": {"MinLength": "1", "MaxLength": "2048"},
    "birthdate": {"MinLength": "10", "MaxLength": "10"},
}


def _entry(name: str) -> dict[str, Any]:
    shared = {
        "Name": name,
        "DeveloperOnlyAttribute": False,
        "Mutable": name != "sub",
        "Required": name == "sub",
    }
    if name in VERIFIED:
        return {"AttributeDataType": "Boolean", **shared}
    if name == "updated_at":
        return {"AttributeDataType": "Number", **shared, "NumberAttributeConstraints": {"MinValue": "0"}}
    return {"AttributeDataType": "String", **shared, "StringAttributeConstraints": _BOUNDS.get(name, _TEXT)}


STANDARD_SCHEMA: Final[dict[str, dict[str, Any]]] = {name: _entry(name) for name in STANDARD_NAMES}
"""SchemaAttributeType of each."""
