"""Asking Cognito: how often, about what, and what its answers mean."""

import asyncio

import pytest

from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    ConfigurationError,
    ForbiddenError,
    InternalErrorError,
    InvalidParameterError,
    InvalidTokenUseError,
    NotAuthorizedError,
    PasswordResetRequiredError,
    PermissionDeniedError,
    ResourceNotFoundError,
    RevocationUnavailableError,
    TooManyRequestsError,
    UserNotConfirmedError,
    UserNotFoundError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.revocation.protocol import Revocations
from tests.revocation.kit import Cognito, access, identity, refused, revocations
from tests.support import CLIENT_ID, NOW, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cognito() -> Cognito:
    return Cognito()


@pytest.fixture
def probe(clock: Clock, cognito: Cognito) -> Revocations:
    return revocations("probe", clock=clock, get_user=cognito)


def check(probe: Revocations, token: str = "a.b.c") -> bool:
    return asyncio.run(refused(probe, access(), token))


def test_cognito_is_asked_once_for_a_token_and_its_time(
    probe: Revocations, cognito: Cognito, clock: Clock
) -> None:
    for _ in range(5):
        assert not check(probe)
        clock.advance(11.9)
    assert cognito.asked == ["a.b.c"]
    clock.advance(0.5)
    assert not check(probe)
    assert cognito.asked == ["a.b.c"] * 2


def test_each_token_is_asked_for(probe: Revocations, cognito: Cognito) -> None:
    check(probe)
    check(probe, "d.e.f")
    assert cognito.asked == ["a.b.c", "d.e.f"]


def test_those_who_ask_at_once_share_one_question(probe: Revocations, cognito: Cognito) -> None:
    async def facts() -> list[bool]:
        cognito.gate = asyncio.Event()
        asking = [asyncio.ensure_future(refused(probe, access())) for _ in range(50)]
        await asyncio.sleep(0.01)
        cognito.gate.set()
        return await asyncio.gather(*asking)

    assert asyncio.run(facts()) == [False] * 50
    assert len(cognito.asked) == 1


@pytest.mark.parametrize("error", [NotAuthorizedError(), UserNotFoundError()], ids=lambda error: error.code)
def test_a_token_that_cognito_refuses_is_refused_until_it_expires(
    probe: Revocations, cognito: Cognito, clock: Clock, error: CognitoAuthError
) -> None:
    assert not check(probe)
    cognito.error = error
    clock.advance(60)
    assert check(probe)
    cognito.error = None
    clock.now = access().exp + 10
    assert check(probe)
    assert len(cognito.asked) == 2


@pytest.mark.parametrize(
    "error", [PasswordResetRequiredError(), UserNotConfirmedError()], ids=lambda error: error.code
)
def test_a_user_who_must_do_something_first_is_refused_for_now(
    probe: Revocations, cognito: Cognito, clock: Clock, error: CognitoAuthError
) -> None:
    cognito.error = error
    assert check(probe)
    cognito.error = None
    assert check(probe)
    clock.advance(60)
    assert not check(probe)


OUTAGES = [
    TooManyRequestsError(),
    InternalErrorError(),
    UserPoolUnavailableError(),
    ForbiddenError(),
    ResourceNotFoundError(),
    InvalidParameterError(),
    # Nothing that a user pool says, such as a mistake in the settings or a fault of a handler.
    ConfigurationError("no region"),
    RuntimeError("a-secret"),
    TimeoutError(),
]


