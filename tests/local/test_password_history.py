"""PasswordHistorySize: a user's last passwords are not taken again, whoever sets them."""

from pathlib import Path
from typing import Any

import pytest

from tests.local.kit import OTHER_PASSWORD, PASSWORD, Kit, refused

THIRD, FOURTH = "Third-horse-9", "Fourth-horse-0"


def kit_of(size: int, **options: Any) -> Kit:
    kit = Kit(**options)
    remember(kit, size)
    return kit


def remember(kit: Kit, size: int) -> None:
    kit.aws.update_user_pool(
        UserPoolId=kit.pool_id, Policies={"PasswordPolicy": {"PasswordHistorySize": size}}
    )


def set_password(kit: Kit, password: str, *, permanent: bool = True) -> None:
    kit.aws.admin_set_user_password(
        UserPoolId=kit.pool_id, Username="alice", Password=password, Permanent=permanent
    )


class used(refused):  # noqa: N801
    """Expect that a password was refused for having been the user's."""

    def __init__(self) -> None:
        super().__init__("PasswordHistoryPolicyViolationException", "Password has previously been used")


@pytest.mark.parametrize("permanent", [True, False])
def test_an_administrator_cannot_set_it_again(*, permanent: bool) -> None:
    kit = kit_of(2)
    set_password(kit, OTHER_PASSWORD)
    for password in (OTHER_PASSWORD, PASSWORD):
        with used():
            set_password(kit, password, permanent=permanent)
    assert "AuthenticationResult" in kit.password(password=OTHER_PASSWORD)


def test_a_user_cannot_change_it_to_an_old_one() -> None:
    kit = kit_of(2)
    access = kit.tokens()["AccessToken"]

    def change(old: str, new: str) -> None:
        kit.aws.change_password(AccessToken=access, PreviousPassword=old, ProposedPassword=new)

    with used():
        change(PASSWORD, PASSWORD)
    change(PASSWORD, OTHER_PASSWORD)
    with used():
        change(OTHER_PASSWORD, PASSWORD)
    change(OTHER_PASSWORD, THIRD)
    change(THIRD, PASSWORD)


def test_a_forgotten_one_is_not_replaced_by_itself_and_the_code_stays() -> None:
    kit = kit_of(1)
    kit.aws.forgot_password(ClientId=kit.id, Username="alice")
    code = kit.code("alice", "forgot_password")
    given = {"ClientId": kit.id, "Username": "alice", "ConfirmationCode": code}
    with used():
        kit.aws.confirm_forgot_password(**given, Password=PASSWORD)
    kit.aws.confirm_forgot_password(**given, Password=OTHER_PASSWORD)


def test_a_temporary_one_is_not_replaced_by_itself() -> None:
    kit = kit_of(1)
    set_password(kit, OTHER_PASSWORD, permanent=False)
    session = kit.password(password=OTHER_PASSWORD)["Session"]
    with used():
        kit.answer("NEW_PASSWORD_REQUIRED", session, USERNAME="alice", NEW_PASSWORD=OTHER_PASSWORD)


def test_only_so_many_are_remembered() -> None:
    kit = kit_of(3)
    for password in (OTHER_PASSWORD, THIRD, FOURTH):
        set_password(kit, password)
    set_password(kit, PASSWORD)
    with used():
        set_password(kit, THIRD)


def test_none_is_remembered_where_the_pool_does_not_ask_for_it() -> None:
    kit = Kit()
    set_password(kit, PASSWORD)
    set_password(kit, OTHER_PASSWORD)
    remember(kit, 24)
    set_password(kit, PASSWORD)


def test_no_size_is_shown_where_none_is_remembered() -> None:
    kit = kit_of(0)
    pool = kit.aws.describe_user_pool(UserPoolId=kit.pool_id)["UserPool"]
    assert "PasswordHistorySize" not in pool["Policies"]["PasswordPolicy"]


def test_another_user_may_have_the_same() -> None:
    kit = kit_of(24)
    kit.admin("AdminSetUserPassword", "bob", Password=PASSWORD, Permanent=True)


def test_a_deleted_users_passwords_are_forgotten() -> None:
    kit = kit_of(24)
    set_password(kit, OTHER_PASSWORD)
    kit.admin("AdminDeleteUser")
    plane = kit.pool._plane
    assert not plane.passwords._former


def test_they_are_remembered_over_a_restart(tmp_path: Path) -> None:
    kit = kit_of(2, state=tmp_path / "pool.db", fresh_keys=True)
    set_password(kit, OTHER_PASSWORD)
    kit.pool.close()
    again = Kit(state=tmp_path / "pool.db", fresh_keys=True)
    with used():
        set_password(again, PASSWORD)
    again.pool.close()
