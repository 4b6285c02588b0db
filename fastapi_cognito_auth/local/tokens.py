"""Tokens: issued, refreshed, revoked, and read back when a user's own operation needs one."""

import base64
import hashlib
import json
import secrets
import string
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import jwt

from fastapi_cognito_auth.local import acr, attributes, identities
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.directory import Directory
from fastapi_cognito_auth.local.errors import ServiceError, not_authorized, user_not_found
from fastapi_cognito_auth.local.groups import Group
from fastapi_cognito_auth.local.keys import SigningKey, SigningKeys
from fastapi_cognito_auth.local.oauth_settings import USER_ADMIN
from fastapi_cognito_auth.local.pre_token import AT_DOMAIN, REFRESH, SIGN_IN, PreTokenGeneration
from fastapi_cognito_auth.local.scopes import Authorization, in_cognitos_order, shown
from fastapi_cognito_auth.local.state.expiring import Expiring, Owned
from fastapi_cognito_auth.local.state.record import Record
from fastapi_cognito_auth.local.state.shelf import Shelf
from fastapi_cognito_auth.local.users import User

SCOPE: Final = USER_ADMIN
# An access token can outlive its refresh token by a day.
_REMEMBERED: Final = 24 * 3600
_JWE_HEADER: Final = b'{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}'


@dataclass(kw_only=True)
class Grant(Record):
    """One sign-in: what its tokens share, and whether it is over."""

    client_id: str
    sub: str
    origin_jti: str
    event_id: str
    auth_time: int
    expires_at: float
    methods: frozenset[str] = frozenset()
    device_key: str | None = None
    session_id: str | None = None
    last_active: float
    device_forgotten: bool = False
    revoked: bool = False
    authorization: Authorization | None = None
    """Of a sign-in at the domain; None for one at the API."""


@dataclass
class HeldToken(Record):
    """A refresh token that was given out; `replaced_at` is when rotation put another in its place."""

    event_id: str
    expires_at: float
    replaced_at: float | None = None


@dataclass
class SessionConfig(Record):
    """Session tracking: off, and 20 sessions for each user, until the pool says otherwise."""

    enabled: bool = False
    max_per_user: int = 20
    sso_minutes: Mapping[str, int] = field(default_factory=dict)
    """By the ids of app clients."""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _at_hash(access_token: str) -> str:
    """Return the left half of the hash (OpenID Connect Core, section 3.1.3.6)."""
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    return base64.urlsafe_b64encode(half).decode().rstrip("=")


def _new_session_id() -> str:
    alphabet = string.ascii_lowercase + string.digits
    return "tkn" + "".join(secrets.choice(alphabet) for _ in range(25))


def _new_refresh_token() -> str:
    # The form of a JWE, as the service's refresh tokens have; all parts but the first are random.
    parts = [_JWE_HEADER, *(secrets.token_bytes(size) for size in (256, 12, 800, 16))]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


