"""The AWS CLI, unchanged, against the emulator and against an app."""

from pathlib import Path

import pytest

from fastapi_cognito_auth.local import LocalUserPool
from tests.interop.drivers import drive, judge
from tests.interop.kit import PASSWORD, TEMPORARY, hosting

EVERYWHERE = {
    "sign_up_and_in",
    "a_new_password_is_chosen",
    "a_wrong_password_is_refused",
    "the_signed_in_user",
    "tokens_are_refreshed_and_revoked",
    "without_credentials",
}
EMULATOR_ONLY = {
    "users_and_groups_come_in_pages",
    "an_administrator_manages_users",
    "the_pool_describes_itself",
    "a_pool_of_ones_own",
}
WIRE_ONLY = {"what_needs_credentials_is_not_there"}


@pytest.mark.parametrize("kind", ["emulator", "wire with a client secret"])
def test_every_flow_of_the_aws_cli_works(kind: str, binaries: Path, subtests: pytest.Subtests) -> None:
    emulated = kind == "emulator"
    with hosting(kind, {"main": LocalUserPool(client_secret=not emulated)}) as places:
        task = {
            "place": places["main"].task,
            "emulator": emulated,
            "password": PASSWORD,
            "temporary": TEMPORARY,
        }
        outcomes = drive([str(binaries / "python"), "foreign/aws_cli_driver.py"], task)
    judge(outcomes, EVERYWHERE | (EMULATOR_ONLY if emulated else WIRE_ONLY), subtests)
