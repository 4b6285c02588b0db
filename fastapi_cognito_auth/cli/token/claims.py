"""What is said of each claim of a token: what it is, what is wanted of it, and what came of it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from fastapi_cognito_auth.cli.token.judgement import JUDGED, Judgement
from fastapi_cognito_auth.exceptions import InvalidTokenError
from fastapi_cognito_auth.settings.settings import CognitoSettings
from fastapi_cognito_auth.tokens.claims import LAST_SECOND


class Outcome(StrEnum):
    """What came of a claim."""

    GOOD = "good"
    REFUSED = "refused"
    NOT_JUDGED = "not judged"
    """What was wrong before it ended the judging."""

    TOLD = "-"
    """Nothing is asked of it here; routes may go by it."""


@dataclass(frozen=True)
class Explained:
    """One claim, or one member of the header."""

    name: str
    value: Any
    outcome: Outcome
    why: str


_SIZES: Final = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_TIMES: Final = frozenset({"exp", "nbf", "iat", "auth_time"})
_TOLD: Final = {
    "sub": "the user's id, which never changes; of a machine its client id",
    "username": "the user's name in the pool",
    "cognito:username": "the user's name in the pool",
    "jti": "names this token, for lists of revoked ones",
    "origin_jti": "names the sign-in that it comes from, for lists of revoked ones",
    "acr": "how strongly the user signed in, for `require_acr`",
    "amr": "the factors that were used",
    "act": "who acts on the user's behalf, for `require_actor`",
    "scope": "for `require_scopes`",
}
_OF_THE_HEADER: Final = frozenset({"alg", "kid"})

Refused = Mapping[str, InvalidTokenError]
Words = Mapping[str, str]


def explained(judgement: Judgement, settings: CognitoSettings, kind: str, now: float) -> list[Explained]:
    """Say of the header and of each claim what came of it, in the order of the token.

    Args:
        judgement: what the verifier found out.
        settings: of the app.
        kind: what the token was asked to be.
        now: seconds since the epoch.
    """
    refused = _by_claim(judgement.refusals)
    wanted = _wanted(settings, kind)
    told = _TOLD | {"cognito:groups": _granted(settings, judgement.claims.get("cognito:groups"))}
    rows = list(_rows(judgement, refused, wanted, told, now))
    shown = {row.name for row in rows if row.outcome is Outcome.REFUSED}
    # What the token lacks, or what is no claim at all.
    missing = (Explained(name, None, Outcome.REFUSED, error.message) for name, error in refused.items())
    return rows + [row for row in missing if row.name not in shown]


def _by_claim(refusals: tuple[InvalidTokenError, ...]) -> Refused:
    named: dict[str, InvalidTokenError] = {}
    for error in refusals:
        for claim in (error.claim or "").split(", "):
            if claim:
                named.setdefault(claim, error)
    return named


def _rows(
    judgement: Judgement, refused: Refused, wanted: Words, told: Words, now: float
) -> Iterator[Explained]:
    judged = {*JUDGED[: judgement.reached]}
    for name, value in judgement.header.items():
        if name in _OF_THE_HEADER:
            yield _row(name, value, refused, judged, wanted[name])
        else:
            yield Explained(name, value, Outcome.TOLD, "")
    for name, value in judgement.claims.items():
        at = _moment(name, value, now)
        # A claim may be called like a header, and means nothing then.
        if name not in _OF_THE_HEADER and (name in refused or name in wanted):
            yield _row(name, value, refused, judged, f"{at} {wanted.get(name, '')}".strip())
        else:
            yield Explained(name, value, Outcome.TOLD, told.get(name, ""))


def _row(name: str, value: Any, refused: Refused, judged: set[str], why: str) -> Explained:
    if name in refused:
        return Explained(name, value, Outcome.REFUSED, f"{refused[name].message} {why}".strip())
    return Explained(name, value, Outcome.GOOD if name in judged else Outcome.NOT_JUDGED, why)


def _wanted(settings: CognitoSettings, kind: str) -> Words:
    """Return what is wanted of each claim that is judged by itself."""
    skew = f"now, give or take {settings.clock_skew:g} s"
    clients = f"one of COGNITO_CLIENT_ID and COGNITO_ACCEPTED_CLIENT_IDS: {_listed(settings.client_ids)}"
    resources = f"one of COGNITO_RESOURCE: {_listed(settings.resource) or 'none is set'}"
    issuers = {*settings.issuers, *(issuer for pool in settings.trusted_pools for issuer in pool.issuers)}
    return {
        "alg": "RS256",
        "kid": "a key of the pool that signed it",
        "iss": f"one of {_listed(issuers)}",
        "token_use": kind,
        "exp": f"later than {skew}",
        **dict.fromkeys(("nbf", "iat", "auth_time"), f"not later than {skew}"),
        **({"client_id": clients, "aud": resources} if kind == "access" else {"aud": clients}),
    }


def _granted(settings: CognitoSettings, groups: Any) -> str:
    """Return what the groups of a token are for, and which scopes they grant."""
    held = {group for group in groups if isinstance(group, str)} if isinstance(groups, list) else set()
    scopes = {scope for group in held for scope in settings.group_scopes.get(group, ())}
    return "for `require_groups`" + (f"; COGNITO_GROUP_SCOPES grants {_listed(scopes)}" if scopes else "")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _moment(name: str, value: Any, now: float) -> str:
    """Say when that is, of a claim that is a time."""
    if name not in _TIMES or type(value) is not int or not 0 <= value <= LAST_SECOND:
        return ""
    at = datetime.fromtimestamp(value, UTC)
    apart = round(abs(value - now))
    size, unit = next(((size, unit) for size, unit in _SIZES if apart >= size), (1, "second"))
    count = apart // size
    distance = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{at:%Y-%m-%d %H:%M:%S} UTC, {'in ' + distance if value > now else distance + ' ago'}; wanted"


def written(value: Any) -> str:
    """Return the value of a claim as a terminal may show it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
