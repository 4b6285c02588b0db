"""Random sequences of operations by users, an administrator and an attacker, over two pools and restarts.

Whatever the order: nobody gets anything without the proof that it needs, what works once works once,
and what was answered is so after a restart.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth.local import LocalUserPool, ServiceError
from tests.local.kit import Clock, totp_code, wrong
from tests.local.written import unwritten

NAMES = ("ada", "bob", "carol")
PASSWORDS = [f"Correct-horse-{number}!" for number in range(4)]
FLOWS = ["ALLOW_USER_PASSWORD_AUTH"]
WRONG = "Wrong-battery-9!"


class Luck(NamedTuple):
    """What is drawn for an action."""

    number: int
    password: str
    flag: bool


@dataclass
class Person:
    """What is known of a user by what was answered so far."""

    password: str
    status: str
    enabled: bool = True
    email: str = ""
    groups: set[str] = field(default_factory=set)
    tokens: list[dict[str, Any]] = field(default_factory=list)
    """The newest of each sign-in that has not ended."""
    ended: list[dict[str, Any]] = field(default_factory=list)
    """Of sign-ins that have ended, and refresh tokens that have been replaced."""
    secret: str | None = None
    """Of the authenticator app, which is demanded when it is there."""


class World:
    """Two pools in one file."""

    def __init__(self, folder: str) -> None:
        self.clock = Clock()
        self.path = Path(folder) / "pools.db"
        self.people: list[dict[str, Person]] = [{}, {}]
        self.pool = self.open()
        made = self.pool.call("CreateUserPool", {"PoolName": "second", "AutoVerifiedAttributes": ["email"]})
        self.pools = [self.pool.user_pool_id, made["UserPool"]["Id"]]
        self.pool.call(
            "SetUserPoolMfaConfig",
            {
                "UserPoolId": self.pools[1],
                "MfaConfiguration": "OPTIONAL",
                "SoftwareTokenMfaConfiguration": {"Enabled": True},
            },
        )
        self.clients = []
        for pool_id in self.pools:
            client = {
                "UserPoolId": pool_id,
                "ClientName": "rotating",
                "ExplicitAuthFlows": FLOWS,
                "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
                "PreventUserExistenceErrors": "ENABLED",
                "AccessTokenValidity": 1,
                "TokenValidityUnits": {"AccessToken": "days"},
            }
            self.clients.append(self.pool.call("CreateUserPoolClient", client)["UserPoolClient"]["ClientId"])
            self.admin(self.pools.index(pool_id), "CreateGroup", GroupName="staff")

    def open(self) -> LocalUserPool:
        return LocalUserPool(state=self.path, clock=self.clock)

    def admin(self, pool: int, operation: str, **params: Any) -> Any:
        return self.pool.call(operation, {"UserPoolId": self.pools[pool], **params})

    def call(self, pool: int, operation: str, **params: Any) -> Any:
        return self.pool.call(operation, {"ClientId": self.clients[pool], **params})

    def pick(self, luck: Luck, wanted: Callable[[Person], object] = bool) -> tuple[int, str, Person] | None:
        """Return one of those who are there, with the pool and the name."""
        there = [
            (pool, name, person)
            for pool, people in enumerate(self.people)
            for name, person in people.items()
            if wanted(person)
        ]
        return there[luck.number % len(there)] if there else None

    def is_signed_in(self, person: Person) -> bool:
        return any(not self.is_old(tokens) for tokens in person.tokens)

    def token(self, person: Person) -> str:
        """Return an access token that is good by now."""
        return next(str(held["AccessToken"]) for held in person.tokens[::-1] if not self.is_old(held))

    def end_all(self, person: Person) -> None:
        person.ended += person.tokens
        person.tokens = []

    # What goes right

    def restart(self, luck: Luck) -> None:
        self.pool.close()
        self.pool = self.open()

    def sign_up(self, luck: Luck) -> None:
        pool, name, password = luck.number % 2, NAMES[luck.number % 3], luck.password
        if name in self.people[pool]:
            refused(lambda: self.call(pool, "SignUp", Username=name, Password=password))
            return
        email = f"{name}@example.com"
        attributes = [{"Name": "email", "Value": email}]
        self.call(pool, "SignUp", Username=name, Password=password, UserAttributes=attributes)
        self.people[pool][name] = Person(password=password, status="UNCONFIRMED", email=email)
        code = self.pool.outbox.latest(name, "sign_up").code
        refused(lambda: self.call(pool, "ConfirmSignUp", Username=name, ConfirmationCode=wrong(code)))
        refused(lambda: self.call(1 - pool, "ConfirmSignUp", Username=name, ConfirmationCode=code))
        self.call(pool, "ConfirmSignUp", Username=name, ConfirmationCode=code)
        refused(lambda: self.call(pool, "ConfirmSignUp", Username=name, ConfirmationCode=code))
        self.people[pool][name].status = "CONFIRMED"

    def sign_in(self, luck: Luck) -> None:
        found = self.pick(luck)
        if found is None:
            refused(lambda: self.try_password(0, "ada", PASSWORDS[0]))
            return
        pool, name, person = found
        self.clock.advance(1000)  # No lock after earlier failures stands in the way.
        if not person.enabled:
            refused(lambda: self.try_password(pool, name, person.password))
            return
        answer = self.try_password(pool, name, person.password)
        if person.secret is not None:
            answer = self.prove_totp(pool, name, person, answer)
        person.tokens.append(self.dated(answer))

    def dated(self, answer: Any) -> dict[str, Any]:
        return {**answer["AuthenticationResult"], "at": self.clock.now}

    def is_old(self, tokens: dict[str, Any]) -> bool:
        return bool(self.clock.now - tokens["at"] >= 86_400)

    def try_password(self, pool: int, name: str, password: str) -> Any:
        parameters = {"USERNAME": name, "PASSWORD": password}
        return self.call(pool, "InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)

    def prove_totp(self, pool: int, name: str, person: Person, answer: Any) -> Any:
        assert answer["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
        assert "AuthenticationResult" not in answer

        def respond(answer: Any, code: str) -> Any:
            return self.call(
                pool,
                "RespondToAuthChallenge",
                ChallengeName="SOFTWARE_TOKEN_MFA",
                Session=answer["Session"],
                ChallengeResponses={"USERNAME": name, "SOFTWARE_TOKEN_MFA_CODE": code},
            )

        code = totp_code(str(person.secret), self.clock())
        refused(lambda: respond(answer, wrong(code)))
        result = respond(answer, code)
        # Neither the challenge nor the code is good again.
        self.clock.advance(30)
        refused(lambda: respond(answer, totp_code(str(person.secret), self.clock())))
        another = self.try_password(pool, name, person.password)
        refused(lambda: respond(another, code))
        return result

    def refresh(self, luck: Luck) -> None:
        """Refresh, and perhaps bring back what was replaced."""
        found = self.pick(luck, lambda person: person.tokens and person.enabled)
        if found is None:
            return
        pool, _, person = found
        old = person.tokens.pop()
        new = self.dated(self.get_tokens(pool, old))
        person.tokens.append(new)
        if luck.flag:
            # It was copied: the whole sign-in ends.
            refused(lambda: self.get_tokens(pool, old))
            refused(lambda: self.get_tokens(pool, new))
            person.tokens.remove(new)
            person.ended += [old, new]

    def get_tokens(self, pool: int, tokens: dict[str, Any]) -> Any:
        return self.call(pool, "GetTokensFromRefreshToken", RefreshToken=tokens["RefreshToken"])

    def change_password(self, luck: Luck) -> None:
        password = luck.password
        found = self.pick(luck, self.is_signed_in)
        if found is None:
            return
        person, token = found[2], self.token(found[2])

        def change(previous: str) -> None:
            params = {"AccessToken": token, "PreviousPassword": previous, "ProposedPassword": password}
            self.pool.call("ChangePassword", params)

        self.clock.advance(1000)
        refused(lambda: change(WRONG))
        self.clock.advance(1000)
        change(person.password)
        person.password = password

    def forget_password(self, luck: Luck) -> None:
        password = luck.password
        found = self.pick(luck, lambda person: person.enabled)
        if found is None:
            return
        pool, name, person = found
        self.clock.advance(3600)
        self.call(pool, "ForgotPassword", Username=name)
        code = self.pool.outbox.latest(name, "forgot_password").code

        def reset(code: str) -> None:
            self.call(pool, "ConfirmForgotPassword", Username=name, ConfirmationCode=code, Password=password)

        refused(lambda: reset(wrong(code)))
        reset(code)
        refused(lambda: reset(code))
        person.password = password

    def set_up_totp(self, luck: Luck) -> None:
        found = self.pick(luck, lambda person: self.is_signed_in(person) and person.secret is None)
        if found is None:
            return
        person, token = found[2], self.token(found[2])
        secret = self.pool.call("AssociateSoftwareToken", {"AccessToken": token})["SecretCode"]
        code = totp_code(secret, self.clock())
        guess = {"AccessToken": token, "UserCode": wrong(code)}
        refused(lambda: self.pool.call("VerifySoftwareToken", guess))
        self.pool.call("VerifySoftwareToken", {"AccessToken": token, "UserCode": code})
        wanted = {"Enabled": True, "PreferredMfa": True}
        self.pool.call("SetUserMFAPreference", {"AccessToken": token, "SoftwareTokenMfaSettings": wanted})
        person.secret = secret

    def sign_out(self, luck: Luck) -> None:
        found = self.pick(luck, self.is_signed_in)
        if found is not None:
            self.pool.call("GlobalSignOut", {"AccessToken": self.token(found[2])})
            self.end_all(found[2])

    # The administrator

    def disable_or_enable(self, luck: Luck) -> None:
        found = self.pick(luck)
        if found is not None:
            pool, name, person = found
            self.admin(pool, "AdminEnableUser" if luck.flag else "AdminDisableUser", Username=name)
            person.enabled = luck.flag
            if not luck.flag:
                self.end_all(person)

    def join_or_leave(self, luck: Luck) -> None:
        found = self.pick(luck)
        if found is not None:
            pool, name, person = found
            operation = "AdminAddUserToGroup" if luck.flag else "AdminRemoveUserFromGroup"
            self.admin(pool, operation, Username=name, GroupName="staff")
            person.groups = {"staff"} if luck.flag else set()

    def set_password(self, luck: Luck) -> None:
        password = luck.password
        found = self.pick(luck)
        if found is not None:
            pool, name, person = found
            self.admin(pool, "AdminSetUserPassword", Username=name, Password=password, Permanent=True)
            person.password, person.status = password, "CONFIRMED"

    def delete(self, luck: Luck) -> None:
        found = self.pick(luck)
        if found is not None:
            pool, name, person = found
            self.admin(pool, "AdminDeleteUser", Username=name)
            del self.people[pool][name]
            self.check_ended(pool, [*person.tokens, *person.ended])

    # The attacker

    def guess_a_password(self, luck: Luck) -> None:
        refused(lambda: self.try_password(luck.number % 2, NAMES[luck.number % 3], WRONG))

    def sign_in_with_the_password_of_the_other_pool(self, luck: Luck) -> None:
        found = self.pick(luck)
        if found is None:
            return
        pool, name, person = found
        for foreign in self.people[1 - pool].values():
            if person.password != foreign.password:
                refused(lambda foreign=foreign: self.try_password(pool, name, foreign.password))  # type: ignore[misc]

    def carry_tokens_into_the_other_pool(self, luck: Luck) -> None:
        found = self.pick(luck, lambda person: person.tokens)
        if found is not None:
            tokens = found[2].tokens[-1]
            refused(lambda: self.get_tokens(1 - found[0], tokens))
            header, payload, _ = tokens["AccessToken"].split(".")
            refused(lambda: self.pool.call("GetUser", {"AccessToken": f"{header}.{payload}.AAAA"}))

    def use_what_has_ended(self, luck: Luck) -> None:
        for pool, people in enumerate(self.people):
            for person in people.values():
                self.check_ended(pool, person.ended)

    def check_ended(self, pool: int, ended: list[dict[str, Any]]) -> None:
        for tokens in ended[-3:]:
            refused(lambda tokens=tokens: self.get_tokens(pool, tokens))  # type: ignore[misc]

    # What has to hold

    def all_is_as_it_was_answered(self) -> None:
        for pool, people in enumerate(self.people):
            listed = self.admin(pool, "ListUsers")["Users"]
            assert {user["Username"] for user in listed} == people.keys()
            for user in listed:
                person = people[user["Username"]]
                held = {attribute["Name"]: attribute["Value"] for attribute in user["Attributes"]}
                assert (user["UserStatus"], user["Enabled"]) == (person.status, person.enabled)
                assert (held["email"], held["email_verified"]) == (person.email, "true")
            staff = self.admin(pool, "ListUsersInGroup", GroupName="staff")["Users"]
            assert {user["Username"] for user in staff} == {
                name for name, person in people.items() if person.groups
            }

    def every_token_shows_its_own_user(self) -> None:
        for people in self.people:
            for name, person in people.items():
                for tokens in person.tokens:
                    if self.is_old(tokens):
                        continue
                    answer = self.pool.call("GetUser", {"AccessToken": tokens["AccessToken"]})
                    assert answer["Username"] == name

    def all_is_written_down(self) -> None:
        assert unwritten(self.pool) == []


def refused(attempt: Callable[[], Any]) -> None:
    with pytest.raises((ServiceError, KeyError)) as refusal:
        attempt()
    assert "InternalErrorException" not in str(refusal.value)


ACTIONS: Final = (
    World.sign_up,
    World.sign_in,
    World.refresh,
    World.change_password,
    World.forget_password,
    World.set_up_totp,
    World.sign_out,
    World.disable_or_enable,
    World.join_or_leave,
    World.set_password,
    World.delete,
    World.guess_a_password,
    World.sign_in_with_the_password_of_the_other_pool,
    World.carry_tokens_into_the_other_pool,
    World.use_what_has_ended,
    World.restart,
)
LUCK = st.builds(Luck, st.integers(0, 5), st.sampled_from(PASSWORDS), st.booleans())
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), LUCK), min_size=30, max_size=50)


@settings(max_examples=15)
@given(steps=STEPS)
def test_whatever_the_order(steps: list[tuple[Callable[[World, Luck], None], Luck]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        try:
            for number in (0, 1, 2, 3):
                luck = Luck(number, PASSWORDS[number], flag=False)
                world.sign_up(luck)
                world.sign_in(luck)
            for action, luck in steps:
                action(world, luck)
                world.all_is_as_it_was_answered()
                world.every_token_shows_its_own_user()
                world.all_is_written_down()
        finally:
            world.pool.close()
