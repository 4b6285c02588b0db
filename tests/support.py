"""Real keys, real tokens, and a clock that tests set."""

import asyncio
import base64
import functools
import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ParamSpec

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from fastapi_cognito_auth.keys.jwks import FetchError, JWKSCache
from fastapi_cognito_auth.tokens.issuing_pool import IssuingPool
from fastapi_cognito_auth.tokens.verifier import TokenVerifier

NOW = 1_790_000_000
POOL_ID = "eu-central-1_Ab12Cd34E"
ISSUER = f"https://cognito-idp.eu-central-1.amazonaws.com/{POOL_ID}"
UPDATED_ISSUER = f"https://issuer-cognito-idp.eu-central-1.amazonaws.com/{POOL_ID}"
CLIENT_ID = "1example23456789abcdefghij"
SUB = "34c84488-e0e1-70ae-d2ee-991ad1a898c8"
SECRET_KEY = "a sealing key for tests and long enough"


P = ParamSpec("P")


def in_a_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an asynchronous test in an event loop of its own."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


class Clock:
    """Seconds since the epoch, moved by hand."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Signer:
    """A key pair that signs as Cognito does."""

    def __init__(self, kid: str = "key-1", bits: int = 2048) -> None:
        self.kid = kid
        self.private_key = rsa.generate_private_key(public_exponent=65537, key_size=bits)

    def sign(self, claims: Mapping[str, Any], **header: Any) -> str:
        """Sign claims; a header given as `None` is left out."""
        given = {"kid": self.kid, **header}
        headers = {name: value for name, value in given.items() if value is not None}
        return jwt.encode(dict(claims), self.private_key, algorithm="RS256", headers={"typ": None, **headers})

    def jwk(self, **members: Any) -> dict[str, Any]:
        """Return the public key as the pool publishes it."""
        public: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(
            self.private_key.public_key(), as_dict=True
        )
        wanted = {name: public[name] for name in ("kty", "n", "e")}
        return {**wanted, "kid": self.kid, "alg": "RS256", "use": "sig", **members}


SIGNER = Signer()
"""Shared: making a key takes long."""

OTHER_SIGNER = Signer("key-2")


class KeyServer:
    """What stands behind the cache: a key set that tests change, and a count of the fetches."""

    def __init__(self, *keys: Any) -> None:
        self.keys = list(keys)
        self.fetches = 0
        self.down = False
        self.answer: bytes | None = None

    async def __call__(self) -> bytes:
        self.fetches += 1
        if self.down:
            raise FetchError("the key endpoint is down")
        if self.answer is not None:
            return self.answer
        return json.dumps({"keys": self.keys}).encode()


def access_claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of an access token, changed; `None` leaves a claim out."""
    claims = {
        "sub": SUB,
        "iss": ISSUER,
        "version": 2,
        "client_id": CLIENT_ID,
        "origin_jti": "0f6d1b8e-4d9f-4f0b-9c8e-2a4f1d3c5b7a",
        "event_id": "7f0c5b9e-7a51-4ac5-8d35-3e1f6b2c4d8a",
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin",
        "auth_time": NOW - 60,
        "exp": NOW + 3600,
        "iat": NOW - 60,
        "jti": "5b1d7a52-0e6c-47ab-9f55-63c1c1a1a5ef",
        "username": "ada",
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def id_claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of an ID token, changed; `None` leaves a claim out."""
    claims = access_claims(token_use="id", client_id=None, scope=None, username=None, version=None)
    claims |= {"aud": CLIENT_ID, "cognito:username": "ada", "email": "ada@example.com", **changes}
    return {name: value for name, value in claims.items() if value is not None}


def issuing_pool(server: KeyServer, clock: Clock) -> IssuingPool:
    """Return the pool that everything here is signed for."""
    keys = JWKSCache(server, clock=clock)
    return IssuingPool(POOL_ID, keys, frozenset({ISSUER, UPDATED_ISSUER}), frozenset({CLIENT_ID}))


def verifier(server: KeyServer | None = None, clock: Clock | None = None, **options: Any) -> TokenVerifier:
    """Return the real verifier over a key server."""
    clock = clock or Clock()
    pool = issuing_pool(server or KeyServer(SIGNER.jwk()), clock)
    return TokenVerifier([pool], clock_skew=10, clock=clock, **options)


def b64(data: bytes | str) -> str:
    """Encode as a segment of a JWS."""
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
