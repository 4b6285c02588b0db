"""`auth.pool.configuration`: the pool's configuration, described and changed."""

import asyncio
import re
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.cognito.api_shapes import from_api, members_of, snake, to_api
from fastapi_cognito_auth.cognito.configuration import PoolConfiguration
from fastapi_cognito_auth.cognito.merged import Change, as_update, differences, with_changes
from fastapi_cognito_auth.cognito.pool_operations import POOL_METHODS, POOL_OPERATIONS
from fastapi_cognito_auth.exceptions import (
    InvalidParameterError,
    ResourceNotFoundError,
    UnknownOperationError,
    UserPoolError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.local import LocalUserPool
from tests.local.kit import signing_keys
from tests.older import MODEL, known, needs

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(coroutine)


class Pool:
    """A pool of one's own, and what it is asked for."""

    def __init__(self) -> None:
        self.local = LocalUserPool()
        self.local._plane.tokens.keys = signing_keys()
        self.auth = CognitoAuth.local(self.local)
        self.configuration: PoolConfiguration = self.auth.pool.configuration
        self.asked: list[tuple[str, dict[str, Any]]] = []
        call = self.local.call

        def noting(operation: str, params: dict[str, Any]) -> dict[str, Any]:
            self.asked.append((operation, params))
            return call(operation, params)

        self.local.call = noting  # type: ignore[method-assign]

    def described(self) -> dict[str, Any]:
        pool: dict[str, Any] = dict(run(self.configuration.describe_user_pool())["user_pool"])
        return {name: value for name, value in pool.items() if name != "last_modified_date"}

    def client(self) -> dict[str, Any]:
        client: dict[str, Any] = dict(run(self.configuration.describe_user_pool_client())["user_pool_client"])
        return {name: value for name, value in client.items() if name != "last_modified_date"}


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture(scope="module")
def shared() -> Pool:
    return Pool()


def test_a_structure_that_stands_for_absence_is_left_out(pool: Pool) -> None:
    """A domain of Cognito's own has an empty CustomDomainConfig, which would have to name a certificate."""
    run(pool.configuration.create_user_pool_domain(domain="my-app"))
    domain = run(pool.configuration.describe_user_pool_domain(domain="my-app"))["domain_description"]
    assert "custom_domain_config" not in domain


@needs("InitiatePointInTimeRecovery")
def test_a_moment_that_is_none_in_utc_is_refused(shared: Pool) -> None:
    moment = datetime.max.replace(tzinfo=timezone(-timedelta(hours=1)))
    with pytest.raises(InvalidParameterError):
        run(shared.configuration.initiate_point_in_time_recovery(restore_timestamp=moment))


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("DescribeUserPool", "describe_user_pool"),
        ("CreateCIMDPolicy", "create_cimd_policy"),
        ("ListClientMetadataURLs", "list_client_metadata_urls"),
        ("GetUICustomization", "get_ui_customization"),
        ("AllowedOAuthFlowsUserPoolClient", "allowed_oauth_flows_user_pool_client"),
        ("CallbackURLs", "callback_urls"),
        ("DefaultRedirectURI", "default_redirect_uri"),
        ("CloudWatchLogsRoleArn", "cloudwatch_logs_role_arn"),
        ("PublishSecretsInAWSSecretsManager", "publish_secrets_in_aws_secrets_manager"),
        ("S3Bucket", "s3_bucket"),
        ("From", "from"),
    ],
)
def test_names_are_in_snake_case(name: str, ours: str) -> None:
    assert snake(name) == ours


def test_no_two_members_of_a_structure_have_one_name() -> None:
    shapes = [MODEL.shape_for(name) for name in MODEL.shape_names]
    structures = [shape for shape in shapes if shape.type_name == "structure"]
    assert [shape.name for shape in structures if len(members_of(shape)) != len(shape.members)] == []
    assert len(POOL_METHODS) == len(POOL_OPERATIONS)


def test_the_app_s_own_pool_and_client_are_meant_where_none_is_named(shared: Pool) -> None:
    client = run(shared.configuration.describe_user_pool_client())["user_pool_client"]
    assert client["client_id"] == shared.local.client_id
    assert client["user_pool_id"] == shared.local.user_pool_id


def test_moments_are_datetimes(shared: Pool) -> None:
    created = run(shared.configuration.describe_user_pool())["user_pool"]["creation_date"]
    assert isinstance(created, datetime)
    assert created.tzinfo is not None


def test_another_client_may_be_named(pool: Pool) -> None:
    created = run(pool.configuration.create_user_pool_client(client_name="second", generate_secret=True))
    client_id = created["user_pool_client"]["client_id"]
    found = run(pool.configuration.describe_user_pool_client(client_id=client_id))["user_pool_client"]
    assert found["client_name"] == "second"
    assert found["client_secret"] == created["user_pool_client"]["client_secret"]


