"""Users that a local pool starts with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class LocalUser:
    """A user to start with.

    Args:
        username: what one signs in with.
        password: a permanent password; the user is CONFIRMED.
        temporary_password: one that has to be replaced at the first sign-in. Without either, one is
            drawn and goes to the outbox; in a pool that allows EMAIL_OTP or SMS_OTP as first factor the
            user then has no password.
        groups: created where they do not exist.
        attributes: an email counts as verified unless `email_verified` says otherwise.
    """

    username: str
    password: str | None = field(default=None, repr=False, kw_only=True)
    temporary_password: str | None = field(default=None, repr=False, kw_only=True)
    groups: Iterable[str] = field(default=(), kw_only=True)
    attributes: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        if self.password is not None and self.temporary_password is not None:
            raise ValueError("a user has a password or a temporary_password, not both")
