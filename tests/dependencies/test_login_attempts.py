"""Sign-ins at the pool's pages that are under way in a browser."""

import base64
import hashlib
import re

import pytest
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.cookie_sessions.box import Box
from fastapi_cognito_auth.dependencies.login_attempts import LoginAttempts
from fastapi_cognito_auth.dependencies.own_paths import own_path
from fastapi_cognito_auth.exceptions import LoginAttemptError
from tests.support import CLIENT_ID, NOW, SECRET_KEY, Clock

AT = "https://app.example/login/callback"


def connection(cookies: dict[str, str] | None = None, *, scheme: str = "https") -> HTTPConnection:
    host = b"app.example" if scheme == "https" else b"localhost"
    written = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
    headers = [(b"host", host), (b"cookie", written.encode())]
    return HTTPConnection(
        {"type": "http", "method": "GET", "path": "/", "scheme": scheme, "headers": headers}
    )


def attempts(clock: Clock | None = None, key: str = SECRET_KEY, client_id: str = CLIENT_ID) -> LoginAttempts:
    return LoginAttempts(Box([key]), "session", client_id=client_id, clock=clock or Clock())


def pair(header: str) -> tuple[str, str]:
    name, _, value = header.partition("; ")[0].partition("=")
    return name, value


@pytest.mark.parametrize(
    ("scheme", "prefix", "attributes"),
    [
        ("https", "__Host-session-login-", "Path=/; Secure; HttpOnly; SameSite=Lax"),
        ("http", "session-login-", "Path=/; HttpOnly; SameSite=Lax"),
    ],
)
def test_an_attempt_is_in_a_cookie_of_its_own(scheme: str, prefix: str, attributes: str) -> None:
    attempt, [header] = attempts().begin(connection(scheme=scheme), redirect_uri=AT, next_path="/me")
    name, value = pair(header)
    assert re.fullmatch(f"{prefix}[0-9a-f]{{16}}", name)
    assert header == f"{name}={value}; Max-Age=3600; {attributes}"
    found, gone = attempts().take(connection({name: value}, scheme=scheme), attempt.state)
    assert (found, gone) == (attempt, [f'{name}=""; Max-Age=0; {attributes}'])
    assert (found.redirect_uri, found.next_path, found.started_at) == (AT, "/me", NOW)
    assert (found.entry, found.asked) == ("", {})


def test_what_an_attempt_holds_is_drawn_and_shown_nowhere() -> None:
    begun = [attempts().begin(connection(), redirect_uri=AT, next_path="/")[0] for _ in range(20)]
    drawn = [text for attempt in begun for text in (attempt.state, attempt.code_verifier, attempt.nonce)]
    assert len(set(drawn)) == 60
    # RFC 7636 section 4.1: 43 characters at least, 128 at most.
    assert {43} == {len(text) for text in drawn}
    assert not any(text in repr(begun) for text in drawn)


def test_the_challenge_is_the_hash_of_the_verifier() -> None:
    attempt, _ = attempts().begin(connection(), redirect_uri=AT, next_path="/")
    decoded = base64.urlsafe_b64decode(f"{attempt.code_challenge}=")
    assert decoded == hashlib.sha256(attempt.code_verifier.encode()).digest()
    assert len(attempt.code_challenge) == 43


def test_the_oldest_attempts_make_way() -> None:
    clock = Clock()
    flow = attempts(clock)
    jar: dict[str, str] = {}
    names: list[str] = []
    for _ in range(8):
        _, [header, *gone] = flow.begin(connection(jar), redirect_uri=AT, next_path="/")
        jar.update([pair(header)])
        names.append(pair(header)[0])
        for each in gone:
            del jar[pair(each)[0]]
        clock.advance(1)
    assert list(jar) == names[-5:]


def test_attempts_leave_room_for_the_session_in_a_request() -> None:
    """Links of another site can begin them, and headers that are too large lock a browser out."""
    clock, flow = Clock(), attempts(Clock())
    jar: dict[str, str] = {}
    for _ in range(8):
        asked = {"login_hint": "a" * 250}
        _, [header, *gone] = flow.begin(
            connection(jar), redirect_uri=AT, next_path="/" + "a" * 1500, asked=asked
        )
        jar.update([pair(header)])
        for each in gone:
            del jar[pair(each)[0]]
        clock.advance(1)
        assert sum(len(name) + len(value) for name, value in jar.items()) <= 4096
    assert len(jar) == 1


