"""What is configured and linked in a local pool is there after a restart, to the letter."""

from pathlib import Path
from typing import Any

import pytest

from fastapi_cognito_auth.local import ServiceError
from tests.local.kit import PASSWORD, Kit
from tests.local.test_state_file import Full
from tests.local.written import unwritten
from tests.older import needs

pytestmark = needs("InitiatePointInTimeRecovery")
ROLE = "arn:aws:iam::123456789012:role/logs"
LOGS = {
    "LogLevel": "ERROR",
    "EventSource": "userNotification",
    "CloudWatchLogsConfiguration": {"LogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:pool"},
}
SHOWN: list[tuple[str, dict[str, Any]]] = [
    ("AdminGetUser", {"Username": "alice"}),
    ("AdminListUserAuthEvents", {"Username": "alice"}),
    ("DescribeRiskConfiguration", {}),
    ("DescribeManagedLoginBrandingByClient", {"ClientId": ""}),
    ("DescribeTermsByClient", {"ClientId": "", "TermsName": "terms-of-use"}),
    ("GetLogDeliveryConfiguration", {}),
    ("GetSigningCertificate", {}),
    ("GetUICustomization", {}),
    ("ListCIMDPolicies", {}),
    ("ListPointInTimeRecoveries", {}),
    ("ListUserImportJobs", {"MaxResults": 60}),
    ("ListUserPoolClientSecrets", {"ClientId": ""}),
    ("ListUserPoolReplicas", {}),
]


