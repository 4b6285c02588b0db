"""Secrets of app clients: two at once, shown once, and never without any."""

import pytest

from fastapi_cognito_auth.local import ServiceError
from tests.local.kit import PASSWORD, Kit, refused
from tests.older import needs

pytestmark = needs("AddUserPoolClientSecret")
OWN = "OwnSecret0123456789abcdef"


@pytest.fixture
def kit() -> Kit:
    return Kit(client_secret=True)


def named(kit: Kit) -> dict[str, str]:
    return {"UserPoolId": kit.pool_id, "ClientId": kit.id}


def ids(kit: Kit) -> list[str]:
    secrets = kit.aws.list_user_pool_client_secrets(**named(kit))["ClientSecrets"]
    return [secret["ClientSecretId"] for secret in secrets]


def test_both_secrets_of_an_app_client_are_good(kit: Kit) -> None:
    added = kit.aws.add_user_pool_client_secret(**named(kit))["ClientSecretDescriptor"]
    assert kit.tokens()
    kit.pool.client_secret = added["ClientSecretValue"]
    assert kit.tokens()


def test_a_deleted_secret_is_good_no_more(kit: Kit) -> None:
    old, old_id = kit.pool.client_secret, ids(kit)[0]
    kit.aws.add_user_pool_client_secret(ClientSecret=OWN, **named(kit))
    kit.aws.delete_user_pool_client_secret(ClientSecretId=old_id, **named(kit))
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {kit.id}"):
        kit.password(password=PASSWORD)
    kit.pool.client_secret = OWN
    assert kit.tokens()
    assert old != OWN


def test_a_secret_is_shown_where_it_was_drawn_and_nowhere_else(kit: Kit) -> None:
    own = kit.aws.add_user_pool_client_secret(ClientSecret=OWN, **named(kit))["ClientSecretDescriptor"]
    assert "ClientSecretValue" not in own
    listed = kit.aws.list_user_pool_client_secrets(**named(kit))["ClientSecrets"]
    assert {member for secret in listed for member in secret} == {"ClientSecretId", "ClientSecretCreateDate"}
    kit.aws.delete_user_pool_client_secret(ClientSecretId=own["ClientSecretId"], **named(kit))
    drawn = kit.aws.add_user_pool_client_secret(**named(kit))["ClientSecretDescriptor"]
    assert len(drawn["ClientSecretValue"]) == 51


def test_secrets_of_one_second_have_ids_of_their_own(kit: Kit) -> None:
    kit.aws.add_user_pool_client_secret(**named(kit))
    now = int(kit.clock.now)
    assert ids(kit) == [f"{kit.id}--{now}", f"{kit.id}--{now + 1}"]


def test_a_third_secret_is_refused(kit: Kit) -> None:
    kit.aws.add_user_pool_client_secret(**named(kit))
    with refused("LimitExceededException", "Client secrets cannot exceed limit of 2 secrets."):
        kit.aws.add_user_pool_client_secret(**named(kit))


def test_the_same_secret_is_not_added_twice(kit: Kit) -> None:
    with refused("InvalidParameterException"):
        kit.aws.add_user_pool_client_secret(ClientSecret=kit.pool.client_secret, **named(kit))


def test_the_last_secret_stays(kit: Kit) -> None:
    with refused("InvalidParameterException"):
        kit.aws.delete_user_pool_client_secret(ClientSecretId=ids(kit)[0], **named(kit))
    with refused("ResourceNotFoundException"):
        kit.aws.delete_user_pool_client_secret(ClientSecretId="other", **named(kit))


def test_a_public_client_gets_no_secret() -> None:
    kit = Kit()
    with refused("InvalidParameterException"):
        kit.aws.add_user_pool_client_secret(**named(kit))
    assert ids(kit) == []


def test_secrets_are_in_no_text_about_the_app_client(kit: Kit) -> None:
    kit.aws.add_user_pool_client_secret(ClientSecret=OWN, **named(kit))
    record = kit.pool._plane.directory.client_record(kit.id)
    assert OWN not in repr(record)
    assert OWN not in repr(record.secrets)
    with pytest.raises(ServiceError) as refusal:
        kit.pool.call("AddUserPoolClientSecret", named(kit) | {"ClientSecret": OWN[:20]})
    assert OWN[:20] not in str(refusal.value)