@pytest.mark.parametrize("longest", range(0, 1300, 20))
def test_their_names_take_of_that_room_too(longest: int) -> None:
    flow = attempts()
    jar: dict[str, str] = {}
    for _ in range(5):
        _, [header, *gone] = flow.begin(connection(jar), redirect_uri=AT, next_path="/" + "a" * longest)
        jar.update([pair(header)])
        for each in gone:
            del jar[pair(each)[0]]
    assert sum(len(name) + len(value) for name, value in jar.items()) <= 4096


def test_an_answer_takes_few_cookies_away_at_once_and_the_large_ones_first() -> None:
    jar = {f"__Host-session-login-{number:03}": "x" * (number % 100 + 1) for number in range(500)}
    _, [_, *gone] = attempts().begin(connection(jar), redirect_uri=AT, next_path="/")
    assert len(gone) == 20
    assert all(len(jar[pair(header)[0]]) > 95 for header in gone)


def test_what_is_no_attempt_is_taken_away() -> None:
    old = attempts(Clock(NOW - 3600)).begin(connection(), redirect_uri=AT, next_path="/")[1][0]
    foreign = attempts(key="another key, which is as long as it has to be")
    other = foreign.begin(connection(), redirect_uri=AT, next_path="/")[1][0]
    jar = dict([pair(old), pair(other), ("__Host-session-login-x", "y"), ("__Host-session", "1.x")])
    _, [_, *gone] = attempts().begin(connection(jar), redirect_uri=AT, next_path="/")
    assert {pair(header)[0] for header in gone} == set(jar) - {"__Host-session"}


@pytest.mark.parametrize("age", [-1, 600])
def test_an_attempt_is_over_after_ten_minutes(age: int) -> None:
    attempt, [header] = attempts(Clock(NOW - age)).begin(connection(), redirect_uri=AT, next_path="/")
    if age < 600:
        assert attempts().take(connection(dict([pair(header)])), attempt.state)[0] == attempt
        return
    with pytest.raises(LoginAttemptError):
        attempts().take(connection(dict([pair(header)])), attempt.state)


@pytest.mark.parametrize(("age", "known"), [(0, True), (600, True), (3599, True), (3600, False)])
def test_for_an_hour_it_is_known_what_an_attempt_asked_for(age: int, known: bool) -> None:
    attempt, [header] = attempts(Clock(NOW - age)).begin(
        connection(), redirect_uri=AT, next_path="/me", entry="sign-up", asked={"lang": "de"}
    )
    found = attempts().recall(connection(dict([pair(header)])), attempt.state)
    assert found == (attempt if known else None)
    assert (attempt.entry, attempt.asked) == ("sign-up", {"lang": "de"})


def test_what_was_asked_for_is_left_out_of_a_cookie_that_would_be_too_large() -> None:
    longest = "/" + "a" * 1999
    for hint, kept in (("ada", {"login_hint": "ada"}), ("\N{SNOWMAN}" * 256, {})):
        attempt, [header] = attempts().begin(
            connection(), redirect_uri=AT, next_path=longest, asked={"login_hint": hint}
        )
        name, value = pair(header)
        assert len(name) + len(value) <= 4096
        found, _ = attempts().take(connection({name: value}), attempt.state)
        assert (found.next_path, found.asked) == (longest, kept)


def test_an_attempt_is_of_one_app_client() -> None:
    attempt, [header] = attempts().begin(connection(), redirect_uri=AT, next_path="/")
    other = attempts(client_id="another")
    with pytest.raises(LoginAttemptError):
        other.take(connection(dict([pair(header)])), attempt.state)


def test_a_cookie_under_the_name_of_another_state_is_none() -> None:
    flow = attempts()
    first, [one] = flow.begin(connection(), redirect_uri=AT, next_path="/")
    second, [two] = flow.begin(connection(), redirect_uri=AT, next_path="/")
    swapped = {pair(one)[0]: pair(two)[1], pair(two)[0]: pair(one)[1]}
    for attempt in (first, second):
        with pytest.raises(LoginAttemptError):
            flow.take(connection(swapped), attempt.state)
        assert flow.recall(connection(swapped), attempt.state) is None


def test_the_longest_path_of_this_app() -> None:
    assert own_path("/" + "a" * 1999, "/") == "/" + "a" * 1999
    assert own_path("/" + "a" * 2000, "/") == "/"
