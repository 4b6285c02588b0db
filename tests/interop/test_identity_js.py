"""amazon-cognito-identity-js, unchanged, against the emulator and against an app."""

import json
import subprocess
from pathlib import Path

import pytest

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
def test_every_flow_of_the_javascript_sdk_works(kind: str, node: str) -> None:
    """The SDK's own SRP signs a crowd of random users in, a hundred of them at the three places."""
    users = crowd(34 if kind == "emulator" else 33)
    with serving(kind, users) as place:
        task = {
            "endpoint": place.endpoint,
            "outbox": place.outbox,
            "poolId": place.pool.user_pool_id,
            "clientId": place.pool.client_id,
            "password": PASSWORD,
            "temporary": TEMPORARY,
            "crowd": [{"username": user.username, "password": user.password} for user in users],
        }
        done = subprocess.run(
            [node, "client.mjs"],
            cwd=Path(__file__).parent,
            input=json.dumps(task),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert {name: text for name, text in outcome.items() if text != "ok"} == {}
    assert outcome.keys() == FLOWS | {f"srp {user.username}" for user in users}
