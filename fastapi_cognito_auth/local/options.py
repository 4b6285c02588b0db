"""What `LocalUserPool` may be asked for: a mistyped option must not weaken the pool."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from fastapi_cognito_auth.local.attributes import STANDARD
from fastapi_cognito_auth.local.local_user import LocalUser
from fastapi_cognito_auth.local.mfa import ALL, FIRST_FACTOR_NAMES, OTP_NAMES
from fastapi_cognito_auth.local.triggers import Triggers

_FLOWS = frozenset({
    "ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_AUTH", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION",
})  # fmt: skip

_SIGN_IN_BY: Final[Mapping[str, Sequence[str]]] = {
    "username_attributes": ("email", "phone_number"),
    "alias_attributes": ("email", "phone_number", "preferred_username"),
}
"""`UsernameAttributeType` and `AliasAttributeType`."""

_REGION: Final = "us-east-1"
_REGION_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,44}")
_POOL_ID: Final = re.compile(r"(?=.{1,55}\Z)([a-zA-Z0-9][a-zA-Z0-9-]*)_[0-9a-zA-Z]+")
_CLIENT_ID: Final = re.compile(r"[\w+]{1,128}", re.ASCII)
_CLIENT_SECRET: Final = re.compile(r"[\w+]{24,64}", re.ASCII)
_DOMAIN: Final = re.compile(r"(?=.{1,127}\Z)[a-z0-9-]+(\.[a-z0-9-]+)*")
# RFC 3986 without what an issuer has not: user information, query and fragment.
_ISSUER: Final = re.compile(
    r"https?://(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?(?:/(?:[\w.~!$&'()*+,;=:@/-]|%[0-9a-fA-F]{2})*)?",
    re.ASCII,
)


def one_of(name: str, value: str, *allowed: str) -> None:
    """Check a choice.

    Raises:
        ValueError: the value is none of them.
    """
    if value not in allowed:
        msg = f"{name} is one of {', '.join(allowed)}"
        raise ValueError(msg)


def between(name: str, value: int | None, lowest: int, highest: int, unit: str = "") -> None:
    """Check a number; `None` leaves the option off.

    Raises:
        ValueError: the number is outside.
    """
    if value is not None and not lowest <= value <= highest:
        msg = f"{name} is {lowest} to {highest} {unit}".rstrip()
        raise ValueError(msg)


def names(name: str, given: Iterable[str]) -> tuple[str, ...]:
    """Return a list of names.

    Raises:
        ValueError: it is one text, which would be taken letter by letter.
    """
    if isinstance(given, str):
        msg = f"{name} is a list, not a text"
        raise ValueError(msg)  # noqa: TRY004 - like every other mistake in an option
    return tuple(given)


def users(given: Iterable[LocalUser]) -> tuple[LocalUser, ...]:
    """Return the users to start with.

    Raises:
        ValueError: they are written in another way, which is not shown: a password may be in it.
    """
    one = isinstance(given, str | LocalUser | Mapping)
    found = () if one else tuple(given)
    if one or not all(isinstance(user, LocalUser) for user in found):
        raise ValueError('users is a list of users: write users=[LocalUser("ada", password="…")]')
    return found


def attributes(**given: Sequence[str]) -> None:
    """Check lists of standard attributes.

    Raises:
        ValueError: an attribute does not exist, or nobody can sign in by it.
    """
    for option, listed in given.items():
        if unknown := {*names(option, listed)} - STANDARD:
            msg = f"{option}: no such attribute: {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        allowed = _SIGN_IN_BY.get(option, listed)
        if not {*listed} <= {*allowed}:
            msg = f"{option} are some of {', '.join(allowed)}"
            raise ValueError(msg)


def factors(allowed_first_factors: Sequence[str], mfa_methods: Sequence[str], mfa: str) -> None:
    """Check the first and second factors, and whether they go together.

    Raises:
        ValueError: they do not.
    """
    for option, listed, known in (
        ("allowed_first_factors", allowed_first_factors, FIRST_FACTOR_NAMES),
        ("mfa_methods", mfa_methods, frozenset(ALL)),
    ):
        if {*names(option, listed)} - known:
            msg = f"{option} are some of {', '.join(sorted(known))}"
            raise ValueError(msg)
    if not allowed_first_factors:
        raise ValueError("allowed_first_factors names at least one")
    if mfa == "ON" and not {*allowed_first_factors} - OTP_NAMES:
        raise ValueError("a pool that demands MFA needs a first factor besides EMAIL_OTP and SMS_OTP")


def flows(explicit_auth_flows: Sequence[str]) -> None:
    """Check `ExplicitAuthFlows`.

    Raises:
        ValueError: there is no such flow.
    """
    if unknown := {*names("explicit_auth_flows", explicit_auth_flows)} - _FLOWS:
        msg = f"explicit_auth_flows: no such flow: {', '.join(sorted(unknown))}"
        raise ValueError(msg)


def flags(**given: object) -> None:
    """Check switches: what is no boolean must not count as one.

    Raises:
        ValueError: it is something else.
    """
    for name, value in given.items():
        if not isinstance(value, bool):
            msg = f"{name} is True or False"
            raise ValueError(msg)  # noqa: TRY004 - like every other mistake in an option


def region_of(user_pool_id: str | None, region: str | None) -> str:
    """Return the Region of a pool, which its id begins with.

    Raises:
        ValueError: one of them has not its form, or the id is of another Region than the one given.
    """
    if region is not None and not _REGION_NAME.fullmatch(region):
        raise ValueError("region is a name such as us-east-1")
    if user_pool_id is None:
        return region or _REGION
    found = _POOL_ID.fullmatch(user_pool_id)
    if found is None:
        raise ValueError("user_pool_id is a Region, an underscore, and letters or digits")
    if region not in {None, found[1]}:
        msg = f"user_pool_id is of the Region {found[1]}, region says {region}"
        raise ValueError(msg)
    return found[1]


def client_id(given: str | None) -> None:
    """Check an app client's id.

    Raises:
        ValueError: the service has no such ids.
    """
    if given is not None and not _CLIENT_ID.fullmatch(given):
        raise ValueError("client_id is 1 to 128 letters, digits, underscores and plus signs")


def client_secret(given: object) -> None:
    """Check an app client's secret.

    Raises:
        ValueError: the service has no such secrets; it is not shown.
    """
    if not isinstance(given, bool | str):
        raise ValueError("client_secret is a text, True or False")  # noqa: TRY004 - as other mistakes here
    if isinstance(given, str) and not _CLIENT_SECRET.fullmatch(given):
        raise ValueError("client_secret is 24 to 64 letters, digits, underscores and plus signs")


def triggers(given: object) -> None:
    """Check triggers.

    Raises:
        ValueError: they are written in another way.
    """
    if given is not None and not isinstance(given, Triggers):
        msg = "triggers are of a kind of their own: write triggers=Triggers(pre_sign_up=…)"
        raise ValueError(msg)


def functions(given: object) -> None:
    """Check what stands for Lambda functions.

    Raises:
        ValueError: a name is no ARN, or what stands for it cannot be called.
    """
    fits = given is None or (
        isinstance(given, Mapping)
        and all(str(arn).startswith("arn:") and callable(function) for arn, function in given.items())
    )
    if not fits:
        msg = 'functions are ARNs and callables: write functions={"arn:aws:lambda:…": my_function}'
        raise ValueError(msg)


def relying_party_id(given: str | None) -> None:
    """Check a relying party's id (https://www.w3.org/TR/webauthn-3/#relying-party-identifier).

    Raises:
        ValueError: it is no domain.
    """
    if given is not None and not _DOMAIN.fullmatch(given):
        raise ValueError("relying_party_id is a domain in lower case, such as example.com or localhost")


def issuer(given: str) -> str:
    """Check an issuer: an address without query and fragment (OpenID Connect Discovery, section 3).

    Raises:
        ValueError: it is none.
    """
    if not (_ISSUER.fullmatch(given) and _has_a_host(given)):
        raise ValueError(
            "issuer is an address that begins with https:// or http://, without user, ?, #, blank or line end"
        )
    return given


def _has_a_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False  # no IPv6 address in its brackets, or no port
