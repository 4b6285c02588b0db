"""Devices: what is offered, who may confirm it, and what a device has to prove at the next sign-in."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, ServiceError
from fastapi_cognito_auth.local.devices import Devices
from fastapi_cognito_auth.local.state.shelf import Shelf
from fastapi_cognito_auth.srp import group as srp_group
from fastapi_cognito_auth.srp import handshake as srp
from tests.local.kit import BOB, OTHER_PASSWORD, PASSWORD, Clock, Kit, claims, refused

GONE = "Device does not exist."
ALICE = LocalUser(
    "alice",
    password=PASSWORD,
    attributes={
        "email": "alice@example.com",
        "phone_number": "+4930123456",
        "phone_number_verified": "true",
    },
)


class Phone:
    """A device: its keys, the secret that only it has, and the two steps of its proof."""

    def __init__(self, kit: Kit, result: dict[str, Any]) -> None:
        self.kit = kit
        self.access: str = result["AccessToken"]
        self.refresh: str = result["RefreshToken"]
        self.key: str = result["NewDeviceMetadata"]["DeviceKey"]
        self.group: str = result["NewDeviceMetadata"]["DeviceGroupKey"]
        self.verifier = srp.new_device_verifier(self.group, self.key)

    def config(self) -> dict[str, str]:
        return {"Salt": self.verifier.salt, "PasswordVerifier": self.verifier.password_verifier}

    def confirm(self, **more: Any) -> bool:
        answer = self.kit.aws.confirm_device(
            **{
                "AccessToken": self.access,
                "DeviceKey": self.key,
                "DeviceSecretVerifierConfig": self.config(),
                "DeviceName": "a phone",
            }
            | more
        )
        needed: bool = answer["UserConfirmationNecessary"]
        return needed

    def remember(self, status: str = "remembered") -> None:
        self.kit.aws.update_device_status(
            AccessToken=self.access, DeviceKey=self.key, DeviceRememberedStatus=status
        )

    def begin(
        self, challenge: dict[str, Any], username: str = "alice", key: str | None = None
    ) -> tuple[srp.SRPClient, Any]:
        assert challenge["ChallengeName"] == "DEVICE_SRP_AUTH"
        assert challenge["ChallengeParameters"] == {"USERNAME": username}
        client = srp.SRPClient(self.group)
        return client, self.kit.answer(
            "DEVICE_SRP_AUTH",
            challenge["Session"],
            USERNAME=username,
            DEVICE_KEY=key or self.key,
            SRP_A=client.srp_a,
            **self.kit.with_hash(username),
        )

    def proof(
        self, client: srp.SRPClient, parameters: dict[str, str], username: str = "alice", password: str = ""
    ) -> dict[str, str]:
        stamp = srp.format_timestamp(datetime.fromtimestamp(self.kit.clock.now, UTC))
        values = srp.Challenge(parameters["SALT"], parameters["SRP_B"], parameters["SECRET_BLOCK"])
        return {
            "USERNAME": username,
            "DEVICE_KEY": self.key,
            "PASSWORD_CLAIM_SIGNATURE": client.claim(
                self.key, password or self.verifier.password, values, stamp
            ),
            "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
            "TIMESTAMP": stamp,
            **self.kit.with_hash(username),
        }

    def prove(self, challenge: dict[str, Any], username: str = "alice") -> Any:
        client, step = self.begin(challenge, username)
        assert step["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
        assert set(step["ChallengeParameters"]) == {
            "SALT", "SRP_B", "SECRET_BLOCK", "DEVICE_KEY", "USERNAME",
        }  # fmt: skip
        proof = self.proof(client, step["ChallengeParameters"], username)
        return self.kit.answer("DEVICE_PASSWORD_VERIFIER", step["Session"], **proof)


def tracking(**options: Any) -> Kit:
    return Kit(**{"users": (ALICE, BOB), "device_tracking": "ALWAYS"} | options)


@pytest.fixture
def kit() -> Kit:
    return tracking()


@pytest.fixture
def phone(kit: Kit) -> Phone:
    found = Phone(kit, kit.tokens())
    found.confirm()
    return found


def test_without_tracking_nothing_is_offered_and_a_key_is_ignored() -> None:
    kit = Kit()
    assert "NewDeviceMetadata" not in kit.password(DEVICE_KEY="us-east-1_0")["AuthenticationResult"]
    access = kit.tokens()["AccessToken"]
    with refused("InvalidUserPoolConfigurationException"):
        kit.aws.list_devices(AccessToken=access)
    with pytest.raises(ServiceError, match="InvalidUserPoolConfigurationException"):
        kit.admin("AdminListDevices")


def test_a_sign_in_offers_a_device_and_the_access_token_names_it(kit: Kit) -> None:
    result = kit.tokens()
    offered = result["NewDeviceMetadata"]
    assert offered["DeviceKey"].startswith("us-east-1_")
    assert offered["DeviceGroupKey"][0] == "-"
    assert claims(kit.pool, result["AccessToken"], clock=kit.clock)["device_key"] == offered["DeviceKey"]
    assert "device_key" not in claims(kit.pool, result["IdToken"], audience=kit.id, clock=kit.clock)
    assert "DeviceConfiguration" in kit.aws.describe_user_pool(UserPoolId=kit.pool_id)["UserPool"]


def test_a_confirmed_device_is_listed_and_described(kit: Kit, phone: Phone) -> None:
    second = Phone(kit, kit.tokens())
    kit.clock.advance(5)
    assert second.confirm() is False
    device = kit.aws.get_device(AccessToken=phone.access, DeviceKey=second.key)["Device"]
    assert device["DeviceCreateDate"].timestamp() == kit.clock.now
    assert {pair["Name"]: pair["Value"] for pair in device["DeviceAttributes"]} == {
        "device_status": "valid",
        "device_name": "a phone",
        "dev:device_remembered_status": "remembered",
        "last_ip_used": "127.0.0.1",
    }
    page = kit.aws.list_devices(AccessToken=phone.access, Limit=1)
    assert [found["DeviceKey"] for found in page["Devices"]] == [phone.key]
    rest = kit.aws.list_devices(AccessToken=phone.access, PaginationToken=page["PaginationToken"])
    assert [found["DeviceKey"] for found in rest["Devices"]] == [second.key]
    assert "PaginationToken" not in rest
    bob = kit.tokens("bob", OTHER_PASSWORD)["AccessToken"]
    for token in (page["PaginationToken"], "nonsense", "!!!", base64.b64encode(b"devices:x").decode()):
        with refused("InvalidParameterException", "Invalid pagination token"):
            kit.aws.list_devices(AccessToken=bob, PaginationToken=token)
    assert kit.aws.list_devices(AccessToken=bob)["Devices"] == []


@pytest.mark.parametrize("prove", ["password", "srp"])
def test_a_known_device_proves_its_secret_at_the_next_sign_in(kit: Kit, phone: Phone, prove: str) -> None:
    kit.clock.advance(10)
    if prove == "password":
        challenge = kit.password(DEVICE_KEY=phone.key)
    else:
        client, given = kit.start_srp()
        proof = kit.proof(client, given) | {"DEVICE_KEY": phone.key}
        challenge = kit.answer("PASSWORD_VERIFIER", None, **proof)
    result = phone.prove(challenge)["AuthenticationResult"]
    assert "NewDeviceMetadata" not in result
    assert claims(kit.pool, result["AccessToken"], clock=kit.clock)["device_key"] == phone.key
    device = kit.admin("AdminGetDevice", DeviceKey=phone.key)["Device"]
    assert device["DeviceLastAuthenticatedDate"] == kit.clock.now


def test_a_client_with_a_secret_sends_its_hash_in_every_step() -> None:
    kit = tracking(client_secret=True)
    phone = Phone(kit, kit.tokens())
    phone.confirm()
    challenge = kit.password(DEVICE_KEY=phone.key)
    with refused("NotAuthorizedException"):
        kit.answer("DEVICE_SRP_AUTH", challenge["Session"], USERNAME="alice", DEVICE_KEY=phone.key, SRP_A="2")
    assert phone.prove(challenge)["AuthenticationResult"]


def test_a_remembered_device_stands_in_for_the_second_factor() -> None:
    kit = tracking(challenge_required_on_new_device=True)
    secret = kit.enroll_totp()
    challenge = kit.password()
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    phone = Phone(kit, totp(kit, challenge, secret)["AuthenticationResult"])
    phone.confirm()
    assert phone.prove(kit.password(DEVICE_KEY=phone.key))["AuthenticationResult"]
    phone.remember("not_remembered")
    kit.clock.advance(60)
    challenge = kit.password(DEVICE_KEY=phone.key)
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    challenge = totp(kit, challenge, secret, DEVICE_KEY=phone.key)
    assert phone.prove(challenge)["AuthenticationResult"]


def totp(kit: Kit, challenge: dict[str, Any], secret: str, **more: str) -> Any:
    code = kit.totp(secret)
    return kit.answer(
        "SOFTWARE_TOKEN_MFA", challenge["Session"], USERNAME="alice", SOFTWARE_TOKEN_MFA_CODE=code, **more
    )


def test_a_device_does_not_replace_the_second_factor_unless_the_pool_says_so(kit: Kit, phone: Phone) -> None:
    secret = kit.enroll_totp()
    challenge = kit.password(DEVICE_KEY=phone.key)
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert phone.prove(totp(kit, challenge, secret))["AuthenticationResult"]


def test_opt_in_remembers_only_when_the_user_says_so() -> None:
    kit = tracking(device_tracking="OPT_IN", challenge_required_on_new_device=True)
    phone = Phone(kit, kit.tokens())
    assert phone.confirm() is True
    kit.enroll_totp()
    assert kit.password(DEVICE_KEY=phone.key)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    phone.remember()
    assert kit.password(DEVICE_KEY=phone.key)["ChallengeName"] == "DEVICE_SRP_AUTH"
    kit.admin("AdminUpdateDeviceStatus", DeviceKey=phone.key, DeviceRememberedStatus="not_remembered")
    kit.admin("AdminUpdateDeviceStatus", DeviceKey=phone.key)
    assert kit.password(DEVICE_KEY=phone.key)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_the_administrator_sees_and_forgets_devices(kit: Kit, phone: Phone) -> None:
    listed = kit.admin("AdminListDevices")["Devices"]
    assert [device["DeviceKey"] for device in listed] == [phone.key]
    for username, key in (("bob", phone.key), ("alice", "us-east-1_0")):
        with pytest.raises(ServiceError, match=GONE):
            kit.admin("AdminForgetDevice", username, DeviceKey=key)
    kit.admin("AdminForgetDevice", DeviceKey=phone.key)
    with refused("ResourceNotFoundException", GONE):
        kit.aws.get_device(AccessToken=phone.access, DeviceKey=phone.key)


# Attacks


def test_only_the_user_whom_a_device_was_offered_to_can_confirm_it(kit: Kit) -> None:
    phone = Phone(kit, kit.tokens())
    bob = kit.tokens("bob", OTHER_PASSWORD)["AccessToken"]
    with refused("ResourceNotFoundException", GONE):
        phone.confirm(AccessToken=bob)
    with refused("ResourceNotFoundException", GONE):
        phone.confirm(DeviceKey="us-east-1_0")
    phone.confirm()
    with refused("DeviceKeyExistsException"):
        phone.confirm()
    with refused("ResourceNotFoundException", GONE):
        phone.confirm(AccessToken=bob)


def number(value: int) -> str:
    return base64.b64encode(srp.pad(value)).decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"PasswordVerifier": number(0)},
        {"PasswordVerifier": number(1)},
        {"PasswordVerifier": number(srp_group.N - 1)},
        {"PasswordVerifier": number(srp_group.N)},
        {"PasswordVerifier": "not base64"},
        {"PasswordVerifier": ""},
        {"Salt": ""},
        {"Salt": base64.b64encode(b"x" * 600).decode()},
    ],
)
def test_a_verifier_that_anybody_could_prove_is_refused(kit: Kit, changes: dict[str, str]) -> None:
    phone = Phone(kit, kit.tokens())
    with refused("InvalidParameterException"):
        phone.confirm(DeviceSecretVerifierConfig=phone.config() | changes)
    with refused("InvalidParameterException", "Missing required parameter DeviceSecretVerifierConfig"):
        kit.aws.confirm_device(AccessToken=phone.access, DeviceKey=phone.key)
    phone.confirm()


def test_another_users_device_is_no_device(kit: Kit, phone: Phone) -> None:
    bob = kit.tokens("bob", OTHER_PASSWORD)["AccessToken"]
    for call in (kit.aws.get_device, kit.aws.forget_device, kit.aws.update_device_status):
        with refused("ResourceNotFoundException", GONE):
            call(AccessToken=bob, DeviceKey=phone.key)
    with refused("ResourceNotFoundException", GONE):
        kit.password("bob", OTHER_PASSWORD, DEVICE_KEY=phone.key)
    with refused("InvalidParameterException", "Missing required parameter AccessToken"):
        kit.aws.get_device(DeviceKey=phone.key)


def test_a_device_is_looked_at_only_after_the_password(kit: Kit, phone: Phone) -> None:
    for key in (phone.key, "us-east-1_0"):
        with refused("NotAuthorizedException", "Incorrect username or password."):
            kit.password(password="Wrong-horse-7", DEVICE_KEY=key)
    with refused("ResourceNotFoundException", GONE):
        kit.password(DEVICE_KEY="us-east-1_0")


def test_a_device_answers_nothing_without_the_password_step(kit: Kit, phone: Phone) -> None:
    client = srp.SRPClient(phone.group)
    answers = {"USERNAME": "alice", "DEVICE_KEY": phone.key, "SRP_A": client.srp_a}
    with refused("InvalidParameterException", "Missing required parameter Session"):
        kit.answer("DEVICE_SRP_AUTH", None, **answers)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        kit.answer("DEVICE_SRP_AUTH", "x" * 40, **answers)
    kit.enroll_totp()
    pending = kit.password(DEVICE_KEY=phone.key)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        kit.answer("DEVICE_SRP_AUTH", pending["Session"], **answers)


def test_a_session_of_another_user_does_not_carry_a_device(kit: Kit, phone: Phone) -> None:
    other = Phone(kit, kit.tokens("bob", OTHER_PASSWORD))
    other.confirm()
    challenge = kit.password("bob", OTHER_PASSWORD, DEVICE_KEY=other.key)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        kit.answer("DEVICE_SRP_AUTH", challenge["Session"], USERNAME="alice", DEVICE_KEY=phone.key, SRP_A="2")
    with refused("ResourceNotFoundException", GONE):
        other.begin(challenge, "bob", phone.key)
    assert other.prove(challenge, "bob")["AuthenticationResult"]


def test_another_device_of_the_same_user_cannot_take_its_place(kit: Kit, phone: Phone) -> None:
    second = Phone(kit, kit.tokens())
    second.confirm()
    challenge = kit.password(DEVICE_KEY=phone.key)
    with refused("ResourceNotFoundException", GONE):
        second.begin(challenge)


def break_signature(proof: dict[str, str]) -> None:
    proof["PASSWORD_CLAIM_SIGNATURE"] = base64.b64encode(b"x" * 32).decode()


def break_block(proof: dict[str, str]) -> None:
    proof["PASSWORD_CLAIM_SECRET_BLOCK"] = base64.b64encode(b"x" * 768).decode()


@pytest.mark.parametrize("spoil", [break_signature, break_block])
def test_a_wrong_proof_is_refused_and_can_be_tried_again(
    kit: Kit, phone: Phone, spoil: Callable[[dict[str, str]], None]
) -> None:
    client, step = phone.begin(kit.password(DEVICE_KEY=phone.key))
    good = phone.proof(client, step["ChallengeParameters"])
    bad = dict(good)
    spoil(bad)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        kit.answer("DEVICE_PASSWORD_VERIFIER", step["Session"], **bad)
    assert kit.answer("DEVICE_PASSWORD_VERIFIER", step["Session"], **good)["AuthenticationResult"]
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        kit.answer("DEVICE_PASSWORD_VERIFIER", step["Session"], **good)


def test_the_secret_of_another_users_device_proves_nothing(kit: Kit, phone: Phone) -> None:
    other = Phone(kit, kit.tokens("bob", OTHER_PASSWORD))
    other.confirm()
    client, step = phone.begin(kit.password(DEVICE_KEY=phone.key))
    proof = phone.proof(client, step["ChallengeParameters"], password=other.verifier.password)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        kit.answer("DEVICE_PASSWORD_VERIFIER", step["Session"], **proof)


def test_a_device_handshake_does_not_answer_for_the_password(kit: Kit, phone: Phone) -> None:
    client, step = phone.begin(kit.password(DEVICE_KEY=phone.key))
    proof = phone.proof(client, step["ChallengeParameters"])
    with refused("NotAuthorizedException", "Incorrect username or password."):
        kit.answer("PASSWORD_VERIFIER", None, **proof)


def test_a_step_of_a_device_ends_with_its_time(kit: Kit, phone: Phone) -> None:
    client, step = phone.begin(kit.password(DEVICE_KEY=phone.key))
    proof = phone.proof(client, step["ChallengeParameters"])
    kit.clock.advance(180)
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        kit.answer("DEVICE_PASSWORD_VERIFIER", step["Session"], **proof)


def test_a_forgotten_device_proves_nothing_and_refreshes_nothing(kit: Kit, phone: Phone) -> None:
    client, step = phone.begin(kit.password(DEVICE_KEY=phone.key))
    proof = phone.proof(client, step["ChallengeParameters"])
    kit.aws.forget_device(AccessToken=phone.access, DeviceKey=phone.key)
    with refused("ResourceNotFoundException", GONE):
        kit.answer("DEVICE_PASSWORD_VERIFIER", step["Session"], **proof)
    with refused("ResourceNotFoundException", GONE):
        kit.password(DEVICE_KEY=phone.key)
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        kit.aws.get_tokens_from_refresh_token(
            ClientId=kit.id, RefreshToken=phone.refresh, DeviceKey=phone.key
        )
    assert kit.aws.get_user(AccessToken=phone.access)["Username"] == "alice"


def test_refresh_of_a_tracked_device_needs_its_key(kit: Kit, phone: Phone) -> None:
    other = Phone(kit, kit.tokens("bob", OTHER_PASSWORD))
    for more in ({}, {"DeviceKey": other.key}):
        with refused("NotAuthorizedException", "Invalid Refresh Token."):
            kit.aws.get_tokens_from_refresh_token(ClientId=kit.id, RefreshToken=phone.refresh, **more)
    parameters = {"REFRESH_TOKEN": phone.refresh}
    with refused("NotAuthorizedException", "Invalid Refresh Token."):
        kit.aws.initiate_auth(ClientId=kit.id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    parameters["DEVICE_KEY"] = phone.key
    result = kit.aws.initiate_auth(ClientId=kit.id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    assert "NewDeviceMetadata" not in result["AuthenticationResult"]


def test_a_deleted_user_leaves_no_device(kit: Kit, phone: Phone) -> None:
    kit.tokens()
    kit.aws.delete_user(AccessToken=phone.access)
    assert not kit.pool._plane.devices._devices
    assert not kit.pool._plane.devices._offers


def test_old_offers_are_dropped() -> None:
    clock = Clock()
    devices = Devices("us-east-1", Shelf(clock))
    for _ in range(3):
        devices.offer("sub")
    clock.advance(24 * 3600)
    devices.offer("sub")
    assert len(devices._offers) == 1
