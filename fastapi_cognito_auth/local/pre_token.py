"""The pre token generation trigger: it changes claims, groups and scopes, but no protected claim.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.triggers import (
    Invocation,
    Trigger,
    texts,
    unrecognizable,
    user_attributes,
    with_metadata,
)
from fastapi_cognito_auth.local.users import User

SIGN_IN: Final = "TokenGeneration_Authentication"
REFRESH: Final = "TokenGeneration_RefreshTokens"
AT_DOMAIN: Final = "TokenGeneration_HostedAuth"

PROTECTED: Final = frozenset({
    "acr", "amr", "at_hash", "aud", "auth_time", "azp", "client_id", "device_key", "event_id", "exp", "iat",
    "identities", "iss", "jti", "nbf", "nonce", "origin_jti", "scope", "sub", "token_use", "username",
    "version",
})  # fmt: skip
"""What no trigger can add, change or suppress; nor anything that begins with `cognito:` or `dev:`."""

Claims = dict[str, Any]
_FIRST: Final = "1"
_CLAIMS: Final = "claimsOverrideDetails"
_CLAIMS_AND_SCOPES: Final = "claimsAndScopeOverrideDetails"
_SECTIONS: Final = (_CLAIMS, _CLAIMS_AND_SCOPES)
"""Where a trigger answers; the first version has the first alone, and later ones the second."""
_NO_SUPPRESSION: Final = frozenset({"cognito:username"})


@dataclass(frozen=True, kw_only=True)
class PreTokenGeneration:
    """Runs the trigger over the claims of both tokens before they are signed."""

    find: Callable[[], tuple[Trigger | None, str | None]] = field(repr=False)
    """Returns the trigger, if there is one, and the version of its event; without one it has both answers."""
    pool_id: str

    def __call__(
        self,
        client: Client,
        user: User,
        source: str,
        client_metadata: Mapping[str, str],
        tokens: tuple[Claims, Claims],
    ) -> tuple[Claims, Claims]:
        """Return the claims of the access token and of the ID token as the trigger wants them.

        Raises:
            ServiceError: the trigger raised, or answered nonsense; no tokens are issued.
        """
        trigger, version = self.find()
        if trigger is None:
            return tokens
        access, identity = tokens
        groups = {
            "groupsToOverride": identity.get("cognito:groups", []),
            "iamRolesToOverride": identity.get("cognito:roles", []),
            "preferredRole": identity.get("cognito:preferred_role"),
        }
        request = {
            "userAttributes": user_attributes(user),
            "groupConfiguration": groups,
            **({} if version == _FIRST else {"scopes": access["scope"].split()}),
        }
        invocation = Invocation(
            name="PreTokenGeneration",
            source=source,
            pool_id=self.pool_id,
            client_id=client.id,
            username=user.username,
            version=version or "2",
        )
        sections = (_CLAIMS,) if version == _FIRST else (_CLAIMS_AND_SCOPES,) if version else _SECTIONS
        empty = dict.fromkeys(sections)
        response = invocation(trigger, with_metadata(request, client_metadata), empty)
        response = {name: response.get(name) for name in sections}
        second, first = _section(response, _CLAIMS_AND_SCOPES), _section(response, _CLAIMS)
        if second:
            of_access, of_identity = (
                _section(second, f"{token}TokenGeneration") for token in ("access", "id")
            )
            access = _scoped(_changed(access, of_access), of_access)
        else:
            of_identity = first
            texts(first.get("claimsToAddOrOverride"))
        identity = _changed(identity, of_identity)
        return _grouped(access, identity, _section(second or first, "groupOverrideDetails"))


def _section(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    if part is not None and not isinstance(part, dict):
        raise unrecognizable()
    return part or {}


def _names(section: Mapping[str, Any], name: str) -> list[str]:
    names = section.get(name)
    if names is not None and not (isinstance(names, list) and all(isinstance(item, str) for item in names)):
        raise unrecognizable()
    return names or []


def _changed(claims: Claims, section: Mapping[str, Any]) -> Claims:
    added = _section(section, "claimsToAddOrOverride")
    changed = claims | {name: value for name, value in added.items() if not _is_protected(name)}
    gone = {
        name
        for name in _names(section, "claimsToSuppress")
        if name not in PROTECTED and name not in _NO_SUPPRESSION
    }
    return {name: value for name, value in changed.items() if name not in gone}


def _is_protected(name: str) -> bool:
    return name in PROTECTED or name.startswith(("cognito:", "dev:"))


def _scoped(access: Claims, section: Mapping[str, Any]) -> Claims:
    suppressed, added = _names(section, "scopesToSuppress"), _names(section, "scopesToAdd")
    if any(not scope or any(char.isspace() for char in scope) for scope in added):
        # A blank inside would be two scopes.
        raise unrecognizable()
    kept = [scope for scope in access["scope"].split() if scope not in suppressed]
    return access | {"scope": " ".join(dict.fromkeys([*kept, *added]))}


def _grouped(access: Claims, identity: Claims, section: Mapping[str, Any]) -> tuple[Claims, Claims]:
    if "groupsToOverride" in section:
        groups = {"cognito:groups": _names(section, "groupsToOverride")}
        access, identity = access | groups, identity | groups
    if "iamRolesToOverride" in section:
        identity = identity | {"cognito:roles": _names(section, "iamRolesToOverride")}
    preferred = section.get("preferredRole")
    if preferred is not None and not isinstance(preferred, str):
        raise unrecognizable()
    identity = identity | ({"cognito:preferred_role": preferred} if preferred else {})
    return _without_empty(access), _without_empty(identity)


def _without_empty(claims: Claims) -> Claims:
    """Leave out lists of groups and roles that became empty, as tokens do."""
    return {name: value for name, value in claims.items() if value or not name.startswith("cognito:")}