class Tokens:
    """The grants of a pool. Refresh tokens are kept only as digests.

    Args:
        issuer: the `iss` of every token.
        directory: read at each issue, so that tokens show what is true now.
        shelf: where they are kept.
    """

    def __init__(self, issuer: str, directory: Directory, shelf: Shelf) -> None:
        self.keys: SigningKeys = SigningKeys(shelf)
        self._issuer = issuer
        self._directory = directory
        self._clock = shelf.clock
        self._grants: Owned[str, Grant] = shelf.owned(
            "grants", lambda grant: grant.expires_at + _REMEMBERED, lambda grant: grant.sub
        )
        self._held: Expiring[str, HeldToken] = shelf.expiring(
            "refresh_tokens", lambda held: held.expires_at + _REMEMBERED
        )
        self.session_config: SessionConfig = shelf.table("session_config").setdefault("", SessionConfig())
        self.pre_token_generation: PreTokenGeneration | None = None

    def track_sessions(self, most: int) -> None:
        """Switch session tracking on, for so many sessions of a user."""
        self.session_config.enabled = True
        self.session_config.max_per_user = most

    def sign_in(
        self,
        client: Client,
        user: User,
        *,
        methods: frozenset[str] = frozenset(),
        device_key: str | None = None,
        client_metadata: Mapping[str, str] | None = None,
        authorization: Authorization | None = None,
    ) -> dict[str, Any]:
        """Start a grant and return its AuthenticationResult.

        Args:
            client: whom the tokens are for.
            user: whose they are.
            methods: what was proven, as amr has it.
            device_key: of the device that the tokens belong to, where devices are tracked.
            client_metadata: of the request, for the trigger.
            authorization: of a sign-in at the domain; without `openid` there is no ID token.
        """
        now = self._clock()
        tracked = self.session_config.enabled
        grant = Grant(
            client_id=client.id,
            sub=user.sub,
            origin_jti=str(uuid.uuid4()),
            event_id=str(uuid.uuid4()),
            auth_time=int(now) if authorization is None else authorization.auth_time,
            expires_at=now + client.refresh_seconds,
            methods=methods,
            device_key=device_key,
            session_id=_new_session_id() if tracked else None,
            last_active=now,
            authorization=authorization,
        )
        # A trigger can refuse: until then nothing has changed.
        source, nonce = (SIGN_IN, None) if authorization is None else (AT_DOMAIN, authorization.nonce)
        at_domain = authorization is not None
        issued = self._issue(
            client, user, grant, source, client_metadata or {}, at_domain=at_domain, nonce=nonce
        )
        if tracked:
            self._make_room(user.sub)
        self._grants[grant.event_id] = grant
        return issued | {"RefreshToken": self._hand_out(grant)}

    def refresh(
        self,
        client: Client,
        refresh_token: str,
        *,
        device_key: str | None = None,
        admit: Callable[[User], None],
        at_domain: bool = False,
    ) -> dict[str, Any]:
        """Return new tokens, in the service's order of refusals.

        Args:
            client: who asks.
            refresh_token: what came.
            device_key: of the device that asks.
            admit: refuses a caller without the client's secret; nothing has changed when it runs.
            at_domain: the domain's token endpoint asks, whose ID tokens have an `at_hash`.

        Raises:
            ServiceError: the refusal. `RefreshTokenReuseException` also ends the whole sign-in: a
                token that comes back after its grace was copied.
        """
        held = self._held.get(_digest(refresh_token))
        grant = None if held is None else self._grants.get(held.event_id)
        if held is None or grant is None:
            raise not_authorized("Invalid Refresh Token")
        if grant.client_id != client.id:
            raise not_authorized("Refresh Token has different Client")
        user = self._directory.by_sub(grant.sub)
        if user is None:
            raise not_authorized("The user has been deleted for the associated refresh token")
        if not user.enabled:
            raise not_authorized("User is disabled.")
        now = self._clock()
        if grant.revoked or grant.device_forgotten:
            raise not_authorized("Refresh Token has been revoked")
        if grant.expires_at <= now:
            raise not_authorized("Refresh Token has expired")
        if held.replaced_at is not None and now - held.replaced_at >= (client.rotation_grace or 0):
            grant.revoked = True
            raise ServiceError("RefreshTokenReuseException", "Refresh token has already been used")
        if grant.device_key is not None and device_key != grant.device_key:
            raise not_authorized("Invalid Refresh Token.")
        admit(user)
        grant.last_active = now
        result = self._issue(client, user, grant, REFRESH, {}, at_domain=at_domain)
        if client.rotation_grace is None:
            return result
        held.replaced_at = now if held.replaced_at is None else held.replaced_at
        return result | {"RefreshToken": self._hand_out(grant)}

    def revoke(self, client: Client, refresh_token: str) -> bool:
        """End the grant of a refresh token; False when it is another client's."""
        held = self._held.get(_digest(refresh_token))
        grant = None if held is None else self._grants.get(held.event_id)
        if grant is None:
            return True
        if grant.client_id != client.id:
            return False
        grant.revoked = True
        return True

    def revoke_all(self, sub: str) -> None:
        """End every grant of a user."""
        for grant in self._grants.of(sub):
            grant.revoked = True

    def forget_device(self, key: str) -> None:
        """End what a forgotten device could refresh."""
        for grant in self._grants.values():
            if grant.device_key == key:
                grant.device_forgotten = True

    def tracked(self, sub: str) -> list[Grant]:
        """Return the active tracked sessions of a user, the most recently used first."""
        now = self._clock()
        active = [
            grant
            for grant in self._grants.of(sub)
            if grant.session_id and not grant.revoked and grant.expires_at > now
        ]
        return sorted(active, key=lambda grant: grant.last_active, reverse=True)

    def _make_room(self, sub: str) -> None:
        for grant in self.tracked(sub)[self.session_config.max_per_user - 1 :]:
            grant.revoked = True

    def read_access_token(self, token: str) -> tuple[Client, User]:
        """Verify an access token for an operation of its user, in the service's order of refusals.

        Returns:
            The client that it was issued to, and the user.
        """
        client, user, _ = self.read_grant(token)
        return client, user

    def read_grant(self, token: str) -> tuple[Client, User, Grant]:
        """Verify an access token as `read_access_token` does, and return its grant as well."""
        claims, user, grant = self.verify_access_token(token)
        if SCOPE not in claims["scope"].split():
            raise not_authorized("Access Token does not have required scopes")
        grant.last_active = self._clock()
        return self._directory.client(grant.client_id), user, grant

    def verify_access_token(self, token: str) -> tuple[dict[str, Any], User, Grant]:
        """Verify an access token of whatever scope.

        Returns:
            Its claims, its user and its grant.

        Raises:
            ServiceError: the refusal, in the service's order.
        """
        claims = self._signed_claims(token)
        if "username" not in claims:
            # A machine's.
            raise not_authorized("Access Token does not have required scopes")
        user = self._directory.by_sub(claims["sub"])
        if user is None:
            raise user_not_found()
        if not user.enabled:
            raise not_authorized("User is disabled.")
        grant = self._grants.get(claims["event_id"])
        if grant is None or grant.revoked:
            raise not_authorized("Access Token has been revoked")
        return claims, user, grant

    def verify_actor(self, token: str) -> str:
        """Verify the access token of who is to act for a user: of a machine, or of another user.

        Returns:
            Its `sub`.

        Raises:
            ServiceError: the refusal.
        """
        claims = self._signed_claims(token)
        if "username" in claims:
            claims, _, _ = self.verify_access_token(token)
        else:
            self._directory.client(claims["client_id"])
        actor: str = claims["sub"]
        return actor

    def sign_access_token(self, claims: dict[str, Any]) -> str:
        """Sign an access token of claims that another part has put together."""
        return self._sign(self.keys.access, claims)

    def has_signed_in(self, sub: str) -> bool:
        """Tell whether a user ever was given tokens."""
        return bool(self._grants.of(sub))

    def _hand_out(self, grant: Grant) -> str:
        """Make a refresh token of a grant."""
        token = _new_refresh_token()
        self._held[_digest(token)] = HeldToken(grant.event_id, grant.expires_at)
        return token

    def _signed_claims(self, token: str) -> dict[str, Any]:
        """Return the claims of an access token of this pool that has not ended, whoever's it is."""
        claims = self.unverified_claims(token)
        if claims.get("token_use") != "access" or claims.get("iss") != self._issuer:
            raise not_authorized("Invalid Access Token")
        key = self.keys.access.private.public_key()
        try:
            signed: dict[str, Any] = json.loads(jwt.PyJWS().decode(token, key, algorithms=["RS256"]))
        except (jwt.PyJWTError, ValueError):
            raise not_authorized("Could not verify signature for Access Token") from None
        if signed["exp"] <= self._clock():
            raise not_authorized("Access Token has expired")
        return signed

    @staticmethod
    def unverified_claims(token: str) -> dict[str, Any]:
        """Read the payload before the signature, only to word the refusal as the service does."""
        try:
            claims = json.loads(jwt.PyJWS().decode(token, options={"verify_signature": False}))
        except (jwt.PyJWTError, ValueError, RecursionError):
            claims = None
        return claims if isinstance(claims, dict) else {}

    def issue_to_machine(
        self, client: Client, scopes: Iterable[str], *, resource: str | None = None
    ) -> dict[str, Any]:
        """Return the AuthenticationResult of an app client that signs in for itself."""
        now = int(self._clock())
        audience = {} if resource is None else {"aud": resource}
        claims = audience | {
            "sub": client.id,
            "token_use": "access",
            "scope": " ".join(in_cognitos_order(scopes)),
            "auth_time": now,
            "iss": self._issuer,
            "exp": now + client.access_seconds,
            "iat": now,
            "version": 2,
            "jti": str(uuid.uuid4()),
            "client_id": client.id,
        }
        return {
            "AccessToken": self._sign(self.keys.access, claims),
            "ExpiresIn": client.access_seconds,
            "TokenType": "Bearer",
        }

    def scopes_of(self, refresh_token: str) -> tuple[str, ...]:
        """Return the scopes of a refresh token's sign-in; none of a token that is not known."""
        held = self._held.get(_digest(refresh_token))
        grant = None if held is None else self._grants.get(held.event_id)
        if grant is None:
            return ()
        return (SCOPE,) if grant.authorization is None else grant.authorization.scopes

    def end_grant(self, event_id: str) -> None:
        """Revoke one sign-in, if it is there."""
        grant = self._grants.get(event_id)
        if grant is not None:
            grant.revoked = True

    def _issue(
        self,
        client: Client,
        user: User,
        grant: Grant,
        source: str,
        client_metadata: Mapping[str, str],
        *,
        at_domain: bool,
        nonce: str | None = None,
    ) -> dict[str, Any]:
        claims = self._access_claims(client, user, grant), self._id_claims(client, user, grant)
        if self.pre_token_generation is not None:
            claims = self.pre_token_generation(client, user, source, client_metadata, claims)
        access, identity = claims
        access_token = self._sign(self.keys.access, access)
        issued = {"AccessToken": access_token, "ExpiresIn": client.access_seconds, "TokenType": "Bearer"}
        if grant.authorization is not None and "openid" not in grant.authorization.scopes:
            return issued
        if at_domain:
            identity = identity | {"at_hash": _at_hash(access_token)}
        if nonce is not None:
            identity = identity | {"nonce": nonce}
        return issued | {"IdToken": self._sign(self.keys.id, identity)}

    def _shared_claims(self, client: Client, user: User, grant: Grant, seconds: int) -> dict[str, Any]:
        now = int(self._clock())
        claims: dict[str, Any] = {
            "sub": user.sub,
            "iss": self._issuer,
            "event_id": grant.event_id,
            "auth_time": grant.auth_time,
            "iat": now,
            "exp": now + seconds,
            "jti": str(uuid.uuid4()),
            **acr.claims(self._directory.config, grant.methods),
        }
        if client.revocation:
            claims["origin_jti"] = grant.origin_jti
        groups = [group.name for group in self._directory.groups_of(user)]
        return claims | ({"cognito:groups": groups} if groups else {})

    def _access_claims(self, client: Client, user: User, grant: Grant) -> dict[str, Any]:
        more: dict[str, Any] = {} if grant.device_key is None else {"device_key": grant.device_key}
        scopes: Iterable[str] = (SCOPE,)
        if grant.authorization is not None:
            scopes = in_cognitos_order(grant.authorization.scopes)
            more |= {"aud": grant.authorization.resource} if grant.authorization.resource else {}
        return (
            self._shared_claims(client, user, grant, client.access_seconds)
            | more
            | {
                "client_id": client.id,
                "scope": " ".join(scopes),
                "token_use": "access",
                "username": user.username,
                "version": 2,
            }
        )

    def _id_claims(self, client: Client, user: User, grant: Grant) -> dict[str, Any]:
        held: dict[str, Any] = attributes.readable(client, user.attributes)
        if grant.authorization is not None:
            held = shown(grant.authorization.scopes, held)
        flags = {name: held[name] == "true" for name in attributes.VERIFIED if name in held}
        own = {"aud": client.id, "cognito:username": user.username, "token_use": "id"}
        claims = held | flags | identities.claim(held) | _role_claims(self._directory.groups_of(user)) | own
        return claims | self._shared_claims(client, user, grant, client.id_seconds)

    @staticmethod
    def _sign(key: SigningKey, claims: dict[str, Any]) -> str:
        payload = json.dumps(claims, separators=(",", ":")).encode()
        return jwt.PyJWS().encode(payload, key.private, "RS256", headers={"kid": key.kid, "typ": None})


def _role_claims(groups: Iterable[Group]) -> dict[str, Any]:
    """Return the roles of the groups; two different ones of equal precedence leave none preferred."""
    roles = [(group.precedence, group.role_arn) for group in groups if group.role_arn]
    if not roles:
        return {}
    claims: dict[str, Any] = {"cognito:roles": list(dict.fromkeys(role for _, role in roles))}
    best = {role for precedence, role in roles if precedence == roles[0][0]}
    if len(best) == 1:
        claims["cognito:preferred_role"] = best.pop()
    return claims
