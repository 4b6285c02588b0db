"""USER_PASSWORD_AUTH: the order of the checks, the lockout, unknown users and the secret hash."""

import pytest

from fastapi_cognito_auth.local import LocalUser, LocalUserPool, ServiceError
from tests.local.kit import ALICE, OTHER_PASSWORD, PASSWORD, Kit, refused

WRONG = "Incorrect username or password."


def test_the_right_password_signs_in() -> None:
    answer = Kit().password()
    assert answer["ChallengeParameters"] == {}
    assert answer["AuthenticationResult"]["TokenType"] == "Bearer"


def test_a_wrong_password_is_refused() -> None:
    with refused("NotAuthorizedException", WRONG):
        Kit().password(password=PASSWORD + "x")


def test_the_password_of_another_user_is_refused() -> None:
    with refused("NotAuthorizedException", WRONG):
        Kit().password(password=OTHER_PASSWORD)


def test_a_flow_that_the_client_does_not_allow_is_refused() -> None:
    kit = Kit(explicit_auth_flows=("ALLOW_USER_SRP_AUTH",))
    with refused("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"):
        kit.password()


@pytest.mark.parametrize("flow", ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
def test_a_flow_that_initiate_auth_does_not_have_is_refused(flow: str) -> None:
    kit = Kit()
    with refused("InvalidParameterException", "Initiate Auth method not supported"):
        kit.aws.initiate_auth(ClientId=kit.id, AuthFlow=flow, AuthParameters={"USERNAME": "alice"})


@pytest.mark.parametrize("missing", ["USERNAME", "PASSWORD"])
def test_a_missing_parameter_is_named(missing: str) -> None:
    kit = Kit()
    with refused("InvalidParameterException", f"Missing required parameter {missing}"):
        kit.password(**{missing: ""})


def test_an_unknown_client_is_refused() -> None:
    kit = Kit()
    kit.id = "nosuchclient"
    with refused("ResourceNotFoundException", "User pool client nosuchclient does not exist."):
        kit.password()


def test_disabled_is_reported_before_unconfirmed() -> None:
    kit = Kit(users=())
    kit.aws.sign_up(ClientId=kit.id, Username="carol", Password=PASSWORD)
    with refused("UserNotConfirmedException", "User is not confirmed."):
        kit.password("carol", "Not-the-password-1")
    kit.admin("AdminDisableUser", "carol")
    with refused("NotAuthorizedException", "User is disabled."):
        kit.password("carol")
    kit.admin("AdminEnableUser", "carol")
    kit.admin("AdminConfirmSignUp", "carol")
    assert "AuthenticationResult" in kit.password("carol")


def test_reset_required_is_told_only_with_the_right_password() -> None:
    kit = Kit()
    kit.admin("AdminResetUserPassword")
    with refused("NotAuthorizedException", WRONG):
        kit.password(password=OTHER_PASSWORD)
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        kit.password()
    with refused("PasswordResetRequiredException"):
        kit.srp()


# The lock


def test_five_failures_lock_the_user_for_a_second_and_then_for_longer() -> None:
    kit = Kit()
    for _ in range(5):
        with refused("NotAuthorizedException", WRONG):
            kit.password(password=OTHER_PASSWORD)
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        kit.password()
    kit.clock.advance(1)
    with refused("NotAuthorizedException", WRONG):
        kit.password(password=OTHER_PASSWORD)
    kit.clock.advance(1)
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        kit.password()
    kit.clock.advance(1)
    assert "AuthenticationResult" in kit.password()
    with refused("NotAuthorizedException", WRONG):
        kit.password(password=OTHER_PASSWORD)


def test_the_lock_covers_srp_as_well() -> None:
    kit = Kit()
    for _ in range(5):
        with refused("NotAuthorizedException", WRONG):
            kit.srp(password=OTHER_PASSWORD)
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        kit.srp()
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        kit.password()
    assert "AuthenticationResult" in kit.srp("bob", OTHER_PASSWORD)


def test_the_lock_never_exceeds_fifteen_minutes_and_is_forgotten_after_as_long() -> None:
    kit = Kit()
    for failure in range(1, 20):
        with refused("NotAuthorizedException", WRONG):
            kit.password(password=OTHER_PASSWORD)
        lock = 0 if failure < 5 else min(2 ** (failure - 5), 900)
        kit.clock.advance(lock - 1 if lock else 0)
        if lock:
            with refused("NotAuthorizedException", "Password attempts exceeded"):
                kit.password()
            kit.clock.advance(1)
    kit.clock.advance(900)
    for _ in range(4):
        with refused("NotAuthorizedException", WRONG):
            kit.password(password=OTHER_PASSWORD)
    assert "AuthenticationResult" in kit.password()


# Users who do not exist


def test_an_unknown_user_is_told_apart_only_under_legacy() -> None:
    with refused("UserNotFoundException", "User does not exist."):
        Kit(prevent_user_existence_errors=False).password("nobody")
    with refused("UserNotFoundException", "User does not exist."):
        Kit(prevent_user_existence_errors=False).srp("nobody")
    with refused("NotAuthorizedException", WRONG):
        Kit().password("nobody")


def test_an_unknown_user_gets_a_stable_srp_challenge_that_nothing_answers() -> None:
    kit = Kit()
    first, second = kit.start_srp("nobody")[1], kit.start_srp("nobody")[1]
    real = kit.start_srp()[1]
    assert set(first) == set(real)
    assert (first["SALT"], first["USER_ID_FOR_SRP"]) == (second["SALT"], second["USER_ID_FOR_SRP"])
    assert first["SRP_B"] != second["SRP_B"]
    assert abs(len(first["SALT"]) - len(real["SALT"])) <= 1
    with refused("NotAuthorizedException", WRONG):
        kit.srp("nobody")


def test_an_unknown_user_is_locked_like_a_known_one() -> None:
    kit = Kit()
    for attempt in (kit.password, kit.srp):
        for name in ("alice", "nobody"):
            kit.clock.advance(3600)
            for _ in range(5):
                with refused("NotAuthorizedException", WRONG):
                    attempt(name, OTHER_PASSWORD)
            with refused("NotAuthorizedException", "Password attempts exceeded"):
                attempt(name, OTHER_PASSWORD)


def test_a_user_without_a_password_cannot_sign_in() -> None:
    kit = Kit()
    plane = kit.pool._plane
    user = plane.directory.find("alice")
    assert user is not None
    plane.passwords.forget(user.sub)
    for attempt in (kit.password, kit.srp):
        with refused("NotAuthorizedException", WRONG):
            attempt()


# The secret hash


def test_a_client_with_a_secret_demands_the_hash_of_the_name_as_submitted() -> None:
    kit = Kit(client_secret=True)
    assert kit.pool.client_secret is not None
    assert len(kit.pool.client_secret) == 51
    assert "AuthenticationResult" in kit.password()
    assert "AuthenticationResult" in kit.srp()
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {kit.id}"):
        kit.password(SECRET_HASH=kit.hash_of("bob"))
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {kit.id}"):
        kit.password(SECRET_HASH="é")
    with refused(
        "NotAuthorizedException",
        f"Client {kit.id} is configured with secret but SECRET_HASH was not received",
    ):
        kit.aws.initiate_auth(
            ClientId=kit.id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD},
        )


