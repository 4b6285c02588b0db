"""A load balancer that signs as a real one does, and the bucket in which its Region's keys lie."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fastapi_cognito_auth.keys.alb_keys import AlbKeys
from fastapi_cognito_auth.keys.key_set import FetchError
from fastapi_cognito_auth.tokens.alb import AlbVerifier
from tests.support import CLIENT_ID, ISSUER, NOW, SUB, Clock

ARN = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/ours/50dc6c495c0c9188"
FOREIGN_ARN = "arn:aws:elasticloadbalancing:eu-central-1:210987654321:loadbalancer/app/ours/50dc6c495c0c9188"
KEYS_URI = "https://public-keys.auth.elb.eu-central-1.amazonaws.com"


def padded(data: bytes) -> str:
    """Encode a segment as load balancers do, against RFC 7515 section 2."""
    return base64.urlsafe_b64encode(data).decode()


class LoadBalancer:
    """Signs users in with the pool, and says so to what stands behind it."""

    def __init__(self, kid: str, arn: str = ARN, curve: ec.EllipticCurve | None = None) -> None:
        self.kid = kid
        self.arn = arn
        self.private_key = ec.generate_private_key(curve or ec.SECP256R1())

    @property
    def pem(self) -> bytes:
        """The public key as it is published."""
        return self.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def header(self, **changes: Any) -> dict[str, Any]:
        """Return the protected header, changed; `None` leaves a member out."""
        members = {
            "typ": "JWT",
            "kid": self.kid,
            "alg": "ES256",
            "iss": ISSUER,
            "client": CLIENT_ID,
            "signer": self.arn,
            "exp": NOW + 120,
            **changes,
        }
        return {name: value for name, value in members.items() if value is not None}

    def sign(self, payload: Mapping[str, Any] | None = None, *, bare: bool = False, **header: Any) -> str:
        """Return the value of `x-amzn-oidc-data`."""
        claims = user_info() if payload is None else payload
        return self.sign_raw(json.dumps(self.header(**header)), json.dumps(claims), bare=bare)

    def sign_raw(self, header: str | bytes, payload: str | bytes, *, bare: bool = False) -> str:
        """Sign what need not be JSON."""
        segments = [padded(part.encode() if isinstance(part, str) else part) for part in (header, payload)]
        signing_input = ".".join(segment.rstrip("=") if bare else segment for segment in segments)
        r, s = decode_dss_signature(self.private_key.sign(signing_input.encode(), ec.ECDSA(SHA256())))
        signature = padded(r.to_bytes(32) + s.to_bytes(32))
        return f"{signing_input}.{signature.rstrip('=') if bare else signature}"


LOAD_BALANCER = LoadBalancer("c2f80c8b-c05c-4068-af14-17299f7896b1")
FOREIGN = LoadBalancer("d39846c3-18d4-4c5e-8148-27a63a4fa6d8", FOREIGN_ARN)


def user_info(**changes: Any) -> dict[str, Any]:
    """Return what the pool's userInfo endpoint said, changed; `None` leaves a claim out."""
    claims = {
        "sub": SUB,
        "email_verified": "true",
        "email": "ada@example.com",
        "username": "ada",
        "exp": NOW + 120,
        "iss": ISSUER,
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


class KeyBucket:
    """The keys of a Region's load balancers, whoever they belong to; it counts the fetches."""

    def __init__(self, *load_balancers: LoadBalancer, base: str = KEYS_URI) -> None:
        self.objects: dict[str, bytes] = {f"{base}/{each.kid}": each.pem for each in load_balancers}
        self.fetched: list[str] = []
        self.down = False

    async def __call__(self, uri: str) -> bytes | None:
        self.fetched.append(uri)
        if self.down:
            raise FetchError("the key endpoint is down")
        return self.objects.get(uri)


def alb_verifier(bucket: KeyBucket | None = None, clock: Clock | None = None) -> AlbVerifier:
    """Return the real verifier of one declared load balancer."""
    clock = clock or Clock()
    return AlbVerifier(
        AlbKeys(bucket or KeyBucket(LOAD_BALANCER, FOREIGN), clock=clock),
        key_uris={ARN: KEYS_URI},
        issuers={ISSUER},
        client_ids={CLIENT_ID},
        clock_skew=10,
        clock=clock,
    )


class Bucket(ThreadingHTTPServer):
    """Serves keys on loopback as the bucket of a Region does; it notes what was asked for."""

    def __init__(self, *load_balancers: LoadBalancer) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.objects = {f"/{each.kid}": each.pem for each in load_balancers}
        self.asked: list[str] = []
        self.status: int | None = None

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Bucket

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body = self.server.objects.get(self.path, b"")
        self.send_response(self.server.status or (200 if body else 403))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", f"{self.server.uri}/{LOAD_BALANCER.kid}")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(*load_balancers: LoadBalancer) -> Iterator[Bucket]:
    """Serve the keys of these load balancers on loopback."""
    with Bucket(*load_balancers) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
