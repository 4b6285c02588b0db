"""Verifies access tokens in process, each library as its own documentation says for Cognito.

Each gets the key set beforehand and looks the key up by `kid`; each checks signature, `exp`,
`iss`, `token_use` and `client_id` as far as the library does, and the rest by hand.
The dependency of ours is called as FastAPI calls it, with a `Request` made from a scope.
"""

import asyncio
import base64
import hashlib
import sys
import warnings
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from benchmarks.contestants import hand_tuned
from benchmarks.material import Material
from benchmarks.worker import serve, timed

Prepare = Callable[[Sequence[str]], Callable[[], object]]
"""Takes tokens before the clock starts, and returns the work that is timed."""


def each(verify: Callable[[str], object]) -> Prepare:
    """Verify one token after the other."""

    def prepare(tokens: Sequence[str]) -> Callable[[], object]:
        def work() -> None:
            for token in tokens:
                verify(token)

        return work

    return prepare


def each_awaited(verify: Callable[[str], Awaitable[object]]) -> Prepare:
    """Verify one token after the other on one event loop, which is there already."""
    runner = asyncio.Runner()

    async def all_of(tokens: Sequence[str]) -> None:
        for token in tokens:
            await verify(token)

    return lambda tokens: lambda: runner.run(all_of(tokens))


def _check(claims: dict[str, Any], client_id: str) -> None:
    if claims["token_use"] != "access" or claims["client_id"] != client_id:
        raise ValueError("another use or client")


def raw_rsa(material: Material) -> Prepare:
    """Check the signature alone, everything else done beforehand: the floor."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    (key,) = hand_tuned.public_keys(material).values()
    padding, digest = PKCS1v15(), SHA256()

    def prepare(tokens: Sequence[str]) -> Callable[[], object]:
        split = (token.rpartition(".") for token in tokens)
        pairs = [(base64.urlsafe_b64decode(signature + "=="), data.encode()) for data, _, signature in split]

        def work() -> None:
            for signature, data in pairs:
                key.verify(signature, data, padding, digest)

        return work

    return prepare


def floor(material: Material) -> Prepare:
    """Split, decode, check the signature and compare four claims, by hand: the floor of a verifier."""
    return each(hand_tuned.verifier(material))


def dict_by_sha256(_material: Material) -> Prepare:
    """Look the token's digest up: the floor of anything that remembers."""
    known: dict[bytes, str] = {}

    def look_up(token: str) -> str:
        return known.setdefault(hashlib.sha256(token.encode()).digest(), "claims")

    return each(look_up)


def ours(material: Material, **settings: Any) -> Prepare:
    """`CognitoAuth.verifier.access_token`."""
    return each_awaited(_auth(material, **settings).verifier.access_token)


def ours_as_dependency(material: Material) -> Prepare:
    """`auth.current_user`, of a request as a client sends it; what ends is a `User`."""
    from fastapi import Request
    from fastapi.security import SecurityScopes

    current_user = _auth(material).current_user
    others = [(b"host", b"localhost"), (b"accept", b"*/*"), (b"user-agent", b"benchmarks")]
    runner = asyncio.Runner()

    def prepare(tokens: Sequence[str]) -> Callable[[], object]:
        scopes = [
            {
                "type": "http",
                "http_version": "1.1",
                "method": "GET",
                "scheme": "http",
                "path": "/user",
                "query_string": b"",
                "headers": [*others, (b"authorization", b"Bearer " + token.encode())],
                "server": ("localhost", 80),
                "client": ("127.0.0.1", 5000),
            }
            for token in tokens
        ]

        async def all_of_them() -> None:
            # What a server does not keep, nor is kept here: the collection of garbage would go through it.
            while scopes:
                await current_user(Request(scopes.pop()), SecurityScopes())

        return lambda: runner.run(all_of_them())

    return prepare


def _auth(material: Material, **settings: Any) -> Any:
    from fastapi_cognito_auth import CognitoAuth, CognitoSettings

    async def fetch_keys() -> bytes:
        return material.jwks_path.read_bytes()

    pool = material.pool
    return CognitoAuth(
        CognitoSettings(user_pool_id=pool["user_pool_id"], client_id=pool["client_id"], **settings),
        fetch_keys=fetch_keys,
    )


