"""The computed vectors, and the values that SRP must refuse."""

import base64
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth.srp import group as srp_group
from fastapi_cognito_auth.srp import handshake as srp

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "srp-vectors.json").read_text())


def named(vectors: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in vectors]


@pytest.fixture(params=["gmpy2", "python"], autouse=True)
def both_powers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test with gmpy2 and without: the extra must not change an answer."""
    if request.param == "python":
        monkeypatch.setattr(srp_group, "accelerator", lambda: None)


def test_k_is_the_hash_of_the_padded_group() -> None:
    assert f"{srp.K:x}" == VECTORS["group"]["k_hex"]


@pytest.mark.parametrize("row", [row for row in VECTORS["pad_hex"] if int(row["int"]) >= 0], ids=str)
def test_pad_is_minimal_twos_complement(row: dict[str, str]) -> None:
    assert srp.pad(int(row["int"])).hex() == row["hex"]


@pytest.mark.parametrize("vector", named(VECTORS["user_srp"]))
def test_user_vector_gives_the_same_claim_as_the_official_client(vector: dict[str, Any]) -> None:
    given_, expected = vector["input"], vector["expect"]
    client = srp.SRPClient(srp.pool_name(given_["user_pool_id"]), private=int(given_["a_hex"], 16))
    claim = client.claim(
        given_["USER_ID_FOR_SRP"],
        given_["password"],
        srp.Challenge(given_["SALT"], expected["SRP_B"], given_["SECRET_BLOCK"]),
        given_["TIMESTAMP"],
    )
    responses = expected["respond"]["ChallengeResponses"]
    assert (client.srp_a, claim) == (expected["SRP_A"], responses["PASSWORD_CLAIM_SIGNATURE"])


@pytest.mark.parametrize("vector", named(VECTORS["device_srp"]))
def test_device_vector_gives_the_same_verifier_as_the_official_client(vector: dict[str, Any]) -> None:
    given_, config = vector["input"], vector["expect"]["DeviceSecretVerifierConfig"]
    verifier = srp.new_device_verifier(
        given_["DeviceGroupKey"],
        given_["DeviceKey"],
        password=given_["random_password"],
        salt=int(given_["random_salt_16_bytes_hex"], 16),
    )
    assert (verifier.salt, verifier.password_verifier) == (config["Salt"], config["PasswordVerifier"])


@pytest.mark.parametrize("vector", named(VECTORS["device_srp"]))
def test_device_vector_gives_the_same_claim_as_the_official_client(vector: dict[str, Any]) -> None:
    given_, expected = vector["input"], vector["expect"]
    client = srp.SRPClient(given_["DeviceGroupKey"], private=int(given_["a_hex"], 16))
    claim = client.claim(
        given_["DeviceKey"],
        given_["random_password"],
        srp.Challenge(expected["SALT_from_server"], expected["SRP_B"], given_["SECRET_BLOCK"]),
        given_["TIMESTAMP"],
    )
    responses = expected["respond"]["ChallengeResponses"]
    assert (client.srp_a, claim) == (expected["SRP_A"], responses["PASSWORD_CLAIM_SIGNATURE"])


@pytest.mark.parametrize("b_public", [0, srp_group.N, 2 * srp_group.N])
def test_b_that_is_zero_modulo_n_is_refused(b_public: int) -> None:
    client = srp.SRPClient("pool")
    with pytest.raises(srp.SRPError, match="B cannot be zero"):
        client.claim("user", "password", srp.Challenge("01", f"{b_public:x}", "AAAA"), "now")


def test_u_that_is_zero_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can find such a pair, so the hash is made to give zero."""
    monkeypatch.setattr(srp, "_hash", lambda _: bytes(32))
    with pytest.raises(srp.SRPError, match="u cannot be zero"):
        srp.scrambler(5, 7)


@pytest.mark.parametrize(
    ("challenge", "message"),
    [
        (srp.Challenge("xyz", "02", "AAAA"), "SALT"),
        (srp.Challenge("", "02", "AAAA"), "SALT"),
        (srp.Challenge("01", "0x02", "AAAA"), "SRP_B"),
        (srp.Challenge("01", "-2", "AAAA"), "SRP_B"),
        (srp.Challenge("01", "1_0", "AAAA"), "SRP_B"),
        (srp.Challenge("01", "\N{ARABIC-INDIC DIGIT TWO}", "AAAA"), "SRP_B"),
        (srp.Challenge("01", "02", "A!A"), "SECRET_BLOCK"),
        (srp.Challenge("01", "02", "AAAA!"), "SECRET_BLOCK"),
        (srp.Challenge("01", "02", "é"), "SECRET_BLOCK"),
    ],
)
def test_malformed_server_value_is_refused_by_name(challenge: srp.Challenge, message: str) -> None:
    with pytest.raises(srp.SRPError, match=f"^{message}"):
        srp.SRPClient("pool").claim("user", "password", challenge, "now")


EXPONENTS = st.integers(1, 2**256)


@settings(max_examples=20)
@given(a=EXPONENTS, b=EXPONENTS, salt=st.integers(0, 2**128), password=st.text())
def test_both_sides_agree_on_the_key(a: int, b: int, salt: int, password: str) -> None:
    """RFC 5054 section 2.6: client and server compute the same S, whatever the padding cases."""
    x = srp.verifier_exponent("pool", "user", password, salt)
    verifier = srp_group.power_of_g(x)
    a_public = srp_group.power_of_g(a)
    b_public = (srp.K * verifier + srp_group.power_of_g(b)) % srp_group.N
    u = srp.scrambler(a_public, b_public)
    server = srp_group.power(a_public * srp_group.power(verifier, u), b)
    client = srp_group.power((b_public - srp.K * verifier) % srp_group.N, a + u * x)
    assert srp.session_key(u, server) == srp.session_key(u, client)


def test_private_exponents_have_256_bits_and_differ() -> None:
    drawn = [srp.private_exponent() for _ in range(50)]
    assert {exponent.bit_length() for exponent in drawn} == {256}
    assert len(set(drawn)) == 50


def test_timestamp_is_english_utc_with_an_unpadded_day() -> None:
    moment = datetime(2026, 9, 5, 15, 34, 5, tzinfo=UTC)
    assert srp.format_timestamp(moment) == "Sat Sep 5 15:34:05 UTC 2026"


def test_timestamp_is_utc_wherever_the_server_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        moment = datetime(2026, 9, 5, 15, 34, 5, tzinfo=UTC)
        assert srp.format_timestamp(moment) == "Sat Sep 5 15:34:05 UTC 2026"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_pool_name_is_all_after_the_first_underscore() -> None:
    assert srp.pool_name("us-east-1_Ab_Cd") == "Ab_Cd"


def test_device_secret_stays_out_of_the_repr() -> None:
    assert repr(srp.new_device_verifier("-group", "us-east-1_key")) == "DeviceVerifier(...)"


def test_a_new_device_has_a_secret_of_40_bytes_and_a_salt_of_16(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lengths of the official client's."""
    monkeypatch.setattr(srp, "power_of_g", lambda _: 1)
    drawn = [srp.new_device_verifier("-group", "us-east-1_key") for _ in range(50)]
    assert {len(base64.b64decode(verifier.password)) for verifier in drawn} == {40}
    salts = {int.from_bytes(base64.b64decode(verifier.salt)) for verifier in drawn}
    assert len(salts) == 50
    assert max(salts) < 2**128
