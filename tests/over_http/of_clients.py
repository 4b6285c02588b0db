"""The operations behind `auth.pool_router` that are about app clients, and what surrounds them."""

from tests.over_http.house import House
from tests.over_http.owner import Owner


def of_clients(house: House) -> None:
    owner = Owner(house)
    new = {"client_name": "other", "generate_secret": True}
    made = owner("CreateUserPoolClient", "POST /clients", new, wrong={"client_name": "<>"})
    named = {"client_id": made["user_pool_client"]["client_id"]}
    owner("ListUserPoolClients", "GET /clients", {"max_results": 60}, wrong={"max_results": 61})
    owner.named("DescribeUserPoolClient", "GET /clients/{client_id}", named)
    owner.named("UpdateUserPoolClient", "PUT /clients/{client_id}", named, {"client_name": "changed"})
    owner.named("UpdateUserPoolClient", "PATCH /clients/{client_id}", named, {"client_name": "again"})
    owner.named("AddUserPoolClientSecret", "POST /clients/{client_id}/secrets", named)
    listed = owner.named("ListUserPoolClientSecrets", "GET /clients/{client_id}/secrets", named)
    for secret in listed.get("client_secrets", ())[:1]:
        owner.named(
            "DeleteUserPoolClientSecret",
            "DELETE /clients/{client_id}/secrets/{client_secret_id}",
            named | {"client_secret_id": secret["client_secret_id"]},
        )
    sessions = "/clients/{client_id}/sessions"
    sso = {"sso_session": {"max_validity_minutes": 60}}
    owner.named("SetUserPoolClientSessionConfiguration", f"PUT {sessions}", named, sso)
    owner.named("GetUserPoolClientSessionConfiguration", f"GET {sessions}", named)
    owner.named("DeleteUserPoolClient", "DELETE /clients/{client_id}", named)


def of_pages(house: House) -> None:
    owner, client = Owner(house), {"client_id": house.pool.client_id}
    domain = {"domain": "my-app"}
    owner("CreateUserPoolDomain", "POST /domains", {"domain": "my-app"}, wrong={})
    owner("DescribeUserPoolDomain", "GET /domains/{domain}", {"domain": "my-app"}, wrong={"domain": "_"})
    owner.named(
        "UpdateUserPoolDomain", "PUT /domains/{domain}", domain, {"managed_login_version": 1}, other="other"
    )
    owner("SetUICustomization", "PUT /ui-customization", {"css": ".x {}"}, wrong={"image_file": "bm9uZQ=="})
    owner("GetUICustomization", "GET /ui-customization")
    style = "/clients/{client_id}/ui-customization"
    owner.named("SetUICustomization", f"PUT {style}", client, {"css": ".x {}"})
    owner.named("GetUICustomization", f"GET {style}", client)
    owner.named("DeleteUserPoolDomain", "DELETE /domains/{domain}", domain, other="other")
    new = client | {"use_cognito_provided_values": True}
    # The second time the app client has one.
    made = owner("CreateManagedLoginBranding", "POST /brandings", new, wrong={})
    named = {"managed_login_branding_id": made["managed_login_branding"]["managed_login_branding_id"]}
    branding = "/brandings/{managed_login_branding_id}"
    owner.named("UpdateManagedLoginBranding", f"PATCH {branding}", named, {"settings": {"a": [1, None]}})
    owner.named("DescribeManagedLoginBranding", f"GET {branding}", named)
    owner.named("DescribeManagedLoginBrandingByClient", "GET /clients/{client_id}/branding", client)
    owner.named("DeleteManagedLoginBranding", f"DELETE {branding}", named)


def of_terms(house: House) -> None:
    owner = Owner(house)
    links = {"cognito:default": "https://example.com"}
    new = {"terms_name": "terms-of-use", "terms_source": "LINK", "enforcement": "NONE", "links": links}
    client = {"client_id": house.pool.client_id}
    made = owner("CreateTerms", "POST /terms", client | new, wrong={})
    by_client = "GET /clients/{client_id}/terms/{terms_name}"
    first = client | {"terms_name": "terms-of-use"}
    owner.named("DescribeTermsByClient", by_client, first, other="privacy-policy")
    if not made:
        return
    named = {"terms_id": made["terms"]["terms_id"]}
    owner.named("UpdateTerms", "PUT /terms/{terms_id}", named, {"terms_name": "privacy-policy"})
    owner.named("DescribeTerms", "GET /terms/{terms_id}", named)
    owner("ListTerms", "GET /terms", {"max_results": 60}, wrong={"max_results": 61})
    owner.named("DeleteTerms", "DELETE /terms/{terms_id}", named)