def set_up(kit: Kit) -> None:
    def call(operation: str, **params: Any) -> Any:
        return kit.pool.call(operation, {"UserPoolId": kit.pool_id, **params})

    client = {"ClientId": kit.id}
    call("UpdateUserPool", UserPoolTier="PLUS", UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
    for attribute, value in (("Cognito_Subject", "1234"), ("email", "a@corp.example")):
        source = {"ProviderName": "Corporate", "ProviderAttributeName": attribute}
        call(
            "AdminLinkProviderForUser",
            DestinationUser={"ProviderName": "Cognito", "ProviderAttributeValue": "alice"},
            SourceUser=source | {"ProviderAttributeValue": value},
        )
    call("SetRiskConfiguration", RiskExceptionConfiguration={"BlockedIPRangeList": ["192.0.2.0/24"]})
    call("CreateManagedLoginBranding", Settings={"a": [1.5, None]}, **client)
    call(
        "CreateTerms",
        TermsName="terms-of-use",
        TermsSource="LINK",
        Enforcement="NONE",
        Links={"cognito:default": "https://example.com"},
        **client,
    )
    call("CreateUserPoolDomain", Domain="my-app")
    call("SetUICustomization", CSS=".x {}")
    call("SetLogDeliveryConfiguration", LogConfigurations=[LOGS])
    call("GetSigningCertificate")
    patterns = ["https://clients.example.com/*"]
    call("CreateCIMDPolicy", PolicyName="p", CacheDuration=86_400, URLPatterns=patterns, **client)
    call("AddUserPoolClientSecret", **client)
    call("CreateUserPoolReplica", RegionName="eu-west-1")
    job = call("CreateUserImportJob", JobName="people", CloudWatchLogsRoleArn=ROLE)["UserImportJob"]
    signature = job["PreSignedUrl"].rpartition("=")[2]
    kit.pool.import_upload(kit.pool_id, job["JobId"], signature)(b"\xff\0")
    kit.password(password=PASSWORD)
    moment = kit.clock.now
    kit.clock.advance(3600)
    recovery = call("InitiatePointInTimeRecovery", RestoreTimestamp=moment)["Restoration"]
    call("CancelPointInTimeRecovery", RestoreId=recovery["RestoreId"])
    limit = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserRead"}}
    kit.pool.call("UpdateProvisionedLimit", {"LimitDefinition": limit, "RequestedLimitValue": 200})


def shown(kit: Kit) -> list[Any]:
    answers = [
        kit.pool.call(
            operation,
            {name: kit.id if name == "ClientId" else value for name, value in params.items()}
            | {"UserPoolId": kit.pool_id},
        )
        for operation, params in SHOWN
    ]
    limit = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserRead"}}
    return [*answers, kit.pool.call("GetProvisionedLimit", {"LimitDefinition": limit})]


def start(path: Path) -> Kit:
    return Kit(fresh_keys=True, state=path, client_secret=True, identity_providers=["Corporate"])


def test_all_of_it_is_there_after_a_restart(tmp_path: Path) -> None:
    kit = start(tmp_path / "pool.db")
    set_up(kit)
    before = shown(kit)
    assert unwritten(kit.pool) == []
    kit.pool.close()
    again = start(tmp_path / "pool.db")
    again.clock.now = kit.clock.now
    try:
        assert shown(again) == before
        directory = again.pool._plane.directory
        by_id = directory.by_identity("Corporate", "1234")
        assert by_id is not None
        assert by_id is directory.awaiting("Corporate", "email", "a@corp.example")
    finally:
        again.pool.close()


class Disk:
    """The disk of a state file, which can be full."""

    def __init__(self, kit: Kit) -> None:
        book: Any = kit.pool._service.pools._book
        self._book = book
        self._connection: Any = self._book._connection

    def fill(self) -> None:
        self._book._connection = Full(self._connection)

    def free(self) -> None:
        self._book._connection = self._connection


def test_an_import_that_cannot_be_written_has_not_begun(tmp_path: Path) -> None:
    kit = start(tmp_path / "pool.db")
    named, disk = {"UserPoolId": kit.pool_id}, Disk(kit)
    columns = kit.pool.call("GetCSVHeader", named)["CSVHeader"]
    row = {"cognito:username": "eve", "cognito:mfa_enabled": "false", "email": "e@example.com"}
    row["email_verified"] = "true"
    made = kit.pool.call("CreateUserImportJob", named | {"JobName": "p", "CloudWatchLogsRoleArn": ROLE})
    job = made["UserImportJob"]
    upload = kit.pool.import_upload(kit.pool_id, job["JobId"], job["PreSignedUrl"].rpartition("=")[2])
    upload("\n".join([",".join(columns), ",".join(row.get(name, "") for name in columns)]).encode())
    disk.fill()
    with pytest.raises(ServiceError, match="database or disk is full"):
        kit.pool.call("StartUserImportJob", named | {"JobId": job["JobId"]})
    disk.free()
    with pytest.raises(ServiceError, match="UserNotFoundException"):
        kit.admin("AdminGetUser", "eve")
    ended = kit.pool.call("StartUserImportJob", named | {"JobId": job["JobId"]})["UserImportJob"]
    assert (ended["Status"], ended["ImportedUsers"]) == ("Succeeded", 1)
    assert unwritten(kit.pool) == []
    kit.pool.close()


def test_what_could_not_be_written_is_no_past(tmp_path: Path) -> None:
    kit = start(tmp_path / "pool.db")
    named, disk, moment = {"UserPoolId": kit.pool_id}, Disk(kit), kit.clock.now
    kit.clock.advance(3600)
    disk.fill()
    with pytest.raises(ServiceError, match="database or disk is full"):
        kit.admin("AdminDeleteUser")
    disk.free()
    kit.admin("AdminUpdateUserAttributes", UserAttributes=[{"Name": "name", "Value": "A"}])
    recovery = kit.pool.call("InitiatePointInTimeRecovery", named | {"RestoreTimestamp": moment})
    recovery = recovery["Restoration"]
    assert recovery["RestorePreview"][0] == {
        "Entity": "Users",
        "CreateCount": 0,
        "UpdateCount": 1,
        "DeleteCount": 0,
    }
    disk.fill()
    apply = named | {"RestoreId": recovery["RestoreId"]}
    with pytest.raises(ServiceError, match="database or disk is full"):
        kit.pool.call("StartPointInTimeRecovery", apply)
    disk.free()
    assert {"Name": "name", "Value": "A"} in kit.admin("AdminGetUser")["UserAttributes"]
    kit.pool.call("StartPointInTimeRecovery", apply)
    assert {"Name": "name", "Value": "A"} not in kit.admin("AdminGetUser")["UserAttributes"]
    assert unwritten(kit.pool) == []
    kit.pool.close()
