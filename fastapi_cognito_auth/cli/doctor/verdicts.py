"""What a check says: fine, doubtful, wrong, or not to be seen, and what would mend it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fastapi_cognito_auth.cli.doctor.facts import AbsentError, Facts, UnseenError, Update


class Level(StrEnum):
    """How much something matters."""

    OK = "ok"
    WARNING = "warning"
    """It works, and is weaker or ends sooner than it need be."""

    ERROR = "error"
    """Something that the settings ask for does not work."""

    UNKNOWN = "unknown"
    """It could not be looked at."""


@dataclass(frozen=True)
class Verdict:
    """What one check says."""

    level: Level
    message: str
    terraform: str | None = None
    """The attribute that mends it, as `resource.attribute`, and its value."""

    update: Update | None = None
    """What the members of `change` are of: UpdateUserPoolClient, UpdateUserPool or SetUserPoolMfaConfig."""

    change: Mapping[str, Any] = field(default_factory=dict)
    """Members of the API that mend it, beside all others that stay as they are."""

    command: str | None = None
    """A command that mends it, where it is no update."""

    unseen: UnseenError | None = None
    """Why it could not be looked at."""


def ok(message: str) -> Verdict:
    """Say that something is as it should be."""
    return Verdict(Level.OK, message)


@dataclass(frozen=True)
class Check:
    """One question; its id is stable."""

    id: str
    judge: Callable[[Facts], Verdict | None]
    """Answers by what was seen; `None` where the settings do not raise the question."""


def asked(check: Check, facts: Facts) -> Verdict | None:
    """Return what a check says, also where it could not look; `None` where there is nothing to be said."""
    try:
        return check.judge(facts)
    except UnseenError as exc:
        return Verdict(Level.UNKNOWN, f"could not be looked at: {exc}", unseen=exc)
    except AbsentError:
        return None


def client_error(message: str, terraform: str, /, **change: Any) -> Verdict:
    """Say that the app client is configured wrongly.

    Args:
        message: what is wrong.
        terraform: the attribute of `aws_cognito_user_pool_client`, and its value.
        change: members of UpdateUserPoolClient.
    """
    return Verdict(Level.ERROR, message, f"aws_cognito_user_pool_client.{terraform}", "client", change)


def client_warning(message: str, terraform: str, /, **change: Any) -> Verdict:
    """Say that the app client is configured weakly; the arguments are those of `client_error`."""
    return Verdict(Level.WARNING, message, f"aws_cognito_user_pool_client.{terraform}", "client", change)


def pool_error(message: str, terraform: str, /, **change: Any) -> Verdict:
    """Say that the pool is configured wrongly; the change is of UpdateUserPool."""
    return Verdict(Level.ERROR, message, f"aws_cognito_user_pool.{terraform}", "pool", change)


def pool_warning(message: str, terraform: str, /, **change: Any) -> Verdict:
    """Say that the pool is configured weakly; the change is of UpdateUserPool."""
    return Verdict(Level.WARNING, message, f"aws_cognito_user_pool.{terraform}", "pool", change)
