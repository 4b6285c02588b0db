"""Checks of what stands around the app: keys, clock, Region, Redis, and how browsers reach it."""

from typing import Final
from urllib.parse import urlsplit

from fastapi_cognito_auth.cli.doctor.domain import is_loopback
from fastapi_cognito_auth.cli.doctor.facts import Facts
from fastapi_cognito_auth.cli.doctor.verdicts import Check, Level, Verdict, ok
from fastapi_cognito_auth.settings.issuers import region_of
from fastapi_cognito_auth.settings.regions import nearest_known

_OF_THE_SERVICE: Final = frozenset(
    {
        *("user_pool_unavailable", "user_pool_busy", "too_many_requests"),
        *("internal_error", "internal_server"),
    }
)
"""Codes of what says nothing about who asked."""


def _keys(facts: Facts) -> Verdict:
    failed = {pool: why for pool, why in facts.look("keys").items() if why is not None}
    if not failed:
        return ok("the keys that verify tokens can be had")
    told = "; ".join(f"{pool}: {why}" for pool, why in sorted(failed.items()))
    return Verdict(Level.ERROR, f"keys that verify tokens cannot be had: {told}")


def _credentials(facts: Facts) -> Verdict:
    refusals = facts.refusals()
    if not refusals:
        return ok("there are AWS credentials that may look at the pool")
    if refusals <= _OF_THE_SERVICE:
        return Verdict(
            Level.UNKNOWN, "the user pool does not answer, so nothing is known of the AWS credentials"
        )
    if "aws_configuration" not in refusals:
        return Verdict(
            Level.UNKNOWN,
            "the AWS credentials may not look at everything; what they need is printed by"
            " init --format iam-policy --feature doctor",
        )
    if facts.settings.auth_flow == "ADMIN_USER_PASSWORD_AUTH":
        return Verdict(
            Level.ERROR, "there are no AWS credentials, and COGNITO_AUTH_FLOW needs them: nobody can sign in"
        )
    return Verdict(Level.UNKNOWN, "there are no AWS credentials that can be used")


def _issuer(facts: Facts) -> Verdict | None:
    issuer: str | None = facts.look("issuer")
    if issuer is None:
        return None
    if issuer in facts.settings.issuers:
        return ok("the app accepts the issuer that tokens name")
    return Verdict(
        Level.ERROR,
        f"tokens call their issuer {issuer}, which the app does not take: COGNITO_ISSUER",
    )


def _clock(facts: Facts) -> Verdict:
    ahead: float = facts.look("clock")
    apart, skew = abs(ahead), facts.settings.clock_skew
    # A Date header has whole seconds: within one, there is nothing to be said.
    if apart <= max(1.0, skew / 2):
        return ok("the clock is right")
    told = f"this machine's clock is {apart:.0f} s {'behind' if ahead > 0 else 'ahead'}"
    if apart <= skew:
        return Verdict(
            Level.WARNING, f"{told}, and COGNITO_CLOCK_SKEW allows {skew:g} s: set the clock by NTP"
        )
    return Verdict(Level.ERROR, f"{told}, so good tokens are refused or old ones taken: set the clock by NTP")


def _region(facts: Facts) -> Verdict | None:
    settings = facts.settings
    if settings.endpoint_url is not None:
        return None  # an emulator has Regions of its own
    region = settings.replica_region or region_of(settings.user_pool_id)
    nearest = nearest_known(region)
    if nearest is None:
        return ok(f"the Region is {region}")
    return Verdict(Level.WARNING, f"there is no Region {region} that is known; the nearest is {nearest}")


def _endpoint(facts: Facts) -> Verdict | None:
    address = facts.settings.endpoint_url
    if address is None:
        return None
    if address.startswith("https://") or is_loopback(address):
        return ok("what goes to the endpoint can be read by nobody else")
    return Verdict(
        Level.WARNING, "COGNITO_ENDPOINT_URL is plain http: passwords and tokens cross the network in clear"
    )


