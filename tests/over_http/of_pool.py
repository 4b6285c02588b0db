"""The operations behind `auth.pool_router`."""

from datetime import UTC, datetime
from typing import Any, Final

from tests.over_http.house import House

ROLE: Final = "arn:aws:iam::123456789012:role/logs"
LOG_GROUP: Final = "arn:aws:logs:us-east-1:123456789012:log-group:pool"
NOTHING: Final = "00000000-0000-4000-8000-000000000000"
"""An id that nothing has."""
NOTHING_BY_NAME: Final = {"client_id": "nobody", "cimd_policy_id": "nothing"}
"""The same, where ids have another form."""


class _Owner:
    """Who configures the pool: asks what is right, and then for something that there is not."""

    def __init__(self, house: House) -> None:
        self._house = house

    def __call__(self, operation: str, endpoint: str, sent: Any = None, **more: Any) -> Any:
        method, _, path = endpoint.partition(" ")
        given = {"token": self._house.root, **more}
        return self._house(operation, f"{method} /configuration{path}", sent, **given)

    def named(
        self,
        operation: str,
        endpoint: str,
        named: dict[str, str],
        sent: Any = None,
        *,
        other: str | None = None,
    ) -> Any:
        """Ask for what the end of the path names, and then for another."""
        *_, (name, value) = named.items()
        other = other or NOTHING_BY_NAME.get(name, NOTHING)
        deleted = endpoint.startswith("DELETE")
        right = named | ({"confirm": value} if deleted else {}) | (sent or {})
        wrong = {name: other} | ({"confirm": other} if deleted else {})
        return self(operation, endpoint, right, wrong=wrong)


def of_threats(house: House) -> None:
    owner = _Owner(house)
    plus = {"user_pool_tier": "PLUS", "user_pool_add_ons": {"advanced_security_mode": "ENFORCED"}}
    owner("UpdateUserPool", "PATCH /pool", plus, wrong={"user_pool_tier": "GOLD"})
    notify = {
        "source_arn": "arn:aws:ses:us-east-1:123456789012:identity/example.com",
        "block_email": {"subject": "Was it you?", "text_body": "{feedback-token}"},
    }
    actions = {"high_action": {"notify": True, "event_action": "BLOCK"}}
    risks = {
        "account_takeover_risk_configuration": {"notify_configuration": notify, "actions": actions},
        "risk_exception_configuration": {"blocked_ip_range_list": ["198.51.100.0/24"]},
    }
    wrong = {"risk_exception_configuration": {"blocked_ip_range_list": ["everywhere"]}}
    owner("SetRiskConfiguration", "PUT /risk", risks, wrong=wrong)
    owner("DescribeRiskConfiguration", "GET /risk")
    client = {"client_id": house.pool.client_id}
    owner(
        "SetRiskConfiguration", "PUT /clients/{client_id}/risk", client | risks, wrong={"client_id": "nobody"}
    )
    owner.named("DescribeRiskConfiguration", "GET /clients/{client_id}/risk", client)


def of_pool(house: House) -> None:
    owner = _Owner(house)
    owner("ListUserPools", "GET /pools", {"max_results": 1}, wrong={"max_results": 61})
    owner("DescribeUserPool", "GET /pool")
    owner(
        "UpdateUserPool",
        "PUT /pool",
        {"user_pool_tags": {"stage": "test"}, "auto_verified_attributes": ["email"]},
        wrong={"mfa_configuration": "X"},
    )
    tenant = {"custom_attributes": [{"name": "tenant", "attribute_data_type": "String"}]}
    # The second time it is there already.
    owner("AddCustomAttributes", "POST /custom-attributes", tenant, wrong={})
    owner("GetUserPoolMfaConfig", "GET /mfa")
    tracking = {"user_session_tracking": "ENABLED", "token_session": {"max_per_user": 20}}
    owner("SetUserPoolSessionConfiguration", "PUT /sessions", tracking, wrong={"user_session_tracking": "X"})
    owner("GetUserPoolSessionConfiguration", "GET /sessions")
    logs = {
        "log_level": "ERROR",
        "event_source": "userNotification",
        "cloudwatch_logs_configuration": {"log_group_arn": LOG_GROUP},
    }
    owner(
        "SetLogDeliveryConfiguration",
        "PUT /log-delivery",
        {"log_configurations": [logs]},
        wrong={"log_configurations": [logs | {"log_level": "LOUD"}]},
    )
    owner("GetLogDeliveryConfiguration", "GET /log-delivery")
    owner("TagResource", "PATCH /tags", {"tags": {"team": "orders"}}, wrong={"tags": {"aws:team": "orders"}})
    owner("ListTagsForResource", "GET /tags")
    owner("UntagResource", "DELETE /tags", {"tag_keys": "team"}, wrong={"tag_keys": "x" * 129})
    owner("GetSigningCertificate", "GET /signing-certificate")
    owner("GetCSVHeader", "GET /csv-header")
    limit = {"limit_definition": {"limit_class": "API_CATEGORY", "attributes": {"Category": "UserRead"}}}
    unknown = {"limit_definition": {"limit_class": "API_CATEGORY", "attributes": {"Category": "All"}}}
    owner("GetProvisionedLimit", "POST /provisioned-limits/look-up", limit, wrong=unknown)
    more = limit | {"requested_limit_value": 200}
    owner("UpdateProvisionedLimit", "PUT /provisioned-limits", more, wrong=unknown)


