"""What the pool offers, so that no page shows what would not work.

It is asked of the pool itself, which takes AWS credentials; without them the pages offer what every pool
has, and what the settings say.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi_cognito_auth.cognito.sign_in import PasswordFlow
from fastapi_cognito_auth.exceptions import AccessDeniedError, AwsConfigurationError, CognitoAuthError
from fastapi_cognito_auth.runtime.single_flight import SingleFlight

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_KEPT: Final = 300.0
"""Seconds for which an answer counts."""

_TRIED_AGAIN: Final = 60.0
"""Seconds after which a pool that could not be asked is asked again."""

_ASKED: Final = ("DescribeUserPool", "DescribeUserPoolClient", "GetUserPoolMfaConfig")
_WHAT_IS_LEFT: Final = (
    "the pages offer passwords and sign-up with an e-mail address, and my account no second factors and"
    " no other addresses"
)
_WHAT_WAS_KNOWN: Final = "the pages go by what they knew before"
_THE_POLICY: Final = (
    "python -m fastapi_cognito_auth init --format iam-policy --feature pages --user-pool-arn ARN"
    " prints the policy that they need"
)

NEVER_ASKED: Final = frozenset({"sub", "email_verified", "phone_number_verified", "updated_at", "identities"})
"""The attributes that are the pool's own to write."""


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """What the pool wants of a password."""

    minimum_length: int = 8
    uppercase: bool = False
    lowercase: bool = False
    numbers: bool = False
    symbols: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """What a pool and its app client offer to people."""

    by_triggers: bool = False
    """Whether the triggers of the pool ask what they want, and nothing else signs in (`CUSTOM_AUTH`)."""

    by_choice: bool = False
    """Whether each user chooses among what they have (`USER_AUTH`)."""

    password_flow: PasswordFlow | None = None
    """How a password is proved, where there is nothing to choose; as the settings say unless given."""

    closed: bool = False
    """Whether the app client allows none of the ways that pages have."""

    sign_up: bool = True
    """Whether people sign themselves up."""

    username_attributes: tuple[str, ...] = ()
    """`email` or `phone_number`, where one of them is the username."""

    aliases: tuple[str, ...] = ()
    """What else one can sign in with."""

    required: tuple[str, ...] = ("email",)
    """The attributes that a new user has to give."""

    policy: PasswordPolicy = PasswordPolicy()
    without_password: bool = False
    """Whether one can sign up without a password."""

    password_optional: bool = False
    """Whether the pool has users without a password, whatever the app client lets them do."""

    passkeys: bool = False
    """Whether one can sign in with a passkey."""

    passkey_as_second_factor: bool = False
    """Whether a passkey stands for both steps of a sign-in, for users who want that."""

    texts: bool = False
    """Whether the pool can send text messages."""

    proved_first: frozenset[str] = frozenset()
    """The addresses of which a new one counts only once it is proved."""

    devices: bool = False
    """Whether the pool remembers devices."""

    second_factors: tuple[str, ...] = ()
    """Those that users may switch on, by the names that challenges have for them."""

    second_factor_demanded: bool = False
    """Whether everybody has to have one."""

    writable: frozenset[str] = frozenset()
    """The attributes that the app client may write."""

    device_spares_a_step: bool = True
    """Whether a browser that the pool remembers is not asked for a second factor."""

    providers: tuple[str, ...] = ()
    """The identity providers of the app client, by the names that the pool gives them."""

    administrable: bool = False
    """Whether the app has AWS credentials, without which it administers nobody."""

    @property
    def name_first(self) -> bool:
        """Whether the name is asked for alone, since what comes then depends on who it is."""
        return self.by_choice or self.by_triggers

    @property
    def login_by(self) -> str:
        """What people call the name they sign in with, as a part of a message's key."""
        kinds = self.username_attributes or ("username", *self.aliases)
        return "_or_".join(kind for kind in ("username", "email", "phone_number") if kind in kinds)

    def may_write(self) -> frozenset[str]:
        """Return the attributes that users may change."""
        return self.writable - NEVER_ASKED