def test_a_public_client_refuses_a_hash() -> None:
    kit = Kit()
    text = f"App client {kit.id} is not configured for secret but secret hash was received"
    with refused("InvalidParameterException", text):
        kit.password(SECRET_HASH="AAAA")


def test_a_challenge_answer_needs_the_hash_too() -> None:
    kit = Kit(client_secret="a" * 24)
    client, challenge = kit.start_srp()
    proof = kit.proof(client, challenge)
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {kit.id}"):
        kit.answer("PASSWORD_VERIFIER", None, **proof | {"SECRET_HASH": kit.hash_of("bob")})
    with refused("NotAuthorizedException"):
        kit.answer("PASSWORD_VERIFIER", None, **{k: v for k, v in proof.items() if k != "SECRET_HASH"})
    assert "AuthenticationResult" in kit.answer("PASSWORD_VERIFIER", None, **proof)


def test_a_public_clients_challenge_answer_may_carry_a_hash() -> None:
    kit = Kit()
    client, challenge = kit.start_srp()
    proof = kit.proof(client, challenge) | {"SECRET_HASH": "AAAA"}
    assert "AuthenticationResult" in kit.answer("PASSWORD_VERIFIER", None, **proof)


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("sign_up", {"Password": PASSWORD}),
        ("confirm_sign_up", {"ConfirmationCode": "123456"}),
        ("resend_confirmation_code", {}),
        ("forgot_password", {}),
        ("confirm_forgot_password", {"ConfirmationCode": "123456", "Password": PASSWORD}),
    ],
)
def test_self_service_demands_the_hash(operation: str, more: dict[str, str]) -> None:
    secret, public = Kit(client_secret=True), Kit()
    call = getattr(secret.aws, operation)
    with refused("NotAuthorizedException"):
        call(ClientId=secret.id, Username="alice", **more)
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {secret.id}"):
        call(ClientId=secret.id, Username="alice", SecretHash=secret.hash_of("bob"), **more)
    with refused("InvalidParameterException"):
        getattr(public.aws, operation)(ClientId=public.id, Username="alice", SecretHash="AAAA", **more)


# Names


@pytest.mark.parametrize("name", ["alice@example.com", "+493012345678"])
def test_a_username_attribute_pool_generates_the_username(name: str) -> None:
    kit = Kit(users=(LocalUser(name, password=PASSWORD),), username_attributes=("email", "phone_number"))
    described = kit.admin("AdminGetUser", name)
    sub = described["UserAttributes"][0]["Value"]
    assert described["Username"] == sub
    assert kit.start_srp(name)[1]["USER_ID_FOR_SRP"] == sub
    for username in (name, sub):
        assert "AuthenticationResult" in kit.srp(username)
        assert "AuthenticationResult" in kit.password(username)


def test_an_alias_signs_in_only_once_it_is_verified() -> None:
    users = (
        ALICE,
        LocalUser(
            "bob", password=PASSWORD, attributes={"email": "bob@example.com", "email_verified": "false"}
        ),
        LocalUser("carol", password=PASSWORD, attributes={"preferred_username": "cc"}),
    )
    kit = Kit(users=users, alias_attributes=("email", "preferred_username"))
    assert kit.start_srp("alice@example.com")[1]["USER_ID_FOR_SRP"] == "alice"
    assert "AuthenticationResult" in kit.srp("alice@example.com")
    assert "AuthenticationResult" in kit.password("cc")
    with refused("NotAuthorizedException", WRONG):
        kit.password("bob@example.com")


def test_seeds_and_options_are_checked() -> None:
    with pytest.raises(ServiceError, match="InvalidPasswordException"):
        LocalUserPool(users=[LocalUser("weak", password="password")])
    with pytest.raises(ValueError, match="auth_session_validity"):
        LocalUserPool(auth_session_validity=16)
    with pytest.raises(ValueError, match="exclude each other"):
        LocalUserPool(username_attributes=("email",), alias_attributes=("email",))
