"""Checks of what the pool asks of its users: attributes, passwords, second factors, passkeys."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi_cognito_auth.cli.doctor.facts import AbsentError, Facts
from fastapi_cognito_auth.cli.doctor.verdicts import (
    Check,
    Level,
    Verdict,
    client_error,
    client_warning,
    ok,
    pool_error,
    pool_warning,
)

_SHORTEST: Final = 8  # characters; NIST SP 800-63B section 5.1.1.2
_LONGEST_TEMPORARY: Final = 7  # days
_ADDRESSES: Final = frozenset({"email", "phone_number"})
_METHODS: Final = ("SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration")


def _exists(facts: Facts) -> Verdict:
    try:
        name = facts.pool.get("Name")
    except AbsentError:
        return Verdict(
            Level.ERROR,
            f"there is no user pool {facts.settings.user_pool_id}: COGNITO_USER_POOL_ID",
        )
    return ok(f"the user pool is there, and called {name}")


def _written_attributes(facts: Facts) -> Verdict | None:
    writable = facts.client.get("WriteAttributes")
    if not writable:
        return None
    required = {
        attribute["Name"]
        for attribute in facts.pool.get("SchemaAttributes", ())
        if attribute.get("Required") and attribute["Name"] != "sub"
    }
    missing = sorted(required - {*writable})
    if not missing:
        return ok("the app may write every attribute that a sign-up needs")
    return client_error(
        f"the pool requires {', '.join(missing)}, which the app may not write: nobody can sign up",
        f"write_attributes: add {', '.join(missing)}",
        WriteAttributes=sorted({*writable, *missing}),
    )


def _read_attributes(facts: Facts) -> Verdict | None:
    readable = facts.client.get("ReadAttributes")
    if not readable:
        return None
    listed = ("AutoVerifiedAttributes", "UsernameAttributes", "AliasAttributes")
    known = {name for member in listed for name in facts.pool.get(member) or ()}
    # A pool that names no address may have some all the same.
    addresses = known & _ADDRESSES or _ADDRESSES & {*readable} or {"email"}
    needed = addresses | {f"{name}_verified" for name in addresses}
    missing = sorted(needed - {*readable})
    if not missing:
        return ok("the app may read the addresses of its users")
    return client_warning(
        f"the app may not read {', '.join(missing)}: profiles and ID tokens lack them",
        f"read_attributes: add {', '.join(missing)}",
        ReadAttributes=sorted({*readable, *missing}),
    )


def _custom_attributes(facts: Facts) -> Verdict:
    mutable = {
        attribute["Name"]
        for attribute in facts.pool.get("SchemaAttributes", ())
        if attribute.get("Mutable") and attribute["Name"].startswith("custom:")
    }
    writable = facts.client.get("WriteAttributes") or ()
    theirs = sorted(mutable & {*writable})
    if not theirs:
        return ok("users may change no attribute that is the app's own")
    return client_warning(
        f"users may change {', '.join(theirs)} themselves, so nothing may be granted by them",
        f"write_attributes: leave {', '.join(theirs)} out",
        WriteAttributes=sorted({*writable} - {*theirs}),
    )


def _passwords(facts: Facts) -> Verdict:
    policies = facts.pool.get("Policies") or {}
    policy = policies.get("PasswordPolicy") or {}
    length = int(policy.get("MinimumLength") or _SHORTEST)
    if length >= _SHORTEST:
        return ok(f"passwords have {length} characters or more")
    return pool_warning(
        f"passwords may have {length} characters",
        f"password_policy.minimum_length = {_SHORTEST}",
        Policies={**policies, "PasswordPolicy": {**policy, "MinimumLength": _SHORTEST}},
    )


def _temporary_passwords(facts: Facts) -> Verdict:
    policies = facts.pool.get("Policies") or {}
    policy = policies.get("PasswordPolicy") or {}
    days = int(policy.get("TemporaryPasswordValidityDays") or _LONGEST_TEMPORARY)
    if days <= _LONGEST_TEMPORARY:
        return ok(f"temporary passwords are good for {days} days")
    return pool_warning(
        f"temporary passwords, which are sent by mail, are good for {days} days",
        f"password_policy.temporary_password_validity_days = {_LONGEST_TEMPORARY}",
        Policies={
            **policies,
            "PasswordPolicy": {**policy, "TemporaryPasswordValidityDays": _LONGEST_TEMPORARY},
        },
    )


def _methods(mfa: Any) -> list[str]:
    return [name for name in _METHODS if mfa.get(name) and mfa[name].get("Enabled", True)]


def _mfa(facts: Facts) -> Verdict:
    switched = facts.mfa.get("MfaConfiguration") or "OFF"
    if switched == "OFF":
        return Verdict(
            Level.WARNING,
            "nobody can have a second factor",
            'aws_cognito_user_pool.mfa_configuration = "OPTIONAL",'
            " software_token_mfa_configuration { enabled = true }",
            "mfa",
            {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
        )
    methods = _methods(facts.mfa)
    if not methods:
        what = "a second factor is asked for, and there is none to choose"
    elif methods == ["SmsMfaConfiguration"]:
        what = "the only second factor is an SMS, which can be intercepted"
    else:
        return ok(f"second factors are {switched}")
    return Verdict(
        Level.WARNING if methods else Level.ERROR,
        what,
        "aws_cognito_user_pool.software_token_mfa_configuration { enabled = true }",
        "mfa",
        {"SoftwareTokenMfaConfiguration": {"Enabled": True}},
    )


def _passkeys(facts: Facts) -> Verdict | None:
    policy = (facts.pool.get("Policies") or {}).get("SignInPolicy") or {}
    if "WEB_AUTHN" not in policy.get("AllowedFirstAuthFactors", ()):
        return None
    web = facts.mfa.get("WebAuthnConfiguration") or {}
    party = web.get("RelyingPartyId") or _domain_of(facts)
    if party is None:
        return _relying_party("passkeys are allowed, and are for no site", facts)
    if facts.app_url is None:
        return ok(f"passkeys are for pages of {party}")
    host = urlsplit(facts.app_url).hostname or ""
    if host == party or host.endswith(f".{party}"):
        return ok(f"passkeys are for pages of {party}, where the app is")
    return _relying_party(f"passkeys are for pages of {party}, and the app is at {host}", facts)


def _relying_party(what: str, facts: Facts) -> Verdict:
    host = urlsplit(facts.app_url or "").hostname or "app.example.com"
    change = {"RelyingPartyId": host, "UserVerification": "preferred"}
    return Verdict(
        Level.ERROR,
        what,
        f'aws_cognito_user_pool.web_authn_configuration {{ relying_party_id = "{host}" }}',
        "mfa",
        {"WebAuthnConfiguration": change},
    )


def _domain_of(facts: Facts) -> str | None:
    """Return the pool's domain, which passkeys are for unless something else is said."""
    address = facts.settings.domain_url
    return None if address is None else urlsplit(address).hostname


