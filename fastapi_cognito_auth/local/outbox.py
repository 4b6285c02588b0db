"""The outbox: what the pool would have sent by email or SMS."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from fastapi_cognito_auth.runtime.forks import in_each_process

Medium = Literal["EMAIL", "SMS"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message: the real destination (the API answers only a masked one) and the code in it.

    For `admin_create_user` the code is the temporary password, for `auth_event_feedback` the feedback token,
    and for `user_migration` it is empty.
    Subject and text are those of a custom message trigger, None where the service's own would be sent.
    """

    user_pool_id: str
    username: str
    destination: str
    medium: Medium
    purpose: str
    code: str = field(repr=False)
    sent_at: datetime
    subject: str | None = None
    text: str | None = field(default=None, repr=False)


class Outbox:
    """Keeps the last messages, the newest first.

    Args:
        on_message: called with each message, for instance to print it.
        limit: how many are kept.
    """

    def __init__(self, on_message: Callable[[Message], None] | None = None, *, limit: int = 1000) -> None:
        self._on_message = on_message
        self._messages: deque[Message] = deque(maxlen=limit)
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        self._lock = threading.Lock()

    def put(self, message: Message) -> None:
        """Add a message and pass it on."""
        with self._lock:
            self._messages.appendleft(message)
        if self._on_message is not None:
            self._on_message(message)

    def latest(self, username: str | None = None, purpose: str | None = None) -> Message:
        """Return the newest message, optionally of one user and purpose.

        Args:
            username: the Username or the destination.
            purpose: such as `sign_up`.

        Raises:
            LookupError: there is none.
        """
        for message in self:
            if username in {None, message.username, message.destination} and purpose in {
                None,
                message.purpose,
            }:
                return message
        msg = f"no message for username={username!r} purpose={purpose!r}"
        raise LookupError(msg)

    def __iter__(self) -> Iterator[Message]:
        with self._lock:
            return iter(list(self._messages))

    def __len__(self) -> int:
        return len(self._messages)
