"""The styles of managed login: kept and shown, while the pages here have their own."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, missing_parameter, not_found
from fastapi_cognito_auth.local.images import decoded
from fastapi_cognito_auth.local.login_branding import Branding
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane

_LARGEST_ASSET: Final = 1_000_000


def _checked_assets(params: Mapping[str, Any]) -> tuple[Mapping[str, str], ...]:
    assets: list[Mapping[str, str]] = params.get("Assets") or []
    for asset in assets:
        if "Bytes" not in asset and "ResourceId" not in asset:
            raise invalid_parameter("An asset has Bytes or a ResourceId")
        decoded(asset.get("Bytes", ""), "assets.bytes", _LARGEST_ASSET)
    return tuple(assets)


def _check_style(params: Mapping[str, Any]) -> bool:
    """Refuse a style that is both Cognito's and one's own; return whether it is Cognito's."""
    provided: bool = params.get("UseCognitoProvidedValues", False)
    if provided and {"Settings", "Assets"} & params.keys():
        raise invalid_parameter("UseCognitoProvidedValues goes with neither Settings nor Assets")
    return provided


def _create(plane: Plane, params: dict[str, Any]) -> Result:
    directory = plane.directory
    client_id = directory.client_record(params["ClientId"]).id
    provided, assets = _check_style(params), _checked_assets(params)
    if not provided and not {"Settings", "Assets"} & params.keys():
        raise invalid_parameter("A style has Settings, Assets or UseCognitoProvidedValues")
    if _of_client(plane, client_id) is not None:
        raise ServiceError(
            "ManagedLoginBrandingExistsException", "The app client has a managed login branding style already"
        )
    now = plane.clock()
    style = Branding(
        id=str(uuid.uuid4()),
        client_id=client_id,
        provided=provided,
        settings=params.get("Settings"),
        assets=assets,
        created_at=now,
        modified_at=now,
    )
    directory.brandings[style.id] = style
    return _answer(plane, style)


def _answer(plane: Plane, style: Branding) -> Result:
    return {"ManagedLoginBranding": style.describe(plane.directory.pool_id)}


def _of_client(plane: Plane, client_id: str) -> Branding | None:
    styles = plane.directory.brandings.values()
    return next((style for style in styles if style.client_id == client_id), None)


def _own(plane: Plane, params: Mapping[str, Any]) -> Branding:
    style = plane.directory.brandings.get(params["ManagedLoginBrandingId"])
    if style is None:
        raise not_found("Managed login branding style does not exist.")
    return style


def _update(plane: Plane, params: dict[str, Any]) -> Result:
    """Change what is given; assets replace those of their category and color mode."""
    for name in ("UserPoolId", "ManagedLoginBrandingId"):
        if name not in params:
            raise missing_parameter(name)
    style, provided, assets = _own(plane, params), _check_style(params), _checked_assets(params)
    if provided:
        style.settings, style.assets = None, ()
    else:
        style.settings = params.get("Settings", style.settings)
        replaced = {_place(asset) for asset in assets}
        style.assets = (*(asset for asset in style.assets if _place(asset) not in replaced), *assets)
    style.provided = provided
    style.modified_at = plane.clock()
    return _answer(plane, style)


def _place(asset: Mapping[str, str]) -> tuple[str, str]:
    return asset["Category"], asset["ColorMode"]


def _describe(plane: Plane, params: dict[str, Any]) -> Result:
    return _answer(plane, _own(plane, params))


def _describe_by_client(plane: Plane, params: dict[str, Any]) -> Result:
    style = _of_client(plane, plane.directory.client_record(params["ClientId"]).id)
    if style is None:
        raise not_found("The app client has no managed login branding style.")
    return _answer(plane, style)


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    del plane.directory.brandings[_own(plane, params).id]
    return {}


OPERATIONS: Final = {
    "CreateManagedLoginBranding": _create,
    "UpdateManagedLoginBranding": _update,
    "DescribeManagedLoginBranding": _describe,
    "DescribeManagedLoginBrandingByClient": _describe_by_client,
    "DeleteManagedLoginBranding": _delete,
}
