"""USER_SRP_AUTH: only a proof made with the password, for this client, user and challenge, signs in."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from fastapi_cognito_auth.srp import group as srp_group
from fastapi_cognito_auth.srp import handshake as srp
from tests.local.kit import ALICE, OTHER_PASSWORD, PASSWORD, Kit, claims, refused

WRONG = "Incorrect username or password."


@pytest.fixture
def kit() -> Kit:
    return Kit()


def test_the_right_password_signs_in(kit: Kit) -> None:
    result = kit.srp()["AuthenticationResult"]
    assert claims(kit.pool, result["AccessToken"], clock=kit.clock)["username"] == "alice"


def test_a_wrong_password_is_refused(kit: Kit) -> None:
    with refused("NotAuthorizedException", WRONG):
        kit.srp(password="Correct-horse-8")


def test_a_proof_of_another_user_is_refused(kit: Kit) -> None:
    """Bob's good proof does not sign Alice in."""
    client, challenge = kit.start_srp("bob")
    proof = kit.proof(client, challenge, OTHER_PASSWORD) | {"USERNAME": "alice"}
    with refused("NotAuthorizedException", WRONG):
        kit.answer("PASSWORD_VERIFIER", None, **proof)


def test_a_proof_for_another_challenge_is_refused(kit: Kit) -> None:
    client, challenge = kit.start_srp()
    _, other = kit.start_srp()
    proof = kit.proof(client, challenge) | {"PASSWORD_CLAIM_SECRET_BLOCK": other["SECRET_BLOCK"]}
    with refused("NotAuthorizedException", WRONG):
        kit.answer("PASSWORD_VERIFIER", None, **proof)


def test_a_challenge_of_another_client_is_refused(kit: Kit) -> None:
    client, challenge = kit.start_srp()
    proof = kit.proof(client, challenge)
    kit.id = kit.aws.create_user_pool_client(UserPoolId=kit.pool_id, ClientName="other")["UserPoolClient"][
        "ClientId"
    ]
    with refused("NotAuthorizedException", "Invalid session for the user."):
        kit.answer("PASSWORD_VERIFIER", None, **proof)


def test_an_expired_challenge_is_refused(kit: Kit) -> None:
    client, challenge = kit.start_srp()
    kit.clock.advance(180)
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        kit.answer("PASSWORD_VERIFIER", None, **kit.proof(client, challenge))


def test_a_wrong_proof_leaves_the_challenge_open(kit: Kit) -> None:
    client, challenge = kit.start_srp()
    with refused("NotAuthorizedException"):
        kit.answer("PASSWORD_VERIFIER", None, **kit.proof(client, challenge, "Wrong-one-1"))
    for _ in range(2):
        assert "AuthenticationResult" in kit.answer("PASSWORD_VERIFIER", None, **kit.proof(client, challenge))


def test_a_challenge_from_before_a_password_change_does_not_take_the_old_password(kit: Kit) -> None:
    client, challenge = kit.start_srp()
    kit.admin("AdminSetUserPassword", Password=OTHER_PASSWORD, Permanent=True)
    with refused("NotAuthorizedException", WRONG):
        kit.answer("PASSWORD_VERIFIER", None, **kit.proof(client, challenge))


@pytest.mark.parametrize("multiple", [0, 1])
def test_a_zero_a_gets_a_challenge_but_proves_nothing(kit: Kit, multiple: int) -> None:
    """RFC 5054 section 2.5.4: with A = 0 the key would not depend on the password."""
    answer = kit.aws.initiate_auth(
        ClientId=kit.id,
        AuthFlow="USER_SRP_AUTH",
        AuthParameters={"USERNAME": "alice", "SRP_A": f"{multiple * srp_group.N:x}"},
    )
    challenge = answer["ChallengeParameters"]
    u = srp.scrambler(multiple * srp_group.N, int(challenge["SRP_B"], 16))
    stamp = srp.format_timestamp(datetime.fromtimestamp(kit.clock.now, UTC))
    block = challenge["SECRET_BLOCK"]
    forged = srp.claim_signature(
        srp.session_key(u, 0), srp.pool_name(kit.pool_id), "alice", base64.b64decode(block), stamp
    )
    with refused("NotAuthorizedException", WRONG):
        kit.answer(
            "PASSWORD_VERIFIER",
            None,
            USERNAME="alice",
            TIMESTAMP=stamp,
            PASSWORD_CLAIM_SECRET_BLOCK=block,
            PASSWORD_CLAIM_SIGNATURE=base64.b64encode(forged).decode(),
        )


def test_the_salt_of_a_user_is_stable_and_b_is_fresh(kit: Kit) -> None:
    first, second = kit.start_srp()[1], kit.start_srp()[1]
    assert first["SALT"] == second["SALT"]
    assert first["SRP_B"] != second["SRP_B"]
    assert len(first["SALT"]) in {31, 32}


def test_the_salt_changes_with_the_password(kit: Kit) -> None:
    before = kit.start_srp()[1]["SALT"]
    kit.admin("AdminSetUserPassword", Password=OTHER_PASSWORD, Permanent=True)
    assert kit.start_srp()[1]["SALT"] != before


def test_an_srp_a_that_is_not_hex_is_refused_without_an_echo(kit: Kit) -> None:
    with refused(
        "InvalidParameterException",
        "1 validation error detected: Value at 'sRPA' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^[0-9a-fA-F]+$",
    ):
        kit.aws.initiate_auth(
            ClientId=kit.id, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": "alice", "SRP_A": "xyz"}
        )