def test_arguments_that_are_none_are_left_out(pool: Pool) -> None:
    run(pool.configuration.describe_user_pool_client(client_id=None))
    assert pool.asked[-1][1] == {"UserPoolId": pool.local.user_pool_id, "ClientId": pool.local.client_id}


@pytest.mark.parametrize("method", ["delete_user_pool", "delete_user_pool_client"])
def test_the_app_s_own_pool_and_client_are_not_deleted_by_leaving_something_out(
    pool: Pool, method: str
) -> None:
    for params in ({}, {"user_pool_id": None}):
        with pytest.raises(TypeError, match=r"needs (user_pool|client)_id"):
            run(getattr(pool.configuration, method)(**params))
    assert pool.asked == []


@pytest.mark.parametrize("operation", ["DescribeRiskConfiguration", "GetUICustomization"])
def test_what_is_of_the_whole_pool_names_no_client(pool: Pool, operation: str) -> None:
    with suppress(UserPoolError):  # what the pool makes of it is not asked here
        run(pool.auth.pool.call(operation))
    assert pool.asked == [(operation, {"UserPoolId": pool.local.user_pool_id})]


def test_a_name_that_is_no_operation_is_an_attribute_error_with_the_nearest(shared: Pool) -> None:
    with pytest.raises(AttributeError, match="did you mean describe_user_pool"):
        _ = shared.configuration.describe_userpool  # type: ignore[attr-defined]


def test_an_argument_that_is_none_of_the_operation_is_a_type_error_with_the_nearest(shared: Pool) -> None:
    with pytest.raises(TypeError, match="no parameter 'client'; did you mean client_id"):
        run(shared.configuration.describe_user_pool_client(client="x"))  # type: ignore[call-arg]
    policy: Any = {"password_policy": {"minimum": 8}}
    with pytest.raises(TypeError, match="no parameter 'minimum'"):
        run(shared.configuration.update_user_pool(policies=policy))


def test_a_missing_argument_is_a_type_error(shared: Pool) -> None:
    with pytest.raises(TypeError, match="CreateUserPoolClient needs client_name"):
        run(shared.configuration.create_user_pool_client())  # type: ignore[call-arg]


def test_a_value_that_does_not_fit_is_refused_by_the_service(shared: Pool) -> None:
    with pytest.raises(InvalidParameterError):
        run(shared.configuration.create_user_pool_client(client_name="?" * 129))
    with pytest.raises(ResourceNotFoundError):
        run(shared.configuration.describe_user_pool_client(client_id="1" * 26))


def test_all_methods_are_listed_for_an_interactive_shell(shared: Pool) -> None:
    assert {*POOL_METHODS, "change_user_pool"} <= set(dir(shared.configuration))


@pytest.mark.parametrize("operation", sorted(known(POOL_OPERATIONS)))
def test_every_operation_answers_or_is_refused_by_a_name_of_ours(shared: Pool, operation: str) -> None:
    """With the ids of nothing that exists: the local pool knows the operation, or says that it does not."""
    shape = MODEL.operation_model(operation).input_shape
    filled = {"UserPoolId", "ClientId", "ResourceArn", "MaxResults"}
    wanted = [name for name in shape.required_members if name not in filled]
    if operation in {"DeleteUserPool", "DeleteUserPoolClient"}:
        wanted = ["UserPoolId", "ClientId"][: len(shape.members)]
    params = {snake(name): sample(shape.members[name]) for name in wanted}
    try:
        answer = run(getattr(shared.configuration, snake(operation))(**params))
    except UserPoolError as exc:
        assert not isinstance(exc, UserPoolUnavailableError), exc  # noqa: PT017 - most are refused
    else:
        assert isinstance(answer, dict)


def sample(shape: Any) -> Any:
    """Return something of a shape that means nothing."""
    match shape.type_name:
        case "structure":
            wanted = {*shape.required_members, "Name"} & shape.members.keys()
            return {snake(name): sample(shape.members[name]) for name in wanted}
        case "list":
            return [sample(shape.member)]
        case "map":
            return {}
        case "string":
            return shape.metadata.get("enum", ["0" * max(shape.metadata.get("min", 1), 1)])[0]
        case "integer" | "long":
            return 1
        case "boolean":
            return False
        case "timestamp":
            return datetime.fromtimestamp(0).astimezone()
        case kind:
            raise AssertionError(kind)


