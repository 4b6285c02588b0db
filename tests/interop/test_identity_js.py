"""amazon-cognito-identity-js, unchanged, against the emulator and against an app."""

import pytest

from tests.interop.drivers import drive, judge
from tests.interop.kit import KINDS, PASSWORD, TEMPORARY, crowd, serving

FLOWS = {
    "sign_up",
    "wrong_password",
    "new_password",
    "authenticator_app_and_remembered_device",
    "attributes",
    "change_password",
    "forgotten_password",
    "refresh_and_sign_out_everywhere",
    "sign_out",
    "delete_user",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_flow_of_the_javascript_sdk_works(kind: str, node: str, subtests: pytest.Subtests) -> None:
    """The SDK's own SRP signs a crowd of random users in, a hundred of them at the three places."""
    users = crowd(34 if kind == "emulator" else 33)
    with serving(kind, users) as place:
        task = {
            "place": place.task,
            "password": PASSWORD,
            "temporary": TEMPORARY,
            "crowd": [{"username": user.username, "password": user.password} for user in users],
        }
        outcomes = drive([node, "js/identity_js.mjs"], task)
    judge(outcomes, FLOWS | {f"srp {user.username}" for user in users}, subtests)
