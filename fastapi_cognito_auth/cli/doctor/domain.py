"""Checks of the pool's domain, and of what the app client may do there."""

import shlex
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi_cognito_auth.cli.doctor.facts import AbsentError, Facts, groups_of, name_of
from fastapi_cognito_auth.cli.doctor.verdicts import (
    Check,
    Level,
    Verdict,
    client_error,
    client_warning,
    ok,
)

_USER_ADMIN: Final = "aws.cognito.signin.user.admin"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def origin_of(address: str) -> str:
    """Return the scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


def is_loopback(address: str) -> bool:
    """Tell whether an address is of the machine itself."""
    return urlsplit(address).hostname in _LOOPBACK


def _listed(facts: Facts, member: str) -> tuple[str, ...]:
    return tuple(facts.client.get(member) or ())


def _on(facts: Facts) -> bool:
    return facts.settings.domain_url is not None


def _exists(facts: Facts) -> Verdict | None:
    if not _on(facts):
        return None
    if is_loopback(facts.settings.domain_url or ""):
        return ok("the domain is an emulator's")
    try:
        domain = facts.look("domain")
    except AbsentError:
        domain = {}
    name = name_of(facts.settings.domain_url or "")
    if not domain.get("UserPoolId"):
        return _nobodys(facts, name)
    if domain["UserPoolId"] != facts.settings.user_pool_id:
        return Verdict(Level.ERROR, f"the domain {name} is of another user pool: COGNITO_DOMAIN")
    if domain.get("Status") not in {None, "ACTIVE"}:
        return Verdict(Level.WARNING, f"the domain {name} is {domain['Status']}, and not ACTIVE")
    return ok(f"the domain {name} is the pool's")


def _nobodys(facts: Facts, name: str) -> Verdict:
    theirs = facts.pool.get("Domain") if facts.has("pool") else None
    if theirs:
        return Verdict(
            Level.ERROR, f"nobody has the domain {name}, and the pool's is {theirs}: COGNITO_DOMAIN"
        )
    create = ("aws", "cognito-idp", "create-user-pool-domain", "--user-pool-id", facts.settings.user_pool_id)
    return Verdict(
        Level.ERROR,
        f"nobody has the domain {name}: COGNITO_DOMAIN",
        f'aws_cognito_user_pool_domain.domain = "{name}"',
        # A host of one's own needs a certificate, which nobody can guess.
        command=None if "." in name else shlex.join((*create, "--domain", name)),
    )


def _grants(facts: Facts) -> Verdict | None:
    if not _on(facts):
        return None
    flows = _listed(facts, "AllowedOAuthFlows")
    if not facts.client.get("AllowedOAuthFlowsUserPoolClient"):
        what = "the app client may not use the domain"
    elif "code" not in flows:
        what = "the app client may not use the code grant, by which users sign in"
    else:
        return ok("users may sign in by the code grant")
    return client_error(
        what,
        'allowed_oauth_flows_user_pool_client = true, allowed_oauth_flows = ["code"]',
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
    )


def _implicit(facts: Facts) -> Verdict | None:
    flows = _listed(facts, "AllowedOAuthFlows")
    if not flows:
        return None
    if "implicit" not in flows:
        return ok("no tokens are in addresses")
    return client_warning(
        "the implicit grant puts tokens into addresses, and so into histories and logs",
        'allowed_oauth_flows = ["code"]',
        AllowedOAuthFlows=[flow for flow in flows if flow != "implicit"],
    )


def _callback(facts: Facts) -> Verdict | None:
    return _addresses(
        facts, "CallbackURLs", "callback_urls", "/login/callback", "nobody comes back from the pages"
    )


def _logout(facts: Facts) -> Verdict | None:
    return _addresses(facts, "LogoutURLs", "logout_urls", "/", "who signs out ends on an error page")


def _addresses(facts: Facts, member: str, attribute: str, path: str, otherwise: str) -> Verdict | None:
    if not _on(facts):
        return None
    addresses = _listed(facts, member)
    url = facts.app_url
    if (addresses and url is None) or any(origin_of(each) == origin_of(url or "") for each in addresses):
        return ok(f"the app client has {attribute.replace('_', ' ')}{' of the app' if url else ''}")
    wanted = f"{url or 'https://app.example.com'}{path}"
    return client_error(
        f"the app client has no {attribute.replace('_', ' ')}{' at ' + url if url else ''}: {otherwise}",
        f'{attribute}: add "{wanted}"',
        **{member: sorted({*addresses, wanted})},
    )


def _of_development(facts: Facts) -> Verdict | None:
    """Judge what is left of development: whoever listens on a user's machine would get the code."""
    if not _on(facts) or facts.app_url is None or is_loopback(facts.app_url):
        return None
    addresses = _listed(facts, "CallbackURLs")
    left = sorted(each for each in addresses if is_loopback(each))
    if not left:
        return ok("codes are sent to no address of development")
    return client_warning(
        f"codes may be sent to {', '.join(left)}, which is not the app",
        f"callback_urls: leave {', '.join(left)} out",
        CallbackURLs=[each for each in addresses if each not in left],
    )