def _verification(facts: Facts) -> Verdict:
    """Judge whether who signs up gets a code; a trigger may confirm and verify instead."""
    verified = facts.pool.get("AutoVerifiedAttributes")
    if verified:
        return ok(f"who signs up gets a code to {' or '.join(sorted(verified))}")
    if (facts.pool.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly"):
        return ok("users are created by administrators alone, who say which addresses are verified")
    if (facts.pool.get("LambdaConfig") or {}).get("PreSignUp"):
        return ok("no code is sent to who signs up; the trigger PreSignUp may confirm them")
    what = "the pool verifies no address: who signs up gets no code, and cannot reset a password"
    if facts.pool.get("UsernameAttributes") == ["phone_number"]:
        # It sends codes once it has a role to send them by, which nobody can guess.
        attribute = 'aws_cognito_user_pool.auto_verified_attributes = ["phone_number"]'
        return Verdict(Level.WARNING, what, attribute)
    return pool_warning(what, 'auto_verified_attributes = ["email"]', AutoVerifiedAttributes=["email"])


def _recovery(facts: Facts) -> Verdict | None:
    setting = facts.pool.get("AccountRecoverySetting") or {}
    ways = [way["Name"] for way in setting.get("RecoveryMechanisms") or ()]
    verified = sorted(facts.pool.get("AutoVerifiedAttributes") or ())
    if ways == ["admin_only"]:
        what = "only administrators can reset a password: POST /password/forgot is refused"
        return _recovery_by(verified[:1] or ["email"], what)
    reached = {f"verified_{name}" for name in verified} & {*ways}
    if not ways or reached:
        # A pool that says nothing takes either address.
        return ok("users whose address is verified can reset a forgotten password") if verified else None
    if not verified:
        return None  # what is missing is said already
    return _recovery_by(
        verified,
        f"passwords are reset by {', '.join(ways)}, and the pool verifies {', '.join(verified)} alone",
    )


def _recovery_by(addresses: Sequence[str], what: str) -> Verdict:
    ways = [
        {"Name": f"verified_{name}", "Priority": priority} for priority, name in enumerate(addresses, start=1)
    ]
    blocks = ", ".join(f'{{ name = "{way["Name"]}", priority = {way["Priority"]} }}' for way in ways)
    return pool_warning(
        what,
        f"account_recovery_setting.recovery_mechanism {blocks}",
        AccountRecoverySetting={"RecoveryMechanisms": ways},
    )


def _deletion(facts: Facts) -> Verdict:
    if facts.pool.get("DeletionProtection") == "ACTIVE":
        return ok("the pool cannot be deleted by one call")
    return pool_warning(
        "the pool, and every user in it, can be deleted by one call",
        'deletion_protection = "ACTIVE"',
        DeletionProtection="ACTIVE",
    )


def _plan(facts: Facts) -> Verdict | None:
    tier = facts.pool.get("UserPoolTier")
    if tier is None:
        return None
    policies = facts.pool.get("Policies") or {}
    wanted = {*(policies.get("SignInPolicy") or {}).get("AllowedFirstAuthFactors", ())} - {"PASSWORD"}
    if (policies.get("PasswordPolicy") or {}).get("PasswordHistorySize"):
        wanted.add("PasswordHistorySize")
    if tier != "LITE" or not wanted:
        return ok(f"the feature plan is {tier}")
    return pool_error(
        f"the feature plan LITE does not have {', '.join(sorted(wanted))}",
        'user_pool_tier = "ESSENTIALS"',
        UserPoolTier="ESSENTIALS",
    )


def _threat_protection(facts: Facts) -> Verdict | None:
    if not facts.settings.forward_client_address:
        return None
    mode = (facts.pool.get("UserPoolAddOns") or {}).get("AdvancedSecurityMode") or "OFF"
    if mode != "OFF":
        return ok(f"threat protection is {mode}")
    return pool_warning(
        "COGNITO_FORWARD_CLIENT_ADDRESS is on, and threat protection, which would use it, is off",
        'user_pool_tier = "PLUS", user_pool_add_ons { advanced_security_mode = "AUDIT" }',
        UserPoolTier="PLUS",
        UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"},
    )


CHECKS: Final = (
    Check("user-pool", _exists),
    Check("write-attributes", _written_attributes),
    Check("read-attributes", _read_attributes),
    Check("custom-attributes", _custom_attributes),
    Check("password-policy", _passwords),
    Check("temporary-passwords", _temporary_passwords),
    Check("mfa", _mfa),
    Check("passkeys", _passkeys),
    Check("verification", _verification),
    Check("account-recovery", _recovery),
    Check("deletion-protection", _deletion),
    Check("feature-plan", _plan),
    Check("threat-protection", _threat_protection),
)