def pyjwt(material: Material) -> Prepare:
    """PyJWT."""
    import jwt

    keys, pool = hand_tuned.public_keys(material), material.pool

    def verify(token: str) -> None:
        key = keys[jwt.get_unverified_header(token)["kid"]]
        _check(jwt.decode(token, key, algorithms=["RS256"], issuer=pool["issuer"]), pool["client_id"])

    return each(verify)


def joserfc(material: Material) -> Prepare:
    """Joserfc."""
    from joserfc import jwk, jwt

    published: Any = material.jwks
    keys, pool = jwk.KeySet.import_key_set(published), material.pool
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": pool["issuer"]}, exp={"essential": True}
    )

    def verify(token: str) -> None:
        claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
        registry.validate(claims)
        _check(claims, pool["client_id"])

    return each(verify)


def authlib(material: Material) -> Prepare:
    """Authlib."""
    # It says that it is to be replaced by joserfc, whatever filter is set.
    with warnings.catch_warnings(record=True):
        from authlib.jose import JsonWebKey, JsonWebToken

    keys, pool = JsonWebKey.import_key_set(material.jwks), material.pool
    options = {"iss": {"essential": True, "value": pool["issuer"]}, "exp": {"essential": True}}
    decoder = JsonWebToken(["RS256"])

    def verify(token: str) -> None:
        claims = decoder.decode(token, keys, claims_options=options)
        claims.validate()
        _check(claims, pool["client_id"])

    return each(verify)


def python_jose(material: Material) -> Prepare:
    """python-jose."""
    from jose import jwk, jwt

    keys = {member["kid"]: jwk.construct(member) for member in material.jwks["keys"]}
    pool = material.pool

    def verify(token: str) -> None:
        key = keys[jwt.get_unverified_header(token)["kid"]]
        _check(jwt.decode(token, key, algorithms=["RS256"], issuer=pool["issuer"]), pool["client_id"])

    return each(verify)


def fastapi_cognito(material: Material) -> Prepare:
    """fastapi-cognito: what its dependency does after it has read the header."""
    from fastapi_cognito import CognitoToken
    from fastapi_cognito.cognito_jwt.decode import decode_cognito_jwt

    pool = material.pool

    async def verify(token: str) -> None:
        claims = await decode_cognito_jwt(
            token=token,
            region=pool["region"],
            userpool_id=pool["user_pool_id"],
            app_client_id=pool["client_id"],
            jwks_url=str(material.jwks_path),
        )
        CognitoToken(**claims)

    return each_awaited(verify)


def fastapi_cloudauth(material: Material) -> Prepare:
    """fastapi-cloudauth: what its dependency does after it has read the header."""
    from fastapi.security import HTTPAuthorizationCredentials

    from benchmarks.contestants.cloudauth import cognito

    verifier = cognito(material).verifier

    async def verify(token: str) -> None:
        await verifier.verify_token(HTTPAuthorizationCredentials(scheme="Bearer", credentials=token))

    return each_awaited(verify)


CONTESTANTS = {
    "raw_rsa": raw_rsa,
    "floor": floor,
    "dict_by_sha256": dict_by_sha256,
    "ours": ours,
    "ours_as_dependency": ours_as_dependency,
    "pyjwt": pyjwt,
    "joserfc": joserfc,
    "authlib": authlib,
    "python_jose": python_jose,
    "fastapi_cognito": fastapi_cognito,
    "fastapi_cloudauth": fastapi_cloudauth,
}


def fresh(tokens: Iterable[str]) -> list[str]:
    """Copy tokens: a request brings a new string, whose hash nobody has computed yet."""
    return [token.encode().decode() for token in tokens]


def main(name: str, directory: str, *settings: str) -> None:
    """Verify what is asked for: `count` tokens from number `start` on, or the one at `same`."""
    material = Material(directory)
    given = dict(setting.split("=", 1) for setting in settings)
    prepare = CONTESTANTS[name](material, **given)

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        count = request["count"]
        if "same" in request:
            tokens = fresh([material.tokens[request["same"]]] * count)
        else:
            tokens = fresh(material.tokens[request["start"] : request["start"] + count])
        return timed(prepare(tokens), count)

    serve(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
