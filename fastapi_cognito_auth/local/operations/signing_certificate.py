"""GetSigningCertificate: with which a pool would sign what it asks of SAML providers."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane

_VALID: Final = timedelta(days=3650)


def _new_certificate(pool_id: str, now: float) -> str:
    # Nothing is signed here, so nobody keeps the key.
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, pool_id)])
    begin = datetime.fromtimestamp(now, UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + _VALID)
        .sign(key, SHA256())
    )
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


def _get(plane: Plane, _: dict[str, Any]) -> Result:
    pool = plane.directory.pool
    if not pool.signing_certificate:
        pool.signing_certificate = _new_certificate(pool.id, plane.clock())
    return {"Certificate": pool.signing_certificate}


OPERATIONS: Final = {"GetSigningCertificate": _get}