@pytest.mark.parametrize("error", OUTAGES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("choice", ["refuse", "accept"])
def test_what_is_no_verdict_means_what_was_chosen_and_heals(
    cognito: Cognito, clock: Clock, error: Exception, choice: str, caplog: pytest.LogCaptureFixture
) -> None:
    probe = revocations("probe", clock=clock, get_user=cognito, when_unavailable=choice)
    cognito.error = error
    for _ in range(10):
        if choice == "accept":
            assert not check(probe)
        else:
            with pytest.raises(RevocationUnavailableError):
                check(probe)
    # Cognito is left alone for the seconds that a client is told to wait.
    assert len(cognito.asked) == 1
    assert "a-secret" not in caplog.text
    cognito.error = None
    clock.advance(5)
    assert not check(probe)


def test_an_outage_does_not_make_a_revoked_token_good(cognito: Cognito, clock: Clock) -> None:
    probe = revocations("probe", clock=clock, get_user=cognito, when_unavailable="accept")
    cognito.error = NotAuthorizedError()
    assert check(probe)
    cognito.error = UserPoolUnavailableError()
    clock.advance(600)
    assert check(probe)


def test_the_time_of_an_answer_counts_from_the_question(
    probe: Revocations, cognito: Cognito, clock: Clock
) -> None:
    async def slowly() -> None:
        cognito.gate = asyncio.Event()
        asking = asyncio.ensure_future(refused(probe, access()))
        await asyncio.sleep(0.01)
        clock.advance(30)
        cognito.gate.set()
        await asking

    asyncio.run(slowly())
    clock.advance(30)
    cognito.gate = None
    cognito.error = NotAuthorizedError()
    assert check(probe)


def test_an_id_token_is_refused_because_nobody_can_tell(probe: Revocations, cognito: Cognito) -> None:
    with pytest.raises(InvalidTokenUseError):
        asyncio.run(refused(probe, identity()))
    assert not cognito.asked


@pytest.mark.parametrize("scope", ["", "openid email", "aws.cognito.signin.user.adminx", "orders/read"])
def test_a_users_token_that_cannot_be_asked_about_is_refused(
    probe: Revocations, cognito: Cognito, scope: str
) -> None:
    with pytest.raises(PermissionDeniedError) as caught:
        asyncio.run(refused(probe, access(scope=scope)))
    assert caught.value.headers is not None
    assert 'scope="aws.cognito.signin.user.admin"' in caught.value.headers["WWW-Authenticate"]
    assert not cognito.asked


def test_a_machines_token_passes_since_cognito_cannot_revoke_it(probe: Revocations, cognito: Cognito) -> None:
    machine = access(sub=CLIENT_ID, username=None, scope="orders/read", origin_jti=None)
    assert not asyncio.run(refused(probe, machine))
    assert not cognito.asked


@pytest.mark.parametrize("changes", [{"sub": CLIENT_ID}, {"username": None}])
def test_what_only_resembles_a_machines_token_does_not_pass(
    probe: Revocations, changes: dict[str, str | None]
) -> None:
    with pytest.raises(PermissionDeniedError):
        asyncio.run(refused(probe, access(scope="orders/read", **changes)))


def test_a_machines_token_that_the_app_revoked_is_refused(probe: Revocations) -> None:
    machine = access(sub=CLIENT_ID, username=None, scope="orders/read", origin_jti=None)

    async def facts() -> bool:
        await probe.revoke_token(machine)
        return await refused(probe, machine)

    assert asyncio.run(facts())


def test_what_was_revoked_here_is_refused_without_asking(probe: Revocations, cognito: Cognito) -> None:
    async def facts() -> bool:
        await probe.revoke_sign_in(access())
        return await refused(probe, access())

    assert asyncio.run(facts())
    assert not cognito.asked


def test_other_workers_notice_within_the_time_of_an_answer(probe: Revocations, clock: Clock) -> None:
    clock.advance(0.5)
    assert probe.still_valid_until(NOW + 3600, at_cognito=True) == NOW + 61
    assert probe.still_valid_until(NOW + 30, at_cognito=True) == NOW + 30


def test_other_workers_notice_nothing_that_cognito_does_not_know(probe: Revocations) -> None:
    assert probe.still_valid_until(NOW + 3600, at_cognito=False) == NOW + 3600


def test_no_token_is_kept(probe: Revocations) -> None:
    check(probe, "a-secret.to-nobody.shown")
    assert "to-nobody" not in repr(vars(probe))
