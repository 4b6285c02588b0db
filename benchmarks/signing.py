"""Makes what contestants verify: a key of 2048 bits and access tokens as Cognito issues them."""

import base64
import json
import os
import secrets
import time
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from benchmarks.material import Material
from tests.support import CLIENT_ID, ISSUER, POOL_ID, access_claims

KID = "benchmark-key"
_CHUNK = 200


class Key:
    """A key pair that many processes sign with: making signatures takes longer than checking them."""

    def __init__(self, kid: str = KID) -> None:
        self.kid = kid
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        public = jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
        self.jwk = {
            "kty": "RSA",
            "n": public["n"],
            "e": public["e"],
            "kid": kid,
            "alg": "RS256",
            "use": "sig",
        }

    def token(self) -> str:
        """Sign one token."""
        return _sign(self._pem, self.kid, 1)[0]

    def expired(self, count: int) -> list[str]:
        """Sign tokens that are over."""
        return _sign(self._pem, self.kid, count, exp=int(time.time()) - 3600)

    def tokens(self, count: int) -> Iterator[list[str]]:
        """Sign tokens in parallel, and yield some at a time."""
        sizes = [_CHUNK] * (count // _CHUNK) + ([count % _CHUNK] if count % _CHUNK else [])
        if count <= _CHUNK:
            yield from (_sign(self._pem, self.kid, size) for size in sizes)
            return
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            # A few at a time: a million tokens are a gigabyte.
            for start in range(0, len(sizes), 64):
                some = sizes[start : start + 64]
                yield from pool.map(_sign, [self._pem] * len(some), [self.kid] * len(some), some)


def with_unknown_kids(token: str, count: int) -> list[str]:
    """Return tokens whose header names a key of its own; payload and signature are another's."""
    rest = token.partition(".")[2]
    headers = ({"kid": secrets.token_urlsafe(16), "alg": "RS256"} for _ in range(count))
    encoded = (base64.urlsafe_b64encode(json.dumps(header).encode()) for header in headers)
    return [f"{header.rstrip(b'=').decode()}.{rest}" for header in encoded]


def _sign(pem: str, kid: str, count: int, **changes: int) -> list[str]:
    # Parsed once: PyJWT would read the text again for each token.
    key = load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    now = int(time.time())
    tokens = []
    for _ in range(count):
        claims = access_claims(
            iat=now - 60,
            auth_time=now - 60,
            sub=str(uuid.uuid4()),
            jti=str(uuid.uuid4()),
            origin_jti=str(uuid.uuid4()),
            event_id=str(uuid.uuid4()),
            **{
                "exp": now + 80_000,  # a pool gives a token a day at most
                "cognito:groups": ["admins", "analysts"],
                **changes,
            },
        )
        tokens.append(jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid, "typ": None}))
    return tokens


@contextmanager
def material(tokens: int, key: Key | None = None, more: Iterable[str] = ()) -> Iterator[Material]:
    """Write a pool, its key set and distinct tokens, more of them behind, and remove all afterwards."""
    key = key or Key()
    pool = {
        "user_pool_id": POOL_ID,
        "client_id": CLIENT_ID,
        "issuer": ISSUER,
        "region": POOL_ID.partition("_")[0],
    }
    with TemporaryDirectory(prefix="benchmarks-") as directory:
        place = Path(directory)
        (place / "pool.json").write_text(json.dumps(pool))
        (place / "jwks.json").write_text(json.dumps({"keys": [key.jwk]}))
        with (place / "tokens.txt").open("w") as file:
            for some in key.tokens(tokens):
                file.writelines(f"{token}\n" for token in some)
            file.writelines(f"{token}\n" for token in more)
        yield Material(place)
