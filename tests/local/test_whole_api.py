"""A walk through the API: each operation once as it should be, and once refused by an error of its own."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.parsers import create_parser
from fastapi.testclient import TestClient

from fastapi_cognito_auth.local import ServiceError, validation
from fastapi_cognito_auth.local.attributes import to_pairs
from fastapi_cognito_auth.local.emulator import emulator
from fastapi_cognito_auth.local.operations import OF_ALL_POOLS, OPERATIONS
from tests.local.authenticator import Authenticator
from tests.local.domain.kit import CALLBACK
from tests.local.kit import ALICE, BOB, OTHER_PASSWORD, PASSWORD, Kit
from tests.local.model_faults import faults
from tests.local.test_devices import Phone
from tests.local.written import unwritten

ROLE = "arn:aws:iam::123456789012:role/logs"
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:pool"
SUBJECT = "Cognito_Subject"
COMMON = {"InvalidParameterException", "ResourceNotFoundException"}
"""Errors of all operations, whether the model names them or not."""
NEVER = {"StopUserImportJob", "UpdateUserPoolReplica", "UpdateClientMetadataURLState"}
"""What is always refused: a job has run at once, nothing replicates, and no document is fetched."""


class Walk:
    """Calls operations as HTTP brings them, and holds answers and refusals against the model."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.http = TestClient(emulator(kit.pool), base_url="http://localhost")
        self.done: set[str] = set()

    def send(self, operation: str, params: Mapping[str, Any]) -> tuple[int, Any]:
        headers = {"x-amz-target": f"AWSCognitoIdentityProviderService.{operation}"}
        answer = self.http.post("/", headers=headers, content=json.dumps(params))
        shape = validation.service_model().operation_model(operation).output_shape
        if answer.status_code == 200:
            assert [*faults(shape, answer.json() if answer.content else {})] == [], operation
        response = {
            "status_code": answer.status_code,
            "headers": dict(answer.headers),
            "body": answer.content,
        }
        return answer.status_code, create_parser("json").parse(response, shape)

    def __call__(self, operation: str, **params: Any) -> Any:
        """Do it, unless boto3 is older; then once more in a way that has to be refused."""
        if operation not in validation.operation_names():
            return {}
        status, answer = self.send(operation, params)
        assert (status == 200) is (operation not in NEVER), (operation, answer)
        refused, refusal = self.send(operation, params | wrong(params))
        model = validation.service_model().operation_model(operation)
        words = {shape.name for shape in model.error_shapes} | COMMON
        assert refused == 400, operation
        assert refusal["Error"]["Code"] in words, operation
        assert unwritten(self.kit.pool) == [], operation
        self.done.add(operation)
        return answer

    def pool(self, operation: str, **params: Any) -> Any:
        return self(operation, UserPoolId=self.kit.pool_id, **params)

    def client(self, operation: str, **params: Any) -> Any:
        return self.pool(operation, ClientId=self.kit.id, **params)

    def user(self, operation: str, username: str = "alice", **params: Any) -> Any:
        return self.pool(operation, Username=username, **params)