def of_clients(house: House) -> None:
    owner = _Owner(house)
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
    owner, client = _Owner(house), {"client_id": house.pool.client_id}
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
    owner = _Owner(house)
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
    owner = _Owner(house)
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
    owner = _Owner(house)
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


def of_imports(house: House) -> None:
    owner = _Owner(house)
    columns = house("GetCSVHeader", "GET /configuration/csv-header", token=house.root)["csv_header"]
    new = {"job_name": "people", "cloudwatch_logs_role_arn": ROLE}
    made = owner("CreateUserImportJob", "POST /import-jobs", new, wrong={"job_name": "<>"})
    job = made["user_import_job"]
    named = {"job_id": job["job_id"]}
    other = {"other": "import-0123456789"}
    signature = job["pre_signed_url"].rpartition("=")[2]
    upload = house.pool.import_upload(house.pool.user_pool_id, job["job_id"], signature)
    upload(",".join(columns).encode())
    owner.named("StartUserImportJob", "POST /import-jobs/{job_id}/start", named, **other)
    # A job has run at once.
    house.wrong("StopUserImportJob", "POST /configuration/import-jobs/{job_id}/stop", named, token=house.root)
    owner.named("DescribeUserImportJob", "GET /import-jobs/{job_id}", named, **other)
    owner("ListUserImportJobs", "GET /import-jobs", {"max_results": 60}, wrong={"max_results": 61})


def of_clients_by_address(house: House) -> None:
    owner = _Owner(house)
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


def of_replicas(house: House) -> None:
    owner, region = _Owner(house), {"region_name": "eu-west-1"}
    owner("CreateUserPoolReplica", "POST /replicas", region, wrong={})
    # Nothing replicates here.
    active = region | {"status": "ACTIVE"}
    house.wrong(
        "UpdateUserPoolReplica", "PUT /configuration/replicas/{region_name}", active, token=house.root
    )
    owner("ListUserPoolReplicas", "GET /replicas")
    owner.named("DeleteUserPoolReplica", "DELETE /replicas/{region_name}", region, other="eu-west-2")


def of_recoveries(house: House) -> None:
    owner = _Owner(house)
    moment = datetime.fromtimestamp(house.clock.now, UTC).isoformat()
    house.clock.advance(3600)
    house.root = house.token("root")
    for end, operation in (("cancel", "CancelPointInTimeRecovery"), ("start", "StartPointInTimeRecovery")):
        late = {"restore_timestamp": "2001-01-01T00:00:00Z"}
        made = owner(
            "InitiatePointInTimeRecovery", "POST /recoveries", {"restore_timestamp": moment}, wrong=late
        )
        if not made:
            return
        named = {"restore_id": made["restoration"]["restore_id"]}
        owner.named("DescribePointInTimeRecovery", "GET /recoveries/{restore_id}", named)
        owner.named(operation, f"POST /recoveries/{{restore_id}}/{end}", named)
    owner("ListPointInTimeRecoveries", "GET /recoveries", {"max_results": 1}, wrong={"max_results": 61})


def of_the_end(house: House) -> None:
    """Once the pool is gone, what needs nothing but the pool is refused too."""
    owner = _Owner(house)
    owner("CreateUserPool", "POST /pools", {"pool_name": "second"}, wrong={"pool_name": "<>"})
    confirmed = {"confirm": house.pool.user_pool_id}
    for protection in ("ACTIVE", "INACTIVE"):
        owner("UpdateUserPool", "PATCH /pool", {"deletion_protection": protection})
        if protection == "ACTIVE":
            house.wrong("DeleteUserPool", "DELETE /configuration/pool", confirmed, token=house.root)
    # Of who reads, what the pool has said is believed for half a minute.
    for endpoint in ("GET /admin/groups", "GET /configuration/pool"):
        house.visit(endpoint, token=house.root)
    owner("DeleteUserPool", "DELETE /pool", confirmed)
    for endpoint, operation in OF_THE_WHOLE_POOL.items():
        # Whoever administers users reads in the documentation that there may be other errors, too.
        house.wrong(operation, endpoint, {}, token=house.root, listed=not endpoint.startswith("GET /admin"))


OF_THE_WHOLE_POOL: Final = {
    "GET /admin/users": "ListUsers",
    "GET /admin/groups": "ListGroups",
    "GET /configuration/pool": "DescribeUserPool",
    "GET /configuration/mfa": "GetUserPoolMfaConfig",
    "GET /configuration/sessions": "GetUserPoolSessionConfiguration",
    "GET /configuration/log-delivery": "GetLogDeliveryConfiguration",
    "GET /configuration/risk": "DescribeRiskConfiguration",
    "GET /configuration/ui-customization": "GetUICustomization",
    "GET /configuration/tags": "ListTagsForResource",
    "GET /configuration/signing-certificate": "GetSigningCertificate",
    "GET /configuration/csv-header": "GetCSVHeader",
    "GET /configuration/replicas": "ListUserPoolReplicas",
}
"""What can be asked of every pool that there is, and of no other."""
