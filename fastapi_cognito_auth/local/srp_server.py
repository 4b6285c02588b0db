"""The server side of SRP: one handshake per InitiateAuth, found again by its SECRET_BLOCK."""

import base64
import binascii
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from fastapi_cognito_auth.formats.aws_json import problem, refusal
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.errors import invalid_parameter, invalid_session, not_authorized
from fastapi_cognito_auth.local.passwords import Verifier
from fastapi_cognito_auth.local.state.codec import kept
from fastapi_cognito_auth.local.state.expiring import Expiring
from fastapi_cognito_auth.local.state.shelf import Shelf
from fastapi_cognito_auth.srp import handshake as srp
from fastapi_cognito_auth.srp.group import N, power, power_of_g

_REMEMBERED: Final = 3600
_DIGITS: Final = N.bit_length() // 4
_STAMP: Final = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun) (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) ([0-9]{1,2}) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) (?-i:UTC|GMT) ([0-9]{4})",
    re.IGNORECASE | re.ASCII,
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def canonical_timestamp(text: str) -> str:
    """Read a TIMESTAMP leniently and return the form that the proof is computed over.

    Weekday and month come in any case, the day with or without a zero; the weekday is
    not believed.

    Raises:
        ServiceError: it is no such date.
    """
    found = _STAMP.fullmatch(text)
    refusal = invalid_parameter("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
    if found is None:
        raise refusal
    month = _MONTHS.index(found[1].lower()) + 1
    day, hour, minute, second, year = (int(part) for part in found.groups()[1:])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise refusal from None
    return srp.format_timestamp(moment)


def decode_signature(text: str) -> bytes:
    """Decode PASSWORD_CLAIM_SIGNATURE strictly."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        msg = "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string."
        raise invalid_parameter(msg) from None


@kept
@dataclass(frozen=True, kw_only=True)
class Handshake:
    """One challenge: B and b, for one client and one user (`sub` is None for a decoy)."""

    client_id: str
    sub: str | None
    key: str
    identity: str
    verifier: Verifier = field(repr=False)
    a_public: int = field(repr=False)
    b: int = field(repr=False)
    b_public: int = field(repr=False)
    secret_block: bytes = field(repr=False)
    expires_at: float
    session: str | None = field(default=None, repr=False)

    def proves(self, pool_name: str, signature: bytes, timestamp: str) -> bool:
        """Check a proof. An A that is zero modulo N proves nothing, as S would not depend on v."""
        u = srp.scrambler(self.a_public, self.b_public)
        s = power(self.a_public * power(self.verifier.v, u), self.b)
        key = srp.session_key(u, s)
        expected = srp.claim_signature(key, pool_name, self.identity, self.secret_block, timestamp)
        return hmac.compare_digest(expected, signature) and self.a_public % N != 0


class Handshakes:
    """The open handshakes. A proof, right or wrong, does not close one; time does."""

    def __init__(self, pool_name: str, shelf: Shelf, *, name: str = "handshakes") -> None:
        self.pool_name = pool_name
        self._clock = shelf.clock
        self._open: Expiring[str, Handshake] = shelf.expiring(
            name, lambda handshake: handshake.expires_at + _REMEMBERED
        )

    def start(
        self,
        client: Client,
        srp_a: str,
        *,
        sub: str | None,
        key: str,
        identity: str,
        verifier: Verifier,
        session: str | None = None,
    ) -> dict[str, str]:
        """Answer SRP_A.

        Args:
            client: which the handshake is bound to.
            srp_a: A, in hex.
            sub: the user, None for one who does not exist.
            key: what failures count for.
            identity: USER_ID_FOR_SRP.
            verifier: the user's, or a decoy.
            session: the step that a proof has to come with; None where the SECRET_BLOCK is the only handle.

        Returns:
            The ChallengeParameters of PASSWORD_VERIFIER.
        """
        try:
            a_public = srp.parse_hex(srp_a, "SRP_A")
        except srp.SRPError:
            wanted = "satisfy regular expression pattern: ^[0-9a-fA-F]+$"
            raise refusal([problem("sRPA", wanted)]) from None
        if a_public.bit_length() > N.bit_length():
            # Each handshake is kept for an hour.
            raise refusal([problem("sRPA", f"have length less than or equal to {_DIGITS}")])
        now = self._clock()
        b = srp.private_exponent()
        b_public = (srp.K * verifier.v + power_of_g(b)) % N
        secret_block = secrets.token_bytes(768)
        handle = base64.b64encode(secret_block).decode()
        self._open[handle] = Handshake(
            client_id=client.id,
            sub=sub,
            key=key,
            identity=identity,
            verifier=verifier,
            a_public=a_public,
            b=b,
            b_public=b_public,
            secret_block=secret_block,
            expires_at=now + client.session_seconds,
            session=session,
        )
        return {
            "SALT": f"{verifier.salt:x}",
            "SECRET_BLOCK": handle,
            "SRP_B": f"{b_public:x}",
            "USERNAME": identity,
            "USER_ID_FOR_SRP": identity,
        }

    def get(self, secret_block: str, client: Client) -> Handshake:
        """Return the handshake of a SECRET_BLOCK.

        Raises:
            ServiceError: there is none, it is another client's, or it is too old.
        """
        handshake = self._open.get(secret_block)
        if handshake is None:
            raise not_authorized()
        if handshake.client_id != client.id:
            raise invalid_session()
        if handshake.expires_at <= self._clock():
            raise invalid_session("session is expired")
        return handshake
