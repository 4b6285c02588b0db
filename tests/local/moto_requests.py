"""Requests of configuration and lists, drawn by chance: names are few, so that many meet what is there."""

from typing import Any

from hypothesis import strategies as st

from tests.local.moto_kit import Step

POOL = st.integers(0, 1)
GROUPS = st.sampled_from(["staff", "readers", "Staff"])
USERS = st.sampled_from(["ada", "bob", "carol"])
SERVERS = st.sampled_from(["orders", "https://bills.example"])
PROVIDERS = st.sampled_from(["Corporate", "Partner"])
DOMAINS = st.sampled_from(["first-domain", "second-domain"])
URLS = st.lists(
    st.sampled_from(["https://app.example/in", "https://app.example/2"]),
    min_size=1,
    max_size=2,
    unique=True,
)
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from(["a@example.com", "b@example.com"]),
        "name": st.sampled_from(["Ada", "Bo"]),
        "family_name": st.sampled_from(["Lovelace", "Love"]),
        "phone_number": st.just("+491234567"),
    },
).map(lambda given: [{"Name": name, "Value": value} for name, value in given.items()])
CUSTOM = st.lists(
    st.fixed_dictionaries(
        {
            "Name": st.sampled_from(["tenant", "level"]),
            "AttributeDataType": st.sampled_from(["String", "Number", "Boolean", "DateTime"]),
            "Mutable": st.booleans(),
        }
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda one: one["Name"],
)
PASSWORD_POLICY = st.fixed_dictionaries(
    {"MinimumLength": st.integers(6, 20)},
    optional={
        "RequireUppercase": st.booleans(),
        "RequireLowercase": st.booleans(),
        "RequireNumbers": st.booleans(),
        "RequireSymbols": st.booleans(),
        "TemporaryPasswordValidityDays": st.integers(1, 30),
    },
)
POOL_OPTIONS = {
    "Policies": PASSWORD_POLICY.map(lambda policy: {"PasswordPolicy": policy}),
    "AutoVerifiedAttributes": st.just(["email"]),
    "UserPoolTags": st.dictionaries(st.sampled_from(["stage", "team"]), st.just("x"), min_size=1),
    "AdminCreateUserConfig": st.booleans().map(lambda only: {"AllowAdminCreateUserOnly": only}),
    "AccountRecoverySetting": st.just({"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]}),
    "DeletionProtection": st.just("INACTIVE"),
    "VerificationMessageTemplate": st.just({"DefaultEmailOption": "CONFIRM_WITH_LINK"}),
}
CLIENT_OPTIONS = {
    "ExplicitAuthFlows": st.lists(
        st.sampled_from(
            [
                "ALLOW_REFRESH_TOKEN_AUTH",
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_CUSTOM_AUTH",
            ]
        ),
        min_size=1,
        unique=True,
    ),
    "RefreshTokenValidity": st.integers(1, 3650),
    "CallbackURLs": URLS,
    "LogoutURLs": URLS,
    "ReadAttributes": st.just(["email", "name"]),
    "WriteAttributes": st.just(["email"]),
    "SupportedIdentityProviders": st.just(["COGNITO"]),
    "PreventUserExistenceErrors": st.sampled_from(["ENABLED", "LEGACY"]),
    "EnableTokenRevocation": st.booleans(),
}
FILTERS = st.sampled_from(
    [
        'username = "ada"',
        'username ^= "b"',
        'email = "a@example.com"',
        'email ^= "b@"',
        'family_name ^= "Love"',
        'family_name = "Love"',
        'name="Ada"',
        'status = "Enabled"',
        'cognito:user_status = "FORCE_CHANGE_PASSWORD"',
        'custom:tenant = "x"',
        "username = ada",
        'phone_number ^= "+49"',
    ]
)


def request(operation: str, optional: dict[str, Any] | None = None, **params: Any) -> st.SearchStrategy[Step]:
    given_params = {"UserPoolId": POOL} if "pool" not in operation.lower() or operation in OF_A_POOL else {}
    fixed = st.fixed_dictionaries({**given_params, **params}, optional=optional or {})
    return fixed.map(lambda drawn: Step(operation, drawn))


OF_A_POOL = {
    "DescribeUserPool",
    "UpdateUserPool",
    "DeleteUserPool",
    "CreateUserPoolClient",
    "DescribeUserPoolClient",
    "UpdateUserPoolClient",
    "DeleteUserPoolClient",
    "ListUserPoolClients",
    "CreateUserPoolDomain",
    "DeleteUserPoolDomain",
    "GetUserPoolMfaConfig",
    "SetUserPoolMfaConfig",
}
CLIENT = st.integers(0, 1)
NEW_POOL = request(
    "CreateUserPool", {**POOL_OPTIONS, "Schema": CUSTOM}, PoolName=st.sampled_from(["one", "two"])
)
NEW_CLIENT = request(
    "CreateUserPoolClient",
    {**CLIENT_OPTIONS, "GenerateSecret": st.booleans()},
    ClientName=st.sampled_from(["web", "app"]),
)
NEW_USER = request(
    "AdminCreateUser", Username=USERS, UserAttributes=ATTRIBUTES, MessageAction=st.just("SUPPRESS")
)
SCOPES = st.lists(
    st.sampled_from(["read", "write"]).map(lambda name: {"ScopeName": name, "ScopeDescription": "a scope"}),
    unique_by=lambda one: one["ScopeName"],
)
DETAILS = {
    "client_id": "1",
    "client_secret": "2",
    "authorize_scopes": "openid",
    "oidc_issuer": "https://id.example",
    "attributes_request_method": "GET",
}
NEW_GROUP = request(
    "CreateGroup", {"Description": st.just("x"), "Precedence": st.integers(0, 9)}, GroupName=GROUPS
)
NEW_PROVIDER = request(
    "CreateIdentityProvider",
    {"AttributeMapping": st.just({"email": "mail"}), "IdpIdentifiers": st.just(["example.com"])},
    ProviderName=PROVIDERS,
    ProviderType=st.just("OIDC"),
    ProviderDetails=st.just(DETAILS),
)
NEW_DOMAIN = request("CreateUserPoolDomain", Domain=DOMAINS)
STEPS = st.one_of(
    NEW_POOL,
    request("DescribeUserPool"),
    request("UpdateUserPool", POOL_OPTIONS),
    request("ListUserPools", MaxResults=st.integers(1, 3)),
    NEW_CLIENT,
    request("DescribeUserPoolClient", ClientId=CLIENT),
    request("UpdateUserPoolClient", CLIENT_OPTIONS, ClientId=CLIENT),
    request("ListUserPoolClients", MaxResults=st.integers(1, 3)),
    request("DeleteUserPoolClient", ClientId=CLIENT),
    NEW_GROUP,
    request("GetGroup", GroupName=GROUPS),
    request("UpdateGroup", {"Description": st.just("y"), "Precedence": st.integers(0, 9)}, GroupName=GROUPS),
    request("ListGroups", {"Limit": st.integers(1, 3)}),
    request("DeleteGroup", GroupName=GROUPS),
    NEW_USER,
    request("AdminGetUser", Username=USERS),
    request("AdminUpdateUserAttributes", Username=USERS, UserAttributes=ATTRIBUTES),
    request("AdminDisableUser", Username=USERS),
    request("AdminEnableUser", Username=USERS),
    request("AdminDeleteUser", Username=USERS),
    request("AdminAddUserToGroup", Username=USERS, GroupName=GROUPS),
    request("AdminRemoveUserFromGroup", Username=USERS, GroupName=GROUPS),
    request("AdminListGroupsForUser", Username=USERS),
    request("ListUsersInGroup", {"Limit": st.integers(1, 2)}, GroupName=GROUPS),
    request("ListUsers", {"Filter": FILTERS, "Limit": st.integers(1, 3)}),
    request("ListUsers", {"Filter": FILTERS, "AttributesToGet": st.just(["email"])}),
    request("CreateResourceServer", {"Scopes": SCOPES}, Identifier=SERVERS, Name=st.just("a server")),
    request("DescribeResourceServer", Identifier=SERVERS),
    request("ListResourceServers", MaxResults=st.integers(1, 2)),
    NEW_PROVIDER,
    request("DescribeIdentityProvider", ProviderName=PROVIDERS),
    request("ListIdentityProviders", MaxResults=st.integers(1, 2)),
    request("DeleteIdentityProvider", ProviderName=PROVIDERS),
    NEW_DOMAIN,
    request("DescribeUserPoolDomain", Domain=DOMAINS),
    request("AddCustomAttributes", CustomAttributes=CUSTOM),
    request("GetUserPoolMfaConfig"),
    request(
        "SetUserPoolMfaConfig",
        MfaConfiguration=st.sampled_from(["OFF", "OPTIONAL"]),
        SoftwareTokenMfaConfiguration=st.booleans().map(lambda enabled: {"Enabled": enabled}),
    ),
    request("DeleteUserPool"),
)
MADE_FIRST = st.tuples(NEW_POOL, NEW_CLIENT, NEW_USER, st.one_of(NEW_GROUP, NEW_PROVIDER, NEW_DOMAIN))
MADE = Step("CreateUserPool", {"PoolName": "one", "UserPoolTags": {"stage": "x"}})
DOMAIN = Step("CreateUserPoolDomain", {"UserPoolId": 0, "Domain": "first-domain"})
GONE = Step("DeleteUserPool", {"UserPoolId": 0})
PROVIDER = Step(
    "CreateIdentityProvider",
    {
        "UserPoolId": 0,
        "ProviderName": "Corporate",
        "ProviderType": "OIDC",
        "ProviderDetails": DETAILS,
    },
)
RARE = [
    [DOMAIN, Step("DescribeUserPoolDomain", {"Domain": "first-domain"})],
    [DOMAIN, DOMAIN._replace(params={"UserPoolId": 0, "Domain": "second-domain"})],
    [DOMAIN, GONE],
    [
        Step("DeleteUserPool", {"UserPoolId": 0}),
        Step("ListResourceServers", {"UserPoolId": 0, "MaxResults": 1}),
    ],
    [Step("UpdateUserPool", {"UserPoolId": 0}), Step("DescribeUserPool", {"UserPoolId": 0})],
    [PROVIDER, PROVIDER],
    [
        Step(
            "SetUserPoolMfaConfig",
            {
                "UserPoolId": 0,
                "MfaConfiguration": "OPTIONAL",
                "SoftwareTokenMfaConfiguration": {"Enabled": False},
            },
        )
    ],
]
"""What chance seldom brings together."""
SEQUENCES = st.tuples(MADE_FIRST, st.lists(STEPS, min_size=10, max_size=20)).map(
    lambda drawn: [*drawn[0], *drawn[1]]
)
