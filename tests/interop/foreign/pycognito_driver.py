"""Drives pycognito, unchanged: every public method. Runs in the environment of `requirements.txt`."""

import base64
import hmac
import json
import struct
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

import boto3
import requests
from botocore.exceptions import ClientError
from pycognito import AWSSRP, Cognito, MFAChallengeException, TokenVerificationException
from pycognito.aws_srp import generate_hash_device
from pycognito.exceptions import ForceChangePasswordException
from pycognito.utils import RequestsSrpAuth, TokenType

TASK = json.load(sys.stdin)
PLACE = TASK["places"]["main"]
PASSWORD = TASK["password"]
NEW_PASSWORD = f"{PASSWORD}-new"
TEMPORARY = TASK["temporary"]
KEYS = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
ADMIN = boto3.client("cognito-idp", endpoint_url=PLACE["admin"], region_name="us-east-1", **KEYS)
POOL = {"UserPoolId": PLACE["poolId"]}

called: set[str] = set()


class Recorded(Cognito):  # type: ignore[misc]  # it lives in another environment
    """Notes which methods were called."""

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if callable(found) and not name.startswith("_"):
            called.add(name)
        return found


def cognito(username: str | None = None, place: dict[str, str] = PLACE, **options: Any) -> Any:
    return Recorded(
        place["poolId"],
        place["clientId"],
        username=username,
        # As its documentation has it: the address has no slash at its end.
        boto3_client_kwargs={"endpoint_url": place["endpoint"].rstrip("/"), **KEYS},
        **options,
    )


count = iter(range(1, 1000))


def new_user(*, temporary: bool = False, **attributes: str) -> str:
    name = f"user-{next(count)}"
    given = {"email": f"{name}@example.com", "email_verified": "true", **attributes}
    pairs = [{"Name": key, "Value": value} for key, value in given.items()]
    password = TEMPORARY if temporary else PASSWORD
    made = {**POOL, "Username": name}
    ADMIN.admin_create_user(
        **made, TemporaryPassword=password, MessageAction="SUPPRESS", UserAttributes=pairs
    )
    if not temporary:
        ADMIN.admin_set_user_password(**made, Password=password, Permanent=True)
    return name


def signed_in(username: str | None = None) -> Any:
    user = cognito(username or new_user())
    user.authenticate(PASSWORD)
    return user


def code(username: str) -> str:
    messages = requests.get(f"{PLACE['admin']}local/outbox", timeout=10).json()
    return next(str(message["code"]) for message in messages if message["username"] == username)


