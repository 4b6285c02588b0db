"""The styles of the classic hosted UI: kept and shown, while the pages here have their own."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.images import address
from fastapi_cognito_auth.local.login_branding import Customization
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane

_ALL: Final = "ALL"
"""The ClientId of the style of app clients without one of their own."""
_LARGEST_IMAGE: Final = 131_072


def _key(plane: Plane, params: Mapping[str, Any]) -> str:
    client_id: str = params.get("ClientId", _ALL)
    return _ALL if client_id == _ALL else plane.directory.client_record(client_id).id


def _set(plane: Plane, params: dict[str, Any]) -> Result:
    """Replace a style; without any it is taken back."""
    directory, key, now = plane.directory, _key(plane, params), plane.clock()
    if not directory.domains:
        raise invalid_parameter("There has to be an existing domain associated with this user pool")
    image = params.get("ImageFile")
    shown = None if image is None else address(image, "imageFile", _LARGEST_IMAGE)
    known = directory.customizations.pop(key, None)
    style = Customization(
        css=params.get("CSS"),
        image=shown,
        created_at=now if known is None else known.created_at,
        modified_at=now,
    )
    if {"CSS", "ImageFile"} & params.keys():
        directory.customizations[key] = style
    return {"UICustomization": style.describe(directory.pool_id, key)}


def _get(plane: Plane, params: dict[str, Any]) -> Result:
    """Return the style of an app client, else that of all; an empty structure where there is none."""
    key, styles = _key(plane, params), plane.directory.customizations
    for name in (key, _ALL):
        if name in styles:
            return {"UICustomization": styles[name].describe(plane.directory.pool_id, name)}
    return {"UICustomization": {}}


OPERATIONS: Final = {"SetUICustomization": _set, "GetUICustomization": _get}
