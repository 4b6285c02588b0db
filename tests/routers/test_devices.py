"""Remembered devices, over HTTP."""

from typing import Any

import pytest

from tests.routers.admin_kit import AdminApp, name_of
from tests.routers.kit import ADA, PASSWORD, App, code_of


@pytest.fixture(params=[False, True], ids=["public client", "client with a secret"])
def app(request: pytest.FixtureRequest) -> App:
    return tracking(client_secret=request.param)


def tracking(**pool: Any) -> App:
    app = App(device_tracking="ALWAYS", **pool)
    app.app.include_router(app.auth.account_router, prefix="/account")
    return app


def register(app: App, tokens: dict[str, Any], **more: Any) -> Any:
    return app.http.post("/account/devices", json={**tokens["new_device"], **more}, headers=bearer(tokens))


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def sign_in(app: App, device: str | None = None, username: str = "ada") -> dict[str, Any]:
    body = {"username": username, "password": PASSWORD} | ({} if device is None else {"device": device})
    answer: dict[str, Any] = app.post("/sign-in", **body).json()
    return answer


def test_a_sign_in_reports_a_new_device(app: App) -> None:
    new = sign_in(app)["new_device"]
    assert new["device_key"].startswith("us-east-1_")
    assert new["device_group_key"].startswith("-")


def test_a_pool_without_tracking_reports_none() -> None:
    assert sign_in(App())["new_device"] is None


def test_a_registered_device_signs_in_by_its_own_proof(app: App) -> None:
    tokens = sign_in(app)
    device = register(app, tokens).json()["device"]
    again = sign_in(app, device)
    assert again["status"] == "signed_in"
    assert again["new_device"] is None
    assert app.auth.settings.client_id
    claims = app.me(again["access_token"])
    assert claims.status_code == 200


def test_the_secret_of_a_device_cannot_be_read_by_the_client(app: App) -> None:
    tokens = sign_in(app)
    sealed = register(app, tokens).json()["device"]
    assert tokens["new_device"]["device_key"] not in sealed
    assert app.auth.pool.devices.open(sealed).password not in sealed


def test_a_refresh_needs_the_device(app: App) -> None:
    tokens = sign_in(app)
    device = register(app, tokens).json()["device"]
    tokens = sign_in(app, device)
    refused = app.post("/refresh", refresh_token=tokens["refresh_token"])
    assert code_of(refused) == (401, "not_authorized")
    granted = app.post("/refresh", refresh_token=tokens["refresh_token"], device=device)
    assert granted.status_code == 200


def test_a_device_that_was_forgotten_heals(app: App) -> None:
    tokens = sign_in(app)
    device = register(app, tokens).json()["device"]
    key = tokens["new_device"]["device_key"]
    assert app.http.delete(f"/account/devices/{key}", headers=bearer(tokens)).status_code == 204
    again = sign_in(app, device)
    assert again["status"] == "signed_in"
    assert again["new_device"]["device_key"] != key


def test_a_device_of_another_user_helps_nobody() -> None:
    eve = type(ADA)("eve", password=PASSWORD, attributes={"email": "eve@example.com"})
    app = tracking(users=[ADA, eve])
    device = register(app, sign_in(app, username="eve")).json()["device"]
    again = sign_in(app, device)
    # The pool does not know the device as ada's: she signs in as from a new one.
    assert again["new_device"] is not None


@pytest.mark.parametrize("device", ["x", "é", "gAAAAA" + "A" * 100])
def test_a_forged_device_is_refused(app: App, device: str) -> None:
    answer = app.post("/sign-in", username="ada", password=PASSWORD, device=device)
    assert code_of(answer) == (400, "invalid_session")
    tokens = sign_in(app)
    answer = app.post("/refresh", refresh_token=tokens["refresh_token"], device=device)
    assert code_of(answer) == (400, "invalid_session")


def test_a_device_of_another_app_is_refused(app: App) -> None:
    other = tracking()
    device = register(other, sign_in(other)).json()["device"]
    answer = app.post("/sign-in", username="ada", password=PASSWORD, device=device)
    assert code_of(answer) == (400, "invalid_session")


def test_devices_are_listed_looked_at_and_renamed_by_status(app: App) -> None:
    tokens = sign_in(app)
    register(app, tokens, name="laptop")
    key = tokens["new_device"]["device_key"]
    listed = app.http.get("/account/devices", headers=bearer(tokens)).json()
    assert [device["device_key"] for device in listed["devices"]] == [key]
    one = app.http.get(f"/account/devices/{key}", headers=bearer(tokens)).json()
    assert one["name"] == "laptop"
    changed = app.http.patch(
        f"/account/devices/{key}", json={"status": "not_remembered"}, headers=bearer(tokens)
    )
    assert changed.status_code == 204


