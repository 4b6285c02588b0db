"""Identity providers."""

from typing import Any, Final

from fastapi_cognito_auth.local import provider_rules
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_found
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.paging import page
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.providers import ProviderRecord

_MOST: Final = 60


def _create(plane: Plane, params: dict[str, Any]) -> Result:
    name, now = params["ProviderName"], plane.clock()
    if name in plane.directory.providers:
        msg = f"A provider with the name {name} already exists."
        raise ServiceError("DuplicateProviderException", msg)
    if len(plane.directory.providers) >= provider_rules.MOST_PROVIDERS:
        msg = f"A user pool can have {provider_rules.MOST_PROVIDERS} identity providers."
        raise ServiceError("LimitExceededException", msg)
    kind = params["ProviderType"]
    provider_rules.check_name(name, kind)
    _check(plane, params, name, kind)
    provider = ProviderRecord(
        name=name,
        kind=kind,
        details=provider_rules.with_added(kind, params["ProviderDetails"]),
        mapping=params.get("AttributeMapping") or {},
        identifiers=tuple(params.get("IdpIdentifiers") or ()),
        acr_mapping=params.get("AcrMapping") or {},
        created_at=now,
        modified_at=now,
    )
    plane.directory.providers[name] = provider
    return _answer(plane, provider)


def _check(plane: Plane, params: dict[str, Any], name: str, kind: str) -> None:
    """Hold what is given of a provider against its type and the pool.

    Raises:
        ServiceError: the pool cannot have such a provider.
    """
    if "ProviderDetails" in params:
        provider_rules.check_details(kind, params["ProviderDetails"])
    provider_rules.check_mapping(plane.directory, params.get("AttributeMapping") or {})
    provider_rules.check_identifiers(plane.directory, name, params.get("IdpIdentifiers") or ())
    if params.get("AcrMapping") and kind != "OIDC":
        raise invalid_parameter("AcrMapping is supported for OIDC identity providers only.")


def _answer(plane: Plane, provider: ProviderRecord) -> Result:
    return {"IdentityProvider": provider.describe(plane.directory.pool_id)}


def _own(plane: Plane, name: str) -> ProviderRecord:
    provider = plane.directory.providers.get(name)
    if provider is None:
        msg = f"Identity provider {name} does not exist."
        raise not_found(msg)
    return provider


def _describe(plane: Plane, params: dict[str, Any]) -> Result:
    return _answer(plane, _own(plane, params["ProviderName"]))


def _update(plane: Plane, params: dict[str, Any]) -> Result:
    provider = _own(plane, params["ProviderName"])
    _check(plane, params, provider.name, provider.kind)
    if "ProviderDetails" in params:
        provider.details = provider_rules.with_added(provider.kind, params["ProviderDetails"])
    provider.mapping = params.get("AttributeMapping", provider.mapping)
    provider.identifiers = tuple(params.get("IdpIdentifiers", provider.identifiers))
    provider.acr_mapping = params.get("AcrMapping", provider.acr_mapping)
    provider.modified_at = plane.clock()
    return _answer(plane, provider)


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    del plane.directory.providers[_own(plane, params["ProviderName"]).name]
    return {}


def _list(plane: Plane, params: dict[str, Any]) -> Result:
    shown, following = page(
        [*plane.directory.providers.values()],
        of="providers",
        limit=params.get("MaxResults") or _MOST,
        token=params.get("NextToken"),
    )
    listed = [
        {
            "ProviderName": provider.name,
            "ProviderType": provider.kind,
            "LastModifiedDate": provider.modified_at,
            "CreationDate": provider.created_at,
        }
        for provider in shown
    ]
    return {"Providers": listed} | ({"NextToken": following} if following else {})


OPERATIONS: Final = {
    "CreateIdentityProvider": _create,
    "DescribeIdentityProvider": _describe,
    "UpdateIdentityProvider": _update,
    "DeleteIdentityProvider": _delete,
    "ListIdentityProviders": _list,
}