def _secret_key(facts: Facts) -> Verdict:
    if facts.settings.secret_key:
        return ok("there is a key that seals challenges and sessions")
    return Verdict(
        Level.WARNING,
        "COGNITO_SECRET_KEY is missing: an app that does more than verify tokens does not start",
    )


def _redis(facts: Facts) -> Verdict | None:
    url = facts.settings.redis_url
    if url is None:
        return None
    why = facts.look("redis")
    if why is not None:
        return Verdict(Level.ERROR, f"Redis does not answer: {why}")
    address = url.get_secret_value()
    if address.startswith("redis://") and not is_loopback(address):
        return Verdict(
            Level.WARNING, "COGNITO_REDIS_URL is redis://, and not rediss://: it is not encrypted on its way"
        )
    return ok("Redis answers")


def _revocations(facts: Facts) -> Verdict | None:
    if facts.settings.revocation != "local":
        return None
    workers = facts.environ.get("WEB_CONCURRENCY", "")
    if workers.isdigit() and int(workers) > 1:
        return Verdict(
            Level.ERROR,
            f"COGNITO_REVOCATION is local, and WEB_CONCURRENCY is {workers}:"
            " each worker knows its own sign-outs alone; set it to redis or probe",
        )
    return ok("sign-outs are known to this one worker")


def _tls(facts: Facts) -> Verdict | None:
    if facts.app_url is None:
        return None
    if facts.app_url.startswith("https://"):
        return ok("browsers reach the app over TLS")
    if is_loopback(facts.app_url):
        return ok("the app is on this machine, to which no TLS is needed")
    return Verdict(
        Level.ERROR, "browsers reach the app by plain http: tokens and cookies cross the network in clear"
    )


def _proxy(facts: Facts) -> Verdict | None:
    """Judge whether the app knows by what address browsers reach it, where a proxy ends the TLS."""
    if facts.app_url is None or is_loopback(facts.app_url):
        return None
    trusted = facts.environ.get("FORWARDED_ALLOW_IPS")
    if trusted is not None and "*" in {part.strip() for part in trusted.split(",")}:
        return Verdict(
            Level.WARNING,
            "FORWARDED_ALLOW_IPS is *: whoever reaches the app without the proxy chooses scheme and address",
        )
    if facts.settings.forward_client_address and facts.settings.trusted_proxies == 0:
        return Verdict(
            Level.WARNING,
            "COGNITO_FORWARD_CLIENT_ADDRESS is on, and COGNITO_TRUSTED_PROXIES is 0:"
            " behind a proxy every user would have the proxy's address",
        )
    return ok("no proxy is trusted that was not named")


def _cookies(facts: Facts) -> Verdict | None:
    settings = facts.settings
    if settings.session_same_site == "none" and not settings.trusted_origins:
        return Verdict(
            Level.ERROR,
            "COGNITO_SESSION_SAME_SITE is none, and no page may use it: COGNITO_TRUSTED_ORIGINS is empty",
        )
    plain = sorted(
        each for each in settings.trusted_origins if each.startswith("http://") and not is_loopback(each)
    )
    if plain:
        return Verdict(
            Level.WARNING,
            f"COGNITO_TRUSTED_ORIGINS has {', '.join(plain)}: whoever is on the way may write such a page",
        )
    if facts.app_url is None:
        return None
    if urlsplit(facts.app_url).scheme == "http" and settings.session_same_site == "none":
        return Verdict(Level.ERROR, "COGNITO_SESSION_SAME_SITE is none, which browsers take over TLS alone")
    return ok("browsers take the cookies of sessions")


CHECKS: Final = (
    Check("credentials", _credentials),
    Check("keys", _keys),
    Check("issuer", _issuer),
    Check("clock", _clock),
    Check("region", _region),
    Check("endpoint", _endpoint),
    Check("secret-key", _secret_key),
    Check("redis", _redis),
    Check("revocation-list", _revocations),
    Check("tls", _tls),
    Check("proxy", _proxy),
    Check("cookies", _cookies),
)