def wrong(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return what makes a request one that has to be refused."""
    ways: dict[str, Any] = {
        "AccessToken": "a.b.c",
        "Session": "x" * 30,
        "UserPoolId": "us-east-1_nowhere",
        "ClientId": "nobody",
        "ResourceArn": "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_nowhere",
        "LimitDefinition": {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "Everything"}},
        "MaxResults": 0,
        "Domain": "",
        "PoolName": "",
    }
    return next({name: value} for name, value in ways.items() if name in params)


def with_everything(state: Path) -> Kit:
    """Make a pool of which each operation can be asked, kept in a file."""
    return Kit(
        fresh_keys=True,
        state=state,
        users=(ALICE, BOB),
        callback_urls=[CALLBACK],
        identity_providers=["Google"],
        relying_party_id="example.com",
        device_tracking="OPT_IN",
        max_sessions_per_user=20,
        explicit_auth_flows=[
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
            "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
        ],
    )


def test_every_operation_is_there() -> None:
    assert validation.operation_names() - OPERATIONS.keys() - OF_ALL_POOLS.keys() == set()


def test_every_operation_answers_and_refuses_as_the_model_says(tmp_path: Path) -> None:
    """What one does is written down by then, to the letter."""
    kit = with_everything(tmp_path / "pool.db")
    walk = Walk(kit)
    for area in (
        of_account, of_tokens, of_factors, of_devices, of_passkeys, of_sessions, of_sign_up, of_users,
        of_groups, of_providers, of_clients, of_pages, of_imports, of_clients_by_address, of_replicas,
        of_recoveries, of_threats, of_pools,
    ):  # fmt: skip
        area(walk)
    kit.pool.close()
    assert validation.operation_names() - walk.done == set()


def sign_in(walk: Walk, username: str = "bob", password: str = OTHER_PASSWORD) -> Any:
    parameters = {"USERNAME": username, "PASSWORD": password}
    request = {"ClientId": walk.kit.id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
    return walk("InitiateAuth", **request)


def token(walk: Walk) -> str:
    access: str = sign_in(walk)["AuthenticationResult"]["AccessToken"]
    return access


def of_account(walk: Walk) -> None:
    access = token(walk)
    walk("GetUser", AccessToken=access)
    email = {"Name": "email", "Value": "new@example.com"}
    walk("UpdateUserAttributes", AccessToken=access, UserAttributes=[email, {"Name": "name", "Value": "B"}])
    walk("GetUserAttributeVerificationCode", AccessToken=access, AttributeName="email")
    code = walk.kit.pool.outbox.latest("bob").code
    walk("VerifyUserAttribute", AccessToken=access, AttributeName="email", Code=code)
    walk("DeleteUserAttributes", AccessToken=access, UserAttributeNames=["name"])
    walk(
        "ChangePassword",
        AccessToken=access,
        PreviousPassword=OTHER_PASSWORD,
        ProposedPassword="Another-horse-9",
    )
    walk.user("AdminSetUserPassword", "bob", Password=OTHER_PASSWORD, Permanent=True)
    walk("ForgotPassword", ClientId=walk.kit.id, Username="bob")
    walk(
        "ConfirmForgotPassword",
        ClientId=walk.kit.id,
        Username="bob",
        ConfirmationCode=walk.kit.pool.outbox.latest("bob").code,
        Password=OTHER_PASSWORD,
    )
    walk("GlobalSignOut", AccessToken=token(walk))


def of_tokens(walk: Walk) -> None:
    tokens = sign_in(walk)["AuthenticationResult"]
    device = tokens["NewDeviceMetadata"]["DeviceKey"]
    refresh = {"ClientId": walk.kit.id, "RefreshToken": tokens["RefreshToken"], "DeviceKey": device}
    walk("GetTokensFromRefreshToken", **refresh)
    walk(
        "GetDerivedToken",
        ClientId=walk.kit.id,
        SubjectToken=tokens["AccessToken"],
        SubjectTokenType="ACCESS_TOKEN",
    )
    walk("RevokeToken", ClientId=walk.kit.id, Token=tokens["RefreshToken"])
    walk.pool(
        "CreateResourceServer",
        Identifier="orders",
        Name="orders",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "read"}],
    )
    machine = walk.pool(
        "CreateUserPoolClient",
        ClientName="machine",
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["orders/read"],
        ExplicitAuthFlows=["ALLOW_CLIENT_TOKEN_AUTH"],
    )["UserPoolClient"]
    walk("GetClientToken", ClientId=machine["ClientId"], Secret=machine["ClientSecret"])
    walk.pool("DescribeResourceServer", Identifier="orders")
    walk.pool("UpdateResourceServer", Identifier="orders", Name="other")
    walk.pool("ListResourceServers")
    walk.pool("DeleteResourceServer", Identifier="orders")


def of_factors(walk: Walk) -> None:
    access, sms = token(walk), [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}]
    walk("GetUserAuthFactors", AccessToken=access)
    walk.user("AdminGetUserAuthFactors", "bob")
    phone = {"phone_number": "+15550001", "phone_number_verified": "true"}
    walk.user("AdminUpdateUserAttributes", "bob", UserAttributes=to_pairs(phone))
    walk("SetUserSettings", AccessToken=access, MFAOptions=sms)
    challenge = sign_in(walk)
    answer = {"USERNAME": "bob", "SMS_MFA_CODE": walk.kit.pool.outbox.latest("bob").code}
    walk(
        "RespondToAuthChallenge",
        ClientId=walk.kit.id,
        ChallengeName="SMS_MFA",
        Session=challenge["Session"],
        ChallengeResponses=answer,
    )
    walk.user("AdminSetUserSettings", "bob", MFAOptions=[])
    secret = walk("AssociateSoftwareToken", AccessToken=access)["SecretCode"]
    walk("VerifySoftwareToken", AccessToken=access, UserCode=walk.kit.totp(secret))
    settings = {"Enabled": True, "PreferredMfa": True}
    walk("SetUserMFAPreference", AccessToken=access, SoftwareTokenMfaSettings=settings)
    walk.user("AdminSetUserMFAPreference", "bob", SoftwareTokenMfaSettings={"Enabled": False})
    walk.user("AdminDeleteSoftwareToken", "bob")


def of_devices(walk: Walk) -> None:
    phone = Phone(walk.kit, walk.kit.tokens("bob", OTHER_PASSWORD))
    named = {"AccessToken": phone.access, "DeviceKey": phone.key}
    walk("ConfirmDevice", DeviceSecretVerifierConfig=phone.config(), DeviceName="a phone", **named)
    walk("UpdateDeviceStatus", DeviceRememberedStatus="remembered", **named)
    walk("GetDevice", **named)
    walk("ListDevices", AccessToken=phone.access)
    walk.user("AdminListDevices", "bob")
    walk.user("AdminGetDevice", "bob", DeviceKey=phone.key)
    walk.user("AdminUpdateDeviceStatus", "bob", DeviceKey=phone.key, DeviceRememberedStatus="not_remembered")
    walk("ForgetDevice", **named)
    phone = Phone(walk.kit, walk.kit.tokens("bob", OTHER_PASSWORD))
    phone.confirm()
    walk.user("AdminForgetDevice", "bob", DeviceKey=phone.key)


def of_passkeys(walk: Walk) -> None:
    access, device = token(walk), Authenticator(origin="https://app.example.com")
    options = walk("StartWebAuthnRegistration", AccessToken=access)["CredentialCreationOptions"]
    walk("CompleteWebAuthnRegistration", AccessToken=access, Credential=device.create(options))
    (listed,) = walk("ListWebAuthnCredentials", AccessToken=access)["Credentials"]
    walk("DeleteWebAuthnCredential", AccessToken=access, CredentialId=listed["CredentialId"])


def of_sessions(walk: Walk) -> None:
    walk.pool("GetUserPoolSessionConfiguration")
    walk.pool(
        "SetUserPoolSessionConfiguration", UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 20}
    )
    walk.client("GetUserPoolClientSessionConfiguration")
    walk.client("SetUserPoolClientSessionConfiguration", SSOSession={"MaxValidityMinutes": 60})
    kept, others = token(walk), [token(walk), token(walk)]
    if "ListUserSessions" not in validation.operation_names():
        return
    found = [walk("ListUserSessions", AccessToken=each)["Sessions"] for each in others]
    first, second = (next(row["SessionId"] for row in rows if row["IsCurrentSession"]) for rows in found)
    walk("RevokeUserSession", AccessToken=kept, SessionId=first)
    walk.user("AdminListUserSessions", "bob")
    walk.user("AdminRevokeUserSession", "bob", SessionId=second)


def of_sign_up(walk: Walk) -> None:
    email = [{"Name": "email", "Value": "eve@example.com"}]
    client = {"ClientId": walk.kit.id, "Username": "eve"}
    walk("SignUp", Password=PASSWORD, UserAttributes=email, **client)
    walk("ResendConfirmationCode", **client)
    walk("ConfirmSignUp", ConfirmationCode=walk.kit.pool.outbox.latest("eve").code, **client)
    walk("SignUp", ClientId=walk.kit.id, Username="frank", Password=PASSWORD)
    walk.user("AdminConfirmSignUp", "frank")
    access = sign_in(walk, "frank", PASSWORD)["AuthenticationResult"]["AccessToken"]
    walk("DeleteUser", AccessToken=access)


def of_users(walk: Walk) -> None:
    walk.user("AdminCreateUser", "grace", MessageAction="SUPPRESS", TemporaryPassword=OTHER_PASSWORD)
    challenge = walk.client(
        "AdminInitiateAuth",
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "grace", "PASSWORD": OTHER_PASSWORD},
    )
    walk.client(
        "AdminRespondToAuthChallenge",
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": "grace", "NEW_PASSWORD": PASSWORD},
    )
    walk.user("AdminGetUser")
    walk.user("AdminDeleteUserAttributes", "bob", UserAttributeNames=["phone_number"])
    walk.user("AdminResetUserPassword", "bob")
    walk.user("AdminUserGlobalSignOut", "bob")
    walk.user("AdminDisableUser", "grace")
    walk.user("AdminEnableUser", "grace")
    walk.user("AdminDeleteUser", "grace")
    walk.pool("ListUsers")


def of_groups(walk: Walk) -> None:
    walk.pool("CreateGroup", GroupName="staff")
    walk.pool("UpdateGroup", GroupName="staff", Description="people")
    walk.pool("GetGroup", GroupName="staff")
    walk.user("AdminAddUserToGroup", GroupName="staff")
    walk.pool("ListUsersInGroup", GroupName="staff")
    walk.user("AdminListGroupsForUser")
    walk.user("AdminRemoveUserFromGroup", GroupName="staff")
    walk.pool("ListGroups")
    walk.pool("DeleteGroup", GroupName="staff")


def of_providers(walk: Walk) -> None:
    details = {
        "client_id": "app",
        "client_secret": "secret",
        "authorize_scopes": "openid",
        "oidc_issuer": "https://corp.example",
        "attributes_request_method": "GET",
    }
    walk.pool(
        "CreateIdentityProvider",
        ProviderName="Corporate",
        ProviderType="OIDC",
        ProviderDetails=details,
        IdpIdentifiers=["corp.example"],
    )
    walk.pool("DescribeIdentityProvider", ProviderName="Corporate")
    walk.pool("GetIdentityProviderByIdentifier", IdpIdentifier="corp.example")
    walk.pool("UpdateIdentityProvider", ProviderName="Corporate", AttributeMapping={"email": "email"})
    walk.pool("ListIdentityProviders")
    identity = {
        "ProviderName": "Google",
        "ProviderAttributeName": SUBJECT,
        "ProviderAttributeValue": "1234",
    }
    own = {"ProviderName": "Cognito", "ProviderAttributeValue": "alice"}
    walk.pool("AdminLinkProviderForUser", DestinationUser=own, SourceUser=identity)
    walk.pool("AdminDisableProviderForUser", User=identity)
    walk.pool("DeleteIdentityProvider", ProviderName="Corporate")


def of_clients(walk: Walk) -> None:
    made = walk.pool("CreateUserPoolClient", ClientName="other", GenerateSecret=True)["UserPoolClient"]
    named = {"ClientId": made["ClientId"]}
    walk.pool("DescribeUserPoolClient", **named)
    walk.pool("UpdateUserPoolClient", ClientName="changed", **named)
    walk.pool("ListUserPoolClients")
    walk.pool("AddUserPoolClientSecret", **named)
    listed = walk.pool("ListUserPoolClientSecrets", **named)
    for secret in listed.get("ClientSecrets", ())[:1]:
        walk.pool("DeleteUserPoolClientSecret", ClientSecretId=secret["ClientSecretId"], **named)
    walk.pool("DeleteUserPoolClient", **named)
    category = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserRead"}}
    walk("GetProvisionedLimit", LimitDefinition=category)
    walk("UpdateProvisionedLimit", LimitDefinition=category, RequestedLimitValue=200)


def of_pages(walk: Walk) -> None:
    walk.pool("CreateUserPoolDomain", Domain="my-app")
    walk("DescribeUserPoolDomain", Domain="my-app")
    walk.pool("UpdateUserPoolDomain", Domain="my-app", ManagedLoginVersion=2)
    walk.client("SetUICustomization", CSS=".x {}")
    walk.client("GetUICustomization")
    walk.pool("DeleteUserPoolDomain", Domain="my-app")
    style = walk.client("CreateManagedLoginBranding", UseCognitoProvidedValues=True)["ManagedLoginBranding"]
    named = {"ManagedLoginBrandingId": style["ManagedLoginBrandingId"]}
    walk.pool("UpdateManagedLoginBranding", Settings={"a": [1, None]}, **named)
    walk.pool("DescribeManagedLoginBranding", **named)
    walk.client("DescribeManagedLoginBrandingByClient")
    walk.pool("DeleteManagedLoginBranding", **named)
    terms = walk.client(
        "CreateTerms",
        TermsName="terms-of-use",
        TermsSource="LINK",
        Enforcement="NONE",
        Links={"cognito:default": "https://example.com"},
    )
    walk.client("DescribeTermsByClient", TermsName="terms-of-use")
    if terms:
        named = {"TermsId": terms["Terms"]["TermsId"]}
        walk.pool("UpdateTerms", TermsName="privacy-policy", **named)
        walk.pool("DescribeTerms", **named)
        walk.pool("ListTerms")
        walk.pool("DeleteTerms", **named)
    walk.pool("GetSigningCertificate")


def of_imports(walk: Walk) -> None:
    columns = walk.pool("GetCSVHeader")["CSVHeader"]
    made = walk.pool("CreateUserImportJob", JobName="people", CloudWatchLogsRoleArn=ROLE)["UserImportJob"]
    signature = made["PreSignedUrl"].rpartition("=")[2]
    upload = walk.kit.pool.import_upload(walk.kit.pool_id, made["JobId"], signature)
    upload(",".join(columns).encode())
    walk.pool("StartUserImportJob", JobId=made["JobId"])
    walk.pool("StopUserImportJob", JobId=made["JobId"])
    walk.pool("DescribeUserImportJob", JobId=made["JobId"])
    walk.pool("ListUserImportJobs", MaxResults=1)


def of_clients_by_address(walk: Walk) -> None:
    patterns = ["https://clients.example.com/*"]
    made = walk.client("CreateCIMDPolicy", PolicyName="p", CacheDuration=86_400, URLPatterns=patterns)
    if made:
        named = {"CIMDPolicyId": made["CIMDPolicy"]["CIMDPolicyId"]}
        walk.client("UpdateCIMDPolicy", URLPatterns=patterns, **named)
        walk.pool("DescribeCIMDPolicy", **named)
        walk.pool("ListCIMDPolicies")
        walk.pool("ListClientMetadataURLs", **named)
        url = "https://clients.example.com/1"
        walk.pool("UpdateClientMetadataURLState", URL=url, Action="REFRESH", **named)
        walk.pool("DeleteCIMDPolicy", **named)


def of_replicas(walk: Walk) -> None:
    walk.pool("CreateUserPoolReplica", RegionName="eu-west-1")
    walk.pool("UpdateUserPoolReplica", RegionName="eu-west-1", Status="ACTIVE")
    walk.pool("ListUserPoolReplicas")
    walk.pool("DeleteUserPoolReplica", RegionName="eu-west-1")


def of_recoveries(walk: Walk) -> None:
    if "InitiatePointInTimeRecovery" not in validation.operation_names():
        return
    moment = walk.kit.clock.now
    walk.kit.clock.advance(3600)
    for end in ("CancelPointInTimeRecovery", "StartPointInTimeRecovery"):
        made = walk.pool("InitiatePointInTimeRecovery", RestoreTimestamp=moment)["Restoration"]
        walk.pool("DescribePointInTimeRecovery", RestoreId=made["RestoreId"])
        walk.pool(end, RestoreId=made["RestoreId"])
    walk.pool("ListPointInTimeRecoveries")


def of_threats(walk: Walk) -> None:
    walk.pool("UpdateUserPool", UserPoolTier="PLUS", UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})
    mail = {"Subject": "Was it you?", "TextBody": "{feedback-token}"}
    notify = {
        "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/example.com",
        "BlockEmail": mail,
    }
    actions = {"HighAction": {"Notify": True, "EventAction": "BLOCK"}}
    walk.pool(
        "SetRiskConfiguration",
        AccountTakeoverRiskConfiguration={"NotifyConfiguration": notify, "Actions": actions},
        RiskExceptionConfiguration={"BlockedIPRangeList": ["198.51.100.0/24"]},
    )
    walk.pool("DescribeRiskConfiguration")
    with pytest.raises(ServiceError, match="security reasons"):
        walk.kit.pool.call(
            "AdminInitiateAuth",
            {
                "UserPoolId": walk.kit.pool_id,
                "ClientId": walk.kit.id,
                "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": "alice", "PASSWORD": PASSWORD},
                "ContextData": {
                    "IpAddress": "198.51.100.7",
                    "ServerName": "",
                    "ServerPath": "",
                    "HttpHeaders": [],
                },
            },
        )
    event = walk.user("AdminListUserAuthEvents")["AuthEvents"][0]["EventId"]
    feedback = {"EventId": event, "FeedbackValue": "Invalid"}
    mailed = walk.kit.code("alice", "auth_event_feedback")
    walk.user("UpdateAuthEventFeedback", FeedbackToken=mailed, **feedback)
    walk.user("AdminUpdateAuthEventFeedback", **feedback)
    logs = {
        "LogLevel": "ERROR",
        "EventSource": "userNotification",
        "CloudWatchLogsConfiguration": {"LogGroupArn": GROUP},
    }
    walk.pool("SetLogDeliveryConfiguration", LogConfigurations=[logs])
    walk.pool("GetLogDeliveryConfiguration")


def of_pools(walk: Walk) -> None:
    made = walk("CreateUserPool", PoolName="second")["UserPool"]
    second = {"UserPoolId": made["Id"]}
    walk("DescribeUserPool", **second)
    walk("ListUserPools", MaxResults=1)
    tenant = {"Name": "tenant", "AttributeDataType": "String"}
    walk("AddCustomAttributes", CustomAttributes=[tenant], **second)
    walk("SetUserPoolMfaConfig", MfaConfiguration="OFF", **second)
    walk("GetUserPoolMfaConfig", **second)
    tagged = {"ResourceArn": made["Arn"]}
    walk("TagResource", Tags={"stage": "test"}, **tagged)
    walk("ListTagsForResource", **tagged)
    walk("UntagResource", TagKeys=["stage"], **tagged)
    walk("DeleteUserPool", **second)
