"""`x-amzn-oidc-data`: what a load balancer signs is believed, and nothing else."""

import asyncio
import base64
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

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
from fastapi_cognito_auth.tokens.alb import AlbVerifier, public_keys_uri
from fastapi_cognito_auth.tokens.claims import LAST_SECOND, AlbClaims
from tests.alb_support import (
    ARN,
    FOREIGN,
    FOREIGN_ARN,
    LOAD_BALANCER,
    KeyBucket,
    LoadBalancer,
    alb_verifier,
    padded,
    user_info,
)
from tests.support import CLIENT_ID, ISSUER, NOW, SIGNER, SUB, Clock, b64

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def verify(header: str, **given: Any) -> AlbClaims:
    return asyncio.run(alb_verifier(**given).verify(header))


def refusal(header: str, **given: Any) -> type[InvalidTokenError]:
    with pytest.raises(InvalidTokenError) as refused:
        verify(header, **given)
    return type(refused.value)


def refused_unfetched(header: str) -> type[InvalidTokenError]:
    """Return the refusal of what must not lead to any fetch."""
    bucket = KeyBucket(LOAD_BALANCER, FOREIGN)
    error = refusal(header, bucket=bucket)
    assert bucket.fetched == []
    return error


def with_signature(signature: bytes) -> str:
    return f"{LOAD_BALANCER.sign().rpartition('.')[0]}.{padded(signature)}"


# What a load balancer sends.


def test_what_the_load_balancer_says_is_believed() -> None:
    claims = verify(LOAD_BALANCER.sign())
    assert (claims.sub, claims.username, claims.groups, claims.scope) == (SUB, "ada", [], "")
    assert (claims.iss, claims.client_id, claims.signer, claims.exp) == (ISSUER, CLIENT_ID, ARN, NOW + 120)
    assert (claims.model_extra or {})["email"] == "ada@example.com"


def test_the_padding_is_part_of_what_was_signed() -> None:
    header = LOAD_BALANCER.sign()
    assert "=" in header
    assert verify(header).username == "ada"
    stripped = ".".join(segment.rstrip("=") for segment in header.split("."))
    assert refusal(stripped) is InvalidSignatureError


def test_a_header_without_padding_is_believed_if_it_was_signed_so() -> None:
    header = LOAD_BALANCER.sign(bare=True)
    assert "=" not in header
    assert verify(header).username == "ada"


def test_a_header_without_padding_is_a_jws_as_others_read_it() -> None:
    """PyJWT as the oracle of the signature's form."""
    header = LOAD_BALANCER.sign(bare=True)
    options: Any = {"verify_exp": False}
    read = jwt.decode(header, LOAD_BALANCER.private_key.public_key(), ["ES256"], options=options)
    assert read == user_info()


def test_a_number_of_users_of_one_load_balancer_cost_one_fetch() -> None:
    bucket = KeyBucket(LOAD_BALANCER)

    async def test() -> None:
        verifier = alb_verifier(bucket)
        headers = [LOAD_BALANCER.sign(user_info(username=f"user-{n}")) for n in range(20)]
        found = await asyncio.gather(*(verifier.verify(header) for header in headers))
        assert len({claims.username for claims in found}) == 20

    asyncio.run(test())
    assert len(bucket.fetched) == 1


def test_groups_and_scopes_count_under_the_names_of_the_pool() -> None:
    claims = verify(LOAD_BALANCER.sign(user_info(**{"cognito:groups": ["a"], "scope": "openid"})))
    assert (claims.groups, claims.scope) == (["a"], "openid")


def test_a_claim_named_groups_is_no_group() -> None:
    claims = verify(LOAD_BALANCER.sign(user_info(groups=["admins"], client_id="other")))
    assert (claims.groups, claims.client_id) == ([], CLIENT_ID)


# Who signed.


def test_another_load_balancer_is_refused_though_its_signature_is_good() -> None:
    """The key endpoint serves the keys of every load balancer of the Region, an attacker's too."""
    assert refused_unfetched(FOREIGN.sign()) is InvalidSignerError


def test_another_load_balancer_cannot_speak_in_our_name() -> None:
    """It cannot choose what is in its header; were it so, its key is still not the one of `kid`."""
    forged = LoadBalancer(LOAD_BALANCER.kid)
    assert refusal(forged.sign()) is InvalidSignatureError


