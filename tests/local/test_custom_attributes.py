"""Custom attributes that a pool starts with, and users who have them."""

import pytest

from fastapi_cognito_auth.local import CustomAttribute, LocalUser, LocalUserPool, ServiceError
from tests.local.kit import PASSWORD, Kit, claims, refused

ADA = LocalUser("ada", password=PASSWORD, attributes={"custom:tenant": "acme", "custom:level": "3"})
ATTRIBUTES = {
    "tenant": "String",
    "custom:level": CustomAttribute(data_type="Number", minimum=1, maximum=5),
    "born": CustomAttribute(mutable=False, maximum=4),
}


def test_a_user_starts_with_them_and_the_id_token_shows_them() -> None:
    kit = Kit(users=(ADA,), custom_attributes=ATTRIBUTES)
    identity = claims(kit.pool, kit.tokens("ada")["IdToken"], audience=kit.id, clock=kit.clock)
    assert (identity["custom:tenant"], identity["custom:level"]) == ("acme", "3")


def test_a_user_writes_them_within_their_bounds() -> None:
    kit = Kit(users=(ADA,), custom_attributes=ATTRIBUTES)
    access = kit.tokens("ada")["AccessToken"]

    def write(name: str, value: str) -> None:
        kit.aws.update_user_attributes(AccessToken=access, UserAttributes=[{"Name": name, "Value": value}])

    write("custom:level", "5")
    write("custom:tenant", "other")
    for name, value in (("custom:level", "6"), ("custom:level", "high"), ("custom:born", "1815")):
        with refused("InvalidParameterException"):
            write(name, value)
    read = {pair["Name"]: pair["Value"] for pair in kit.aws.get_user(AccessToken=access)["UserAttributes"]}
    assert (read["custom:level"], read["custom:tenant"]) == ("5", "other")


def test_the_verified_flags_stay_out_of_reach() -> None:
    kit = Kit(users=(ADA,), custom_attributes=ATTRIBUTES)
    pairs = [{"Name": "email_verified", "Value": "true"}]
    with refused("NotAuthorizedException"):
        kit.aws.update_user_attributes(AccessToken=kit.tokens("ada")["AccessToken"], UserAttributes=pairs)


def test_more_than_one_call_can_add_are_added() -> None:
    kit = Kit(users=(), custom_attributes={f"a{number}": "Boolean" for number in range(30)})
    schema = kit.aws.describe_user_pool(UserPoolId=kit.pool_id)["UserPool"]["SchemaAttributes"]
    assert sum(entry["Name"].startswith("custom:") for entry in schema) == 30


def test_a_type_or_bound_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="tenant is one of String, Number, DateTime, Boolean"):
        LocalUserPool(custom_attributes={"tenant": "Text"})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="since has a bound, but a DateTime has none"):
        LocalUserPool(custom_attributes={"since": CustomAttribute(data_type="DateTime", maximum=1)})
    with pytest.raises(ServiceError, match="length less than or equal to 20"):
        LocalUserPool(custom_attributes={"a" * 21: "String"})


@pytest.mark.parametrize(
    ("operation", "member"), [("AddCustomAttributes", "CustomAttributes"), ("CreateUserPool", "Schema")]
)
def test_an_attribute_without_a_name_is_refused(operation: str, member: str) -> None:
    """The API's description does not require one."""
    pool = LocalUserPool()
    named = {"PoolName": "second"} if operation == "CreateUserPool" else {"UserPoolId": pool.user_pool_id}
    with pytest.raises(ServiceError, match="InvalidParameterException"):
        pool.call(operation, {**named, member: [{"AttributeDataType": "String"}]})


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (
            [{"Name": "x"}, {"Name": "x"}],
            "Duplicate custom attribute names custom:x are not allowed in a user pool schema.",
        ),
        (
            [{"Name": "x", "NumberAttributeConstraints": {"MinValue": "2", "MaxValue": "1"}}],
            "Attribute custom:x cannot have a max value smaller than it's min value",
        ),
        (
            [{"Name": "x", "StringAttributeConstraints": {"MaxLength": "2049"}}],
            "custom:x: the bounds of an attribute are no lengths.",
        ),
        ([{"Name": "x", "Required": True}], "Required custom attributes are not supported currently."),
    ],
)
def test_a_schema_that_no_pool_can_have_is_refused(schema: list[dict[str, object]], message: str) -> None:
    for entry in schema:
        entry["AttributeDataType"] = "Number" if "NumberAttributeConstraints" in entry else "String"
    with refused("InvalidParameterException", message):
        Kit(users=()).aws.create_user_pool(PoolName="x", Schema=schema)
