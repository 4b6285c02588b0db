"""The certificate that a pool shows SAML providers."""

import base64
from datetime import UTC, datetime, timedelta

from cryptography import x509

from tests.local.kit import Kit, refused


def test_a_pool_has_one_certificate_of_its_own_for_ten_years() -> None:
    kit = Kit(users=())
    shown = kit.aws.get_signing_certificate(UserPoolId=kit.pool_id)["Certificate"]
    certificate = x509.load_der_x509_certificate(base64.b64decode(shown))
    (name,) = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    assert name.value == kit.pool_id
    begin = datetime.fromtimestamp(kit.clock.now, UTC)
    assert certificate.not_valid_before_utc == begin
    assert certificate.not_valid_after_utc == begin + timedelta(days=3650)
    certificate.verify_directly_issued_by(certificate)
    assert kit.aws.get_signing_certificate(UserPoolId=kit.pool_id)["Certificate"] == shown
    other = kit.aws.create_user_pool(PoolName="second")["UserPool"]["Id"]
    assert kit.aws.get_signing_certificate(UserPoolId=other)["Certificate"] != shown


def test_a_pool_that_is_not_there_has_none() -> None:
    with refused("ResourceNotFoundException"):
        Kit(users=()).aws.get_signing_certificate(UserPoolId="us-east-1_nowhere")
