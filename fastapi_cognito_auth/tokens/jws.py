"""The compact form of a signed token, read strictly and once (RFC 7515 section 7.1).

What comes out is not verified yet. Reading is stricter than the RFCs ask: one spelling for each
token, no member named twice, no number that JSON does not know. What is read in two ways by two
readers is how tokens get forged (RFC 8725 section 2.4).
"""

import binascii
import json
import math
import re
from collections.abc import Callable
from typing import Any, Final

from fastapi_cognito_auth.exceptions import InvalidTokenError

DEEPEST: Final = 32
"""How deep a header or a payload may be nested; the claims of a user pool need four. Python's own
limit is another in each version, and what it lets through may be too deep to be written again."""

MOST_PARTS: Final = 4096
"""How many members, items, lists and objects there may be: what reading costs goes by them, and not
by the bytes alone. The groups, scopes and claims of a user pool's tokens are some hundreds."""

_FEW_PARTS: Final = MOST_PARTS - DEEPEST
_LARGEST_HEADER: Final = 4096  # bytes, as they are encoded; a user pool's has 100, a load balancer's 500

_REFUSED_HEADERS: Final = frozenset({"crit", "b64", "jku", "jwk", "x5u", "x5c"})
"""Headers that would change what is verified, or with which key (RFC 8725 sections 3.1 and 3.10)."""

# base64url as base64, and what only base64 allows as what neither does (RFC 7515 section 2).
_ALPHABET: Final = bytes.maketrans(b"-_+/=", b"+/!!!")
_PADDING: Final = (b"", None, b"==", b"=")
# The last character of a segment may hold no bits that decoding drops (RFC 4648 section 3.5).
_LAST_OF_TWO: Final = frozenset(b"AQgw")
_LAST_OF_THREE: Final = frozenset(b"AEIMQUYcgkosw048")

_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
# Half a surrogate pair, and what stands before it: text, other escapes and whole pairs. Nothing is
# given back (`+` after a repetition), so looking for it takes time in proportion to the text.
_HALF_A_PAIR: Final = re.compile(
    rb"(?:[^\\]++|\\(?:[^u]|u(?:[^dD]|[dD](?:[0-7]|[89abAB]..\\u[dD][c-fC-F]))))*+\\u[dD][89a-fA-F]",
    re.DOTALL,
)

_QUOTES: Final = (b'"', b"'")
_NO_VALUES: Final = (b"null", b"undefined", b"[object Object]", b"None")
"""What JavaScript and Python write where there is no token."""

# All brackets as `[` and `]`, and everything else, to be left out.
_BRACKETS: Final = bytes.maketrans(b"{}", b"[]")
_OPENING: Final = ord("[")
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


def malformed() -> InvalidTokenError:
    """Make the error for what is not a token at all."""
    return InvalidTokenError("The token is malformed.")


def split(token: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Take a token apart, before anything of it is true.

    Returns:
        The segments of header and payload, the signing input that both make up, and the segment
        of the signature, all as they came.

    Raises:
        InvalidTokenError: it is not three segments.
    """
    signing_input, _, signature = token.rpartition(b".")
    header, _, payload = signing_input.partition(b".")
    if not payload or b"." in payload or token[:1] in _QUOTES:
        raise malformed().about("form", found=_form(token), wanted="three parts")
    # A plain tuple: a named one takes longer to make than a token to be split.
    return header, payload, signing_input, signature


def _form(token: bytes) -> str:
    """Say what came instead of a token, without repeating it."""
    if token[:1] in _QUOTES:
        return "quotes around it"
    if token[:7].lower() == b"bearer ":
        return "Bearer twice"
    if token in _NO_VALUES:
        return f"the word {token.decode()}"
    parts = token.count(b".") + 1
    return "five parts, as refresh tokens have" if parts == 5 else f"{parts} of three parts"


def decode_segment(segment: bytes) -> bytes:
    """Decode base64url, of which each value has one spelling: no padding, no white space.

    Raises:
        InvalidTokenError: it is empty, or not that spelling.
    """
    rest = len(segment) % 4
    padding = _PADDING[rest]
    if not segment or padding is None:
        raise malformed()
    if rest and segment[-1] not in (_LAST_OF_TWO if rest == 2 else _LAST_OF_THREE):
        raise malformed()
    plain = segment.translate(_ALPHABET)
    try:
        return binascii.a2b_base64(plain + padding if rest else plain, strict_mode=True)
    except binascii.Error:
        raise malformed() from None


def read_object(text: bytes) -> dict[str, Any]:
    """Read a JSON object of UTF-8.

    Raises:
        InvalidTokenError: it is none, holds more than `MOST_PARTS` or deeper than `DEEPEST`, names
            a member twice, or holds what cannot be written again.
    """
    # Few brackets cannot be nested deep, and most tokens have few of them and few commas.
    brackets = text.count(b"[") + text.count(b"{")
    if (brackets > DEEPEST or (len(text) > _FEW_PARTS and text.count(b",") > _FEW_PARTS)) and _is_excessive(
        text
    ):
        raise malformed()
    try:
        written = text.decode()
        value, end = _scan(written, 0)
    except (ValueError, StopIteration):
        raise malformed() from None
    # Half a surrogate pair is no text: it could not be sent on.
    if b"\\" in text and _SURROGATE.search(text) and _HALF_A_PAIR.match(text):
        raise malformed()
    if not isinstance(value, dict) or end != len(written):
        raise malformed()
    return value


def read_header(segment: bytes, algorithm: str) -> dict[str, Any]:
    """Read the header of a token that must be signed in one certain way.

    Returns:
        The members; `kid` is text and not empty.

    Raises:
        InvalidTokenError: the algorithm is another, the key is not named, or the header asks for
            more than verifying with a known key.
    """
    if len(segment) > _LARGEST_HEADER:
        raise malformed()
    header = read_object(decode_segment(segment))
    refused = header.keys() & _REFUSED_HEADERS
    if header.get("alg") != algorithm or refused:
        error = InvalidTokenError("The token is not signed in the way of this user pool.")
        if refused:
            raise error.about("header", found=refused, wanted=("alg", "kid"))
        raise error.about("alg", found=header.get("alg"), wanted=algorithm)
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        error = InvalidTokenError("The token does not name its key.")
        raise error.about("kid", found=kid, wanted="text")
    return header


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("beyond what JSON can carry")
    return number


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _is_excessive(text: bytes) -> bool:
    """Tell whether it holds more than `MOST_PARTS`, or deeper than `DEEPEST`, whatever else is wrong."""
    bare = _STRING.sub(b"", text)
    brackets = bare.translate(_BRACKETS, _NO_BRACKETS)
    if bare.count(b",") + brackets.count(b"[") > MOST_PARTS:
        return True
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket == _OPENING else -1
        if depth > DEEPEST:
            return True
    return False


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_finite, parse_constant=_no_constant
)
# What `raw_decode` calls, which takes longer; it ends in `StopIteration` where there is no JSON.
_scan: Final[Callable[[str, int], tuple[Any, int]]] = vars(_DECODER)["scan_once"]
