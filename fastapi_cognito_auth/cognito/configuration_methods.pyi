"""The operations that configure a user pool, with their signatures.

Written by `make stubs` from botocore's description of the API; not to be edited.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Required, TypedDict

from fastapi_cognito_auth.cognito.client import CognitoClient

class AccountRecoverySettingType(TypedDict, total=False):
    recovery_mechanisms: list[RecoveryOptionType]

class AccountTakeoverActionType(TypedDict, total=False):
    notify: Required[bool]
    event_action: Required[Literal["BLOCK", "MFA_IF_CONFIGURED", "MFA_REQUIRED", "NO_ACTION"]]

class AccountTakeoverActionsType(TypedDict, total=False):
    low_action: AccountTakeoverActionType
    medium_action: AccountTakeoverActionType
    high_action: AccountTakeoverActionType

class AccountTakeoverRiskConfigurationType(TypedDict, total=False):
    notify_configuration: NotifyConfigurationType
    actions: Required[AccountTakeoverActionsType]

class AcrLevelConfigType(TypedDict, total=False):
    acr_value: Required[str]

class AddUserPoolClientSecretResponse(TypedDict, total=False):
    client_secret_descriptor: Required[ClientSecretDescriptorType]

class AdminCreateUserConfigType(TypedDict, total=False):
    allow_admin_create_user_only: bool
    unused_account_validity_days: int
    invite_message_template: MessageTemplateType

class AdvancedSecurityAdditionalFlowsType(TypedDict, total=False):
    custom_auth_mode: Literal["AUDIT", "ENFORCED"]

class AnalyticsConfigurationType(TypedDict, total=False):
    application_id: str
    application_arn: str
    role_arn: str
    external_id: str
    user_data_shared: bool

class AssetType(TypedDict, total=False):
    category: Required[
        Literal[
            "FAVICON_ICO",
            "FAVICON_SVG",
            "EMAIL_GRAPHIC",
            "SMS_GRAPHIC",
            "AUTH_APP_GRAPHIC",
            "PASSWORD_GRAPHIC",
            "PASSKEY_GRAPHIC",
            "PAGE_HEADER_LOGO",
            "PAGE_HEADER_BACKGROUND",
            "PAGE_FOOTER_LOGO",
            "PAGE_FOOTER_BACKGROUND",
            "PAGE_BACKGROUND",
            "FORM_BACKGROUND",
            "FORM_LOGO",
            "IDP_BUTTON_ICON",
        ]
    ]
    color_mode: Required[Literal["LIGHT", "DARK", "DYNAMIC"]]
    extension: Required[Literal["ICO", "JPEG", "PNG", "SVG", "WEBP"]]
    bytes: bytes
    resource_id: str

class CIMDPolicySummaryType(TypedDict, total=False):
    cimd_policy_id: Required[str]
    client_id: str
    policy_name: Required[str]
    cache_duration: int
    creation_date: datetime
    last_modified_date: datetime

class CIMDPolicyType(TypedDict, total=False):
    user_pool_id: Required[str]
    cimd_policy_id: Required[str]
    client_id: str
    policy_name: Required[str]
    cache_duration: int
    url_patterns: list[str]
    creation_date: datetime
    last_modified_date: datetime

class CancelPointInTimeRecoveryResponse(TypedDict, total=False):
    restoration: Required[RestorationType]

class ClientMetadataURLType(TypedDict, total=False):
    url: Required[str]
    cached_date: datetime
    expiration_date: datetime

class ClientSSOSessionConfigType(TypedDict, total=False):
    max_validity_minutes: Required[int]

class ClientSecretDescriptorType(TypedDict, total=False):
    client_secret_id: str
    client_secret_value: str
    client_secret_create_date: datetime

class CloudWatchLogsConfigurationType(TypedDict, total=False):
    log_group_arn: str

class CompromisedCredentialsActionsType(TypedDict, total=False):
    event_action: Required[Literal["BLOCK", "NO_ACTION"]]

class CompromisedCredentialsRiskConfigurationType(TypedDict, total=False):
    event_filter: list[Literal["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"]]
    actions: Required[CompromisedCredentialsActionsType]

class CreateCIMDPolicyResponse(TypedDict, total=False):
    cimd_policy: Required[CIMDPolicyType]

class CreateIdentityProviderResponse(TypedDict, total=False):
    identity_provider: Required[IdentityProviderType]

class CreateManagedLoginBrandingResponse(TypedDict, total=False):
    managed_login_branding: Required[ManagedLoginBrandingType]

class CreateResourceServerResponse(TypedDict, total=False):
    resource_server: Required[ResourceServerType]

class CreateTermsResponse(TypedDict, total=False):
    terms: Required[TermsType]

class CreateUserImportJobResponse(TypedDict, total=False):
    user_import_job: Required[UserImportJobType]

class CreateUserPoolClientResponse(TypedDict, total=False):
    user_pool_client: Required[UserPoolClientType]

class CreateUserPoolDomainResponse(TypedDict, total=False):
    managed_login_version: int
    cloudfront_domain: str
    routing: RoutingType

class CreateUserPoolReplicaResponse(TypedDict, total=False):
    user_pool_replica: Required[UserPoolReplicaType]

class CreateUserPoolResponse(TypedDict, total=False):
    user_pool: Required[UserPoolType]

class CustomDomainConfigType(TypedDict, total=False):
    certificate_arn: Required[str]
    security_policy: Literal["TLS_V1", "TLS_V1_2_2021", "TLS_V1_3_2025"]

class CustomEmailLambdaVersionConfigType(TypedDict, total=False):
    lambda_version: Required[Literal["V1_0"]]
    lambda_arn: Required[str]

class CustomSMSLambdaVersionConfigType(TypedDict, total=False):
    lambda_version: Required[Literal["V1_0"]]
    lambda_arn: Required[str]

class DcrConfigurationType(TypedDict, total=False):
    enable_status: Literal["Enabled", "Disabled"]
    open_dcr_enabled: bool
    authenticated_grant_types: list[Literal["code", "implicit", "client_credentials"]]
    open_dcr_grant_types: list[Literal["code", "implicit", "client_credentials"]]
    allowed_scopes: list[str]

class DeleteUserPoolReplicaResponse(TypedDict, total=False):
    user_pool_replica: Required[UserPoolReplicaType]

class DescribeCIMDPolicyResponse(TypedDict, total=False):
    cimd_policy: Required[CIMDPolicyType]

class DescribeIdentityProviderResponse(TypedDict, total=False):
    identity_provider: Required[IdentityProviderType]

class DescribeManagedLoginBrandingByClientResponse(TypedDict, total=False):
    managed_login_branding: Required[ManagedLoginBrandingType]

class DescribeManagedLoginBrandingResponse(TypedDict, total=False):
    managed_login_branding: Required[ManagedLoginBrandingType]

class DescribePointInTimeRecoveryResponse(TypedDict, total=False):
    restoration: Required[RestorationType]

class DescribeResourceServerResponse(TypedDict, total=False):
    resource_server: Required[ResourceServerType]

class DescribeRiskConfigurationResponse(TypedDict, total=False):
    risk_configuration: Required[RiskConfigurationType]

class DescribeTermsByClientResponse(TypedDict, total=False):
    terms: Required[TermsType]

class DescribeTermsResponse(TypedDict, total=False):
    terms: Required[TermsType]

class DescribeUserImportJobResponse(TypedDict, total=False):
    user_import_job: Required[UserImportJobType]

class DescribeUserPoolClientResponse(TypedDict, total=False):
    user_pool_client: Required[UserPoolClientType]

class DescribeUserPoolDomainResponse(TypedDict, total=False):
    domain_description: Required[DomainDescriptionType]

class DescribeUserPoolResponse(TypedDict, total=False):
    user_pool: Required[UserPoolType]

class DeviceConfigurationType(TypedDict, total=False):
    challenge_required_on_new_device: bool
    device_only_remembered_on_user_prompt: bool

class DomainDescriptionType(TypedDict, total=False):
    user_pool_id: str
    aws_account_id: str
    domain: str
    s3_bucket: str
    cloudfront_distribution: str
    version: str
    status: Literal["CREATING", "DELETING", "UPDATING", "ACTIVE", "FAILED"]
    custom_domain_config: CustomDomainConfigType
    managed_login_version: int
    routing: RoutingType

EmailConfigurationType = TypedDict(
    "EmailConfigurationType",
    {
        "source_arn": str,
        "reply_to_email_address": str,
        "email_sending_account": Literal["COGNITO_DEFAULT", "DEVELOPER"],
        "from": str,
        "configuration_set": str,
    },
    total=False,
)

class EmailMfaConfigType(TypedDict, total=False):
    message: str
    subject: str

class EumsSmsConfigurationType(TypedDict, total=False):
    caller_arn: Required[str]
    external_id: str
    origination_identity: str
    configuration_set_name: str
    in_entity_id: str
    in_template_id: str
    region: str

class FailoverType(TypedDict, total=False):
    secondary_region: Required[str]
    primary_route53_health_check_id: Required[str]

class FirehoseConfigurationType(TypedDict, total=False):
    stream_arn: str

class GetCSVHeaderResponse(TypedDict, total=False):
    user_pool_id: str
    csv_header: list[str]

class GetIdentityProviderByIdentifierResponse(TypedDict, total=False):
    identity_provider: Required[IdentityProviderType]

class GetLogDeliveryConfigurationResponse(TypedDict, total=False):
    log_delivery_configuration: Required[LogDeliveryConfigurationType]

class GetProvisionedLimitResponse(TypedDict, total=False):
    limit: Required[LimitType]

class GetSigningCertificateResponse(TypedDict, total=False):
    certificate: Required[str]

class GetUICustomizationResponse(TypedDict, total=False):
    ui_customization: Required[UICustomizationType]

class GetUserPoolClientSessionConfigurationResponse(TypedDict, total=False):
    user_pool_id: str
    client_id: str
    sso_session: ClientSSOSessionConfigType

class GetUserPoolMfaConfigResponse(TypedDict, total=False):
    sms_mfa_configuration: SmsMfaConfigType
    software_token_mfa_configuration: SoftwareTokenMfaConfigType
    email_mfa_configuration: EmailMfaConfigType
    mfa_configuration: Literal["OFF", "ON", "OPTIONAL"]
    web_authn_configuration: WebAuthnConfigurationType

class GetUserPoolSessionConfigurationResponse(TypedDict, total=False):
    user_pool_id: str
    user_session_tracking: Literal["ENABLED", "DISABLED"]
    token_session: UserPoolTokenSessionConfigType

class IdentityProviderType(TypedDict, total=False):
    user_pool_id: str
    provider_name: str
    provider_type: Literal["SAML", "Facebook", "Google", "LoginWithAmazon", "SignInWithApple", "OIDC"]
    provider_details: dict[str, str]
    attribute_mapping: dict[str, str]
    idp_identifiers: list[str]
    acr_mapping: dict[str, str]
    last_modified_date: datetime
    creation_date: datetime

class InboundFederationLambdaType(TypedDict, total=False):
    lambda_version: Required[Literal["V1_0"]]
    lambda_arn: Required[str]

class InitiatePointInTimeRecoveryResponse(TypedDict, total=False):
    restoration: Required[RestorationType]

class IssuerConfigurationType(TypedDict, total=False):
    type: Literal["ORIGINAL", "UPDATED"]

class KeyConfigurationType(TypedDict, total=False):
    key_type: Literal["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KEY"]
    kms_key_arn: str

class LambdaConfigType(TypedDict, total=False):
    pre_sign_up: str
    custom_message: str
    post_confirmation: str
    pre_authentication: str
    post_authentication: str
    define_auth_challenge: str
    create_auth_challenge: str
    verify_auth_challenge_response: str
    pre_token_generation: str
    user_migration: str
    pre_token_generation_config: PreTokenGenerationVersionConfigType
    custom_sms_sender: CustomSMSLambdaVersionConfigType
    custom_email_sender: CustomEmailLambdaVersionConfigType
    kms_key_id: str
    inbound_federation: InboundFederationLambdaType

class LimitDefinitionType(TypedDict, total=False):
    limit_class: Required[Literal["API_CATEGORY"]]
    attributes: Required[dict[str, str]]

class LimitType(TypedDict, total=False):
    limit_definition: Required[LimitDefinitionType]
    provisioned_limit_value: Required[int]
    free_limit_value: Required[int]

class ListCIMDPoliciesResponse(TypedDict, total=False):
    next_token: str
    cimd_policies: Required[list[CIMDPolicySummaryType]]

class ListClientMetadataURLsResponse(TypedDict, total=False):
    next_token: str
    client_metadata_urls: Required[list[ClientMetadataURLType]]

class ListIdentityProvidersResponse(TypedDict, total=False):
    providers: Required[list[ProviderDescription]]
    next_token: str

class ListPointInTimeRecoveriesResponse(TypedDict, total=False):
    restorations: list[RestorationDescriptionType]
    next_token: str

class ListResourceServersResponse(TypedDict, total=False):
    resource_servers: Required[list[ResourceServerType]]
    next_token: str

class ListTagsForResourceResponse(TypedDict, total=False):
    tags: Required[dict[str, str]]

class ListTermsResponse(TypedDict, total=False):
    terms: Required[list[TermsDescriptionType]]
    next_token: str

class ListUserImportJobsResponse(TypedDict, total=False):
    user_import_jobs: list[UserImportJobType]
    pagination_token: str

class ListUserPoolClientSecretsResponse(TypedDict, total=False):
    client_secrets: list[ClientSecretDescriptorType]
    next_token: str

class ListUserPoolClientsResponse(TypedDict, total=False):
    user_pool_clients: list[UserPoolClientDescription]
    next_token: str

class ListUserPoolReplicasResponse(TypedDict, total=False):
    user_pool_replicas: list[UserPoolReplicaType]
    next_token: str

class ListUserPoolsResponse(TypedDict, total=False):
    user_pools: list[UserPoolDescriptionType]
    next_token: str

class LogConfigurationType(TypedDict, total=False):
    log_level: Required[Literal["ERROR", "INFO"]]
    event_source: Required[Literal["userNotification", "userAuthEvents"]]
    cloudwatch_logs_configuration: CloudWatchLogsConfigurationType
    s3_configuration: S3ConfigurationType
    firehose_configuration: FirehoseConfigurationType

class LogDeliveryConfigurationType(TypedDict, total=False):
    user_pool_id: Required[str]
    log_configurations: Required[list[LogConfigurationType]]

class ManagedLoginBrandingType(TypedDict, total=False):
    managed_login_branding_id: str
    user_pool_id: str
    use_cognito_provided_values: bool
    settings: Mapping[str, Any]
    assets: list[AssetType]
    creation_date: datetime
    last_modified_date: datetime

class MessageTemplateType(TypedDict, total=False):
    sms_message: str
    email_message: str
    email_subject: str

NotifyConfigurationType = TypedDict(
    "NotifyConfigurationType",
    {
        "from": str,
        "reply_to": str,
        "source_arn": Required[str],
        "block_email": NotifyEmailType,
        "no_action_email": NotifyEmailType,
        "mfa_email": NotifyEmailType,
    },
    total=False,
)

class NotifyEmailType(TypedDict, total=False):
    subject: Required[str]
    html_body: str
    text_body: str

class NumberAttributeConstraintsType(TypedDict, total=False):
    min_value: str
    max_value: str

class PasswordPolicyType(TypedDict, total=False):
    minimum_length: int
    require_uppercase: bool
    require_lowercase: bool
    require_numbers: bool
    require_symbols: bool
    password_history_size: int
    temporary_password_validity_days: int

class PreTokenGenerationVersionConfigType(TypedDict, total=False):
    lambda_version: Required[Literal["V1_0", "V2_0", "V3_0"]]
    lambda_arn: Required[str]

class ProviderDescription(TypedDict, total=False):
    provider_name: str
    provider_type: Literal["SAML", "Facebook", "Google", "LoginWithAmazon", "SignInWithApple", "OIDC"]
    last_modified_date: datetime
    creation_date: datetime

class RecoveryOptionType(TypedDict, total=False):
    priority: Required[int]
    name: Required[Literal["verified_email", "verified_phone_number", "admin_only"]]

class RefreshTokenRotationType(TypedDict, total=False):
    feature: Required[Literal["ENABLED", "DISABLED"]]
    retry_grace_period_seconds: int

class ResourceServerScopeType(TypedDict, total=False):
    scope_name: Required[str]
    scope_description: Required[str]

class ResourceServerType(TypedDict, total=False):
    user_pool_id: str
    identifier: str
    name: str
    scopes: list[ResourceServerScopeType]
    managed_by: Literal["COGNITO"]

class RestorationDescriptionType(TypedDict, total=False):
    restore_id: str
    restore_status: Literal[
        "PREVIEW_GENERATING",
        "PREVIEW_GENERATED",
        "PREVIEW_CANCELLED",
        "PREVIEW_GENERATION_FAILED",
        "PREVIEW_EXPIRED",
        "RESTORING",
        "RESTORE_COMPLETED",
        "TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE",
        "AWS_ABORTED",
    ]
    restore_timestamp: datetime

class RestorationType(TypedDict, total=False):
    restore_id: str
    restore_status: Literal[
        "PREVIEW_GENERATING",
        "PREVIEW_GENERATED",
        "PREVIEW_CANCELLED",
        "PREVIEW_GENERATION_FAILED",
        "PREVIEW_EXPIRED",
        "RESTORING",
        "RESTORE_COMPLETED",
        "TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE",
        "AWS_ABORTED",
    ]
    restore_timestamp: datetime
    trigger_timestamp: datetime
    restore_preview: list[RestorePreviewType]

class RestorePreviewType(TypedDict, total=False):
    entity: str
    create_count: int
    update_count: int
    delete_count: int

class RiskConfigurationType(TypedDict, total=False):
    user_pool_id: str
    client_id: str
    compromised_credentials_risk_configuration: CompromisedCredentialsRiskConfigurationType
    account_takeover_risk_configuration: AccountTakeoverRiskConfigurationType
    risk_exception_configuration: RiskExceptionConfigurationType
    last_modified_date: datetime

class RiskExceptionConfigurationType(TypedDict, total=False):
    blocked_ip_range_list: list[str]
    skipped_ip_range_list: list[str]

class RoutingType(TypedDict, total=False):
    failover: FailoverType

class S3ConfigurationType(TypedDict, total=False):
    bucket_arn: str

class SchemaAttributeType(TypedDict, total=False):
    name: str
    attribute_data_type: Literal["String", "Number", "DateTime", "Boolean"]
    developer_only_attribute: bool
    mutable: bool
    required: bool
    number_attribute_constraints: NumberAttributeConstraintsType
    string_attribute_constraints: StringAttributeConstraintsType

class SetLogDeliveryConfigurationResponse(TypedDict, total=False):
    log_delivery_configuration: Required[LogDeliveryConfigurationType]

class SetRiskConfigurationResponse(TypedDict, total=False):
    risk_configuration: Required[RiskConfigurationType]

class SetUICustomizationResponse(TypedDict, total=False):
    ui_customization: Required[UICustomizationType]

class SetUserPoolClientSessionConfigurationResponse(TypedDict, total=False):
    user_pool_id: str
    client_id: str
    sso_session: ClientSSOSessionConfigType

class SetUserPoolMfaConfigResponse(TypedDict, total=False):
    sms_mfa_configuration: SmsMfaConfigType
    software_token_mfa_configuration: SoftwareTokenMfaConfigType
    email_mfa_configuration: EmailMfaConfigType
    mfa_configuration: Literal["OFF", "ON", "OPTIONAL"]
    web_authn_configuration: WebAuthnConfigurationType

class SetUserPoolSessionConfigurationResponse(TypedDict, total=False):
    user_pool_id: str
    user_session_tracking: Literal["ENABLED", "DISABLED"]
    token_session: UserPoolTokenSessionConfigType

class SignInPolicyType(TypedDict, total=False):
    allowed_first_auth_factors: list[
        Literal["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "SOFTWARE_TOKEN"]
    ]

class SmsConfigurationType(TypedDict, total=False):
    sns_caller_arn: str
    external_id: str
    sns_region: str
    eums_sms: EumsSmsConfigurationType

class SmsMfaConfigType(TypedDict, total=False):
    sms_authentication_message: str
    sms_configuration: SmsConfigurationType

class SoftwareTokenMfaConfigType(TypedDict, total=False):
    enabled: bool

class StartPointInTimeRecoveryResponse(TypedDict, total=False):
    restoration: Required[RestorationType]

class StartUserImportJobResponse(TypedDict, total=False):
    user_import_job: Required[UserImportJobType]

class StopUserImportJobResponse(TypedDict, total=False):
    user_import_job: Required[UserImportJobType]

class StringAttributeConstraintsType(TypedDict, total=False):
    min_length: str
    max_length: str

class TermsDescriptionType(TypedDict, total=False):
    terms_id: Required[str]
    terms_name: Required[str]
    enforcement: Required[Literal["NONE"]]
    creation_date: Required[datetime]
    last_modified_date: Required[datetime]

class TermsType(TypedDict, total=False):
    terms_id: Required[str]
    user_pool_id: Required[str]
    client_id: Required[str]
    terms_name: Required[str]
    terms_source: Required[Literal["LINK"]]
    enforcement: Required[Literal["NONE"]]
    links: Required[dict[str, str]]
    creation_date: Required[datetime]
    last_modified_date: Required[datetime]

class TokenValidityUnitsType(TypedDict, total=False):
    access_token: Literal["seconds", "minutes", "hours", "days"]
    id_token: Literal["seconds", "minutes", "hours", "days"]
    refresh_token: Literal["seconds", "minutes", "hours", "days"]

class UICustomizationType(TypedDict, total=False):
    user_pool_id: str
    client_id: str
    image_url: str
    css: str
    css_version: str
    last_modified_date: datetime
    creation_date: datetime

class UpdateCIMDPolicyResponse(TypedDict, total=False):
    cimd_policy: Required[CIMDPolicyType]

class UpdateIdentityProviderResponse(TypedDict, total=False):
    identity_provider: Required[IdentityProviderType]

class UpdateManagedLoginBrandingResponse(TypedDict, total=False):
    managed_login_branding: Required[ManagedLoginBrandingType]

class UpdateProvisionedLimitResponse(TypedDict, total=False):
    limit: Required[LimitType]

class UpdateResourceServerResponse(TypedDict, total=False):
    resource_server: Required[ResourceServerType]

class UpdateTermsResponse(TypedDict, total=False):
    terms: Required[TermsType]

class UpdateUserPoolClientResponse(TypedDict, total=False):
    user_pool_client: Required[UserPoolClientType]

class UpdateUserPoolDomainResponse(TypedDict, total=False):
    managed_login_version: int
    cloudfront_domain: str
    routing: RoutingType

class UpdateUserPoolReplicaResponse(TypedDict, total=False):
    user_pool_replica: Required[UserPoolReplicaType]

class UserAttributeUpdateSettingsType(TypedDict, total=False):
    attributes_require_verification_before_update: list[Literal["phone_number", "email"]]

class UserImportJobType(TypedDict, total=False):
    job_name: str
    job_id: str
    user_pool_id: str
    pre_signed_url: str
    creation_date: datetime
    start_date: datetime
    completion_date: datetime
    status: Literal[
        "Created", "Pending", "InProgress", "Stopping", "Expired", "Stopped", "Failed", "Succeeded"
    ]
    cloudwatch_logs_role_arn: str
    imported_users: int
    skipped_users: int
    failed_users: int
    completion_message: str
    password_hashing_algorithm: Literal["BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256"]

class UserPoolAddOnsType(TypedDict, total=False):
    advanced_security_mode: Required[Literal["OFF", "AUDIT", "ENFORCED"]]
    advanced_security_additional_flows: AdvancedSecurityAdditionalFlowsType

class UserPoolClientDescription(TypedDict, total=False):
    client_id: str
    user_pool_id: str
    client_name: str

class UserPoolClientType(TypedDict, total=False):
    user_pool_id: str
    client_name: str
    client_id: str
    client_secret: str
    client_secret_arn: str
    last_modified_date: datetime
    creation_date: datetime
    refresh_token_validity: int
    access_token_validity: int
    id_token_validity: int
    token_validity_units: TokenValidityUnitsType
    read_attributes: list[str]
    write_attributes: list[str]
    explicit_auth_flows: list[
        Literal[
            "ADMIN_NO_SRP_AUTH",
            "CUSTOM_AUTH_FLOW_ONLY",
            "USER_PASSWORD_AUTH",
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_CUSTOM_AUTH",
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
            "ALLOW_USER_AUTH",
            "ALLOW_TOKEN_EXCHANGE_DELEGATION",
            "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
        ]
    ]
    supported_identity_providers: list[str]
    callback_urls: list[str]
    logout_urls: list[str]
    default_redirect_uri: str
    allowed_oauth_flows: list[Literal["code", "implicit", "client_credentials"]]
    allowed_oauth_scopes: list[str]
    allowed_oauth_flows_user_pool_client: bool
    analytics_configuration: AnalyticsConfigurationType
    prevent_user_existence_errors: Literal["LEGACY", "ENABLED"]
    enable_token_revocation: bool
    enable_propagate_additional_user_context_data: bool
    auth_session_validity: int
    refresh_token_rotation: RefreshTokenRotationType
    client_type: Literal["REGULAR", "DCR"]

class UserPoolDescriptionType(TypedDict, total=False):
    id: str
    name: str
    lambda_config: LambdaConfigType
    status: Literal["Enabled", "Disabled"]
    last_modified_date: datetime
    creation_date: datetime
    replica_regions: list[str]

class UserPoolPolicyType(TypedDict, total=False):
    password_policy: PasswordPolicyType
    sign_in_policy: SignInPolicyType

class UserPoolReplicaType(TypedDict, total=False):
    region_name: str
    status: Literal["CREATING", "ACTIVE", "INACTIVE", "DELETING"]
    role: Literal["PRIMARY", "SECONDARY"]
    user_pool_arn: str

class UserPoolTokenSessionConfigType(TypedDict, total=False):
    max_per_user: Required[int]

class UserPoolType(TypedDict, total=False):
    id: str
    name: str
    policies: UserPoolPolicyType
    deletion_protection: Literal["ACTIVE", "INACTIVE"]
    lambda_config: LambdaConfigType
    status: Literal["Enabled", "Disabled"]
    last_modified_date: datetime
    creation_date: datetime
    schema_attributes: list[SchemaAttributeType]
    auto_verified_attributes: list[Literal["phone_number", "email"]]
    alias_attributes: list[Literal["phone_number", "email", "preferred_username"]]
    username_attributes: list[Literal["phone_number", "email"]]
    sms_verification_message: str
    email_verification_message: str
    email_verification_subject: str
    verification_message_template: VerificationMessageTemplateType
    sms_authentication_message: str
    user_attribute_update_settings: UserAttributeUpdateSettingsType
    mfa_configuration: Literal["OFF", "ON", "OPTIONAL"]
    device_configuration: DeviceConfigurationType
    estimated_number_of_users: int
    email_configuration: EmailConfigurationType
    sms_configuration: SmsConfigurationType
    user_pool_tags: dict[str, str]
    sms_configuration_failure: str
    email_configuration_failure: str
    domain: str
    custom_domain: str
    admin_create_user_config: AdminCreateUserConfigType
    user_pool_add_ons: UserPoolAddOnsType
    dcr_configuration: DcrConfigurationType
    username_configuration: UsernameConfigurationType
    arn: str
    account_recovery_setting: AccountRecoverySettingType
    user_pool_tier: Literal["LITE", "ESSENTIALS", "PLUS"]
    key_configuration: KeyConfigurationType
    issuer_configuration: IssuerConfigurationType
    acr_configuration: dict[str, AcrLevelConfigType]

class UsernameConfigurationType(TypedDict, total=False):
    case_sensitive: Required[bool]

class VerificationMessageTemplateType(TypedDict, total=False):
    sms_message: str
    email_message: str
    email_subject: str
    email_message_by_link: str
    email_subject_by_link: str
    default_email_option: Literal["CONFIRM_WITH_LINK", "CONFIRM_WITH_CODE"]

class WebAuthnConfigurationType(TypedDict, total=False):
    relying_party_id: str
    user_verification: Literal["required", "preferred"]
    factor_configuration: Literal["SINGLE_FACTOR", "MULTI_FACTOR_WITH_USER_VERIFICATION"]

class ConfigurationMethods:
    _client: CognitoClient
    def __init__(self, client: CognitoClient) -> None: ...
    async def _call(self, operation: str, /, **params: Any) -> dict[str, Any]: ...
    async def add_custom_attributes(
        self, *, custom_attributes: Sequence[SchemaAttributeType], user_pool_id: str | None = None
    ) -> dict[str, Any]:
        """Adds additional user attributes to the user pool schema."""

    async def add_user_pool_client_secret(
        self,
        *,
        user_pool_id: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
    ) -> AddUserPoolClientSecretResponse:
        """Creates a new client secret for an existing confidential user pool app client."""

    async def cancel_point_in_time_recovery(
        self, *, restore_id: str, user_pool_id: str | None = None
    ) -> CancelPointInTimeRecoveryResponse:
        """Cancels a point-in-time recovery of a user pool before Amazon Cognito applies any changes."""

    async def create_cimd_policy(
        self,
        *,
        policy_name: str,
        url_patterns: Sequence[str],
        user_pool_id: str | None = None,
        client_id: str | None = None,
        cache_duration: int | None = None,
    ) -> CreateCIMDPolicyResponse:
        """Creates a Client ID Metadata Document (CIMD) policy for an app client."""

    async def create_identity_provider(
        self,
        *,
        provider_name: str,
        provider_type: Literal["SAML", "Facebook", "Google", "LoginWithAmazon", "SignInWithApple", "OIDC"],
        provider_details: Mapping[str, str],
        user_pool_id: str | None = None,
        attribute_mapping: Mapping[str, str] | None = None,
        idp_identifiers: Sequence[str] | None = None,
        acr_mapping: Mapping[str, str] | None = None,
    ) -> CreateIdentityProviderResponse:
        """Adds a configuration and trust relationship between a third-party identity provider (IdP) and a user pool."""

    async def create_managed_login_branding(
        self,
        *,
        user_pool_id: str | None = None,
        client_id: str | None = None,
        use_cognito_provided_values: bool | None = None,
        settings: Mapping[str, Any] | None = None,
        assets: Sequence[AssetType] | None = None,
    ) -> CreateManagedLoginBrandingResponse:
        """Creates a new set of branding settings for a user pool style and associates it with an app client."""

    async def create_resource_server(
        self,
        *,
        identifier: str,
        name: str,
        user_pool_id: str | None = None,
        scopes: Sequence[ResourceServerScopeType] | None = None,
    ) -> CreateResourceServerResponse:
        """Creates a new OAuth2.0 resource server and defines custom scopes within it."""

    async def create_terms(
        self,
        *,
        terms_name: str,
        terms_source: Literal["LINK"],
        enforcement: Literal["NONE"],
        user_pool_id: str | None = None,
        client_id: str | None = None,
        links: Mapping[str, str] | None = None,
    ) -> CreateTermsResponse:
        """Creates terms documents for the requested app client."""

    async def create_user_import_job(
        self,
        *,
        job_name: str,
        cloudwatch_logs_role_arn: str,
        user_pool_id: str | None = None,
        password_hashing_algorithm: Literal["BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256"] | None = None,
    ) -> CreateUserImportJobResponse:
        """Creates a user import job."""

    async def create_user_pool(
        self,
        *,
        pool_name: str,
        policies: UserPoolPolicyType | None = None,
        deletion_protection: Literal["ACTIVE", "INACTIVE"] | None = None,
        lambda_config: LambdaConfigType | None = None,
        auto_verified_attributes: Sequence[Literal["phone_number", "email"]] | None = None,
        alias_attributes: Sequence[Literal["phone_number", "email", "preferred_username"]] | None = None,
        username_attributes: Sequence[Literal["phone_number", "email"]] | None = None,
        sms_verification_message: str | None = None,
        email_verification_message: str | None = None,
        email_verification_subject: str | None = None,
        verification_message_template: VerificationMessageTemplateType | None = None,
        sms_authentication_message: str | None = None,
        mfa_configuration: Literal["OFF", "ON", "OPTIONAL"] | None = None,
        user_attribute_update_settings: UserAttributeUpdateSettingsType | None = None,
        device_configuration: DeviceConfigurationType | None = None,
        email_configuration: EmailConfigurationType | None = None,
        sms_configuration: SmsConfigurationType | None = None,
        user_pool_tags: Mapping[str, str] | None = None,
        admin_create_user_config: AdminCreateUserConfigType | None = None,
        schema: Sequence[SchemaAttributeType] | None = None,
        user_pool_add_ons: UserPoolAddOnsType | None = None,
        dcr_configuration: DcrConfigurationType | None = None,
        username_configuration: UsernameConfigurationType | None = None,
        account_recovery_setting: AccountRecoverySettingType | None = None,
        user_pool_tier: Literal["LITE", "ESSENTIALS", "PLUS"] | None = None,
        key_configuration: KeyConfigurationType | None = None,
        issuer_configuration: IssuerConfigurationType | None = None,
        acr_configuration: Mapping[str, AcrLevelConfigType] | None = None,
    ) -> CreateUserPoolResponse:
        """Creates a new Amazon Cognito user pool."""

    async def create_user_pool_client(
        self,
        *,
        client_name: str,
        user_pool_id: str | None = None,
        generate_secret: bool | None = None,
        client_secret: str | None = None,
        refresh_token_validity: int | None = None,
        access_token_validity: int | None = None,
        id_token_validity: int | None = None,
        token_validity_units: TokenValidityUnitsType | None = None,
        read_attributes: Sequence[str] | None = None,
        write_attributes: Sequence[str] | None = None,
        explicit_auth_flows: Sequence[
            Literal[
                "ADMIN_NO_SRP_AUTH",
                "CUSTOM_AUTH_FLOW_ONLY",
                "USER_PASSWORD_AUTH",
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_CUSTOM_AUTH",
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
                "ALLOW_USER_AUTH",
                "ALLOW_TOKEN_EXCHANGE_DELEGATION",
                "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
            ]
        ]
        | None = None,
        supported_identity_providers: Sequence[str] | None = None,
        callback_urls: Sequence[str] | None = None,
        logout_urls: Sequence[str] | None = None,
        default_redirect_uri: str | None = None,
        allowed_oauth_flows: Sequence[Literal["code", "implicit", "client_credentials"]] | None = None,
        allowed_oauth_scopes: Sequence[str] | None = None,
        allowed_oauth_flows_user_pool_client: bool | None = None,
        analytics_configuration: AnalyticsConfigurationType | None = None,
        prevent_user_existence_errors: Literal["LEGACY", "ENABLED"] | None = None,
        enable_token_revocation: bool | None = None,
        enable_propagate_additional_user_context_data: bool | None = None,
        auth_session_validity: int | None = None,
        refresh_token_rotation: RefreshTokenRotationType | None = None,
        publish_secrets_in_aws_secrets_manager: bool | None = None,
    ) -> CreateUserPoolClientResponse:
        """Creates an app client in a user pool."""

    async def create_user_pool_domain(
        self,
        *,
        domain: str,
        user_pool_id: str | None = None,
        managed_login_version: int | None = None,
        custom_domain_config: CustomDomainConfigType | None = None,
        routing: RoutingType | None = None,
    ) -> CreateUserPoolDomainResponse:
        """A user pool domain hosts managed login, an authorization server and web server for authentication in your application."""

    async def create_user_pool_replica(
        self,
        *,
        region_name: str,
        user_pool_id: str | None = None,
        user_pool_tags: Mapping[str, str] | None = None,
    ) -> CreateUserPoolReplicaResponse:
        """Creates a replica of an existing user pool in a specified Amazon Web Services Region."""

    async def delete_cimd_policy(
        self, *, cimd_policy_id: str, user_pool_id: str | None = None
    ) -> dict[str, Any]:
        """Deletes a Client ID Metadata Document (CIMD) policy."""

    async def delete_identity_provider(
        self, *, provider_name: str, user_pool_id: str | None = None
    ) -> dict[str, Any]:
        """Deletes a user pool identity provider (IdP)."""

    async def delete_managed_login_branding(
        self, *, managed_login_branding_id: str, user_pool_id: str | None = None
    ) -> dict[str, Any]:
        """Deletes a managed login branding style."""

    async def delete_resource_server(
        self, *, identifier: str, user_pool_id: str | None = None
    ) -> dict[str, Any]:
        """Deletes a resource server."""

    async def delete_terms(self, *, terms_id: str, user_pool_id: str | None = None) -> dict[str, Any]:
        """Deletes the terms documents with the requested ID from your app client."""

    async def delete_user_pool(self, *, user_pool_id: str) -> dict[str, Any]:
        """Deletes a user pool."""

    async def delete_user_pool_client(
        self, *, client_id: str, user_pool_id: str | None = None
    ) -> dict[str, Any]:
        """Deletes a user pool app client."""

    async def delete_user_pool_client_secret(
        self, *, client_secret_id: str, user_pool_id: str | None = None, client_id: str | None = None
    ) -> dict[str, Any]:
        """Deletes a specific client secret from a user pool app client."""

    async def delete_user_pool_domain(
        self, *, domain: str, user_pool_id: str | None = None
    ) -> dict[str, Any]:
        """Given a user pool ID and domain identifier, deletes a user pool domain."""

    async def delete_user_pool_replica(
        self, *, region_name: str, user_pool_id: str | None = None
    ) -> DeleteUserPoolReplicaResponse:
        """Deletes a secondary replica user pool."""

    async def describe_cimd_policy(
        self, *, cimd_policy_id: str, user_pool_id: str | None = None
    ) -> DescribeCIMDPolicyResponse:
        """Returns the configuration of a Client ID Metadata Document (CIMD) policy."""

    async def describe_identity_provider(
        self, *, provider_name: str, user_pool_id: str | None = None
    ) -> DescribeIdentityProviderResponse:
        """Given a user pool ID and identity provider (IdP) name, returns details about the IdP."""

    async def describe_managed_login_branding(
        self,
        *,
        managed_login_branding_id: str,
        user_pool_id: str | None = None,
        return_merged_resources: bool | None = None,
    ) -> DescribeManagedLoginBrandingResponse:
        """Given the ID of a managed login branding style, returns detailed information about the style."""

    async def describe_managed_login_branding_by_client(
        self,
        *,
        user_pool_id: str | None = None,
        client_id: str | None = None,
        return_merged_resources: bool | None = None,
    ) -> DescribeManagedLoginBrandingByClientResponse:
        """Given the ID of a user pool app client, returns detailed information about the style assigned to the app client."""

    async def describe_point_in_time_recovery(
        self, *, restore_id: str, user_pool_id: str | None = None
    ) -> DescribePointInTimeRecoveryResponse:
        """Returns details about a point-in-time recovery of a user pool, including its status and the point in time that it restores the user pool to."""

    async def describe_resource_server(
        self, *, identifier: str, user_pool_id: str | None = None
    ) -> DescribeResourceServerResponse:
        """Describes a resource server."""

    async def describe_risk_configuration(
        self, *, user_pool_id: str | None = None, client_id: str | None = None
    ) -> DescribeRiskConfigurationResponse:
        """Given an app client or user pool ID where threat protection is configured, describes the risk configuration."""

    async def describe_terms(
        self, *, terms_id: str, user_pool_id: str | None = None
    ) -> DescribeTermsResponse:
        """Returns details for the requested terms documents ID."""

    async def describe_terms_by_client(
        self, *, terms_name: str, client_id: str | None = None, user_pool_id: str | None = None
    ) -> DescribeTermsByClientResponse:
        """Returns details for the terms documents that are associated with an app client, identified by the app client ID, user pool ID, and terms name."""

    async def describe_user_import_job(
        self, *, job_id: str, user_pool_id: str | None = None
    ) -> DescribeUserImportJobResponse:
        """Describes a user import job."""

    async def describe_user_pool(self, *, user_pool_id: str | None = None) -> DescribeUserPoolResponse:
        """Given a user pool ID, returns configuration information."""

    async def describe_user_pool_client(
        self, *, user_pool_id: str | None = None, client_id: str | None = None
    ) -> DescribeUserPoolClientResponse:
        """Given an app client ID, returns configuration information."""

    async def describe_user_pool_domain(self, *, domain: str) -> DescribeUserPoolDomainResponse:
        """Given a user pool domain name, returns information about the domain configuration."""

    async def get_csv_header(self, *, user_pool_id: str | None = None) -> GetCSVHeaderResponse:
        """Given a user pool ID, generates a comma-separated value (CSV) list populated with available user attributes in the user pool."""

    async def get_identity_provider_by_identifier(
        self, *, idp_identifier: str, user_pool_id: str | None = None
    ) -> GetIdentityProviderByIdentifierResponse:
        """Given the identifier of an identity provider (IdP), for example examplecorp, returns information about the user pool configuration for that IdP."""

    async def get_log_delivery_configuration(
        self, *, user_pool_id: str | None = None
    ) -> GetLogDeliveryConfigurationResponse:
        """Given a user pool ID, returns the logging configuration."""

    async def get_provisioned_limit(
        self, *, limit_definition: LimitDefinitionType
    ) -> GetProvisionedLimitResponse:
        """Returns the current provisioned limit for a specific API category."""

    async def get_signing_certificate(
        self, *, user_pool_id: str | None = None
    ) -> GetSigningCertificateResponse:
        """Given a user pool ID, returns the signing certificate for SAML 2.0 federation."""

    async def get_ui_customization(
        self, *, user_pool_id: str | None = None, client_id: str | None = None
    ) -> GetUICustomizationResponse:
        """Given a user pool ID or app client, returns information about classic hosted UI branding that you applied, if any."""

    async def get_user_pool_client_session_configuration(
        self, *, user_pool_id: str | None = None, client_id: str | None = None
    ) -> GetUserPoolClientSessionConfigurationResponse:
        """Retrieves the session configuration for a user pool app client."""

    async def get_user_pool_mfa_config(
        self, *, user_pool_id: str | None = None
    ) -> GetUserPoolMfaConfigResponse:
        """Given a user pool ID, returns configuration for sign-in with WebAuthn authenticators and for multi-factor authentication (MFA)."""

    async def get_user_pool_session_configuration(
        self, *, user_pool_id: str | None = None
    ) -> GetUserPoolSessionConfigurationResponse:
        """Retrieves the session tracking configuration for a user pool, including whether session tracking is enabled and the pool-wide maximum number of active token sessions for each user."""

    async def initiate_point_in_time_recovery(
        self, *, restore_timestamp: datetime, user_pool_id: str | None = None
    ) -> InitiatePointInTimeRecoveryResponse:
        """Initiates a point-in-time recovery of a user pool to a time in the past that you specify."""

    async def list_cimd_policies(
        self,
        *,
        user_pool_id: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> ListCIMDPoliciesResponse:
        """Lists the Client ID Metadata Document (CIMD) policies in a user pool."""

    async def list_client_metadata_urls(
        self,
        *,
        cimd_policy_id: str,
        user_pool_id: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> ListClientMetadataURLsResponse:
        """Lists the client ID metadata document URLs that Amazon Cognito has received for a Client ID Metadata Document (CIMD) policy, with the cache state of each URL."""

    async def list_identity_providers(
        self,
        *,
        user_pool_id: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> ListIdentityProvidersResponse:
        """Given a user pool ID, returns information about configured identity providers (IdPs)."""

    async def list_point_in_time_recoveries(
        self,
        *,
        user_pool_id: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> ListPointInTimeRecoveriesResponse:
        """Lists the point-in-time recoveries of a user pool, including the active recovery and past recoveries."""

    async def list_resource_servers(
        self,
        *,
        user_pool_id: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> ListResourceServersResponse:
        """Given a user pool ID, returns all resource servers and their details."""

    async def list_tags_for_resource(self, *, resource_arn: str | None = None) -> ListTagsForResourceResponse:
        """Lists the tags that are assigned to an Amazon Cognito user pool."""

    async def list_terms(
        self,
        *,
        user_pool_id: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> ListTermsResponse:
        """Returns details about all terms documents for the requested user pool."""

    async def list_user_import_jobs(
        self, *, user_pool_id: str | None = None, max_results: int = 60, pagination_token: str | None = None
    ) -> ListUserImportJobsResponse:
        """Given a user pool ID, returns user import jobs and their details."""

    async def list_user_pool_client_secrets(
        self, *, user_pool_id: str | None = None, client_id: str | None = None, next_token: str | None = None
    ) -> ListUserPoolClientSecretsResponse:
        """Lists all client secrets associated with a user pool app client."""

    async def list_user_pool_clients(
        self,
        *,
        user_pool_id: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
        client_type: Literal["REGULAR", "DCR"] | None = None,
    ) -> ListUserPoolClientsResponse:
        """Given a user pool ID, lists app clients."""

    async def list_user_pool_replicas(
        self, *, user_pool_id: str | None = None, next_token: str | None = None
    ) -> ListUserPoolReplicasResponse:
        """Lists all replicas for a user pool, including both primary and secondary replicas."""

    async def list_user_pools(
        self, *, next_token: str | None = None, max_results: int = 60
    ) -> ListUserPoolsResponse:
        """Lists user pools and their details in the current Amazon Web Services account."""

    async def set_log_delivery_configuration(
        self, *, log_configurations: Sequence[LogConfigurationType], user_pool_id: str | None = None
    ) -> SetLogDeliveryConfigurationResponse:
        """Sets up or modifies the logging configuration of a user pool."""

    async def set_risk_configuration(
        self,
        *,
        user_pool_id: str | None = None,
        client_id: str | None = None,
        compromised_credentials_risk_configuration: CompromisedCredentialsRiskConfigurationType | None = None,
        account_takeover_risk_configuration: AccountTakeoverRiskConfigurationType | None = None,
        risk_exception_configuration: RiskExceptionConfigurationType | None = None,
    ) -> SetRiskConfigurationResponse:
        """Configures threat protection for a user pool or app client."""

    async def set_ui_customization(
        self,
        *,
        user_pool_id: str | None = None,
        client_id: str | None = None,
        css: str | None = None,
        image_file: bytes | None = None,
    ) -> SetUICustomizationResponse:
        """Configures UI branding settings for domains with the hosted UI (classic) branding version."""

    async def set_user_pool_client_session_configuration(
        self,
        *,
        sso_session: ClientSSOSessionConfigType,
        user_pool_id: str | None = None,
        client_id: str | None = None,
    ) -> SetUserPoolClientSessionConfigurationResponse:
        """Sets the session configuration for a user pool app client."""

    async def set_user_pool_mfa_config(
        self,
        *,
        user_pool_id: str | None = None,
        sms_mfa_configuration: SmsMfaConfigType | None = None,
        software_token_mfa_configuration: SoftwareTokenMfaConfigType | None = None,
        email_mfa_configuration: EmailMfaConfigType | None = None,
        mfa_configuration: Literal["OFF", "ON", "OPTIONAL"] | None = None,
        web_authn_configuration: WebAuthnConfigurationType | None = None,
    ) -> SetUserPoolMfaConfigResponse:
        """Sets user pool multi-factor authentication (MFA) and passkey configuration."""

    async def set_user_pool_session_configuration(
        self,
        *,
        user_session_tracking: Literal["ENABLED", "DISABLED"],
        token_session: UserPoolTokenSessionConfigType,
        user_pool_id: str | None = None,
    ) -> SetUserPoolSessionConfigurationResponse:
        """Enables or disables session tracking for a user pool, and sets the pool-wide maximum number of active token sessions that each user can have."""

    async def start_point_in_time_recovery(
        self, *, restore_id: str, user_pool_id: str | None = None
    ) -> StartPointInTimeRecoveryResponse:
        """Applies a point-in-time recovery to a user pool."""

    async def start_user_import_job(
        self, *, job_id: str, user_pool_id: str | None = None
    ) -> StartUserImportJobResponse:
        """Instructs your user pool to start importing users from a CSV file that contains their usernames and attributes."""

    async def stop_user_import_job(
        self, *, job_id: str, user_pool_id: str | None = None
    ) -> StopUserImportJobResponse:
        """Instructs your user pool to stop a running job that's importing users from a CSV file that contains their usernames and attributes."""

    async def tag_resource(
        self, *, tags: Mapping[str, str], resource_arn: str | None = None
    ) -> dict[str, Any]:
        """Assigns a set of tags to an Amazon Cognito user pool."""

    async def untag_resource(
        self, *, tag_keys: Sequence[str], resource_arn: str | None = None
    ) -> dict[str, Any]:
        """Given tag IDs that you previously assigned to a user pool, removes them."""

    async def update_cimd_policy(
        self,
        *,
        cimd_policy_id: str,
        url_patterns: Sequence[str],
        user_pool_id: str | None = None,
        client_id: str | None = None,
        policy_name: str | None = None,
        cache_duration: int | None = None,
    ) -> UpdateCIMDPolicyResponse:
        """Updates the configuration of a Client ID Metadata Document (CIMD) policy."""

    async def update_client_metadata_url_state(
        self,
        *,
        cimd_policy_id: str,
        url: str,
        action: Literal["REFRESH", "INVALIDATE"],
        user_pool_id: str | None = None,
    ) -> dict[str, Any]:
        """Changes the cache state of a client metadata document URL for a client ID metadata document (CIMD) policy."""

    async def update_identity_provider(
        self,
        *,
        provider_name: str,
        user_pool_id: str | None = None,
        provider_details: Mapping[str, str] | None = None,
        attribute_mapping: Mapping[str, str] | None = None,
        idp_identifiers: Sequence[str] | None = None,
        acr_mapping: Mapping[str, str] | None = None,
    ) -> UpdateIdentityProviderResponse:
        """Modifies the configuration and trust relationship between a third-party identity provider (IdP) and a user pool."""

    async def update_managed_login_branding(
        self,
        *,
        user_pool_id: str | None = None,
        managed_login_branding_id: str | None = None,
        use_cognito_provided_values: bool | None = None,
        settings: Mapping[str, Any] | None = None,
        assets: Sequence[AssetType] | None = None,
    ) -> UpdateManagedLoginBrandingResponse:
        """Configures the branding settings for a user pool style."""

    async def update_provisioned_limit(
        self, *, limit_definition: LimitDefinitionType, requested_limit_value: int
    ) -> UpdateProvisionedLimitResponse:
        """Sets the provisioned limit for a specific API category."""

    async def update_resource_server(
        self,
        *,
        identifier: str,
        name: str,
        user_pool_id: str | None = None,
        scopes: Sequence[ResourceServerScopeType] | None = None,
    ) -> UpdateResourceServerResponse:
        """Updates the name and scopes of a resource server."""

    async def update_terms(
        self,
        *,
        terms_id: str,
        user_pool_id: str | None = None,
        terms_name: str | None = None,
        terms_source: Literal["LINK"] | None = None,
        enforcement: Literal["NONE"] | None = None,
        links: Mapping[str, str] | None = None,
    ) -> UpdateTermsResponse:
        """Modifies existing terms documents for the requested app client."""

    async def update_user_pool(
        self,
        *,
        user_pool_id: str | None = None,
        policies: UserPoolPolicyType | None = None,
        deletion_protection: Literal["ACTIVE", "INACTIVE"] | None = None,
        lambda_config: LambdaConfigType | None = None,
        auto_verified_attributes: Sequence[Literal["phone_number", "email"]] | None = None,
        sms_verification_message: str | None = None,
        email_verification_message: str | None = None,
        email_verification_subject: str | None = None,
        verification_message_template: VerificationMessageTemplateType | None = None,
        sms_authentication_message: str | None = None,
        user_attribute_update_settings: UserAttributeUpdateSettingsType | None = None,
        mfa_configuration: Literal["OFF", "ON", "OPTIONAL"] | None = None,
        device_configuration: DeviceConfigurationType | None = None,
        email_configuration: EmailConfigurationType | None = None,
        sms_configuration: SmsConfigurationType | None = None,
        user_pool_tags: Mapping[str, str] | None = None,
        admin_create_user_config: AdminCreateUserConfigType | None = None,
        user_pool_add_ons: UserPoolAddOnsType | None = None,
        dcr_configuration: DcrConfigurationType | None = None,
        account_recovery_setting: AccountRecoverySettingType | None = None,
        pool_name: str | None = None,
        user_pool_tier: Literal["LITE", "ESSENTIALS", "PLUS"] | None = None,
        key_configuration: KeyConfigurationType | None = None,
        issuer_configuration: IssuerConfigurationType | None = None,
        acr_configuration: Mapping[str, AcrLevelConfigType] | None = None,
    ) -> dict[str, Any]:
        """Updates the configuration of a user pool."""

    async def update_user_pool_client(
        self,
        *,
        user_pool_id: str | None = None,
        client_id: str | None = None,
        client_name: str | None = None,
        refresh_token_validity: int | None = None,
        access_token_validity: int | None = None,
        id_token_validity: int | None = None,
        token_validity_units: TokenValidityUnitsType | None = None,
        read_attributes: Sequence[str] | None = None,
        write_attributes: Sequence[str] | None = None,
        explicit_auth_flows: Sequence[
            Literal[
                "ADMIN_NO_SRP_AUTH",
                "CUSTOM_AUTH_FLOW_ONLY",
                "USER_PASSWORD_AUTH",
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_CUSTOM_AUTH",
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
                "ALLOW_USER_AUTH",
                "ALLOW_TOKEN_EXCHANGE_DELEGATION",
                "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
            ]
        ]
        | None = None,
        supported_identity_providers: Sequence[str] | None = None,
        callback_urls: Sequence[str] | None = None,
        logout_urls: Sequence[str] | None = None,
        default_redirect_uri: str | None = None,
        allowed_oauth_flows: Sequence[Literal["code", "implicit", "client_credentials"]] | None = None,
        allowed_oauth_scopes: Sequence[str] | None = None,
        allowed_oauth_flows_user_pool_client: bool | None = None,
        analytics_configuration: AnalyticsConfigurationType | None = None,
        prevent_user_existence_errors: Literal["LEGACY", "ENABLED"] | None = None,
        enable_token_revocation: bool | None = None,
        enable_propagate_additional_user_context_data: bool | None = None,
        auth_session_validity: int | None = None,
        refresh_token_rotation: RefreshTokenRotationType | None = None,
        publish_secrets_in_aws_secrets_manager: bool | None = None,
    ) -> UpdateUserPoolClientResponse:
        """Given a user pool app client ID, updates the configuration."""

    async def update_user_pool_domain(
        self,
        *,
        domain: str,
        user_pool_id: str | None = None,
        managed_login_version: int | None = None,
        custom_domain_config: CustomDomainConfigType | None = None,
        routing: RoutingType | None = None,
    ) -> UpdateUserPoolDomainResponse:
        """A user pool domain hosts managed login, an authorization server and web server for authentication in your application."""

    async def update_user_pool_replica(
        self, *, region_name: str, status: Literal["ACTIVE", "INACTIVE"], user_pool_id: str | None = None
    ) -> UpdateUserPoolReplicaResponse:
        """Updates replica-specific settings for a user pool replica."""
