"""What to create, once, in the words of CloudFormation; the other forms are made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi_cognito_auth.cli.init.choice import Choice, Feature
from fastapi_cognito_auth.cli.init.permissions import operations_of, statements

AUTH_SESSION_VALIDITY: Final = 5
"""Minutes that a challenge stays open."""

LOGIN_SCOPES: Final = ("openid", "email", "profile", "aws.cognito.signin.user.admin")
_GRACE: Final = 10  # seconds
_PASSWORD: Final = {
    "MinimumLength": 12,
    # Length is what counts (NIST SP 800-63B section 5.1.1.2).
    **dict.fromkeys(("RequireLowercase", "RequireNumbers", "RequireSymbols", "RequireUppercase"), False),
    "TemporaryPasswordValidityDays": 7,
}
_PER_TOKEN: Final = {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"}


@dataclass(frozen=True)
class Ref:
    """The id of another resource, or one of its attributes."""

    resource: str
    attribute: str | None = None


@dataclass(frozen=True)
class Resource:
    """One thing to create."""

    type: str
    """Such as `UserPool`, behind `AWS::Cognito::`."""

    properties: Mapping[str, Any]
    needs: tuple[str, ...] = ()
    """Resources that have to be there before, though no property names them."""

    kept: bool = False
    """Whether it must outlive a mistake: what it holds is nowhere else."""

    service: str = "Cognito"


@dataclass(frozen=True)
class Plan:
    """Everything to create, by logical ids."""

    resources: Mapping[str, Resource]
    outputs: Mapping[str, Ref] = field(default_factory=dict)


def planned(choice: Choice) -> Plan:
    """Return what to create for what was chosen."""
    pool = Ref("UserPool")
    resources = {
        "UserPool": Resource("UserPool", _pool(choice), kept=True),
        "AppClient": Resource("UserPoolClient", {"UserPoolId": pool, **_client(choice)}),
    }
    outputs = {"UserPoolId": pool, "AppClientId": Ref("AppClient")}
    if choice.has_a_domain:
        members = {"UserPoolId": pool, "Domain": choice.name, "ManagedLoginVersion": 2}
        resources["Domain"] = Resource("UserPoolDomain", members)
    if Feature.MANAGED_LOGIN in choice:
        # Without a style the newer pages are not shown.
        style = {"UserPoolId": pool, "ClientId": Ref("AppClient"), "UseCognitoProvidedValues": True}
        resources["Pages"] = Resource("ManagedLoginBranding", style)
    servers: list[str] = []
    for number, (server, scopes) in enumerate(choice.scopes.items(), 1):
        described = [{"ScopeName": scope, "ScopeDescription": f"{server}/{scope}"} for scope in scopes]
        members = {"UserPoolId": pool, "Identifier": server, "Name": server, "Scopes": described}
        servers.append(f"ResourceServer{number}")
        resources[servers[-1]] = Resource("UserPoolResourceServer", members)
    if Feature.MACHINES in choice:
        # The scopes of an app client have to be there when it is created.
        members = {"UserPoolId": pool, **_machine(choice)}
        resources["MachineClient"] = Resource("UserPoolClient", members, needs=tuple(servers))
        outputs["MachineClientId"] = Ref("MachineClient")
    for number, group in enumerate(choice.groups, 1):
        resources[f"Group{number}"] = Resource("UserPoolGroup", {"UserPoolId": pool, "GroupName": group})
    if operations := operations_of(choice.features):
        document = {"Version": "2012-10-17", "Statement": statements(operations, Ref("UserPool", "Arn"))}
        members = {
            "Description": f"What {choice.name} calls of its user pool",
            "PolicyDocument": document,
        }
        resources["AppPolicy"] = Resource("ManagedPolicy", members, service="IAM")
        outputs["AppPolicyArn"] = Ref("AppPolicy")
    return Plan(resources, outputs)


def _pool(choice: Choice) -> dict[str, Any]:
    first = ["PASSWORD", *(["WEB_AUTHN"] if Feature.PASSKEYS in choice else [])]
    pool: dict[str, Any] = {
        "UserPoolName": choice.name,
        "UserPoolTier": "PLUS" if Feature.THREAT_PROTECTION in choice else "ESSENTIALS",
        "DeletionProtection": "ACTIVE",
        "UsernameAttributes": ["email"],
        "UsernameConfiguration": {"CaseSensitive": False},
        "AutoVerifiedAttributes": ["email"],
        "Schema": [
            {
                "Name": "email",
                "AttributeDataType": "String",
                "Mutable": True,
                "Required": True,
                "StringAttributeConstraints": {"MinLength": "0", "MaxLength": "2048"},
            }
        ],
        # A changed address counts once it is verified, and until then the old one does.
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]},
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": Feature.SIGN_UP not in choice},
        "Policies": {"PasswordPolicy": _PASSWORD, "SignInPolicy": {"AllowedFirstAuthFactors": first}},
        "MfaConfiguration": "OPTIONAL" if Feature.MFA in choice else "OFF",
    }
    if Feature.MFA in choice:
        pool["EnabledMfas"] = ["SOFTWARE_TOKEN_MFA"]
    if Feature.PASSKEYS in choice:
        pool["WebAuthnRelyingPartyID"] = urlsplit(choice.app_url).hostname
        pool["WebAuthnUserVerification"] = "preferred"
    if Feature.THREAT_PROTECTION in choice:
        pool["UserPoolAddOns"] = {"AdvancedSecurityMode": "ENFORCED"}
    return pool


def _client(choice: Choice) -> dict[str, Any]:
    flows = ["ALLOW_USER_SRP_AUTH", *(["ALLOW_USER_AUTH"] if Feature.PASSKEYS in choice else [])]
    client: dict[str, Any] = {
        "ClientName": f"{choice.name}-app",
        "GenerateSecret": True,
        "ExplicitAuthFlows": flows,
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": True,
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": _GRACE},
        "AuthSessionValidity": AUTH_SESSION_VALIDITY,
        "AccessTokenValidity": 60,
        "IdTokenValidity": 60,
        "RefreshTokenValidity": 30,
        "TokenValidityUnits": _PER_TOKEN,
        "ReadAttributes": ["email", "email_verified", "name"],
        # An attribute that users may write is worth what they say.
        "WriteAttributes": ["email", "name"],
        "SupportedIdentityProviders": ["COGNITO"],
    }
    if Feature.THREAT_PROTECTION in choice:
        client["EnablePropagateAdditionalUserContextData"] = True
    if Feature.MANAGED_LOGIN in choice:
        client |= {
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": list(LOGIN_SCOPES),
            "CallbackURLs": [f"{choice.app_url}/login/callback"],
            "LogoutURLs": [f"{choice.app_url}/"],
        }
    return client


def _machine(choice: Choice) -> dict[str, Any]:
    return {
        "ClientName": f"{choice.name}-machine",
        "GenerateSecret": True,
        "EnableTokenRevocation": True,
        "AccessTokenValidity": 60,
        "TokenValidityUnits": {"AccessToken": "minutes"},
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthScopes": list(choice.full_scopes),
    }