class Offers:
    """Knows what the pool offers; its state is the last answer.

    Args:
        call: an operation of the user pools API.
        user_pool_id: the pool.
        client_id: the app client.
        auth_flow: how the settings say that a password is proved.
        clock: seconds from any start, never going back.
    """

    def __init__(
        self,
        call: Callable[..., Awaitable[dict[str, Any]]],
        *,
        user_pool_id: str,
        client_id: str,
        auth_flow: PasswordFlow,
        clock: Callable[[], float],
    ) -> None:
        self._call = call
        self._user_pool_id = user_pool_id
        self._client_id = client_id
        self._auth_flow = auth_flow
        self._clock = clock
        self._offer = Offer()
        self._told = False
        self._until = float("-inf")
        self._flights: SingleFlight[None, None] = SingleFlight()

    async def current(self) -> Offer:
        """Return what there is, as it was some minutes ago at most."""
        if self._clock() >= self._until:
            await self._flights.run(None, self._ask)
        return self._offer

    async def _ask(self) -> None:
        answers: list[dict[str, Any]] = []
        of_client = {"ClientId": self._client_id}
        try:
            for operation in _ASKED:
                more = of_client if operation == "DescribeUserPoolClient" else {}
                answers.append(await self._call(operation, UserPoolId=self._user_pool_id, **more))
        except CognitoAuthError as exc:
            # What was known stays; a pool that never could be asked is taken for a plain one.
            self._say_why(_ASKED[len(answers)], exc)
            self._offer = replace(self._offer, administrable=not isinstance(exc, AwsConfigurationError))
            self._until = self._clock() + _TRIED_AGAIN
            return
        pool, client, mfa = answers
        self._offer = read_offer(
            pool.get("UserPool", {}), client.get("UserPoolClient", {}), mfa, auth_flow=self._auth_flow
        )
        if self._offer.closed:
            logger.error(
                "nobody can sign in by the pages: the app client %s allows none of ALLOW_USER_AUTH,"
                " ALLOW_USER_SRP_AUTH, ALLOW_USER_PASSWORD_AUTH and ALLOW_CUSTOM_AUTH; add one to its"
                " ExplicitAuthFlows",
                self._client_id,
            )
        self._told = True
        self._until = self._clock() + _KEPT

    def _say_why(self, operation: str, error: CognitoAuthError) -> None:
        so = _WHAT_WAS_KNOWN if self._told else _WHAT_IS_LEFT
        if isinstance(error, AccessDeniedError):
            logger.warning("the app's AWS credentials do not allow %s, so %s: %s", operation, so, _THE_POLICY)
        elif isinstance(error, AwsConfigurationError):
            said = "without AWS credentials for %s there are no pages of administration, and %s: %s"
            logger.warning(said, ", ".join(_ASKED), so, _THE_POLICY)
        else:
            logger.warning("the pool does not tell what it offers, so %s: %s: %s", so, operation, error)