@needs("UpdateUserPool", "UserPoolTier")
def test_an_update_puts_back_what_is_left_out_and_a_change_does_not(pool: Pool) -> None:
    policy: Any = {"password_policy": {"minimum_length": 20, "require_symbols": False}}
    run(pool.configuration.change_user_pool(policies=policy, deletion_protection="ACTIVE"))
    run(pool.configuration.change_user_pool(user_pool_tags={"team": "a"}))
    assert pool.described()["policies"]["password_policy"]["minimum_length"] == 20
    assert pool.described()["deletion_protection"] == "ACTIVE"
    run(pool.configuration.update_user_pool(user_pool_tags={"team": "a"}))
    assert pool.described()["policies"]["password_policy"]["minimum_length"] != 20


def test_a_change_of_the_pool_changes_nothing_else(pool: Pool) -> None:
    before = pool.described()
    changed = run(pool.configuration.change_user_pool(policies={"password_policy": {"minimum_length": 14}}))
    assert changed == [Change("policies.password_policy.minimum_length", 8, 14)]
    assert list(differences(before, pool.described())) == changed


def test_a_change_of_a_client_changes_nothing_else(pool: Pool) -> None:
    before = pool.client()
    changed = run(pool.configuration.change_user_pool_client(callback_urls=["https://example.com/back"]))
    assert changed == [Change("callback_urls", None, ["https://example.com/back"])]
    assert list(differences(before, pool.client())) == changed


def test_what_is_changed_to_what_it_was_is_not_sent(pool: Pool) -> None:
    assert run(pool.configuration.change_user_pool(mfa_configuration="OPTIONAL")) == []
    assert run(pool.configuration.change_user_pool_client(client_name="local")) == []
    assert {operation for operation, _ in pool.asked} == {"DescribeUserPool", "DescribeUserPoolClient"}


def test_the_name_of_the_pool_is_kept_by_the_update_s_own_word(pool: Pool) -> None:
    run(pool.configuration.change_user_pool(deletion_protection="ACTIVE"))
    assert pool.asked[-1][1]["PoolName"] == "local"


def test_a_change_of_what_the_update_does_not_take_is_a_type_error(pool: Pool) -> None:
    with pytest.raises(TypeError, match="UpdateUserPool has no parameter 'alias_attributes'"):
        run(pool.configuration.change_user_pool(alias_attributes=["email"]))
    assert [operation for operation, _ in pool.asked] == ["DescribeUserPool"]


def test_a_resource_server_keeps_the_scopes_when_it_gets_another_name(pool: Pool) -> None:
    configuration = pool.configuration
    scopes: Any = [{"scope_name": "read", "scope_description": "Look"}]
    run(configuration.create_resource_server(identifier="orders", name="Orders", scopes=scopes))
    changed = run(configuration.change_resource_server("orders", name="All orders"))
    assert changed == [Change("name", "Orders", "All orders")]
    found = run(configuration.describe_resource_server(identifier="orders"))["resource_server"]
    assert found["scopes"] == scopes


def test_an_identity_provider_keeps_the_details_that_are_not_named(pool: Pool) -> None:
    details = {"client_id": "a", "client_secret": "b", "authorize_scopes": "openid"}
    configuration = pool.configuration
    run(
        configuration.create_identity_provider(
            provider_name="Google", provider_type="Google", provider_details=details
        )
    )
    changed = run(configuration.change_identity_provider("Google", attribute_mapping={"email": "email"}))
    assert [change.path for change in changed if change.before is None] == ["attribute_mapping.email"] or [
        change.path for change in changed
    ] == ["attribute_mapping"]
    found = run(configuration.describe_identity_provider(provider_name="Google"))["identity_provider"]
    assert details.items() <= found["provider_details"].items()


UPDATE = MODEL.operation_model("UpdateUserPool").input_shape
DESCRIPTION = MODEL.operation_model("DescribeUserPool").output_shape.members["UserPool"]


def values(shape: Any) -> st.SearchStrategy[Any]:
    """Make whatever a shape allows, by its types alone."""
    match shape.type_name:
        case "structure":
            members = {name: values(member) for name, member in shape.members.items()}
            return st.fixed_dictionaries({}, optional=members)
        case "list":
            return st.lists(values(shape.member), max_size=2)
        case "map":
            return st.dictionaries(st.text(max_size=3), values(shape.value), max_size=2)
        case "boolean":
            return st.booleans()
        case "integer" | "long":
            return st.integers(0, 9)
        case "timestamp":
            return st.just(datetime.fromtimestamp(0).astimezone())
        case _:
            return st.text(max_size=3)


