"""The styles of managed login and of the classic hosted UI: kept, and refused where no pool can have them."""

import base64
from typing import Any

import pytest
from fastapi.testclient import TestClient

from fastapi_cognito_auth.local import ServiceError
from fastapi_cognito_auth.local.emulator import emulator
from tests.local.kit import Kit, refused
from tests.older import needs

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8
SETTINGS = {"components": {"form": {"borderRadius": 8.0, "logo": {"enabled": True, "position": None}}}}
LOGO = {"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": PNG}


@pytest.fixture
def kit() -> Kit:
    return Kit(users=())


def named(kit: Kit) -> dict[str, str]:
    return {"UserPoolId": kit.pool_id, "ClientId": kit.id}


def create(kit: Kit, **style: Any) -> Any:
    return kit.aws.create_managed_login_branding(**named(kit), **style)["ManagedLoginBranding"]


@needs("DescribeManagedLoginBrandingByClient")
def test_a_style_is_kept_and_found_by_its_app_client(kit: Kit) -> None:
    made = create(kit, Settings=SETTINGS, Assets=[LOGO])
    assert made["UseCognitoProvidedValues"] is False
    assert (made["Settings"], made["Assets"]) == (SETTINGS, [LOGO])
    found = kit.aws.describe_managed_login_branding_by_client(**named(kit))["ManagedLoginBranding"]
    assert found == made
    style = {"UserPoolId": kit.pool_id, "ManagedLoginBrandingId": made["ManagedLoginBrandingId"]}
    assert kit.aws.describe_managed_login_branding(**style)["ManagedLoginBranding"] == made
    kit.aws.delete_managed_login_branding(**style)
    with refused("ResourceNotFoundException"):
        kit.aws.describe_managed_login_branding(**style)
    with refused("ResourceNotFoundException"):
        kit.aws.describe_managed_login_branding_by_client(**named(kit))


@needs("UpdateManagedLoginBranding")
def test_an_update_changes_what_it_names(kit: Kit) -> None:
    dark = LOGO | {"ColorMode": "DARK"}
    made = create(kit, Settings=SETTINGS, Assets=[LOGO, dark])
    style = {"UserPoolId": kit.pool_id, "ManagedLoginBrandingId": made["ManagedLoginBrandingId"]}
    kit.clock.advance(1)
    other = dark | {"Bytes": PNG + b"1"}
    changed = kit.aws.update_managed_login_branding(Assets=[other], **style)["ManagedLoginBranding"]
    assert (changed["Settings"], changed["Assets"]) == (SETTINGS, [LOGO, other])
    assert changed["LastModifiedDate"] > changed["CreationDate"]
    provided = kit.aws.update_managed_login_branding(UseCognitoProvidedValues=True, **style)
    assert not {"Settings", "Assets"} & provided["ManagedLoginBranding"].keys()


@needs("CreateManagedLoginBranding")
def test_the_largest_image_comes_over_http(kit: Kit) -> None:
    image = base64.b64encode(PNG + bytes(1_000_000 - len(PNG))).decode()
    answer = TestClient(emulator(kit.pool), base_url="http://localhost").post(
        "/",
        json={**named(kit), "Assets": [LOGO | {"Bytes": image}]},
        headers={"x-amz-target": "AWSCognitoIdentityProviderService.CreateManagedLoginBranding"},
    )
    assert answer.json()["ManagedLoginBranding"]["Assets"][0]["Bytes"] == image


@needs("CreateManagedLoginBranding")
def test_an_app_client_has_one_style(kit: Kit) -> None:
    create(kit, UseCognitoProvidedValues=True)
    with refused("ManagedLoginBrandingExistsException"):
        create(kit, UseCognitoProvidedValues=True)