def _asked(pool: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a new user has to give: what the schema demands, and an address for the first code."""
    demanded = [
        attribute["Name"]
        for attribute in pool.get("SchemaAttributes", [])
        if attribute.get("Required") and attribute["Name"] not in NEVER_ASKED
    ]
    verified = pool.get("AutoVerifiedAttributes", [])
    reached = {*demanded, *pool.get("UsernameAttributes", [])}
    # One address is enough to be reached at.
    more = [] if reached.intersection(verified) else verified[:1]
    return tuple(dict.fromkeys([*demanded, *more]))


def _second_factors(mfa: Mapping[str, Any]) -> tuple[str, ...]:
    if mfa.get("MfaConfiguration", "OFF") == "OFF":
        return ()
    there = {
        "SOFTWARE_TOKEN_MFA": mfa.get("SoftwareTokenMfaConfiguration", {}).get("Enabled", False),
        "SMS_MFA": bool(mfa.get("SmsMfaConfiguration")),
        "EMAIL_OTP": bool(mfa.get("EmailMfaConfiguration")),
    }
    return tuple(name for name, is_there in there.items() if is_there)


def _writable(pool: Mapping[str, Any], client: Mapping[str, Any]) -> frozenset[str]:
    mutable = {one["Name"] for one in pool.get("SchemaAttributes", []) if one.get("Mutable", True)}
    # Without a list a client may write all but the pool's own attributes.
    given = client.get("WriteAttributes") or [name for name in mutable if not name.startswith("custom:")]
    return frozenset(given) & mutable


def _password_flow(flows: Collection[str], wanted: PasswordFlow) -> PasswordFlow | None:
    """Return how a password can be proved, if it can: as it is wanted, or as the app client allows."""
    if not any(flow.startswith("ALLOW_") for flow in flows):
        # Without a list, or with one of the older kind, SRP is there, but for one name.
        if "CUSTOM_AUTH_FLOW_ONLY" in flows:
            return None
        older = "ADMIN_NO_SRP_AUTH" if wanted == "ADMIN_USER_PASSWORD_AUTH" else wanted
        return wanted if older in flows else "USER_SRP_AUTH"
    orders: tuple[PasswordFlow, ...] = (wanted, "USER_SRP_AUTH", "USER_PASSWORD_AUTH")
    return next((flow for flow in orders if f"ALLOW_{flow}" in flows), None)


def read_offer(
    pool: Mapping[str, Any], client: Mapping[str, Any], mfa: Mapping[str, Any], *, auth_flow: PasswordFlow
) -> Offer:
    """Read `UserPoolType`, `UserPoolClientType` and the answer of GetUserPoolMfaConfig.

    Args:
        pool: the first.
        client: the second.
        mfa: the third.
        auth_flow: how the settings say that a password is proved.
    """
    policies = pool.get("Policies", {})
    password = policies.get("PasswordPolicy", {})
    first_factors = policies.get("SignInPolicy", {}).get("AllowedFirstAuthFactors", ["PASSWORD"])
    flows = client.get("ExplicitAuthFlows", [])
    by_choice = "ALLOW_USER_AUTH" in flows
    by_codes = bool({"EMAIL_OTP", "SMS_OTP"} & set(first_factors))
    password_flow = _password_flow(flows, auth_flow)
    custom = not {"ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"}.isdisjoint(flows)
    by_triggers = custom and not by_choice and password_flow is None
    providers = client.get("SupportedIdentityProviders", [])
    return Offer(
        by_triggers=by_triggers,
        by_choice=by_choice,
        password_flow=password_flow,
        closed=not (by_triggers or by_choice or password_flow),
        sign_up=not pool.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly", False),
        username_attributes=tuple(pool.get("UsernameAttributes", [])),
        aliases=tuple(name for name in pool.get("AliasAttributes", []) if name != "preferred_username"),
        required=_asked(pool),
        policy=PasswordPolicy(
            minimum_length=password.get("MinimumLength", 8),
            uppercase=password.get("RequireUppercase", False),
            lowercase=password.get("RequireLowercase", False),
            numbers=password.get("RequireNumbers", False),
            symbols=password.get("RequireSymbols", False),
        ),
        # Not by a passkey: it is added by who is signed in already.
        without_password=by_choice and by_codes,
        password_optional=by_codes,
        passkeys=by_choice and "WEB_AUTHN" in first_factors,
        passkey_as_second_factor=mfa.get("WebAuthnConfiguration", {}).get("FactorConfiguration")
        == "MULTI_FACTOR_WITH_USER_VERIFICATION",
        texts="SmsConfiguration" in pool or "SmsMfaConfiguration" in mfa,
        proved_first=frozenset(
            pool.get("UserAttributeUpdateSettings", {}).get("AttributesRequireVerificationBeforeUpdate", [])
        ),
        devices="DeviceConfiguration" in pool,
        second_factors=_second_factors(mfa),
        second_factor_demanded=mfa.get("MfaConfiguration") == "ON",
        writable=_writable(pool, client),
        device_spares_a_step=mfa.get("MfaConfiguration", "OFF") != "OFF"
        and pool.get("DeviceConfiguration", {}).get("ChallengeRequiredOnNewDevice", False),
        providers=tuple(name for name in providers if name != "COGNITO"),
        administrable=True,
    )
