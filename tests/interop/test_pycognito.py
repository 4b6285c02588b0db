"""pycognito, unchanged: every public method, against the emulator and against an app."""

from pathlib import Path

import pytest

from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.interop.drivers import drive, judge
from tests.interop.kit import PASSWORD, TEMPORARY, hosting

DIFFERENCES = {
    "a_device_signs_in_by_srp": (
        ".*Missing required parameter Session",
        "pycognito answers DEVICE_SRP_AUTH without the Session of the challenge",
    ),
}


EVERYWHERE = {
    "sign_up_and_confirm",
    "sign_in_by_srp_and_verify",
    "a_wrong_password_is_refused",
    "renew",
    "sign_out_everywhere",
    "new_password",
    "change_password",
    "forgotten_password",
    "profile",
    "second_factor_by_authenticator_app",
    "second_factor_by_sms",
    "requests_are_signed_in",
    "a_device_signs_in_by_srp",
    "a_user_is_deleted",
}
EMULATOR_ONLY = {
    "users_by_an_administrator",
    "groups_by_an_administrator",
    "providers_and_clients_by_an_administrator",
    "every_public_method_was_called",
}
WIRE_ONLY = {"what_needs_credentials_is_not_there"}
POOL_ID = "us-east-1_Pycognito"
FLOWS = ("ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH")


@pytest.mark.parametrize("kind", ["emulator", "wire with a client secret"])
def test_every_public_method_of_pycognito_works(kind: str, binaries: Path, subtests: pytest.Subtests) -> None:
    """It verifies every token, and takes the endpoint for the issuer."""
    emulated = kind == "emulator"
    secret = not emulated

    def main(endpoint: str) -> LocalUserPool:
        return LocalUserPool(
            user_pool_id=POOL_ID,
            issuer=f"{endpoint}/{POOL_ID}",
            explicit_auth_flows=FLOWS,
            client_secret=secret,
        )

    ann = LocalUser("ann", password=PASSWORD)
    devices = LocalUserPool(users=[ann], device_tracking="ALWAYS", client_secret=secret)
    with hosting(kind, {"main": main, "devices": devices}) as places:
        task = {
            "places": {name: place.task for name, place in places.items()},
            "emulator": emulated,
            "password": PASSWORD,
            "temporary": TEMPORARY,
        }
        outcomes = drive([str(binaries / "python"), "foreign/pycognito_driver.py"], task)
    judge(outcomes, EVERYWHERE | (EMULATOR_ONLY if emulated else WIRE_ONLY), subtests, DIFFERENCES)
