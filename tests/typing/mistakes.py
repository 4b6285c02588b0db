"""Mistakes that a type checker finds. Each marked line is an error, and no other line is."""

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, Machine, TrustedPool, User

CognitoSettings(user_pool="eu-central-1_AbCdEfGhI")  # error, but for ty, which takes any keyword here
CognitoSettings(clock_skew="ten")  # error
CognitoSettings(group_scopes=["reports/read"])  # error
CognitoSettings(revocation="sometimes")  # error
TrustedPool(user_pool_id="eu-west-1_Staff")  # error
CognitoAuth({"user_pool_id": "eu-central-1_AbCdEfGhI"})  # error
CognitoAuth(CognitoSettings)  # error
CognitoAuth(user_pool_id="eu-central-1_AbCdEfGhI")  # error
CognitoAuth.local(users=["ada"])  # error
CognitoAuth.local(settings={"client_id": "a"})  # error
CognitoAuth.local(clock_skew=0)  # error
User(sub="1")  # error
Machine(sub="a", client_id="a", expires_at=0, username="ada")  # error

auth = CognitoAuth()
auth.require_groups(["a", "b"])  # error
ada = User(sub="1", username="ada", client_id="a", expires_at=0)
ada.username = "admin"  # error


async def administer() -> None:
    auth.pool.users.search(email__endswith="a")  # error, but for ty, which takes any keyword here
    auth.pool.users.search(email=1)  # error
    await auth.pool.users.create("ada", groups=None)  # error


async def configure() -> None:
    await auth.pool.configuration.describe_user_pool(pool="a")  # error
    await auth.pool.configuration.create_user_pool_client()  # error
    await auth.pool.configuration.set_user_pool_mfa_config(mfa_configuration="SOMETIMES")  # error
    await auth.pool.configuration.describe_the_pool()  # error
