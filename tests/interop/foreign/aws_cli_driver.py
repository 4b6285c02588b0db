"""Drives the AWS CLI, unchanged, by its own `main`. Runs in the environment of `requirements.txt`.

A process for each command would cost a second each.
"""

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from awscli.clidriver import create_clidriver

TASK = json.load(sys.stdin)
PLACE = TASK["place"]
PASSWORD = TASK["password"]
NEW_PASSWORD = f"{PASSWORD}-new"
TEMPORARY = TASK["temporary"]
CLIENT = ("--client-id", PLACE["clientId"])
POOL = ("--user-pool-id", PLACE["poolId"])

# All that a user of the command sets.
os.environ |= {
    "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": PLACE["endpoint"],
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
DRIVER = create_clidriver()


def execute(operation: str, *options: str) -> tuple[int, str, str]:
    """Return the exit status, standard output and standard error."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = DRIVER.main(["cognito-idp", operation, *options])
    out.flush()
    return status, out.buffer.getvalue().decode(), err.getvalue()


def aws(operation: str, *options: str) -> Any:
    status, out, err = execute(operation, *options)
    assert status == 0, err
    return json.loads(out) if out else None


def refused(error: str, operation: str, *options: str) -> None:
    status, _, err = execute(operation, *options)
    assert (status, f"({error})" in err) == (255, True), (status, err)


def administrate(operation: str, *options: str) -> Any:
    """Call the emulator of the pool, also where the client itself has another endpoint."""
    return aws(operation, *POOL, *options, "--endpoint-url", PLACE["admin"])


def new_user(name: str, *, temporary: bool = False) -> str:
    password = TEMPORARY if temporary else PASSWORD
    address = ("--user-attributes", f"Name=email,Value={name}@example.com", "Name=email_verified,Value=true")
    made = ("--username", name, "--temporary-password", password, "--message-action", "SUPPRESS")
    administrate("admin-create-user", *made, *address)
    if not temporary:
        administrate("admin-set-user-password", "--username", name, "--password", password, "--permanent")
    return name


def sign_in(name: str, password: str = PASSWORD) -> Any:
    given = ("--auth-parameters", f"USERNAME={name},PASSWORD={password}")
    return aws("initiate-auth", *CLIENT, "--auth-flow", "USER_PASSWORD_AUTH", *given)


def token(name: str) -> tuple[str, str]:
    return ("--access-token", sign_in(name)["AuthenticationResult"]["AccessToken"])


def sign_up_and_in() -> None:
    carol = (*CLIENT, "--username", "carol")
    made = aws(
        "sign-up", *carol, "--password", PASSWORD, "--user-attributes", "Name=email,Value=c@example.com"
    )
    assert made["CodeDeliveryDetails"]["Destination"] == "c***@e***"
    refused("UsernameExistsException", "sign-up", *carol, "--password", PASSWORD)
    refused("CodeMismatchException", "confirm-sign-up", *carol, "--confirmation-code", "000000")
    administrate("admin-confirm-sign-up", "--username", "carol")
    assert sign_in("carol")["AuthenticationResult"]["TokenType"] == "Bearer"


def a_new_password_is_chosen() -> None:
    name = new_user("newcomer", temporary=True)
    asked = sign_in(name, TEMPORARY)
    challenge = (*CLIENT, "--challenge-name", asked["ChallengeName"], "--session", asked["Session"])
    answer = ("--challenge-responses", f"USERNAME={name},NEW_PASSWORD={PASSWORD}")
    assert aws("respond-to-auth-challenge", *challenge, *answer)["AuthenticationResult"]["ExpiresIn"] == 3600


def a_wrong_password_is_refused() -> None:
    given = ("--auth-parameters", f"USERNAME={new_user('ann')},PASSWORD={PASSWORD}x")
    refused("NotAuthorizedException", "initiate-auth", *CLIENT, "--auth-flow", "USER_PASSWORD_AUTH", *given)


def the_signed_in_user() -> None:
    mine = token(new_user("mia"))
    aws("update-user-attributes", *mine, "--user-attributes", "Name=name,Value=Mïa")
    query = ("--query", "UserAttributes[?Name=='name'].Value", "--output", "text")
    _, out, _ = execute("get-user", *mine, *query)
    assert out == "Mïa\n"
    aws("change-password", *mine, "--previous-password", PASSWORD, "--proposed-password", NEW_PASSWORD)
    aws("global-sign-out", *mine)
    refused("NotAuthorizedException", "get-user", *mine)


def tokens_are_refreshed_and_revoked() -> None:
    refresh_token = sign_in(new_user("rob"))["AuthenticationResult"]["RefreshToken"]
    given = ("--auth-flow", "REFRESH_TOKEN_AUTH", "--auth-parameters", f"REFRESH_TOKEN={refresh_token}")
    assert "AccessToken" in aws("initiate-auth", *CLIENT, *given)["AuthenticationResult"]
    refresh = ("get-tokens-from-refresh-token", *CLIENT, "--refresh-token", refresh_token)
    answer = aws(*refresh)
    assert "AccessToken" in answer["AuthenticationResult"]
    aws("revoke-token", *CLIENT, "--token", refresh_token)
    refused(
        "NotAuthorizedException", "get-tokens-from-refresh-token", *CLIENT, "--refresh-token", refresh_token
    )


def without_credentials() -> None:
    mine = token(new_user("una"))
    assert aws("get-user", *mine, "--no-sign-request")["Username"] == "una"
    aws("delete-user", *mine, "--no-sign-request")


def users_and_groups_come_in_pages() -> None:
    for group in "abc":
        aws("create-group", *POOL, "--group-name", group)
    assert len(aws("list-groups", *POOL, "--page-size", "2")["Groups"]) == 3
    first = aws("list-users", *POOL, "--max-items", "1")
    rest = aws("list-users", *POOL, "--starting-token", first["NextToken"])
    names = [user["Username"] for user in first["Users"] + rest["Users"]]
    assert len(names) == len(set(names)) > 2
    found = aws("list-users", *POOL, "--filter", 'email = "mia@example.com"')["Users"]
    assert [user["Username"] for user in found] == ["mia"]


def an_administrator_manages_users() -> None:
    user = (*POOL, "--username", new_user("dora"))
    aws("admin-add-user-to-group", *user, "--group-name", "a")
    groups = aws("admin-list-groups-for-user", *user)["Groups"]
    assert [group["GroupName"] for group in groups] == ["a"]
    aws("admin-disable-user", *user)
    assert aws("admin-get-user", *user)["Enabled"] is False
    aws("admin-delete-user", *user)
    refused("UserNotFoundException", "admin-get-user", *user)


def the_pool_describes_itself() -> None:
    assert aws("describe-user-pool", *POOL)["UserPool"]["MfaConfiguration"] == "OPTIONAL"
    found = aws("describe-user-pool-client", *POOL, *CLIENT)["UserPoolClient"]
    assert found["ClientId"] == PLACE["clientId"]


def a_pool_of_ones_own() -> None:
    mine = ("--user-pool-id", aws("create-user-pool", "--pool-name", "mine")["UserPool"]["Id"])
    flows = ("--explicit-auth-flows", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")
    made = aws("create-user-pool-client", *mine, "--client-name", "web", *flows)["UserPoolClient"]
    aws("create-user-pool-domain", *mine, "--domain", "by-the-cli")
    server = ("--identifier", "orders", "--name", "Orders")
    aws("create-resource-server", *mine, *server, "--scopes", "ScopeName=read,ScopeDescription=Reads")
    aws(
        *("create-identity-provider", *mine, "--provider-name", "Corporate", "--provider-type", "OIDC"),
        "--provider-details",
        "client_id=1,client_secret=2,authorize_scopes=openid,oidc_issuer=https://id.example,"
        "attributes_request_method=GET",
    )
    aws("create-group", *mine, "--group-name", "staff")
    dora = (*mine, "--username", "dora")
    aws("admin-create-user", *dora, "--message-action", "SUPPRESS")
    aws("admin-set-user-password", *dora, "--password", PASSWORD, "--permanent")
    aws("admin-add-user-to-group", *dora, "--group-name", "staff")
    credentials = ("--auth-parameters", f"USERNAME=dora,PASSWORD={PASSWORD}")
    web = ("--client-id", made["ClientId"], "--auth-flow", "USER_PASSWORD_AUTH")
    tokens = aws("initiate-auth", *web, *credentials)["AuthenticationResult"]
    assert aws("get-user", "--access-token", tokens["AccessToken"])["Username"] == "dora"
    listed = aws("list-users-in-group", *mine, "--group-name", "staff")["Users"]
    assert [user["Username"] for user in listed] == ["dora"]
    refused("UserNotFoundException", "admin-get-user", *POOL, "--username", "dora")
    refused("InvalidParameterException", "delete-user-pool", *mine)
    aws("delete-user-pool-domain", *mine, "--domain", "by-the-cli")
    aws("delete-user-pool", *mine)
    refused("ResourceNotFoundException", "initiate-auth", *web, *credentials)


def what_needs_credentials_is_not_there() -> None:
    refused("UnknownOperationException", "list-users", *POOL)
    refused("UnknownOperationException", "admin-get-user", *POOL, "--username", "carol")


EVERYWHERE = [
    sign_up_and_in,
    a_new_password_is_chosen,
    a_wrong_password_is_refused,
    the_signed_in_user,
    tokens_are_refreshed_and_revoked,
    without_credentials,
]
AT_THE_EMULATOR = [
    users_and_groups_come_in_pages,
    an_administrator_manages_users,
    the_pool_describes_itself,
    a_pool_of_ones_own,
]
AT_THE_WIRE = [what_needs_credentials_is_not_there]


def run(flow: Callable[[], None]) -> None:
    try:
        flow()
    except (Exception, SystemExit) as exc:  # noqa: BLE001 - any failure is an outcome
        outcome = f"{type(exc).__name__} {exc}"
    else:
        outcome = "ok"
    print(json.dumps({"flow": flow.__name__, "outcome": outcome}))  # noqa: T201


if __name__ == "__main__":
    for one in (*EVERYWHERE, *(AT_THE_EMULATOR if TASK["emulator"] else AT_THE_WIRE)):
        run(one)
