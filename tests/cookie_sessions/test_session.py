"""How a session is written, before it is encrypted."""

import base64
import json
import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.cookie_sessions.session import Session
from tests.cookie_sessions.test_contract import SESSION

TIMES = st.integers(0, 2**40)
MAYBE = st.none() | st.text()


def coded(written: bytes) -> bytes:
    code = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return code.compress(written) + code.flush()


@given(
    st.builds(Session, st.text(), st.text(), *[TIMES] * 4, MAYBE, MAYBE, st.none() | TIMES, MAYBE, st.text())
)
def test_what_is_written_is_read(session: Session) -> None:
    assert Session.load(session.dump()) == session


def test_tokens_take_three_quarters_of_their_characters() -> None:
    tokens = [base64.urlsafe_b64encode(os.urandom(900)).decode() for _ in range(3)]
    session = Session("sub", tokens[0], 1, 1, 1, 1, refresh_token=tokens[1], id_token=tokens[2])
    assert len(session.dump()) < 0.8 * 3600 + 200


def test_what_a_user_chooses_tells_nothing_of_what_it_lies_beside() -> None:
    """An attribute that repeats a secret would make the whole shorter, if repetitions were coded."""
    secret = base64.urlsafe_b64encode(os.urandom(300)).decode()
    another = "".join(sorted(secret))
    written = [
        Session("sub", secret, 1, 1, 1, 1, id_token=guess, identity="i") for guess in (secret, another)
    ]
    assert len(written[0].dump()) == len(written[1].dump())


@given(st.binary())
def test_other_bytes_are_no_session(written: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever parser says so first
        Session.load(written)


@pytest.mark.parametrize(
    "members",
    [
        [],
        {},
        {"access_token_until": 1, "signed_in_at": 1, "used_at": 1, "ends_at": 1},
        {**json.loads('{"sub": "a", "access_token": "b"}'), "access_token_until": 1},
    ],
)
def test_other_objects_are_no_session(members: object) -> None:
    with pytest.raises(ValueError, match="a session"):
        Session.load(coded(json.dumps(members).encode()))


@pytest.mark.parametrize("wrong", [{"sub": 1}, {"used_at": True}, {"ends_at": 1.5}, {"role": "admin"}])
def test_a_member_that_is_wrong_or_unknown_is_refused(wrong: dict[str, object]) -> None:
    members = json.loads(zlib.decompress(SESSION.dump(), -zlib.MAX_WBITS)) | wrong
    with pytest.raises(ValueError, match="a session"):
        Session.load(coded(json.dumps(members).encode()))


def test_no_more_is_read_than_a_session_can_be() -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the parser says of half a text
        Session.load(coded(b'{"sub": "' + b"a" * 50_000_000 + b'"}'))
