"""`init`: each form is read by what reads it, says the same as the others, and is what the app needs."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import hcl2
import pytest
from cfnlint.api import ManualArgs, lint
from typer.testing import CliRunner, Result

import fastapi_cognito_auth.cognito
from fastapi_cognito_auth import CognitoAuth, CognitoSettings, ConfigurationError
from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.cli.init import terraform
from fastapi_cognito_auth.cli.init.choice import Choice, Feature
from fastapi_cognito_auth.cli.init.names import camel, snake
from fastapi_cognito_auth.cli.init.permissions import OPERATIONS, WITH_THE_ADMIN_FLOW
from fastapi_cognito_auth.cli.init.plan import Plan, planned
from fastapi_cognito_auth.local import LocalUserPool
from tests.cli.doctor_kit import APP_URL, Endpoint, environment, found, run
from tests.older import MODEL, needs
from tests.routers.admin_kit import EVERYTHING, AdminApp
from tests.routers.pool_kit import PoolApp

ARN = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbCdEfGhI"
NAMES = ("--group", "analysts", "--scope", "orders/read", "--scope", "stock/read", "--app-url", APP_URL)
CHOICES: dict[str, tuple[str, ...]] = {
    "nothing said": (),
    **{
        str(feature): ("--feature", feature, "--scope", "orders/read", "--app-url", APP_URL)
        for feature in Feature
    },
    "everything": (*(word for feature in Feature for word in ("--feature", feature)), *NAMES),
}
KNOWN_TO_BOTOCORE = {name.lower() for name in MODEL.operation_names}
"""The linter does not know the newest operations."""


def ask(form: str, *options: str) -> Result:
    return CliRunner().invoke(cli, ["init", "--format", form, *options])


def printed(form: str, *options: str) -> str:
    result = ask(form, *options)
    assert result.exit_code == 0, result.output
    return result.stdout


def plan_of(*features: Feature) -> Plan:
    return planned(
        Choice.checked(
            "my-app", features, app_url=APP_URL, groups=["analysts"], scopes=["orders/read", "stock/read"]
        )
    )


ALL = plan_of(*Feature)


@needs("CancelPointInTimeRecovery")
@pytest.mark.parametrize("name", ["nothing said", "machines", "administration", "everything"])
def test_cloudformation_has_nothing_to_say_against_the_template(name: str) -> None:
    matches = lint(printed("cloudformation", *CHOICES[name]), config=ManualArgs(regions=["eu-central-1"]))
    faults = [
        match.message
        for match in matches
        if not (match.rule.id == "W3037" and match.message.split("'")[1] in KNOWN_TO_BOTOCORE)
    ]
    assert faults == []


def test_a_template_that_is_wrong_would_be_refused() -> None:
    template = printed("cloudformation", *CHOICES["everything"]).replace("ExplicitAuthFlows", "ExplicitFlows")
    assert lint(template, config=ManualArgs(regions=["eu-central-1"]))


def test_a_pool_outlives_the_stack_that_made_it() -> None:
    template = json.loads(printed("cloudformation"))
    assert template["Resources"]["UserPool"]["DeletionPolicy"] == "Retain"
    assert "prevent_destroy = true" in printed("terraform")
    assert "RemovalPolicy.RETAIN" in printed("cdk-python")
    assert "RemovalPolicy.RETAIN" in printed("cdk-typescript")


def resources(text: str) -> dict[str, Any]:
    """Return the bodies of the resources of a Terraform configuration by their names, without quotes."""
    bare = json.loads(json.dumps(hcl2.loads(text)).replace('\\"', ""))
    return {
        name: body for block in bare["resource"] for inner in block.values() for name, body in inner.items()
    }


@pytest.mark.parametrize("options", CHOICES.values(), ids=CHOICES)
def test_terraform_can_be_read_and_has_every_resource(options: tuple[str, ...]) -> None:
    template = json.loads(printed("cloudformation", *options))
    assert resources(printed("terraform", *options)).keys() == {snake(name) for name in template["Resources"]}


def test_terraform_says_of_pool_and_app_client_what_the_template_does() -> None:
    written = resources(printed("terraform", *CHOICES["everything"]))
    pool, client = written["user_pool"], written["app_client"]
    assert pool["password_policy"][0]["minimum_length"] == 12
    assert pool["web_authn_configuration"][0]["relying_party_id"] == "app.example.com"
    assert pool["software_token_mfa_configuration"][0]["enabled"] in (True, "true")
    properties = ALL.resources["AppClient"].properties
    assert client["explicit_auth_flows"] == properties["ExplicitAuthFlows"]
    assert client["callback_urls"] == properties["CallbackURLs"]
    assert client["token_validity_units"][0]["refresh_token"] == "days"
    # All that is simple is there under its name; the rest are blocks and names of Terraform's own.
    simple = {name for name, value in properties.items() if isinstance(value, (int, str))}
    own = {"ClientName": "name", "AllowedOAuthFlowsUserPoolClient": "allowed_oauth_flows_user_pool_client"}
    assert {own.get(name, snake(name)) for name in simple} <= client.keys()


def test_a_text_of_terraform_begins_no_template() -> None:
    assert terraform._value("${file(1)} %{if}") == '"$${file(1)} %%{if}"'


@pytest.mark.parametrize("options", CHOICES.values(), ids=CHOICES)
def test_python_of_the_cdk_compiles(options: tuple[str, ...]) -> None:
    compile(printed("cdk-python", *options), "stack.py", "exec")


def test_python_of_the_cdk_makes_each_resource_of_all_its_properties() -> None:
    calls = {
        call.args[1].value: (ast.unparse(call.func), {keyword.arg for keyword in call.keywords})
        for call in ast.walk(ast.parse(printed("cdk-python", *CHOICES["everything"])))
        if isinstance(call, ast.Call) and len(call.args) == 2 and isinstance(call.args[1], ast.Constant)
    }
    for name, resource in ALL.resources.items():
        function, keywords = calls[name]
        assert function == f"{resource.service.lower()}.Cfn{resource.type}"
        assert keywords == {snake(property_) for property_ in resource.properties}


@pytest.mark.parametrize("options", CHOICES.values(), ids=CHOICES)
def test_typescript_of_the_cdk_is_read_by_node(options: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "stack.ts"
    file.write_text(printed("cdk-typescript", *options))
    node = Path(sys.executable).parent / "node"
    done = subprocess.run([node, "--check", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "python", "typescript"),
    [
        ("CallbackURLs", "callback_ur_ls", "callbackUrLs"),
        ("AllowedOAuthFlows", "allowed_o_auth_flows", "allowedOAuthFlows"),
        ("WebAuthnRelyingPartyID", "web_authn_relying_party_id", "webAuthnRelyingPartyId"),
        ("UserPoolAddOns", "user_pool_add_ons", "userPoolAddOns"),
    ],
)
def test_names_are_written_as_the_cdk_writes_them(name: str, python: str, typescript: str) -> None:
    assert (snake(name), camel(name)) == (python, typescript)


def variables(text: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize("options", CHOICES.values(), ids=CHOICES)
def test_an_app_starts_with_the_environment_once_it_is_filled_in(
    options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = variables(printed("env", *options))
    environment(monkeypatch, written)
    with pytest.raises(
        ConfigurationError, match="COGNITO_USER_POOL_ID is missing; COGNITO_CLIENT_ID is missing"
    ):
        CognitoSettings()
    ids = {"COGNITO_USER_POOL_ID": "eu-central-1_AbCdEfGhI", "COGNITO_CLIENT_ID": "1example2345"}
    environment(monkeypatch, written | ids)
    assert CognitoAuth().router.routes


def test_who_wants_to_configure_the_pool_gets_a_group_that_may() -> None:
    options = ("--feature", "pool-configuration")
    created = json.loads(printed("cloudformation", *options))["Resources"].values()
    groups = [each["Properties"]["GroupName"] for each in created if each["Type"].endswith("UserPoolGroup")]
    assert groups == [variables(printed("env", *options))["COGNITO_POOL_ADMIN_GROUPS"]]


def test_no_proxy_is_trusted_unless_somebody_says_so() -> None:
    written = printed("env", "--feature", "threat-protection")
    assert "COGNITO_TRUSTED_PROXIES" not in variables(written)
    assert "# COGNITO_TRUSTED_PROXIES=1" in written.splitlines()


def test_every_environment_has_a_key_of_its_own() -> None:
    keys = {variables(printed("env"))["COGNITO_SECRET_KEY"] for _ in range(2)}
    assert len(keys) == 2


def with_members(operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an operation takes of the properties of a resource."""
    members = MODEL.operation_model(operation).input_shape.members
    return {name: value for name, value in properties.items() if name in members and name != "UserPoolId"}


