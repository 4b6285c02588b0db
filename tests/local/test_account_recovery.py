"""AccountRecoverySetting says where a reset code goes, and whether there is one."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.local.kit import PASSWORD, Kit, refused

BOTH = LocalUser(
    "both",
    password=PASSWORD,
    attributes={
        "email": "both@example.com",
        "email_verified": "true",
        "phone_number": "+493012345678",
        "phone_number_verified": "true",
    },
)
PHONE = LocalUser(
    "phone",
    password=PASSWORD,
    attributes={"phone_number": "+493087654321", "phone_number_verified": "true"},
)
ADMIN_ONLY = "Contact administrator to reset password."
NO_CONTACT = "Cannot reset password for the user as there is no registered/verified email or phone_number"


def kit_of(*mechanisms: str, **options: Any) -> Kit:
    kit = Kit(users=(BOTH, PHONE), **options)
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, AccountRecoverySetting=setting(*mechanisms))
    return kit


def setting(*mechanisms: str) -> dict[str, Any]:
    return {
        "RecoveryMechanisms": [
            {"Name": name, "Priority": priority} for priority, name in enumerate(mechanisms, 1)
        ]
    }


def forgot(kit: Kit, username: str) -> str:
    answer = kit.aws.forgot_password(ClientId=kit.id, Username=username)
    medium: str = answer["CodeDeliveryDetails"]["DeliveryMedium"]
    return medium


@pytest.mark.parametrize(
    ("mechanisms", "medium"),
    [
        (("verified_email", "verified_phone_number"), "EMAIL"),
        (("verified_phone_number", "verified_email"), "SMS"),
        (("verified_email",), "EMAIL"),
    ],
)
def test_the_code_goes_where_the_pool_prefers(mechanisms: tuple[str, ...], medium: str) -> None:
    kit = kit_of(*mechanisms)
    assert forgot(kit, "both") == medium
    kit.admin("AdminResetUserPassword", "both")
    assert kit.pool.outbox.latest("both").medium == medium


def test_without_a_setting_it_goes_to_the_phone_first() -> None:
    assert forgot(Kit(users=(BOTH,)), "both") == "SMS"


def test_it_goes_nowhere_else() -> None:
    kit = kit_of("verified_email", prevent_user_existence_errors=False)
    with refused("InvalidParameterException", NO_CONTACT):
        forgot(kit, "phone")
    assert len(kit.pool.outbox) == 0


def test_nobody_is_told_of_a_code_that_the_pool_would_not_send() -> None:
    kit = kit_of("verified_email")
    assert forgot(kit, "phone") == forgot(kit, "nobody") == forgot(kit, "+493011111111") == "EMAIL"


@pytest.mark.parametrize("username", ["both", "nobody"])
def test_where_an_administrator_resets_nobody_is_sent_a_code(username: str) -> None:
    kit = kit_of("admin_only")
    with refused("NotAuthorizedException", ADMIN_ONLY):
        forgot(kit, username)
    assert len(kit.pool.outbox) == 0


def test_a_client_that_hides_nobody_says_who_is_not_there() -> None:
    with refused("UserNotFoundException"):
        forgot(kit_of("admin_only", prevent_user_existence_errors=False), "nobody")


def test_an_administrator_sets_a_password_instead_of_sending_a_code() -> None:
    kit = kit_of("admin_only")
    with refused("NotAuthorizedException", ADMIN_ONLY):
        kit.aws.admin_reset_user_password(UserPoolId=kit.pool_id, Username="both")
    assert kit.admin("AdminGetUser", "both")["UserStatus"] == "CONFIRMED"


@pytest.mark.parametrize(
    ("mechanisms", "message"),
    [
        (
            ({"Name": "admin_only", "Priority": 1}, {"Name": "verified_email", "Priority": 2}),
            "Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms.",
        ),
        (
            ({"Name": "verified_email", "Priority": 1}, {"Name": "verified_phone_number", "Priority": 1}),
            "Account Recovery Setting cannot have duplicate priorities or recovery mechanisms.",
        ),
    ],
)
def test_mechanisms_that_contradict_each_other_are_refused(mechanisms: Any, message: str) -> None:
    with refused("InvalidParameterException", message):
        Kit(users=()).aws.create_user_pool(
            PoolName="x", AccountRecoverySetting={"RecoveryMechanisms": list(mechanisms)}
        )
