"""Amplify v6, unchanged: every flow of its Auth category, against the emulator and against an app."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUserPool
from tests.interop.drivers import HERE, drive, judge, names_in
from tests.interop.kit import PASSWORD, TEMPORARY, hosting
from tests.interop.riddle import RIDDLE


def pools(**common: Any) -> dict[str, LocalUserPool]:
    """Build the pools of the flows: one that allows everything, one that demands MFA, one with devices."""
    return {
        "main": LocalUserPool(
            allowed_first_factors=("PASSWORD", "EMAIL_OTP", "SMS_OTP"),
            mfa_methods=("SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP"),
            relying_party_id="localhost",
            triggers=RIDDLE,
            **common,
        ),
        "strict": LocalUserPool(mfa="ON", mfa_methods=("SOFTWARE_TOKEN_MFA", "EMAIL_OTP"), **common),
        "devices": LocalUserPool(
            device_tracking="ALWAYS",
            challenge_required_on_new_device=True,
            refresh_token_rotation=0,
            **common,
        ),
    }


@pytest.mark.parametrize("kind", ["emulator", "wire with a client secret"])
def test_every_flow_of_amplify_works(kind: str, node: str, subtests: pytest.Subtests) -> None:
    """The app's client secret stays in the app: Amplify does not know of it."""
    with hosting(kind, pools(client_secret=kind != "emulator")) as places:
        task = {
            "places": {name: place.task for name, place in places.items()},
            "password": PASSWORD,
            "temporary": TEMPORARY,
        }
        outcomes = drive([node, "js/amplify.mjs"], task)
    judge(outcomes, names_in(HERE / "js/amplify.mjs"), subtests)
