"""Identity providers are held against their types and the pool, as the API does it."""

from typing import Any

import pytest

from tests.local.kit import Kit, refused
from tests.older import needs

SOCIAL = {"client_id": "a", "client_secret": "b", "authorize_scopes": "openid email"}
OIDC = {
    "client_id": "a",
    "authorize_scopes": "openid",
    "oidc_issuer": "https://login.example.com",
    "attributes_request_method": "GET",
}
NO_SOCIAL = "clientId, clientSecret and authorizeScopes are all required idp details."
NO_OIDC = "clientId, authorizeScopes, oidcIssuer and attributesRequestMethod are all required idp details."
NO_APPLE = "clientId, privateKey, teamId, and keyId are all required idp details."
METADATA = {"MetadataURL": "https://login.example.com/metadata"}


@pytest.fixture
def kit() -> Kit:
    return Kit(users=(), custom_attributes={"tenant": "String"})


def create(kit: Kit, name: str = "Corporate", kind: str = "OIDC", **more: Any) -> Any:
    details = more.pop("details", OIDC)
    return kit.aws.create_identity_provider(
        UserPoolId=kit.pool_id, ProviderName=name, ProviderType=kind, ProviderDetails=details, **more
    )["IdentityProvider"]


def update(kit: Kit, name: str = "Corporate", **more: Any) -> Any:
    return kit.aws.update_identity_provider(UserPoolId=kit.pool_id, ProviderName=name, **more)[
        "IdentityProvider"
    ]


@pytest.mark.parametrize(
    ("kind", "details", "message"),
    [
        ("Google", {"client_id": "a"}, NO_SOCIAL),
        ("Facebook", SOCIAL | {"client_secret": ""}, NO_SOCIAL),
        ("LoginWithAmazon", {}, NO_SOCIAL),
        ("SignInWithApple", SOCIAL, NO_APPLE),
        ("OIDC", SOCIAL, NO_OIDC),
        (
            "OIDC",
            OIDC | {"oidc_issuer": "http://login.example.com"},
            "OIDC endpoint must start with https://",
        ),
        ("OIDC", OIDC | {"token_url": "http://x.example"}, "OIDC endpoint must start with https://"),
        (
            "OIDC",
            OIDC | {"attributes_request_method": "PUT"},
            "attributes_request_method: Member must satisfy enum value set: [POST, GET]",
        ),
        ("SAML", {}, "At least one of the MetadataURL or MetadataFile should be provided."),
        (
            "SAML",
            METADATA | {"MetadataFile": "<xml/>"},
            "Only one of the MetadataURL or MetadataFile should be provided.",
        ),
    ],
)
def test_details_that_lack_what_the_type_needs_are_refused(
    kit: Kit, kind: str, details: dict[str, str], message: str
) -> None:
    name = "Corporate" if kind in {"OIDC", "SAML"} else kind
    with refused("InvalidParameterException", message):
        create(kit, name, kind, details=details)


@pytest.mark.parametrize(("name", "kind"), [("Corporate", "Google"), ("Google", "OIDC")])
def test_a_social_provider_has_the_name_of_its_type(kit: Kit, name: str, kind: str) -> None:
    with refused("InvalidParameterException", f"Provider {name} cannot be of type {kind}."):
        create(kit, name, kind, details=SOCIAL | OIDC)


def test_a_name_that_is_taken_is_not_taken_over(kit: Kit) -> None:
    create(kit)
    with refused("DuplicateProviderException"):
        create(kit, details=OIDC | {"client_id": "other"})
    found = kit.aws.describe_identity_provider(UserPoolId=kit.pool_id, ProviderName="Corporate")
    assert found["IdentityProvider"]["ProviderDetails"]["client_id"] == "a"


def test_a_mapping_leads_to_attributes_of_the_pool(kit: Kit) -> None:
    mapping = {"username": "sub", "email": "mail", "custom:tenant": "org"}
    assert create(kit, AttributeMapping=mapping)["AttributeMapping"] == mapping
    for wrong in ("custom:none", "emial"):
        with refused("InvalidParameterException", f"AttributeMapping contains invalid mapping: [{wrong}]"):
            update(kit, AttributeMapping={wrong: "x"})


def test_an_identifier_leads_to_one_provider(kit: Kit) -> None:
    create(kit, IdpIdentifiers=["corp.example"])
    with refused("InvalidParameterException"):
        create(kit, "Another", IdpIdentifiers=["corp.example"])
    create(kit, "Another")
    with refused("InvalidParameterException"):
        update(kit, "Another", IdpIdentifiers=["other.example", "corp.example"])
    update(kit, IdpIdentifiers=["corp.example", "other.example"])


def test_what_the_service_knows_of_a_provider_is_added(kit: Kit) -> None:
    made = create(kit, "Google", "Google", details=SOCIAL)["ProviderDetails"]
    assert made.items() >= SOCIAL.items()
    assert made["oidc_issuer"] == "https://accounts.google.com"
    assert create(kit)["ProviderDetails"]["attributes_url_add_attributes"] == "false"
    changed = update(kit, "Google", ProviderDetails=SOCIAL | {"client_id": "z"})["ProviderDetails"]
    assert (changed["client_id"], changed["token_request_method"]) == ("z", "POST")
    assert create(kit, "Saml", "SAML", details=METADATA)["ProviderDetails"] == METADATA


@needs("CreateIdentityProvider", "AcrMapping")
def test_levels_are_mapped_for_providers_of_openid_connect_alone(kit: Kit) -> None:
    levels = {"Level1": "low"}
    assert create(kit, AcrMapping=levels)["AcrMapping"] == levels
    with refused("InvalidParameterException"):
        create(kit, "Google", "Google", details=SOCIAL, AcrMapping=levels)


def test_a_client_goes_on_naming_a_deleted_provider_until_it_is_changed(kit: Kit) -> None:
    create(kit)
    pool = {"UserPoolId": kit.pool_id}
    client = kit.aws.create_user_pool_client(
        **pool, ClientName="web", SupportedIdentityProviders=["Corporate"]
    )["UserPoolClient"]["ClientId"]
    kit.aws.delete_identity_provider(**pool, ProviderName="Corporate")
    named = kit.aws.describe_user_pool_client(**pool, ClientId=client)["UserPoolClient"]
    assert named["SupportedIdentityProviders"] == ["Corporate"]
    with refused(
        "InvalidParameterException", f"The provider Corporate does not exist for User Pool {kit.pool_id}."
    ):
        kit.aws.update_user_pool_client(
            **pool, ClientId=client, SupportedIdentityProviders=["Corporate", "COGNITO"]
        )
