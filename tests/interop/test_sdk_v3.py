"""The AWS SDK for JavaScript v3, unchanged, and cognito-srp-helper, against the emulator and an app."""

import pytest

from fastapi_cognito_auth.local import LocalUserPool
from tests.interop.drivers import HERE, drive, judge, names_in
from tests.interop.kit import PASSWORD, TEMPORARY, hosting

DRIVER = HERE / "js" / "sdk_v3.mjs"
EMULATOR_ONLY = {
    "an_administrator_manages_users",
    "an_administrator_signs_a_user_in",
    "users_and_groups_come_in_pages",
    "the_pool_describes_itself",
    "a_pool_of_ones_own",
}
WIRE_ONLY = {"what_needs_credentials_is_not_there"}


@pytest.mark.parametrize("kind", ["emulator", "wire with a client secret"])
def test_every_flow_of_the_sdk_works(kind: str, node: str, subtests: pytest.Subtests) -> None:
    flows = ("ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")
    pool = LocalUserPool(
        explicit_auth_flows=(*flows, "ALLOW_ADMIN_USER_PASSWORD_AUTH"),
        device_tracking="ALWAYS",
        client_secret=kind != "emulator",
    )
    emulated = kind == "emulator"
    with hosting(kind, {"main": pool}) as places:
        task = {
            "place": places["main"].task,
            "emulator": emulated,
            "password": PASSWORD,
            "temporary": TEMPORARY,
        }
        outcomes = drive([node, DRIVER.as_posix()], task)
    judge(outcomes, names_in(DRIVER) - (WIRE_ONLY if emulated else EMULATOR_ONLY), subtests)
