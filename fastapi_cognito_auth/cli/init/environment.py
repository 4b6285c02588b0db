"""The app's variables, for a file that is given to it: `uvicorn main:app --env-file .env`."""

import secrets

from fastapi_cognito_auth.cli.init.choice import POOL_ADMINISTRATORS, Choice, Feature
from fastapi_cognito_auth.cli.init.plan import AUTH_SESSION_VALIDITY, LOGIN_SCOPES


def environment_file(choice: Choice) -> str:
    """Return the file, with a fresh secret key; what AWS draws is left to be filled in.

    A variable that is empty counts as missing, so an app does not start with a file that is half done.
    """
    lines = [
        "# The ids that were created, and the app client's secret.",
        "COGNITO_USER_POOL_ID=",
        "COGNITO_CLIENT_ID=",
        "COGNITO_CLIENT_SECRET=",
        "# Drawn for this file, and a secret. All workers need the same.",
        f"COGNITO_SECRET_KEY={secrets.token_urlsafe(48)}",
        f"COGNITO_AUTH_SESSION_VALIDITY={AUTH_SESSION_VALIDITY}",
    ]
    if choice.has_a_domain:
        lines.append(f"COGNITO_DOMAIN={choice.name}")
    if Feature.MANAGED_LOGIN in choice:
        lines.append(f"COGNITO_LOGIN_SCOPES={','.join(LOGIN_SCOPES)}")
    if choice.scopes:
        lines.append(f"COGNITO_SCOPES_SUPPORTED={','.join(choice.full_scopes)}")
    if Feature.MACHINES in choice:
        lines += [
            "# The machine's id, twice, and its secret.",
            "COGNITO_MACHINE_CLIENT_ID=",
            "COGNITO_MACHINE_CLIENT_SECRET=",
            "COGNITO_ACCEPTED_CLIENT_IDS=",
        ]
    if Feature.POOL_CONFIGURATION in choice:
        lines += [
            "# Whose members configure the pool; without it nobody does.",
            f"COGNITO_POOL_ADMIN_GROUPS={POOL_ADMINISTRATORS}",
        ]
    if Feature.THREAT_PROTECTION in choice:
        lines += [
            "COGNITO_FORWARD_CLIENT_ADDRESS=true",
            "# How many proxies stand before the app and add to X-Forwarded-For, each of which is believed.",
            "# With more than there are, anybody may name any address; with fewer, all are at a proxy's.",
            "# COGNITO_TRUSTED_PROXIES=1",
        ]
    return "\n".join(lines)