@pytest.mark.parametrize(
    "signer", [None, "", FOREIGN_ARN, ARN.upper(), ARN + "0", f" {ARN}", [ARN], {"arn": ARN}, 1, True]
)
def test_a_signer_that_is_not_declared_is_refused_before_any_fetch(signer: Any) -> None:
    assert refused_unfetched(LOAD_BALANCER.sign(signer=signer)) is InvalidSignerError


@pytest.mark.parametrize(
    "kid",
    [
        None,
        "",
        1,
        ["c2f80c8b-c05c-4068-af14-17299f7896b1"],
        "../c2f80c8b-c05c-4068-af14-17299f7896b1",
        "c2f80c8b-c05c-4068-af14-17299f7896b1/../evil",
        "c2f80c8b-c05c-4068-af14-17299f7896b1?x",
        "c2f80c8b-c05c-4068-af14-17299f7896b1#x",
        "c2f80c8b-c05c-4068-af14-17299f7896b1\n",
        "c2f80c8b%2dc05c-4068-af14-17299f7896b1",
        "C2F80C8B-C05C-4068-AF14-17299F7896B1",
        "c2f80c8bc05c4068af1417299f7896b1",
        "c2f80c8b-c05c-4068-af14-17299f7896b\u0661",
        "@evil.example/c2f80c8b-c05c-4068-af14-17299f7896b1",
    ],
)
def test_a_kid_that_is_no_uuid_never_becomes_an_address(kid: Any) -> None:
    assert refused_unfetched(LOAD_BALANCER.sign(kid=kid)) is InvalidTokenError


def test_a_kid_that_nobody_has_is_refused() -> None:
    assert refusal(LOAD_BALANCER.sign(kid=FOREIGN.kid.replace("d", "e"))) is InvalidSignatureError


@pytest.mark.parametrize(
    "alg", [None, "none", "None", "HS256", "RS256", "ES384", "ES256K", "es256", ["ES256"]]
)
def test_only_es256_is_accepted(alg: Any) -> None:
    assert refused_unfetched(LOAD_BALANCER.sign(alg=alg)) is InvalidTokenError


def test_the_public_key_is_no_secret_to_sign_with() -> None:
    """The confusion of algorithms (RFC 8725 section 2.1): HMAC over the published key."""
    signing_input = f"{padded(json.dumps(LOAD_BALANCER.header(alg='HS256')).encode())}.{padded(b'{}')}"
    mac = hmac.digest(LOAD_BALANCER.pem, signing_input.encode(), "sha256")
    assert refused_unfetched(f"{signing_input}.{padded(mac)}") is InvalidTokenError
    as_es256 = signing_input.replace("SFMyNTY", "RVMyNTY")
    assert refusal(f"{as_es256}.{padded(mac)}") in {InvalidTokenError, InvalidSignatureError}


@pytest.mark.parametrize("name", ["crit", "b64", "jku", "jwk", "x5u", "x5c"])
def test_a_header_that_brings_its_own_key_or_rules_is_refused(name: str) -> None:
    header = json.dumps(LOAD_BALANCER.header(**{name: "x"}))
    assert refused_unfetched(LOAD_BALANCER.sign_raw(header, "{}")) is InvalidTokenError


def test_an_access_token_is_no_header_of_a_load_balancer() -> None:
    assert refused_unfetched(SIGNER.sign({"sub": SUB})) is InvalidTokenError


# The signature.


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(bytes(64), id="psychic"),
        pytest.param(bytes(32) + (1).to_bytes(32), id="r is zero"),
        pytest.param((1).to_bytes(32) + bytes(32), id="s is zero"),
        pytest.param(ORDER.to_bytes(32) + (1).to_bytes(32), id="r is the order"),
        pytest.param((1).to_bytes(32) + ORDER.to_bytes(32), id="s is the order"),
        pytest.param(b"\xff" * 64, id="beyond the order"),
        pytest.param(b"\x01", id="one byte"),
        pytest.param(b"\x01" * 63, id="63 bytes"),
        pytest.param(b"\x01" * 65, id="65 bytes"),
        pytest.param(b"\x01" * 64, id="another signature"),
        pytest.param(LOAD_BALANCER.private_key.sign(b"x", ec.ECDSA(SHA256())), id="DER"),
    ],
)
def test_a_signature_that_is_not_r_and_s_is_refused(signature: bytes) -> None:
    """CVE-2022-21449 among others: zeros verify anything where nobody looks."""
    assert refusal(with_signature(signature)) is InvalidSignatureError


