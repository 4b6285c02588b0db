"""The stores in memory: what is over is dropped, what is open is kept."""

import pytest

from fastapi_cognito_auth.local.codes import Codes, Limits
from fastapi_cognito_auth.local.lockout import Lockout
from fastapi_cognito_auth.local.passwords import check_policy, new_temporary_password
from fastapi_cognito_auth.local.state.shelf import Shelf
from tests.local.kit import OTHER_PASSWORD, PASSWORD, Clock, Kit, refused


def test_expired_codes_and_counts_are_dropped() -> None:
    clock = Clock()
    store, limits = Codes(Shelf(clock)), Limits(Shelf(clock))
    for number in range(5):
        store.issue(("sign_up", str(number)), 60)
        limits.count(("sign_up", str(number)))
    assert len(store._open) == len(limits._moments) == 5
    clock.advance(7200)
    store.issue(("sign_up", "last"), 60)
    limits.count(("sign_up", "last"))
    assert {*store._open} == {*limits._moments} == {("sign_up", "last")}


def test_old_failures_are_dropped() -> None:
    clock = Clock()
    lock = Lockout(Shelf(clock))
    for number in range(5):
        lock.fail(str(number))
    clock.advance(900)
    lock.fail("last")
    assert {*lock._records} == {"last"}


def test_old_handshakes_and_sessions_are_dropped() -> None:
    kit = Kit()
    kit.admin("AdminSetUserPassword", Password=PASSWORD)
    for _ in range(3):
        kit.start_srp("bob")
        kit.password()
    client, challenge = kit.start_srp("bob")
    kit.clock.advance(7200)
    kit.start_srp("bob")
    kit.password()
    plane = kit.pool._plane
    assert len(plane.handshakes._open) == len(plane.sessions._sessions) == 1
    with refused("NotAuthorizedException", "Incorrect username or password."):
        kit.answer("PASSWORD_VERIFIER", None, **kit.proof(client, challenge, OTHER_PASSWORD))


@pytest.mark.parametrize("length", [6, 8, 30])
def test_a_drawn_password_fits_the_policy(length: int) -> None:
    policy = {"MinimumLength": length} | dict.fromkeys(
        ("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols"), True
    )
    drawn = [new_temporary_password(policy) for _ in range(50)]
    for password in drawn:
        check_policy(password, policy)
    assert len(set(drawn)) == 50