@pytest.mark.parametrize("srp_a", ["1" + "0" * 768, "f" * 130_000, f"{2 * srp_group.N:x}"])
def test_an_srp_a_longer_than_the_group_is_refused(kit: Kit, srp_a: str) -> None:
    with refused(
        "InvalidParameterException",
        "1 validation error detected: Value at 'sRPA' failed to satisfy constraint: "
        "Member must have length less than or equal to 768",
    ):
        kit.aws.initiate_auth(
            ClientId=kit.id, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": "alice", "SRP_A": srp_a}
        )
    longest = {"USERNAME": "alice", "SRP_A": "0" * 16 + "f" * 768}
    kit.aws.initiate_auth(ClientId=kit.id, AuthFlow="USER_SRP_AUTH", AuthParameters=longest)


@pytest.mark.parametrize(
    "missing", ["USERNAME", "TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK"]
)
def test_a_missing_response_is_named(kit: Kit, missing: str) -> None:
    client, challenge = kit.start_srp()
    proof = kit.proof(client, challenge)
    del proof[missing]
    with refused("InvalidParameterException", f"Missing required parameter {missing}"):
        kit.answer("PASSWORD_VERIFIER", None, **proof)


def test_an_empty_answer_is_refused(kit: Kit) -> None:
    with refused("InvalidParameterException", "Missing required parameter challenge responses."):
        kit.answer("PASSWORD_VERIFIER", None)


def test_a_signature_that_is_not_base64_is_refused(kit: Kit) -> None:
    client, challenge = kit.start_srp()
    proof = kit.proof(client, challenge) | {"PASSWORD_CLAIM_SIGNATURE": "é"}
    with refused(
        "InvalidParameterException", "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string."
    ):
        kit.answer("PASSWORD_VERIFIER", None, **proof)


def test_an_unknown_secret_block_is_refused(kit: Kit) -> None:
    client, challenge = kit.start_srp()
    proof = kit.proof(client, challenge) | {"PASSWORD_CLAIM_SECRET_BLOCK": "AAAA"}
    with refused("NotAuthorizedException", WRONG):
        kit.answer("PASSWORD_VERIFIER", None, **proof)


@pytest.mark.parametrize(
    "stamp",
    [
        "Sat Sep 5 15:34:05 utc 2026",
        "Sat Sep 5 15:34:05 CEST 2026",
        "Sat Sep 5 15:34:05 Z 2026",
        "Sat Sep 005 15:34:05 UTC 2026",
        "2026-09-05T15:34:05Z",
        "Sat Feb 31 15:34:05 UTC 2026",
        "Sat Sep \N{ARABIC-INDIC DIGIT FIVE} 15:34:05 UTC 2026",
    ],
)
def test_a_malformed_timestamp_is_refused(kit: Kit, stamp: str) -> None:
    client, challenge = kit.start_srp()
    with refused(
        "InvalidParameterException", "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."
    ):
        kit.answer("PASSWORD_VERIFIER", None, **kit.proof(client, challenge, stamp=stamp))


@pytest.mark.parametrize("stamp", ["Sat Sep 05 15:34:05 UTC 2026", "mon SEP 5 15:34:05 GMT 2026"])
def test_a_lenient_timestamp_counts_in_its_canonical_form(kit: Kit, stamp: str) -> None:
    """Measured on the service: signed over itself it fails, signed over the canonical form it passes."""
    client, challenge = kit.start_srp()
    with refused("NotAuthorizedException", WRONG):
        kit.answer("PASSWORD_VERIFIER", None, **kit.proof(client, challenge, stamp=stamp))
    proof = kit.proof(client, challenge, stamp="Sat Sep 5 15:34:05 UTC 2026") | {"TIMESTAMP": stamp}
    assert "AuthenticationResult" in kit.answer("PASSWORD_VERIFIER", None, **proof)


def test_a_user_disabled_between_the_steps_is_refused(kit: Kit) -> None:
    client, challenge = kit.start_srp()
    kit.admin("AdminDisableUser")
    with refused("NotAuthorizedException", "User is disabled."):
        kit.answer("PASSWORD_VERIFIER", None, **kit.proof(client, challenge))


def test_a_flow_that_the_client_does_not_allow_is_refused() -> None:
    kit = Kit(explicit_auth_flows=("ALLOW_USER_PASSWORD_AUTH",))
    with refused("InvalidParameterException", "USER_SRP_AUTH is not enabled for the client."):
        kit.start_srp()


@pytest.mark.parametrize("flows", [(), ("ADMIN_NO_SRP_AUTH",)])
def test_a_client_without_modern_flow_names_allows_srp(flows: tuple[str, ...]) -> None:
    kit = Kit(explicit_auth_flows=flows)
    assert "AuthenticationResult" in kit.srp()
    with refused("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"):
        kit.password()


def test_the_sub_is_no_name_to_sign_in_with(kit: Kit) -> None:
    """Of a pool whose Username is not the sub; under ENABLED it looks like any unknown name."""
    sub = kit.admin("AdminGetUser")["UserAttributes"][0]["Value"]
    with refused("NotAuthorizedException", WRONG):
        kit.srp(sub)


@pytest.mark.parametrize("parameters", [{"SRP_A": "02"}, {"USERNAME": "alice"}])
def test_a_missing_parameter_is_named(kit: Kit, parameters: dict[str, Any]) -> None:
    missing = ({"USERNAME", "SRP_A"} - set(parameters)).pop()
    with refused("InvalidParameterException", f"Missing required parameter {missing}"):
        kit.aws.initiate_auth(ClientId=kit.id, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)


def test_alice_is_the_user_of_these_tests() -> None:
    assert PASSWORD not in repr(ALICE)