def test_a_good_signature_as_der_is_refused() -> None:
    signing_input = LOAD_BALANCER.sign().rpartition(".")[0]
    der = LOAD_BALANCER.private_key.sign(signing_input.encode(), ec.ECDSA(SHA256()))
    assert refusal(with_signature(der)) is InvalidSignatureError


def test_r_with_a_multiple_of_the_order_added_is_refused() -> None:
    signature = base64.urlsafe_b64decode(LOAD_BALANCER.sign().rpartition(".")[2])
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    assert refusal(with_signature((r + ORDER).to_bytes(33) + s.to_bytes(32))) is InvalidSignatureError


def test_r_and_s_have_32_bytes_each() -> None:
    signature = base64.urlsafe_b64decode(LOAD_BALANCER.sign().rpartition(".")[2])
    assert refusal(with_signature(signature[:32] + b"\0" + signature[32:])) is InvalidSignatureError


def test_a_changed_payload_is_refused() -> None:
    header, _, signature = LOAD_BALANCER.sign().split(".")
    other = padded(json.dumps(user_info(username="admin")).encode())
    assert refusal(f"{header}.{other}.{signature}") is InvalidSignatureError


def test_a_changed_header_is_refused() -> None:
    _, payload, signature = LOAD_BALANCER.sign().split(".")
    other = padded(json.dumps(LOAD_BALANCER.header(exp=NOW + 9999)).encode())
    assert refusal(f"{other}.{payload}.{signature}") is InvalidSignatureError


# Form.


@pytest.mark.parametrize(
    "header",
    [
        "",
        "a",
        "a.b",
        "..",
        "a.b.c.d",
        "a.b.",
        ".b.c",
        "=.=.=",
        "é.b.c",
        "a b.c.d",
        "x" * 20_000,
        LOAD_BALANCER.sign() + "=",
        LOAD_BALANCER.sign() + "\n",
        " " + LOAD_BALANCER.sign(),
        LOAD_BALANCER.sign() + "." + b64("x"),
        LOAD_BALANCER.sign().replace("=", "==", 1),
        "+" + LOAD_BALANCER.sign(),
    ],
)
def test_what_is_not_the_compact_form_is_refused(header: str) -> None:
    assert issubclass(refusal(header), InvalidTokenError)


def test_left_over_bits_are_zero() -> None:
    """RFC 4648 section 3.5: a segment has one form, or a signature would have several."""
    head, _, signature = LOAD_BALANCER.sign().rpartition(".")
    assert signature.endswith("==")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet[alphabet.index(signature[-3]) | 1]
    assert refusal(f"{head}.{signature[:-3]}{last}==") is InvalidTokenError


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "[]",
        "1",
        "null",
        "{",
        b"\xff\xfe",
        "[" * 10_000,
        '{"alg":"ES256","alg":"ES256"}',
        '{"a":{"b":1,"b":2}}',
        '{"exp":NaN}',
        '{"exp":' + "9" * 5000 + "}",
    ],
)
def test_json_that_can_be_read_in_two_ways_is_refused(raw: str | bytes) -> None:
    assert refused_unfetched(LOAD_BALANCER.sign_raw(raw or b"x", "{}")) is InvalidTokenError
    header = json.dumps(LOAD_BALANCER.header())
    assert refusal(LOAD_BALANCER.sign_raw(header, raw or b"x")) is InvalidTokenError


def test_a_member_that_is_there_twice_is_refused() -> None:
    header = json.dumps(LOAD_BALANCER.header())
    twice = header[:-1] + f', "signer": "{ARN}"}}'
    assert refused_unfetched(LOAD_BALANCER.sign_raw(twice, "{}")) is InvalidTokenError
    claims = json.dumps(user_info())[:-1] + ', "username": "admin"}'
    assert refusal(LOAD_BALANCER.sign_raw(header, claims)) is InvalidTokenError