class Created:
    """What is printed, created in a local pool's service by the API."""

    def __init__(self, service: LocalUserPool, plan: Plan) -> None:
        self._service = service
        made = plan.resources
        pool = made["UserPool"].properties
        # CreateUserPool knows of second factors SMS alone; SetUserPoolMfaConfig switches MFA on.
        members = {name: value for name, value in pool.items() if name != "MfaConfiguration"}
        self.pool_id = self._call(
            "CreateUserPool", PoolName=pool["UserPoolName"], **with_members("CreateUserPool", members)
        )["UserPool"]["Id"]
        self._call(
            "SetUserPoolMfaConfig",
            MfaConfiguration=pool["MfaConfiguration"],
            SoftwareTokenMfaConfiguration={"Enabled": True},
            WebAuthnConfiguration={"RelyingPartyId": pool["WebAuthnRelyingPartyID"]},
            UserPoolId=self.pool_id,
        )
        for resource in made.values():
            operation = {
                "UserPoolResourceServer": "CreateResourceServer",
                "UserPoolGroup": "CreateGroup",
                "UserPoolDomain": "CreateUserPoolDomain",
            }.get(resource.type)
            if operation is not None:
                self._call(operation, UserPoolId=self.pool_id, **with_members(operation, resource.properties))
        self.client, self.machine = (
            self._client(made[name].properties) for name in ("AppClient", "MachineClient")
        )

    def _client(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        members = with_members("CreateUserPoolClient", properties)
        client: dict[str, Any] = self._call("CreateUserPoolClient", UserPoolId=self.pool_id, **members)[
            "UserPoolClient"
        ]
        return client

    def _call(self, operation: str, **params: Any) -> dict[str, Any]:
        return self._service.call(operation, params)


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    with Endpoint(LocalUserPool()).served() as endpoint:
        yield endpoint


def test_the_doctor_finds_nothing_wrong_in_what_is_printed(
    served: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = Created(served.pool, ALL)
    written = variables(printed("env", *CHOICES["everything"])) | {
        "COGNITO_TRUSTED_PROXIES": "1",
        "COGNITO_USER_POOL_ID": created.pool_id,
        "COGNITO_CLIENT_ID": created.client["ClientId"],
        "COGNITO_CLIENT_SECRET": created.client["ClientSecret"],
        "COGNITO_MACHINE_CLIENT_ID": created.machine["ClientId"],
        "COGNITO_MACHINE_CLIENT_SECRET": created.machine["ClientSecret"],
        "COGNITO_ACCEPTED_CLIENT_IDS": created.machine["ClientId"],
    }
    ours = {
        name: served.environment[name]
        for name in ("COGNITO_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    }
    environment(monkeypatch, written | ours)
    result = run("--json", "--app-url", APP_URL)
    assert found(result) == {}, result.stdout


def test_without_a_feature_that_needs_credentials_there_is_no_policy() -> None:
    result = ask("iam-policy", "--feature", "managed-login", "--feature", "passkeys")
    assert (result.exit_code, result.stdout) == (2, "")
    calling = ("pages", "administration", "user-import", "pool-configuration", "doctor")
    features = ", ".join(f"--feature {feature}" for feature in calling)
    assert features in result.stderr
    assert "AppPolicy" not in json.loads(printed("cloudformation"))["Resources"]


def test_a_policy_is_for_one_pool_and_names_each_operation() -> None:
    policy = json.loads(printed("iam-policy", "--feature", "administration", "--user-pool-arn", ARN))
    (statement,) = policy["Statement"]
    assert statement["Resource"] == ARN
    assert {*statement["Action"]} == {f"cognito-idp:{name}" for name in OPERATIONS[Feature.ADMINISTRATION]}
    assert not any("*" in action for action in statement["Action"])


def test_a_policy_for_everything_is_no_larger_than_iam_takes() -> None:
    """A managed policy has 6,144 characters at most, blanks left out."""
    template = json.loads(printed("cloudformation", *CHOICES["everything"]))
    document = template["Resources"]["AppPolicy"]["Properties"]["PolicyDocument"]
    assert len(json.dumps(document, separators=(",", ":"))) + len(ARN) < 6144


@pytest.mark.parametrize("arn", [(), ("--user-pool-arn", "*"), ("--user-pool-arn", f"{ARN[:-9]}*")])
def test_a_policy_for_every_pool_is_not_printed(arn: tuple[str, ...]) -> None:
    assert ask("iam-policy", "--feature", "administration", *arn).exit_code == 2


def test_a_pool_is_of_the_region_of_its_arn() -> None:
    elsewhere = ARN.replace("cognito-idp:eu-central-1", "cognito-idp:eu-west-1")
    assert ask("iam-policy", "--feature", "doctor", "--user-pool-arn", elsewhere).exit_code == 2


def test_the_arn_of_a_pool_is_for_nothing_but_a_policy() -> None:
    result = ask("terraform", "--user-pool-arn", ARN)
    assert (result.exit_code, result.stdout) == (2, "")


COGNITO = Path(fastapi_cognito_auth.cognito.__file__).parent
PAGES = COGNITO.parent / "pages"
SIGNED = {name for name in MODEL.operation_names if MODEL.operation_model(name).auth_type != "none"} - {
    "GetClientToken",
    "GetDerivedToken",
}
"""What needs AWS credentials; the two are proven by the app client's secret."""


def named(modules: set[str], folder: Path = COGNITO) -> set[str]:
    """Return the operations that modules name, and that need AWS credentials."""
    return {
        node.value
        for module in modules
        for node in ast.walk(ast.parse((folder / f"{module}.py").read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in SIGNED
    }


def made_of(*modules: str) -> set[str]:
    """Return the modules that these are made of, themselves included."""
    known: set[str] = set()
    wanted = [*modules]
    while wanted:
        module = wanted.pop()
        # They know of every operation, and ask for none themselves; jobs have a policy of their own.
        beside = module in {"client", "boto_errors", "pool_operations", "user_import_jobs"} - {*modules}
        if module not in known and not beside and (COGNITO / f"{module}.py").exists():
            known.add(module)
            wanted += [
                node.module.rpartition(".")[2]
                for node in ast.walk(ast.parse((COGNITO / f"{module}.py").read_text()))
                if isinstance(node, ast.ImportFrom) and node.module and ".cognito." in node.module
            ]
    return known


@needs("ListUserPoolClientSecrets")
def test_the_policy_has_every_operation_of_administration_and_no_other() -> None:
    assert named(made_of("users", "groups")) - WITH_THE_ADMIN_FLOW == OPERATIONS[Feature.ADMINISTRATION]


def test_the_policy_has_every_operation_of_import_jobs_and_no_other() -> None:
    assert named(made_of("user_import_jobs")) == OPERATIONS[Feature.USER_IMPORT]


def test_the_policy_has_every_operation_that_pages_name_and_no_other() -> None:
    names = {path.stem for path in PAGES.glob("*.py")}
    assert named(names, PAGES) == OPERATIONS[Feature.PAGES]


@needs("AdminListUserSessions")
def test_the_policy_is_what_the_router_of_administrators_really_calls() -> None:
    app = AdminApp()
    token = app.token()
    last = next(endpoint for endpoint in EVERYTHING if endpoint[:2] == ("DELETE", "/users/ada?confirm=ada"))
    with app.calls() as calls:
        for endpoint in [*(each for each in EVERYTHING if each != last), last]:
            app.ask(token, *endpoint)
        app.ask(token, "DELETE", "/groups/writers?confirm=writers")
    called = {operation for operation, _ in calls} & SIGNED
    # Who has no identity elsewhere is not asked about at Cognito.
    assert called | {"AdminDisableProviderForUser"} == OPERATIONS[Feature.ADMINISTRATION]


def test_the_policy_for_the_router_of_the_pool_has_what_its_guard_asks_for() -> None:
    app = PoolApp()
    token = app.token("owner")
    with app.calls() as calls:
        assert app.configure(token, "GET", "/clients").status_code == 200
    assert {operation for operation, _ in calls} & SIGNED <= OPERATIONS[Feature.POOL_CONFIGURATION]


@needs("ListUserPoolClientSecrets")
def test_what_signs_users_in_needs_credentials_for_the_admin_flow_alone() -> None:
    flows = made_of("sign_in", "sign_up", "challenges", "password", "account", "mfa", "devices", "sessions")
    assert named(flows | made_of("passkeys", "refresh_tokens", "wire", "auth_events")) == WITH_THE_ADMIN_FLOW


@pytest.mark.parametrize(
    "options",
    [
        ("--name", 'a"b'),
        ("--name", "${file}"),
        ("--name", "my-cognito"),
        ("--name", "my-app-"),
        ("--name", ""),
        ("--group", "a b"),
        ("--group", 'x"\n'),
        ("--scope", "orders"),
        ("--scope", 'orders/"'),
        ("--app-url", "http://app.example.com"),
        ("--app-url", "https://app.example.com/path"),
        ("--app-url", 'https://x"'),
        ("--app-url", "https://app.example.com\n"),
        ("--feature", "machines"),
    ],
    ids=str,
)
def test_what_could_be_more_than_a_name_is_refused(options: tuple[str, ...]) -> None:
    assert ask("terraform", *options).exit_code == 2
