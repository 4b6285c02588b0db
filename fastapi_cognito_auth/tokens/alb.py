"""Is this header the load balancer's? The verifier of `x-amzn-oidc-data`.

An Application Load Balancer with an authenticate action signs what the pool's userInfo endpoint
said of the user: a JWS of its own, with ES256, padded segments, and `iss`, `client`, `signer` and
`exp` in the protected header. The key endpoint serves the keys of every load balancer of its
Region, so a good signature alone proves nothing: `signer` must be a load balancer that is
declared, and it is compared before any key is looked for.

size -> form -> header -> `signer` -> key by `kid` -> signature -> `exp` -> `iss` -> `client`.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import ValidationError

from fastapi_cognito_auth.exceptions import (
    ConfigurationError,
    InvalidClientError,
    InvalidIssuerError,
    InvalidSignatureError,
    InvalidSignerError,
    InvalidTokenError,
    TokenExpiredError,
    TokenTooLargeError,
)
from fastapi_cognito_auth.keys.alb_keys import AlbKeys
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.tokens.claims import LAST_SECOND, AlbClaims
from fastapi_cognito_auth.tokens.jws import decode_segment, malformed, read_header, read_object

ALGORITHM: Final = "ES256"
"""ECDSA with P-256 and SHA-256 (RFC 7518 section 3.4), the only one of load balancers."""

_LARGEST: Final = 16 * 1024
"""Bytes; no header of a load balancer has more."""

_ARN: Final = re.compile(
    r"arn:(?P<partition>aws(?:-[a-z]+)*):elasticloadbalancing:(?P<region>[a-z]{2,5}(?:-[a-z]+)+-\d+)"
    r":\d{12}:loadbalancer/app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}"
)
_KID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Jws(NamedTuple):
    unverified_header: dict[str, Any]
    payload: bytes
    signature: bytes
    signing_input: bytes


def public_keys_uri(arn: str) -> str:
    """Return where the keys of a load balancer's Region are, without the key id.

    Raises:
        ConfigurationError: this is not the ARN of an Application Load Balancer.
    """
    match = _ARN.fullmatch(arn)
    if match is None:
        raise ConfigurationError("COGNITO_ALB_ARNS is wrong: not the ARN of an Application Load Balancer")
    region = match["region"]
    if match["partition"] == "aws-us-gov":
        return f"https://s3-{region}.amazonaws.com/aws-elb-public-keys-prod-{region}"
    suffix = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}.get(
        match["partition"], "amazonaws.com"
    )
    return f"https://public-keys.auth.elb.{region}.{suffix}"


class AlbVerifier:
    """Verifies the header `x-amzn-oidc-data` of declared load balancers.

    Args:
        keys: finds keys by their address.
        key_uris: for the ARN of each load balancer, where the keys of its Region are.
        issuers: the accepted values of `iss`: those of the pool.
        client_ids: the app clients with which the load balancers sign users in.
        clock_skew: seconds by which clocks may differ.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        keys: AlbKeys,
        *,
        key_uris: Mapping[str, str],
        issuers: Collection[str],
        client_ids: Collection[str],
        clock_skew: float = 10.0,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._keys = keys
        self._key_uris = dict(key_uris)
        self._issuers = frozenset(issuers)
        self._client_ids = frozenset(client_ids)
        self._clock_skew = clock_skew
        self._clock = clock

    async def verify(self, header: str) -> AlbClaims:
        """Return what the load balancer says of the user.

        Args:
            header: the value of `x-amzn-oidc-data`.

        Raises:
            InvalidTokenError: a subclass that says which check failed.
            KeysUnavailableError: the key is unknown and cannot be fetched.
        """
        jws = _parse(header)
        unverified = jws.unverified_header
        signer = unverified.get("signer")
        key_uri = self._key_uris.get(signer) if isinstance(signer, str) else None
        if key_uri is None:
            raise InvalidSignerError().about("signer", found=signer, wanted=tuple(self._key_uris))
        key = await self._keys.key(f"{key_uri}/{unverified['kid']}")
        _verify_signature(key, jws)
        # From here on the header is the load balancer's word.
        if self._clock() >= unverified["exp"] + self._clock_skew:
            error = TokenExpiredError("The load balancer's header has expired.")
            raise error.about("exp", found=unverified["exp"], wanted=f"after {self._clock():.0f}")
        claims = _claims(jws)
        if claims.iss not in self._issuers:
            raise InvalidIssuerError().about("iss", found=claims.iss, wanted=self._issuers)
        if claims.client_id not in self._client_ids:
            raise InvalidClientError().about("client", found=claims.client_id, wanted=self._client_ids)
        return claims


def _parse(header: str) -> _Jws:
    """Take the compact form apart, strictly, and check what the protected header says of the key."""
    if len(header) > _LARGEST:
        error = TokenTooLargeError("The load balancer's header is too large.")
        raise error.about("size", found=len(header), wanted=_LARGEST)
    try:
        # The segments are signed as they were sent, padding included.
        signing_input, _, signature = header.encode("ascii").rpartition(b".")
    except UnicodeEncodeError:
        raise malformed() from None
    head, _, payload = signing_input.partition(b".")
    unverified_header = read_header(_unpadded(head), ALGORITHM)
    # It becomes a part of an address: only a UUID as they are written, never a path.
    if _KID.fullmatch(unverified_header["kid"]) is None:
        raise InvalidTokenError("The load balancer's header does not name its key.")
    exp = unverified_header.get("exp")
    # bool is an int in Python.
    if type(exp) is not int or not 0 <= exp <= LAST_SECOND:
        raise InvalidTokenError("The load balancer's header has no valid exp.")
    return _Jws(
        unverified_header,
        payload=decode_segment(_unpadded(payload)),
        signature=decode_segment(_unpadded(signature)),
        signing_input=signing_input,
    )


def _unpadded(segment: bytes) -> bytes:
    """Take off the padding that load balancers write: all of it or none is right."""
    bare = segment.rstrip(b"=")
    if len(bare) != len(segment) and len(segment) - len(bare) != -len(bare) % 4:
        raise malformed()
    return bare


def _verify_signature(key: EllipticCurvePublicKey, jws: _Jws) -> None:
    """Verify `r` and `s`, 32 bytes each (RFC 7518 section 3.4)."""
    signature = jws.signature
    # With any other length the same two numbers would have several spellings.
    if len(signature) != 64:
        raise InvalidSignatureError
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    try:
        key.verify(encode_dss_signature(r, s), jws.signing_input, ECDSA(SHA256()))
    except InvalidSignature:
        raise InvalidSignatureError from None


def _claims(jws: _Jws) -> AlbClaims:
    header, payload = jws.unverified_header, read_object(jws.payload)
    # The load balancer repeats some of its header in the payload; they may not contradict.
    if payload.get("iss", header.get("iss")) != header.get("iss"):
        raise InvalidIssuerError().about("iss", found=payload["iss"], wanted=header.get("iss"))
    said = {"iss": header.get("iss"), "exp": header["exp"], "signer": header["signer"]}
    try:
        return AlbClaims.model_validate({**payload, **said, "client": header.get("client")})
    except ValidationError as exc:
        names = ", ".join(sorted({str(error["loc"][0]) for error in exc.errors(include_input=False)}))
        msg = f"The load balancer's header lacks a valid {names}."
        raise InvalidTokenError(msg) from None