# What it says.


def test_it_expires_by_our_clock() -> None:
    clock = Clock(NOW + 129)
    header = LOAD_BALANCER.sign()
    assert verify(header, clock=clock).username == "ada"
    clock.advance(1)
    assert refusal(header, clock=clock) is TokenExpiredError


@pytest.mark.parametrize("exp", [None, "never", str(NOW + 9), NOW + 0.5, True, -1, 10**18, [NOW], {}])
def test_without_a_valid_exp_it_is_refused(exp: Any) -> None:
    assert refused_unfetched(LOAD_BALANCER.sign(exp=exp)) is InvalidTokenError


def test_an_exp_in_the_payload_does_not_prolong_it() -> None:
    expired = LOAD_BALANCER.sign(user_info(exp=NOW + 9999), exp=NOW - 60)
    assert refusal(expired) is TokenExpiredError


def test_the_exp_of_the_header_is_the_one_that_counts() -> None:
    assert verify(LOAD_BALANCER.sign(user_info(exp=NOW + 9999), exp=NOW + 60)).exp == NOW + 60


@pytest.mark.parametrize(
    "issuer", ["https://evil.example", ISSUER + "/", ISSUER.replace("Ab12", "Zz99"), "", ISSUER.upper()]
)
def test_a_user_of_another_pool_is_refused(issuer: str) -> None:
    header = LOAD_BALANCER.sign(user_info(iss=None), iss=issuer)
    assert refusal(header) is InvalidIssuerError


def test_a_payload_that_contradicts_the_header_is_refused() -> None:
    assert refusal(LOAD_BALANCER.sign(user_info(iss="https://evil.example"))) is InvalidIssuerError


@pytest.mark.parametrize("client", ["other", "", CLIENT_ID.upper()])
def test_another_app_client_is_refused(client: str) -> None:
    assert refusal(LOAD_BALANCER.sign(client=client)) is InvalidClientError


@pytest.mark.parametrize("name", ["iss", "client", "signer"])
def test_what_belongs_in_the_header_does_not_count_in_the_payload(name: str) -> None:
    claims = user_info(iss=None) | {name: LOAD_BALANCER.header()[name]}
    header = LOAD_BALANCER.sign_raw(json.dumps(LOAD_BALANCER.header(**{name: None})), json.dumps(claims))
    assert issubclass(refusal(header), InvalidTokenError)


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": None},
        {"sub": ""},
        {"sub": 1},
        {"username": None},
        {"username": ""},
        {"username": ["ada"]},
        {"cognito:groups": "admins"},
        {"cognito:groups": [1]},
        {"scope": ["openid"]},
    ],
)
def test_claims_of_another_shape_are_refused(changes: dict[str, Any]) -> None:
    assert refusal(LOAD_BALANCER.sign(user_info(**changes))) is InvalidTokenError


@pytest.mark.parametrize(
    ("header", "claim", "found", "wanted"),
    [
        (FOREIGN.sign(), "signer", FOREIGN_ARN, (ARN,)),
        (LOAD_BALANCER.sign(exp=NOW - 60), "exp", NOW - 60, f"after {NOW}"),
        (
            LOAD_BALANCER.sign(user_info(iss=None), iss="https://x.example"),
            "iss",
            "https://x.example",
            {ISSUER},
        ),
        (LOAD_BALANCER.sign(user_info(iss="https://x.example")), "iss", "https://x.example", ISSUER),
        (LOAD_BALANCER.sign(client="other"), "client", "other", {CLIENT_ID}),
        ("x" * (16 * 1024 + 1), "size", 16 * 1024 + 1, 16 * 1024),
    ],
)
def test_a_refusal_says_what_was_found_and_what_was_wanted(
    header: str, claim: str, found: Any, wanted: Any
) -> None:
    with pytest.raises(InvalidTokenError) as refused:
        verify(header)
    assert (refused.value.claim, refused.value.found, refused.value.wanted) == (claim, found, wanted)


def test_a_header_of_16_kib_is_read() -> None:
    assert refusal("x" * 16 * 1024) is not TokenTooLargeError
    assert refusal("x" * (16 * 1024 + 1)) is TokenTooLargeError