def _scopes(facts: Facts) -> Verdict | None:
    if not _on(facts):
        return None
    allowed = _listed(facts, "AllowedOAuthScopes")
    missing = sorted({*facts.settings.login_scopes} - {*allowed})
    if missing:
        return _more_scopes(
            f"COGNITO_LOGIN_SCOPES asks for {', '.join(missing)}, which the app client may not have:"
            " no sign-in works",
            allowed,
            missing,
        )
    if "openid" not in (facts.settings.login_scopes or allowed):
        return _lacking(facts, "openid", "without the scope openid there is no ID token", Level.ERROR)
    return ok("the app client has the scopes that are asked for")


def _account_scope(facts: Facts) -> Verdict | None:
    if not _on(facts):
        return None
    allowed = _listed(facts, "AllowedOAuthScopes")
    if _USER_ADMIN in (facts.settings.login_scopes or allowed):
        return ok("who signs in at the domain may use auth.account_router")
    what = f"without the scope {_USER_ADMIN} auth.account_router refuses who signs in at the domain"
    return _lacking(facts, _USER_ADMIN, what, Level.WARNING)


def _lacking(facts: Facts, scope: str, what: str, level: Level) -> Verdict:
    """Say where a scope is to be added: to the setting where it names scopes, for it alone asks then."""
    if facts.settings.login_scopes:
        return Verdict(level, f"{what}: add it to COGNITO_LOGIN_SCOPES")
    found = _more_scopes(what, _listed(facts, "AllowedOAuthScopes"), [scope])
    return replace(found, level=level)


def _more_scopes(what: str, allowed: Iterable[str], missing: Iterable[str]) -> Verdict:
    scopes = sorted({*allowed, *missing})
    return client_error(what, f"allowed_oauth_scopes: add {', '.join(missing)}", AllowedOAuthScopes=scopes)


def _providers(facts: Facts) -> Verdict | None:
    if not _on(facts):
        return None
    if _listed(facts, "SupportedIdentityProviders"):
        return ok("the app client has somebody to sign in with")
    return client_error(
        "the app client has no identity provider, not even the pool: its pages cannot sign anybody in",
        'supported_identity_providers = ["COGNITO"]',
        SupportedIdentityProviders=["COGNITO"],
    )


def _resources(facts: Facts) -> Verdict | None:
    settings = facts.settings
    custom = {scope for scope in settings.scopes_supported if "/" in scope}
    if not (custom or settings.resource):
        return None
    servers: Any = facts.look("servers")
    known = {scope for scopes in servers.values() for scope in scopes}
    missing = sorted(custom - known)
    if missing:
        return Verdict(
            Level.WARNING,
            f"COGNITO_SCOPES_SUPPORTED names {', '.join(missing)}, which no resource server has",
            "aws_cognito_resource_server.scope",
        )
    strangers = sorted({*settings.resource} - servers.keys())
    if strangers:
        return Verdict(
            Level.WARNING,
            f"COGNITO_RESOURCE names {', '.join(strangers)}, which is no resource server:"
            " no token can be bound to it",
            f'aws_cognito_resource_server.identifier = "{strangers[0]}"',
        )
    return ok("the resource servers have the scopes that the app names")


def _groups(facts: Facts) -> Verdict | None:
    wanted = groups_of(facts.settings)
    if not wanted:
        return None
    missing = sorted(wanted - facts.look("groups"))
    if not missing:
        return ok("the pool has the groups that the app names")
    return Verdict(
        Level.WARNING,
        f"the app names {', '.join(missing)}, which is no group of the pool: COGNITO_GROUP_SCOPES,"
        " COGNITO_ADMIN_GROUPS, COGNITO_ADMIN_READ_GROUPS or COGNITO_POOL_ADMIN_GROUPS",
        f'aws_cognito_user_group.name = "{missing[0]}"',
    )


CHECKS: Final = (
    Check("domain", _exists),
    Check("code-grant", _grants),
    Check("implicit-grant", _implicit),
    Check("callback-urls", _callback),
    Check("logout-urls", _logout),
    Check("development-urls", _of_development),
    Check("login-scopes", _scopes),
    Check("account-scope", _account_scope),
    Check("identity-providers", _providers),
    Check("resource-servers", _resources),
    Check("groups", _groups),
)