def test_a_device_is_registered_once(app: App) -> None:
    tokens = sign_in(app)
    register(app, tokens)
    assert code_of(register(app, tokens)) == (409, "device_key_exists")


def test_the_devices_of_others_are_out_of_reach() -> None:
    eve = type(ADA)("eve", password=PASSWORD, attributes={"email": "eve@example.com"})
    app = tracking(users=[ADA, eve])
    tokens = sign_in(app)
    register(app, tokens)
    key = tokens["new_device"]["device_key"]
    other = bearer(sign_in(app, username="eve"))
    assert code_of(app.http.get(f"/account/devices/{key}", headers=other)) == (404, "resource_not_found")
    assert app.http.delete(f"/account/devices/{key}", headers=other).status_code == 404
    assert app.http.get(f"/account/devices/{key}", headers=bearer(tokens)).status_code == 200


def test_devices_need_a_user(app: App) -> None:
    assert app.http.get("/account/devices").status_code == 401
    id_token = sign_in(app)["id_token"]
    answer = app.http.get("/account/devices", headers={"Authorization": f"Bearer {id_token}"})
    assert code_of(answer) == (401, "invalid_token_use")


@pytest.mark.parametrize("key", ["x", "us-east-1_XYZ", "us-east-1_" + "a" * 60])
def test_what_cannot_be_a_device_key_is_422(app: App, key: str) -> None:
    answer = app.http.get(f"/account/devices/{key}", headers=bearer(sign_in(app)))
    assert code_of(answer) == (422, "invalid_request")


def test_a_remembered_device_stands_for_the_second_factor() -> None:
    app = tracking(mfa="ON", challenge_required_on_new_device=True)
    secret = app.enrol()
    app.clock.advance(30)
    first = sign_in(app, username="newcomer")
    answer = {"challenge": "SOFTWARE_TOKEN_MFA", "session": first["session"]}
    tokens = app.post("/challenge", **answer, code=app.totp(secret)).json()
    device = register(app, tokens).json()["device"]
    assert sign_in(app, username="newcomer")["challenge"] == "SOFTWARE_TOKEN_MFA"
    assert sign_in(app, device, username="newcomer")["status"] == "signed_in"


def test_a_device_alone_signs_nobody_in() -> None:
    app = tracking()
    device = register(app, sign_in(app)).json()["device"]
    answer = app.post("/sign-in", username="ada", password="Wrong-password-1!", device=device)
    assert code_of(answer) == (401, "not_authorized")


def test_a_device_that_another_version_sealed_is_refused(app: App) -> None:
    sealed = app.auth._sealer.hide("device", {"key": "us-east-1_0a"})
    answer = app.post("/sign-in", username="ada", password=PASSWORD, device=sealed)
    assert code_of(answer) == (400, "invalid_session")


DEVICE = "us-east-1_11111111-2222-3333-4444-555555555555"


@pytest.fixture(scope="module")
def untracked() -> AdminApp:
    return AdminApp()


@pytest.mark.parametrize(
    "endpoint",
    [
        ("GET", "/account/devices", None),
        ("POST", "/account/devices", {"device_key": DEVICE, "device_group_key": "-AbCdEfGh"}),
        ("GET", f"/account/devices/{DEVICE}", None),
        ("PATCH", f"/account/devices/{DEVICE}", {"status": "remembered"}),
        ("DELETE", f"/account/devices/{DEVICE}", None),
        ("GET", "/admin/users/ada/devices", None),
        ("GET", f"/admin/users/ada/devices/{DEVICE}", None),
        ("PATCH", f"/admin/users/ada/devices/{DEVICE}", {"status": "remembered"}),
        ("DELETE", f"/admin/users/ada/devices/{DEVICE}", None),
    ],
    ids=name_of,
)
def test_a_pool_that_tracks_none_says_so(untracked: AdminApp, endpoint: tuple[str, str, Any]) -> None:
    method, path, body = endpoint
    headers = {"Authorization": f"Bearer {untracked.token()}"}
    answer = untracked.http.request(method, path, json=body, headers=headers)
    assert code_of(answer) == (400, "devices_not_tracked")
    assert answer.json()["detail"]["message"] == "The user pool does not track devices."