def of_providers(house: House) -> None:
    owner = Owner(house)
    details = {
        "client_id": "app",
        "client_secret": "secret",
        "authorize_scopes": "openid",
        "oidc_issuer": "https://corp.example",
        "attributes_request_method": "GET",
    }
    new = {
        "provider_name": "Corporate",
        "provider_type": "OIDC",
        "provider_details": details,
        "idp_identifiers": ["corp.example"],
    }
    owner("CreateIdentityProvider", "POST /identity-providers", new, wrong={})
    owner("ListIdentityProviders", "GET /identity-providers", {"max_results": 60}, wrong={"max_results": 61})
    named = {"provider_name": "Corporate"}
    one = "/identity-providers/{provider_name}"
    owner.named("DescribeIdentityProvider", f"GET {one}", named, other="Elsewhere")
    mapped = {"attribute_mapping": {"email": "email"}}
    owner.named("UpdateIdentityProvider", f"PUT {one}", named, mapped, other="Elsewhere")
    mapped = {"attribute_mapping": {"email": "mail"}}
    owner.named("UpdateIdentityProvider", f"PATCH {one}", named, mapped, other="Elsewhere")
    identifier = {"idp_identifier": "corp.example"}
    by_identifier = "GET /identity-provider-identifiers/{idp_identifier}"
    owner.named("GetIdentityProviderByIdentifier", by_identifier, identifier, other="elsewhere.example")
    owner.named("DeleteIdentityProvider", f"DELETE {one}", named, other="Elsewhere")


def of_resource_servers(house: House) -> None:
    owner = Owner(house)
    scopes = [{"scope_name": "read", "scope_description": "Read"}]
    new = {"identifier": "stock", "name": "stock", "scopes": scopes}
    owner("CreateResourceServer", "POST /resource-servers", new, wrong={})
    owner("ListResourceServers", "GET /resource-servers", {"max_results": 50}, wrong={"max_results": 51})
    named = {"identifier": "stock"}
    one = "/resource-servers/{identifier}"
    owner.named("DescribeResourceServer", f"GET {one}", named)
    owner.named("UpdateResourceServer", f"PUT {one}", named, {"name": "other"})
    owner.named("UpdateResourceServer", f"PATCH {one}", named, {"name": "another"})
    owner.named("DeleteResourceServer", f"DELETE {one}", named)


def of_clients_by_address(house: House) -> None:
    owner = Owner(house)
    patterns = {"url_patterns": ["https://clients.example.com/*"]}
    client = {"client_id": house.pool.client_id}
    new = client | patterns | {"policy_name": "p", "cache_duration": 86_400}
    made = owner(
        "CreateCIMDPolicy", "POST /cimd-policies", new, wrong={"url_patterns": ["http://plain.example/*"]}
    )
    if not made:
        return
    named = {"cimd_policy_id": made["cimd_policy"]["cimd_policy_id"]}
    one = "/cimd-policies/{cimd_policy_id}"
    owner.named("UpdateCIMDPolicy", f"PUT {one}", named, client | patterns)
    owner.named("DescribeCIMDPolicy", f"GET {one}", named)
    owner("ListCIMDPolicies", "GET /cimd-policies", {"max_results": 60}, wrong={"max_results": 61})
    addresses = f"{one}/client-metadata-urls"
    owner.named("ListClientMetadataURLs", f"GET {addresses}", named)
    # No document is ever fetched here.
    refresh = named | {"url": "https://clients.example.com/1", "action": "REFRESH"}
    house.wrong("UpdateClientMetadataURLState", f"PUT /configuration{addresses}", refresh, token=house.root)
    owner.named("DeleteCIMDPolicy", f"DELETE {one}", named)
