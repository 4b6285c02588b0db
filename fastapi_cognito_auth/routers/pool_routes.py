"""Where each operation that configures the pool is reached: method and path.

What a path does not name is in the query of a `GET` or a `DELETE`, and in the body of the rest.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from fastapi_cognito_auth.cognito.api_shapes import snake


class PoolRoute(NamedTuple):
    """An endpoint for an operation."""

    method: str
    path: str
    operation: str

    @property
    def name(self) -> str:
        """What the endpoint is called."""
        name = snake(self.operation)
        if self.merges:
            return name.replace("update", "change", 1)
        first, _, rest = name.partition("_")
        return f"{first}_client_{rest}" if self.path.startswith("/clients/") and self.shared else name

    @property
    def merges(self) -> bool:
        """Whether what the body leaves out stays as it is, though the operation would reset it."""
        return self in _CHANGES

    @property
    def reads(self) -> bool:
        """Whether it tells, and changes nothing."""
        return self.operation.startswith(("Describe", "Get", "List"))

    @property
    def resets(self) -> bool:
        """Whether the operation puts back to its default what the body leaves out."""
        return self.method == "PUT" and self.operation in _RESETTING

    @property
    def shared(self) -> bool:
        """Whether the operation is about the pool at one path, and about an app client at another."""
        return self.operation.endswith(("RiskConfiguration", "UICustomization"))


_PATHS: Final[Mapping[str, Mapping[str, str]]] = {
    "/pools": {"GET": "ListUserPools", "POST": "CreateUserPool"},
    "/pool": {"GET": "DescribeUserPool", "PUT": "UpdateUserPool", "DELETE": "DeleteUserPool"},
    "/custom-attributes": {"POST": "AddCustomAttributes"},
    "/mfa": {"GET": "GetUserPoolMfaConfig", "PUT": "SetUserPoolMfaConfig"},
    "/sessions": {"GET": "GetUserPoolSessionConfiguration", "PUT": "SetUserPoolSessionConfiguration"},
    "/log-delivery": {"GET": "GetLogDeliveryConfiguration", "PUT": "SetLogDeliveryConfiguration"},
    "/risk": {"GET": "DescribeRiskConfiguration", "PUT": "SetRiskConfiguration"},
    "/ui-customization": {"GET": "GetUICustomization", "PUT": "SetUICustomization"},
    "/tags": {"GET": "ListTagsForResource", "PATCH": "TagResource", "DELETE": "UntagResource"},
    "/signing-certificate": {"GET": "GetSigningCertificate"},
    "/provisioned-limits": {"PUT": "UpdateProvisionedLimit"},
    "/provisioned-limits/look-up": {"POST": "GetProvisionedLimit"},
    "/clients": {"GET": "ListUserPoolClients", "POST": "CreateUserPoolClient"},
    "/clients/{client_id}": {
        "GET": "DescribeUserPoolClient",
        "PUT": "UpdateUserPoolClient",
        "DELETE": "DeleteUserPoolClient",
    },
    "/clients/{client_id}/secrets": {"GET": "ListUserPoolClientSecrets", "POST": "AddUserPoolClientSecret"},
    "/clients/{client_id}/secrets/{client_secret_id}": {"DELETE": "DeleteUserPoolClientSecret"},
    "/clients/{client_id}/sessions": {
        "GET": "GetUserPoolClientSessionConfiguration",
        "PUT": "SetUserPoolClientSessionConfiguration",
    },
    "/clients/{client_id}/risk": {"GET": "DescribeRiskConfiguration", "PUT": "SetRiskConfiguration"},
    "/clients/{client_id}/ui-customization": {"GET": "GetUICustomization", "PUT": "SetUICustomization"},
    "/clients/{client_id}/branding": {"GET": "DescribeManagedLoginBrandingByClient"},
    "/clients/{client_id}/terms/{terms_name}": {"GET": "DescribeTermsByClient"},
    "/domains": {"POST": "CreateUserPoolDomain"},
    "/domains/{domain}": {
        "GET": "DescribeUserPoolDomain",
        "PUT": "UpdateUserPoolDomain",
        "DELETE": "DeleteUserPoolDomain",
    },
    "/identity-providers": {"GET": "ListIdentityProviders", "POST": "CreateIdentityProvider"},
    "/identity-providers/{provider_name}": {
        "GET": "DescribeIdentityProvider",
        "PUT": "UpdateIdentityProvider",
        "DELETE": "DeleteIdentityProvider",
    },
    "/identity-provider-identifiers/{idp_identifier}": {"GET": "GetIdentityProviderByIdentifier"},
    "/resource-servers": {"GET": "ListResourceServers", "POST": "CreateResourceServer"},
    "/resource-servers/{identifier}": {
        "GET": "DescribeResourceServer",
        "PUT": "UpdateResourceServer",
        "DELETE": "DeleteResourceServer",
    },
    "/brandings": {"POST": "CreateManagedLoginBranding"},
    "/brandings/{managed_login_branding_id}": {
        "GET": "DescribeManagedLoginBranding",
        "PATCH": "UpdateManagedLoginBranding",
        "DELETE": "DeleteManagedLoginBranding",
    },
    "/terms": {"GET": "ListTerms", "POST": "CreateTerms"},
    "/terms/{terms_id}": {"GET": "DescribeTerms", "PUT": "UpdateTerms", "DELETE": "DeleteTerms"},
    "/replicas": {"GET": "ListUserPoolReplicas", "POST": "CreateUserPoolReplica"},
    "/replicas/{region_name}": {"PUT": "UpdateUserPoolReplica", "DELETE": "DeleteUserPoolReplica"},
    "/import-jobs": {"GET": "ListUserImportJobs", "POST": "CreateUserImportJob"},
    "/import-jobs/{job_id}": {"GET": "DescribeUserImportJob"},
    "/import-jobs/{job_id}/start": {"POST": "StartUserImportJob"},
    "/import-jobs/{job_id}/stop": {"POST": "StopUserImportJob"},
    "/csv-header": {"GET": "GetCSVHeader"},
    "/recoveries": {"GET": "ListPointInTimeRecoveries", "POST": "InitiatePointInTimeRecovery"},
    "/recoveries/{restore_id}": {"GET": "DescribePointInTimeRecovery"},
    "/recoveries/{restore_id}/start": {"POST": "StartPointInTimeRecovery"},
    "/recoveries/{restore_id}/cancel": {"POST": "CancelPointInTimeRecovery"},
    "/cimd-policies": {"GET": "ListCIMDPolicies", "POST": "CreateCIMDPolicy"},
    "/cimd-policies/{cimd_policy_id}": {
        "GET": "DescribeCIMDPolicy",
        "PUT": "UpdateCIMDPolicy",
        "DELETE": "DeleteCIMDPolicy",
    },
    "/cimd-policies/{cimd_policy_id}/client-metadata-urls": {
        "GET": "ListClientMetadataURLs",
        "PUT": "UpdateClientMetadataURLState",
    },
}

_RESETTING: Final = frozenset({"UpdateUserPool", "UpdateUserPoolClient", "UpdateResourceServer"})

_CHANGES: Final = frozenset(
    {
        PoolRoute("PATCH", "/pool", "UpdateUserPool"),
        PoolRoute("PATCH", "/clients/{client_id}", "UpdateUserPoolClient"),
        PoolRoute("PATCH", "/resource-servers/{identifier}", "UpdateResourceServer"),
        PoolRoute("PATCH", "/identity-providers/{provider_name}", "UpdateIdentityProvider"),
    }
)
"""Updates beside those that replace."""

POOL_ROUTES: Final[Sequence[PoolRoute]] = (
    *(
        PoolRoute(method, path, operation)
        for path, methods in _PATHS.items()
        for method, operation in methods.items()
    ),
    *sorted(_CHANGES),
)
"""Every endpoint of `auth.pool_router`."""