@given(values(DESCRIPTION))
def test_whatever_a_pool_describes_is_sent_again_as_far_as_an_update_takes_it(described: Any) -> None:
    ours = from_api(DESCRIPTION, described)
    sent = to_api("UpdateUserPool", UPDATE, as_update(UPDATE, ours, {"name": "pool_name"}))
    for name in UPDATE.members.keys() - {"UserPoolId"}:
        source = {"PoolName": "Name"}.get(name, name)
        wanted = described.get(source)
        if name == "AdminCreateUserConfig" and wanted is not None:
            wanted = {key: value for key, value in wanted.items() if key != "UnusedAccountValidityDays"}
            sent[name].pop("UnusedAccountValidityDays", None)
        assert sent.get(name) == wanted, name


@given(values(DESCRIPTION))
def test_no_change_is_no_difference(described: Any) -> None:
    current = as_update(UPDATE, from_api(DESCRIPTION, described), {"name": "pool_name"})
    assert list(differences(current, with_changes("UpdateUserPool", UPDATE, current, {}))) == []


@given(values(UPDATE))
def test_names_there_and_back_are_the_same(request: Any) -> None:
    assert to_api("UpdateUserPool", UPDATE, from_api(UPDATE, request)) == request


def merged(current: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return with_changes("UpdateUserPool", UPDATE, current, changes)


def test_of_two_limits_for_temporary_passwords_only_the_present_one_is_sent() -> None:
    described = {
        "policies": {"password_policy": {"temporary_password_validity_days": 3}},
        "admin_create_user_config": {
            "unused_account_validity_days": 7,
            "allow_admin_create_user_only": True,
        },
    }
    kept = as_update(UPDATE, described, {})
    assert kept["admin_create_user_config"] == {"allow_admin_create_user_only": True}


def test_a_message_that_is_described_twice_is_changed_at_both_places() -> None:
    current = {
        "email_verification_message": "old {####}",
        "verification_message_template": {"email_message": "old {####}", "email_subject": "s"},
    }
    by_name = merged(current, email_verification_message="new {####}")
    by_template = merged(current, verification_message_template={"email_message": "new {####}"})
    assert by_name == by_template
    assert by_name["verification_message_template"] == {"email_message": "new {####}", "email_subject": "s"}


def test_a_message_that_is_taken_away_is_gone_from_both_places() -> None:
    current = {
        "sms_verification_message": "{####}",
        "verification_message_template": {"sms_message": "{####}"},
    }
    assert merged(current, sms_verification_message=None) == {"verification_message_template": {}}


def test_a_trigger_that_is_described_twice_is_changed_and_taken_away_at_both_places() -> None:
    current = {
        "lambda_config": {
            "pre_token_generation": "arn:old",
            "pre_token_generation_config": {"lambda_arn": "arn:old", "lambda_version": "V2_0"},
        }
    }
    changed = merged(current, lambda_config={"pre_token_generation": "arn:new"})["lambda_config"]
    assert changed["pre_token_generation_config"] == {"lambda_arn": "arn:new", "lambda_version": "V2_0"}
    assert merged(current, lambda_config={"pre_token_generation": None}) == {"lambda_config": {}}
    assert current["lambda_config"]["pre_token_generation"] == "arn:old"


def test_what_is_described_once_is_changed_at_that_place_alone() -> None:
    changes = {"email_verification_message": "new {####}"}
    assert merged({}, **changes) == changes
    template = {"verification_message_template": {"email_subject": "s"}}
    assert merged(template, **changes) == {**template, **changes}


def test_lists_and_maps_are_replaced_as_a_whole() -> None:
    current = {"user_pool_tags": {"a": "1"}, "auto_verified_attributes": ["email", "phone_number"]}
    assert merged(current, user_pool_tags={"b": "2"}, auto_verified_attributes=["email"]) == {
        "user_pool_tags": {"b": "2"},
        "auto_verified_attributes": ["email"],
    }


def test_free_documents_keep_their_own_names() -> None:
    shape = MODEL.operation_model("CreateManagedLoginBranding").input_shape
    settings = {"categories": {"AuthTheme": {"from_API": [1, {"X": None}]}}}
    sent = to_api("CreateManagedLoginBranding", shape, {"settings": settings, "client_id": "a"})
    assert sent == {"Settings": settings, "ClientId": "a"}
    assert from_api(shape, sent)["settings"] == settings


@pytest.mark.skipif(known(POOL_OPERATIONS) == set(POOL_OPERATIONS), reason="boto3 knows them all")
def test_an_operation_that_boto3_is_too_old_for_is_unknown_and_the_log_says_why(
    shared: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    missing = min(set(POOL_OPERATIONS) - known(POOL_OPERATIONS))
    with pytest.raises(UnknownOperationError):
        run(getattr(shared.configuration, snake(missing))())
    assert re.search(rf"{missing} needs boto3", caplog.text)
