"""A cookie session: the tokens of a signed-in browser, and how long it may stay signed in."""

import json
import secrets
import zlib
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Self

_RAW: Final = -zlib.MAX_WBITS
_LONGEST: Final = 1 << 18
"""Bytes of a session that is read, far above what a store takes."""

_NUMBERS = ("access_token_until", "signed_in_at", "used_at", "ends_at")
_TIMES = {*_NUMBERS, "id_token_until"}


@dataclass(frozen=True, slots=True)
class Session:
    """What is kept of a signed-in browser. Times are seconds since the epoch."""

    sub: str
    """Whose it is."""

    access_token: str = field(repr=False)

    access_token_until: int
    """Its `exp`."""

    signed_in_at: int
    """When the session began; a refresh keeps it."""

    used_at: int
    """When it was last seen, to a fraction of the idle time-out."""

    ends_at: int
    """When it ends at the latest, however it is used."""

    refresh_token: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)
    id_token_until: int | None = None
    """Its `exp`, if it may end before the access token does."""

    device_key: str | None = None
    """Of a tracked device, which a refresh has to name."""

    user_agent: str | None = None
    """What the browser called itself when it signed in, for people who look through their sessions."""

    identity: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)
    """Which one it is, whatever its ticket; a refresh keeps it."""

    def without_id_token(self) -> Self:
        """Return it without what it can do without."""
        return replace(self, id_token=None, id_token_until=None)

    def dump(self) -> bytes:
        """Write it as JSON, in Huffman's code (RFC 1951): tokens are of 64 characters, so a quarter is saved.

        Nothing that occurs twice is written shorter for it: by the length of the whole nobody learns whether
        what a user can choose, such as a name in the ID token, repeats a part of a secret beside it. The
        length does tell how often characters occur, which for tokens is nearly the same for all.
        """
        written = {name: value for name, value in asdict(self).items() if value is not None}
        code = zlib.compressobj(wbits=_RAW, strategy=zlib.Z_HUFFMAN_ONLY)
        return code.compress(json.dumps(written, separators=(",", ":")).encode()) + code.flush()

    @classmethod
    def load(cls, written: bytes) -> Self:
        """Read what `dump` has written.

        Raises:
            ValueError: it is something else.
        """
        code = zlib.decompressobj(wbits=_RAW)
        try:
            members: Any = json.loads(code.decompress(written, _LONGEST))
        except zlib.error:
            raise ValueError("a session is compressed") from None
        if not isinstance(members, dict) or not members.keys() >= set(_NUMBERS):
            raise ValueError("a session is an object with times")
        if not all(type(value) is (int if name in _TIMES else str) for name, value in members.items()):
            raise ValueError("a session has times and texts")
        try:
            return cls(**members)
        except TypeError:
            raise ValueError("a session has other members") from None