def totp(secret: str, ahead: int = 0) -> str:
    counter = struct.pack(">Q", int(time.time()) // 30 + ahead)
    digest = hmac.digest(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, "sha1")
    number = struct.unpack_from(">I", digest, digest[19] & 15)[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def refused(error: str, action: Callable[[], Any]) -> None:
    found = None
    try:
        action()
    except ClientError as exc:
        found = exc.response["Error"]["Code"]
    assert found == error, found


WRITABLE = ["email", "given_name", "phone_number", "custom:tier"]
READABLE = [*WRITABLE, "sub", "email_verified", "phone_number_verified"]


def allow_a_custom_attribute() -> None:
    """Add it, and let the app client write and read it, which it may only if that is said."""
    tier = {"Name": "tier", "AttributeDataType": "String", "Mutable": True}
    ADMIN.add_custom_attributes(**POOL, CustomAttributes=[tier])
    client = {**POOL, "ClientId": PLACE["clientId"]}
    found = ADMIN.describe_user_pool_client(**client)["UserPoolClient"]
    known = ADMIN.meta.service_model.operation_model("UpdateUserPoolClient").input_shape.members
    kept = {name: value for name, value in found.items() if name in known}
    ADMIN.update_user_pool_client(**kept, ReadAttributes=READABLE, WriteAttributes=WRITABLE)


def sign_up_and_confirm() -> None:
    allow_a_custom_attribute()
    user = cognito()
    user.set_base_attributes(email="carol@example.com")
    user.add_custom_attributes(tier="gold")
    answer = user.register("carol", PASSWORD, client_metadata={"from": "a test"})
    assert answer["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
    refused("UsernameExistsException", lambda: user.register("carol", PASSWORD))
    user.resend_confirmation_code("carol")
    refused("CodeMismatchException", lambda: user.confirm_sign_up("000000"))
    user.confirm_sign_up(code("carol"))
    assert signed_in("carol").get_user()._data["custom:tier"] == "gold"


def sign_in_by_srp_and_verify() -> None:
    user = signed_in()
    assert user.access_claims["username"] == user.username
    assert user.id_claims["email"] == f"{user.username}@example.com"
    assert (user.token_type, user.check_token()) == ("Bearer", False)
    again = cognito(user.username, id_token=user.id_token, access_token=user.access_token)
    again.verify_tokens()
    kid = json.loads(base64.urlsafe_b64decode(user.id_token.split(".")[0] + "=="))["kid"]
    assert again.get_key(kid) in again.get_keys()["keys"]
    try:
        again.verify_token(user.access_token, "id_token", "id")
    except TokenVerificationException:
        pass
    else:
        raise AssertionError("an access token was taken for an ID token")


def a_wrong_password_is_refused() -> None:
    name = new_user()
    refused("NotAuthorizedException", lambda: cognito(name).authenticate(f"{PASSWORD}x"))
    refused("NotAuthorizedException", lambda: cognito("nobody").authenticate(PASSWORD))


def renew() -> None:
    user = signed_in()
    before = user.access_token
    user.renew_access_token()
    assert user.access_token != before
    assert user.access_claims["username"] == user.username


def sign_out_everywhere() -> None:
    user = signed_in()
    refresh_token = user.refresh_token
    user.logout()
    assert user.access_token is None
    user.refresh_token = refresh_token
    refused("NotAuthorizedException", user.renew_access_token)


def new_password() -> None:
    name = new_user(temporary=True)
    try:
        cognito(name).authenticate(TEMPORARY)
    except ForceChangePasswordException:
        pass
    else:
        raise AssertionError("a temporary password was enough")
    cognito(name).new_password_challenge(TEMPORARY, PASSWORD)
    signed_in(name)


def change_password() -> None:
    user = signed_in()
    refused("NotAuthorizedException", lambda: user.change_password(f"{PASSWORD}x", NEW_PASSWORD))
    user.change_password(PASSWORD, NEW_PASSWORD)
    cognito(user.username).authenticate(NEW_PASSWORD)


def forgotten_password() -> None:
    user = cognito(new_user())
    user.initiate_forgot_password()
    refused("CodeMismatchException", lambda: user.confirm_forgot_password("000000", NEW_PASSWORD))
    user.confirm_forgot_password(code(user.username), NEW_PASSWORD)
    user.authenticate(NEW_PASSWORD)


def profile() -> None:
    user = signed_in()
    user.update_profile({"email": f"{user.username}@example.org", "given_name": "Änn"})
    user.send_verification()
    user.validate_verification(code(user.username))
    found = user.get_user(attr_map={"given_name": "first_name"})
    assert (found.first_name, found.email_verified, found.sub) == (
        "Änn",
        True,
        user.access_claims["sub"],
    )
    found.first_name = "Ann"
    # What is not for the user to write is not sent again.
    found._data = {"first_name": "Ann"}
    found.save()
    assert user.get_user().given_name == "Ann"
    assert user.get_user_obj("x", [], {}).username == "x"


def second_factor_by_authenticator_app() -> None:
    user = signed_in()
    secret = user.associate_software_token()
    assert user.verify_software_token(totp(secret), "phone")
    user.set_user_mfa_preference(sms_mfa=False, software_token_mfa=True, preferred="SOFTWARE_TOKEN")
    again = cognito(user.username)
    try:
        again.authenticate(PASSWORD)
    except MFAChallengeException:
        again.respond_to_software_token_mfa_challenge(totp(secret, 1))
    assert again.access_claims["username"] == user.username


def second_factor_by_sms() -> None:
    user = signed_in(new_user(phone_number="+12065550101", phone_number_verified="true"))
    user.set_user_mfa_preference(sms_mfa=True, software_token_mfa=False, preferred="SMS")
    again = cognito(user.username)
    try:
        again.authenticate(PASSWORD)
    except MFAChallengeException:
        again.respond_to_sms_mfa_challenge(code(user.username))
    assert again.access_claims["username"] == user.username


def requests_are_signed_in() -> None:
    name = new_user()
    for kind, claim in ((TokenType.ACCESS_TOKEN, "username"), (TokenType.ID_TOKEN, "cognito:username")):
        auth = RequestsSrpAuth(cognito=cognito(name), password=PASSWORD, auth_token_type=kind)
        sent = requests.Request("GET", "http://localhost/", auth=auth).prepare()
        token = str(sent.headers["Authorization"]).removeprefix("Bearer ")
        assert json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))[claim] == name


def a_device_signs_in_by_srp() -> None:
    """`AWSSRP.confirm_device` posts to Amazon whatever the endpoint is, so boto3 confirms."""
    place = TASK["places"]["devices"]
    client = cognito("ann", place).client
    app = {"pool_id": place["poolId"], "client_id": place["clientId"], "client": client}
    result = AWSSRP("ann", PASSWORD, **app).authenticate_user()["AuthenticationResult"]
    metadata = result["NewDeviceMetadata"]
    device = {"device_group_key": metadata["DeviceGroupKey"], "device_key": metadata["DeviceKey"]}
    password, verifier = generate_hash_device(**device)
    client.confirm_device(
        AccessToken=result["AccessToken"],
        DeviceKey=metadata["DeviceKey"],
        DeviceSecretVerifierConfig=verifier,
    )
    known = AWSSRP("ann", PASSWORD, **app, **device, device_password=password)
    assert "AuthenticationResult" in known.authenticate_user()


def a_user_is_deleted() -> None:
    user = signed_in()
    user.get_user().delete()
    refused("NotAuthorizedException", lambda: cognito(user.username).authenticate(PASSWORD))
    other = signed_in()
    other.delete_user()


def users_by_an_administrator() -> None:
    admin = cognito("dora")
    made = admin.admin_create_user(
        "dora", TEMPORARY, {"MessageAction": "SUPPRESS"}, email="dora@example.com", email_verified="true"
    )
    assert made["User"]["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    admin.admin_update_profile({"given_name": "Dora"})
    found = admin.admin_get_user()
    assert (found.given_name, found.enabled, found.user_status) == ("Dora", True, "FORCE_CHANGE_PASSWORD")
    found._data = {"given_name": "D"}
    found.save(admin=True)
    assert {user.username for user in admin.get_users()} >= {"dora"}
    admin.admin_disable_user("dora")
    assert admin.admin_get_user().enabled is False
    admin.admin_enable_user("dora")
    ADMIN.admin_set_user_password(**POOL, Username="dora", Password=PASSWORD, Permanent=True)
    admin.admin_reset_password("dora")
    admin.confirm_forgot_password(code("dora"), PASSWORD)
    admin.admin_authenticate(PASSWORD)
    assert admin.access_claims["username"] == "dora"
    admin.admin_delete_user()
    signing_up = cognito()
    signing_up.set_base_attributes(email="egon@example.com")
    signing_up.register("egon", PASSWORD)
    signing_up.admin_confirm_sign_up()
    signed_in("egon").get_user().delete(admin=True)


def groups_by_an_administrator() -> None:
    admin = signed_in()
    ADMIN.create_group(**POOL, GroupName="analysts", Description="who analyse")
    admin.admin_add_user_to_group(admin.username, "analysts")
    assert admin.admin_list_groups_for_user(admin.username) == ["analysts"]
    assert signed_in(admin.username).access_claims["cognito:groups"] == ["analysts"]
    admin.admin_remove_user_from_group(admin.username, "analysts")
    assert admin.get_group("analysts").description == "who analyse"
    assert [group.group_name for group in admin.get_groups()] == ["analysts"]
    assert admin.get_group_obj({"GroupName": "x"}).group_name == "x"


def providers_and_clients_by_an_administrator() -> None:
    admin, pool = cognito(), PLACE["poolId"]
    details = {"client_id": "x", "client_secret": "y", "authorize_scopes": "profile"}
    admin.admin_create_identity_provider(pool, "Google", "Google", details)
    admin.admin_update_identity_provider(pool, "Google", ProviderDetails=details | {"client_id": "z"})
    found = admin.admin_describe_identity_provider(pool, "Google")["IdentityProvider"]
    assert (found["ProviderType"], found["ProviderDetails"]["client_id"]) == ("Google", "z")
    made = ADMIN.create_user_pool_client(**POOL, ClientName="another")["UserPoolClient"]["ClientId"]
    admin.admin_update_user_pool_client(pool, made, ClientName="renamed")
    assert admin.describe_user_pool_client(pool, made)["ClientName"] == "renamed"


def every_public_method_was_called() -> None:
    public = {name for name, value in vars(Cognito).items() if callable(value) and not name.startswith("_")}
    not_methods = {"user_class", "group_class"}
    cognito().switch_session(boto3.Session(region_name="us-east-1", **KEYS))
    left_out = public - not_methods - called
    assert not left_out, left_out


def what_needs_credentials_is_not_there() -> None:
    admin, pool = cognito("carol"), PLACE["poolId"]
    details = {"client_id": "x"}
    for action in (
        lambda: admin.admin_authenticate(PASSWORD),
        admin.admin_confirm_sign_up,
        lambda: admin.admin_create_user("dora", TEMPORARY),
        lambda: admin.admin_update_profile({"given_name": "x"}),
        admin.admin_get_user,
        admin.get_users,
        admin.admin_delete_user,
        lambda: admin.admin_reset_password("carol"),
        lambda: admin.admin_disable_user("carol"),
        lambda: admin.admin_enable_user("carol"),
        lambda: admin.admin_add_user_to_group("carol", "x"),
        lambda: admin.admin_remove_user_from_group("carol", "x"),
        lambda: admin.admin_list_groups_for_user("carol"),
        lambda: admin.get_group("x"),
        admin.get_groups,
        lambda: admin.admin_create_identity_provider(pool, "Google", "Google", details),
        lambda: admin.admin_update_identity_provider(pool, "Google"),
        lambda: admin.admin_describe_identity_provider(pool, "Google"),
        lambda: admin.describe_user_pool_client(pool, "x"),
        lambda: admin.admin_update_user_pool_client(pool, "x"),
    ):
        refused("UnknownOperationException", action)


EVERYWHERE = [
    sign_up_and_confirm,
    sign_in_by_srp_and_verify,
    a_wrong_password_is_refused,
    renew,
    sign_out_everywhere,
    new_password,
    change_password,
    forgotten_password,
    profile,
    second_factor_by_authenticator_app,
    second_factor_by_sms,
    requests_are_signed_in,
    a_device_signs_in_by_srp,
    a_user_is_deleted,
]
AT_THE_EMULATOR = [
    users_by_an_administrator,
    groups_by_an_administrator,
    providers_and_clients_by_an_administrator,
    every_public_method_was_called,
]
AT_THE_WIRE = [what_needs_credentials_is_not_there]


def run(flow: Callable[[], None]) -> None:
    try:
        flow()
    except Exception as exc:  # noqa: BLE001 - any failure is an outcome
        outcome = f"{type(exc).__name__} {exc} {traceback.format_exc()}"
    else:
        outcome = "ok"
    print(json.dumps({"flow": flow.__name__, "outcome": outcome}))  # noqa: T201


if __name__ == "__main__":
    only = AT_THE_EMULATOR if TASK["emulator"] else AT_THE_WIRE
    for one in (*EVERYWHERE, *only):
        run(one)
