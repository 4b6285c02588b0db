"""What guards let in, and what their refusals say."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, User
from fastapi_cognito_auth.dependencies.guards import Guard
from fastapi_cognito_auth.exceptions import CognitoAuthError, PermissionDeniedError, StepUpRequiredError
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims
from tests.support import CLIENT_ID, POOL_ID, SIGNER, Clock, KeyServer, access_claims

AUTH = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID), clock=Clock())
GROUPS = {"cognito:groups": ["analysts", "X"]}


def user(**changes: Any) -> User:
    claims = AccessTokenClaims.model_validate(access_claims(**changes))
    groups, scopes = frozenset(claims.groups), frozenset(claims.scope.split())
    return User.from_claims(claims, "ada", groups=groups, scopes=scopes, group_scopes={})


def let_in(guard: Guard, who: User) -> User:
    """Ask a guard as FastAPI does, once the user is found."""
    return asyncio.run(_asked(guard, who))


async def _asked(guard: Guard, who: User) -> User:
    return await guard(HTTPConnection({"type": "http", "method": "GET", "path": "/", "headers": []}), who)


def refused(guard: Guard, who: User) -> CognitoAuthError:
    with pytest.raises(CognitoAuthError) as refusal:
        let_in(guard, who)
    return refusal.value


@pytest.mark.parametrize(
    ("make", "required"),
    [
        (lambda: AUTH.require_groups("admins", "analysts"), {"admins", "analysts"}),
        (lambda: AUTH.require_any_group("admins", "owners"), {"admins", "owners"}),
    ],
)
def test_a_refusal_says_which_groups_it_takes_and_which_are_held(
    make: Callable[[], Guard], required: set[str]
) -> None:
    error = refused(make(), user(**GROUPS))
    assert isinstance(error, PermissionDeniedError)
    assert (set(error.required), set(error.held)) == (required, {"analysts", "X"})


@pytest.mark.parametrize(
    ("make", "claims", "about"),
    [
        (lambda: AUTH.require_acr("gold"), {"acr": "silver"}, ("acr", "silver", {"gold"})),
        (lambda: AUTH.require_actor("robot"), {"act": {"sub": "eve"}}, ("act", "eve", {"robot"})),
        (lambda: AUTH.require_actor("robot"), {}, ("act", None, {"robot"})),
        (AUTH.require_no_actor, {"act": {"sub": "eve"}}, ("act", "eve", None)),
    ],
)
def test_a_refusal_says_what_was_found_and_what_was_wanted(
    make: Callable[[], Guard], claims: dict[str, Any], about: tuple[Any, ...]
) -> None:
    error = refused(make(), user(**claims))
    assert (error.claim, error.found, error.wanted) == about


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (AUTH.require_groups, "group"),
        (AUTH.require_any_group, "group"),
        (AUTH.require_scopes, "scope"),
        (AUTH.require_acr, "acr value"),
        (AUTH.require_actor, "actor"),
    ],
)
def test_a_guard_of_nothing_says_what_it_lacks(make: Callable[..., Guard], kind: str) -> None:
    with pytest.raises(ValueError, match=f"^name at least one {kind}$"):
        make()
    with pytest.raises(ValueError, match=f"^each {kind} is an argument of its own, and text$"):
        make(["a", "b"])


@pytest.mark.parametrize("make", [AUTH.require_scopes, AUTH.require_acr])
@pytest.mark.parametrize("bad", ["a b", 'a"', "a\\", "ä", "a\n", ""])
def test_what_no_header_can_name_is_refused_when_the_guard_is_made(
    make: Callable[..., Guard], bad: str
) -> None:
    with pytest.raises(ValueError, match=r"."):
        make(bad)


@pytest.mark.parametrize("make", [AUTH.require_scopes, AUTH.require_acr])
def test_every_other_character_may_be_in_a_name(make: Callable[..., Guard]) -> None:
    make("".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"\\'))


def test_a_sign_in_may_have_to_be_a_second_ago() -> None:
    assert isinstance(refused(AUTH.require_fresh(max_age=1), user(auth_time=1)), StepUpRequiredError)


@pytest.mark.parametrize("max_age", [0, 0.9, -1, float("inf"), float("nan")])
def test_no_other_age_makes_a_guard(max_age: float) -> None:
    with pytest.raises(ValueError, match=r"^max_age is one second or more, and has an end$"):
        AUTH.require_fresh(max_age=max_age)


def test_who_is_let_in_is_the_user() -> None:
    ada = user(**GROUPS)
    assert let_in(AUTH.require_groups("analysts"), ada) is ada
    assert let_in(AUTH.require_any_group("X", "admins"), ada) is ada


def test_whoever_is_in_none_of_several_groups_is_logged_with_what_would_have_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="fastapi_cognito_auth")
    auth = CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID),
        fetch_keys=KeyServer(SIGNER.jwk()),
        clock=Clock(),
    )
    app = FastAPI()
    app.get("/", dependencies=[Depends(auth.require_any_group("editors", "admins"))])(lambda: None)
    token = SIGNER.sign(access_claims(**{"cognito:groups": ["readers"]}))
    TestClient(app).get("/", headers={"Authorization": f"Bearer {token}"})
    [record] = caplog.records
    assert (record.claim, record.found, record.wanted) == (  # type: ignore[attr-defined]
        "cognito:groups",
        "readers",
        "one of admins, editors",
    )
