"""The operations of the API that configure a user pool, by name."""

from collections.abc import Mapping
from typing import Final

from fastapi_cognito_auth.cognito.api_shapes import snake

POOL_OPERATIONS: Final = (
    "AddCustomAttributes",
    "AddUserPoolClientSecret",
    "CancelPointInTimeRecovery",
    "CreateCIMDPolicy",
    "CreateIdentityProvider",
    "CreateManagedLoginBranding",
    "CreateResourceServer",
    "CreateTerms",
    "CreateUserImportJob",
    "CreateUserPool",
    "CreateUserPoolClient",
    "CreateUserPoolDomain",
    "CreateUserPoolReplica",
    "DeleteCIMDPolicy",
    "DeleteIdentityProvider",
    "DeleteManagedLoginBranding",
    "DeleteResourceServer",
    "DeleteTerms",
    "DeleteUserPool",
    "DeleteUserPoolClient",
    "DeleteUserPoolClientSecret",
    "DeleteUserPoolDomain",
    "DeleteUserPoolReplica",
    "DescribeCIMDPolicy",
    "DescribeIdentityProvider",
    "DescribeManagedLoginBranding",
    "DescribeManagedLoginBrandingByClient",
    "DescribePointInTimeRecovery",
    "DescribeResourceServer",
    "DescribeRiskConfiguration",
    "DescribeTerms",
    "DescribeTermsByClient",
    "DescribeUserImportJob",
    "DescribeUserPool",
    "DescribeUserPoolClient",
    "DescribeUserPoolDomain",
    "GetCSVHeader",
    "GetIdentityProviderByIdentifier",
    "GetLogDeliveryConfiguration",
    "GetProvisionedLimit",
    "GetSigningCertificate",
    "GetUICustomization",
    "GetUserPoolClientSessionConfiguration",
    "GetUserPoolMfaConfig",
    "GetUserPoolSessionConfiguration",
    "InitiatePointInTimeRecovery",
    "ListCIMDPolicies",
    "ListClientMetadataURLs",
    "ListIdentityProviders",
    "ListPointInTimeRecoveries",
    "ListResourceServers",
    "ListTagsForResource",
    "ListTerms",
    "ListUserImportJobs",
    "ListUserPoolClientSecrets",
    "ListUserPoolClients",
    "ListUserPoolReplicas",
    "ListUserPools",
    "SetLogDeliveryConfiguration",
    "SetRiskConfiguration",
    "SetUICustomization",
    "SetUserPoolClientSessionConfiguration",
    "SetUserPoolMfaConfig",
    "SetUserPoolSessionConfiguration",
    "StartPointInTimeRecovery",
    "StartUserImportJob",
    "StopUserImportJob",
    "TagResource",
    "UntagResource",
    "UpdateCIMDPolicy",
    "UpdateClientMetadataURLState",
    "UpdateIdentityProvider",
    "UpdateManagedLoginBranding",
    "UpdateProvisionedLimit",
    "UpdateResourceServer",
    "UpdateTerms",
    "UpdateUserPool",
    "UpdateUserPoolClient",
    "UpdateUserPoolDomain",
    "UpdateUserPoolReplica",
)

POOL_METHODS: Final[Mapping[str, str]] = {snake(operation): operation for operation in POOL_OPERATIONS}
"""The operations by the names of their methods."""

FILLED_IN: Final = frozenset({"UserPoolId", "ClientId", "ResourceArn", "MaxResults"})
"""Members that need not be given."""

NAMED_BY_THE_CALLER: Final = {"DeleteUserPool": "UserPoolId", "DeleteUserPoolClient": "ClientId"}
"""But for these: nobody deletes the app's own pool or client by leaving something out."""

OF_THE_WHOLE_POOL: Final = frozenset(
    {"DescribeRiskConfiguration", "GetUICustomization", "SetRiskConfiguration", "SetUICustomization"}
)
"""Operations that are about the whole pool unless an app client is named."""
