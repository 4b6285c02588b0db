"""What administrators did, told once each: who, what, to whom, from where, and how it ended."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth.admin")

_LONGEST: Final = 256  # characters
_WORDS: Final = "%(action)s by %(actor_username)s (%(actor_sub)s) from %(address)s%(about)s: %(outcome)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminEvent:
    """A change that an administrator made, or tried to make. It holds no value and no secret."""

    action: str
    """The name of the endpoint, such as `disable_user`."""

    outcome: str
    """`ok`, or the code of the error; `begun` for what takes longer than a request."""

    actor_sub: str
    """Who did it, by the immutable id."""

    actor_username: str
    """The same, by name."""

    address: str | None
    """The client's, as far as it can be told behind the proxies that the app trusts."""

    user: str | None = None
    """To whom: the username as the pool has it, or as it was sent where the pool knows nobody of it."""

    user_sub: str | None = None
    """The same, by the immutable id, if it is known."""

    groups: Sequence[str] = ()
    """The groups that it is about."""

    names: Sequence[str] = ()
    """The attributes, devices, sessions or the like that it is about, by their names alone."""


Record = Callable[[AdminEvent], None]
"""Takes note of an event; it must not fail."""


def log_event(event: AdminEvent) -> None:
    """Write an event into the log: INFO of `fastapi_cognito_auth.admin`, with its fields as `extra`.

    What a client chose is cut and escaped, so that it can neither fill the log nor forge a line of it.
    """
    fields = {
        "action": event.action,
        "outcome": event.outcome,
        "actor_sub": _written(event.actor_sub),
        "actor_username": _written(event.actor_username),
        "address": event.address or "unknown",
        "user": None if event.user is None else _written(event.user),
        "user_sub": None if event.user_sub is None else _written(event.user_sub),
        "groups": tuple(map(_written, event.groups)),
        "names": tuple(map(_written, event.names)),
    }
    about = "".join(
        f" {word} {text}"
        for word, text in (
            ("to", fields["user"]),
            ("in groups", ", ".join(fields["groups"] or ())),
            ("about", ", ".join(fields["names"] or ())),
        )
        if text
    )
    logger.info(_WORDS, {**fields, "about": about}, extra=fields)


def _written(value: str) -> str:
    cut = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    return cut if cut.isprintable() else cut.encode("unicode_escape").decode()