@pytest.mark.parametrize("exp", [0, LAST_SECOND])
def test_the_first_and_the_last_second_are_valid_for_exp(exp: int) -> None:
    """One is over, and the other is not yet."""
    header = LOAD_BALANCER.sign(user_info(exp=None), exp=exp)
    if exp:
        assert verify(header).exp == exp
    else:
        assert refusal(header) is TokenExpiredError


def test_a_fourth_segment_is_no_part_of_the_payload() -> None:
    first, *others = LOAD_BALANCER.sign().split(".")
    assert refusal(".".join([first, first, *others])) is InvalidTokenError


def test_a_refusal_names_the_claims_that_are_missing() -> None:
    with pytest.raises(InvalidTokenError, match="lacks a valid sub, username"):
        verify(LOAD_BALANCER.sign(user_info(sub=None, username=None)))


def test_a_refusal_repeats_nothing_of_the_header() -> None:
    with pytest.raises(InvalidTokenError) as refused:
        verify(LOAD_BALANCER.sign(user_info(sub=1, username="a-name-nobody-has")))
    assert "a-name-nobody-has" not in f"{refused.value!r} {refused.value} {refused.value.__cause__}"


SAMPLE = LOAD_BALANCER.sign()


@given(st.data())
def test_whatever_is_changed_is_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(SAMPLE) - 1))
    character = data.draw(st.characters(max_codepoint=255).filter(lambda new: new != SAMPLE[at]))
    with pytest.raises(InvalidTokenError):
        verify(SAMPLE[:at] + character + SAMPLE[at + 1 :])


@given(st.text() | st.from_regex(r"[\w=-]+\.[\w=-]+\.[\w=-]+", fullmatch=True))
def test_noise_is_refused(noise: str) -> None:
    with pytest.raises(InvalidTokenError):
        verify(noise)


# Where the keys are.


@pytest.mark.parametrize(
    ("partition", "region", "uri"),
    [
        ("aws", "eu-central-1", "https://public-keys.auth.elb.eu-central-1.amazonaws.com"),
        (
            "aws-us-gov",
            "us-gov-west-1",
            "https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1",
        ),
        (
            "aws-us-gov",
            "us-gov-east-1",
            "https://s3-us-gov-east-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-east-1",
        ),
        ("aws-cn", "cn-north-1", "https://public-keys.auth.elb.cn-north-1.amazonaws.com.cn"),
        ("aws-eusc", "eusc-de-east-1", "https://public-keys.auth.elb.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_the_keys_are_where_the_region_is(partition: str, region: str, uri: str) -> None:
    arn = f"arn:{partition}:elasticloadbalancing:{region}:123456789012:loadbalancer/app/a-b/50dc6c495c0c9188"
    assert public_keys_uri(arn) == uri


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/net/a/50dc6c495c0c9188",
        "arn:aws:s3:eu-central-1:123456789012:loadbalancer/app/a/50dc6c495c0c9188",
        "arn:aws:elasticloadbalancing:evil.example/:123456789012:loadbalancer/app/a/50dc6c495c0c9188",
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/a/*",
        ARN + "\n",
    ],
)
def test_what_is_no_load_balancer_has_no_keys(arn: str) -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_ALB_ARNS"):
        public_keys_uri(arn)


def test_the_load_balancers_of_several_regions_have_keys_of_their_own() -> None:
    us = LoadBalancer(FOREIGN.kid, ARN.replace("eu-central-1", "us-east-1"))
    elsewhere = public_keys_uri(us.arn)
    bucket = KeyBucket(LOAD_BALANCER)
    bucket.objects[f"{elsewhere}/{us.kid}"] = us.pem
    verifier = alb_verifier(bucket)
    both = AlbVerifier(
        verifier._keys,
        key_uris={ARN: public_keys_uri(ARN), us.arn: elsewhere},
        issuers={ISSUER},
        client_ids={CLIENT_ID},
        clock=Clock(),
    )

    async def test() -> list[str]:
        return [(await both.verify(each.sign())).signer for each in (LOAD_BALANCER, us)]

    assert asyncio.run(test()) == [ARN, us.arn]
