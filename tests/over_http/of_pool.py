"""The operations behind `auth.pool_router` that are about the pool itself."""

from datetime import UTC, datetime
from typing import Final

from tests.over_http.house import House
from tests.over_http.owner import Owner

ROLE: Final = "arn:aws:iam::123456789012:role/logs"
LOG_GROUP: Final = "arn:aws:logs:us-east-1:123456789012:log-group:pool"


def of_threats(house: House) -> None:
    owner = Owner(house)
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
    owner = Owner(house)
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


def of_imports(house: House) -> None:
    owner = Owner(house)
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


def of_replicas(house: House) -> None:
    owner, region = Owner(house), {"region_name": "eu-west-1"}
    owner("CreateUserPoolReplica", "POST /replicas", region, wrong={})
    # Nothing replicates here.
    active = region | {"status": "ACTIVE"}
    house.wrong(
        "UpdateUserPoolReplica", "PUT /configuration/replicas/{region_name}", active, token=house.root
    )
    owner("ListUserPoolReplicas", "GET /replicas")
    owner.named("DeleteUserPoolReplica", "DELETE /replicas/{region_name}", region, other="eu-west-2")


def of_recoveries(house: House) -> None:
    owner = Owner(house)
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
    owner = Owner(house)
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