@needs("CreateManagedLoginBranding")
@pytest.mark.parametrize(
    "style",
    [
        {},
        {"UseCognitoProvidedValues": True, "Settings": SETTINGS},
        {"UseCognitoProvidedValues": True, "Assets": [LOGO]},
        {"Assets": [LOGO | {"Bytes": b"x" * 1_000_001}]},
        {"Assets": [{name: value for name, value in LOGO.items() if name != "Bytes"}]},
    ],
)
def test_what_is_no_style_is_refused(kit: Kit, style: dict[str, Any]) -> None:
    with refused("InvalidParameterException"):
        create(kit, **style)


@needs("CreateManagedLoginBranding")
def test_bytes_are_base64(kit: Kit) -> None:
    params = {**named(kit), "Assets": [LOGO | {"Bytes": "no base64"}]}
    with pytest.raises(ServiceError, match=r"assets\.bytes is no base64"):
        kit.pool.call("CreateManagedLoginBranding", params)


@needs("UpdateManagedLoginBranding")
@pytest.mark.parametrize("left_out", ["UserPoolId", "ManagedLoginBrandingId"])
def test_an_update_names_pool_and_style(kit: Kit, left_out: str) -> None:
    """The model demands neither."""
    style = create(kit, UseCognitoProvidedValues=True)
    params = {"UserPoolId": kit.pool_id, "ManagedLoginBrandingId": style["ManagedLoginBrandingId"]}
    with refused("InvalidParameterException"):
        kit.aws.update_managed_login_branding(
            **{name: value for name, value in params.items() if name != left_out}
        )


@needs("DescribeTermsByClient")
def test_a_deleted_app_client_takes_its_styles_and_terms_along(kit: Kit) -> None:
    kit.aws.create_user_pool_domain(UserPoolId=kit.pool_id, Domain="my-app")
    create(kit, UseCognitoProvidedValues=True)
    kit.aws.set_ui_customization(CSS=".x {}", **named(kit))
    kit.aws.create_terms(
        TermsName="terms-of-use",
        TermsSource="LINK",
        Enforcement="NONE",
        Links={"cognito:default": "https://example.com"},
        **named(kit),
    )
    kit.aws.delete_user_pool_client(**named(kit))
    directory = kit.pool._plane.directory
    assert not any((directory.brandings, directory.customizations, directory.terms))


def test_a_classic_style_is_the_app_clients_else_that_of_all(kit: Kit) -> None:
    kit.aws.create_user_pool_domain(UserPoolId=kit.pool_id, Domain="my-app")
    assert kit.aws.get_ui_customization(**named(kit))["UICustomization"] == {}
    kit.aws.set_ui_customization(UserPoolId=kit.pool_id, CSS=".all {}")
    assert kit.aws.get_ui_customization(**named(kit))["UICustomization"]["ClientId"] == "ALL"
    kit.aws.set_ui_customization(CSS=".own {}", ImageFile=PNG, **named(kit))
    own = kit.aws.get_ui_customization(**named(kit))["UICustomization"]
    assert (own["ClientId"], own["CSS"]) == (kit.id, ".own {}")
    assert own["ImageUrl"] == "data:image/png;base64," + base64.b64encode(PNG).decode()
    kit.aws.set_ui_customization(**named(kit))
    assert kit.aws.get_ui_customization(**named(kit))["UICustomization"]["CSS"] == ".all {}"


def test_a_classic_style_needs_a_domain(kit: Kit) -> None:
    text = "There has to be an existing domain associated with this user pool"
    with refused("InvalidParameterException", text):
        kit.aws.set_ui_customization(CSS=".x {}", **named(kit))


@pytest.mark.parametrize(
    ("style", "refusal"),
    [
        ({"ImageFile": b"<svg/>"}, "InvalidParameterException"),
        ({"ImageFile": PNG + b"\0" * 131_072}, "InvalidParameterException"),
        ({"ClientId": "nobody"}, "ResourceNotFoundException"),
    ],
)
def test_what_is_no_classic_style_is_refused(kit: Kit, style: dict[str, Any], refusal: str) -> None:
    kit.aws.create_user_pool_domain(UserPoolId=kit.pool_id, Domain="my-app")
    with refused(refusal):
        kit.aws.set_ui_customization(UserPoolId=kit.pool_id, **style)
