"""Principals as an app makes, keeps and answers them."""

import copy
import dataclasses
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.testclient import TestClient
from pydantic import BaseModel, TypeAdapter, ValidationError

from fastapi_cognito_auth import IdUser, Machine, User
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, Actor
from tests.support import CLIENT_ID, ISSUER, NOW, SUB, access_claims

EXPIRES = datetime.fromtimestamp(NOW, UTC)


def user(**changes: Any) -> User:
    given = {"sub": "s", "username": "eve", "client_id": CLIENT_ID, "expires_at": NOW, **changes}
    return User(**given)


def id_user() -> IdUser:
    return IdUser(sub="s", username="eve", client_id=CLIENT_ID, expires_at=NOW, email="eve@example.com")


def machine() -> Machine:
    return Machine(sub=CLIENT_ID, client_id=CLIENT_ID, expires_at=NOW, scopes={"b", "a"})


PRINCIPALS = [user(groups={"b", "a"}, actor=Actor(sub="x")), id_user(), machine()]


def from_claims(**changes: Any) -> User:
    claims = AccessTokenClaims.model_validate(access_claims(**changes))
    return User.from_claims(claims, "ada", groups=frozenset(), scopes=frozenset(), group_scopes={})


def test_what_is_left_out_grants_nothing() -> None:
    assert dict(user()) == {
        "sub": "s",
        "client_id": CLIENT_ID,
        "issuer": "",
        "expires_at": EXPIRES,
        "username": "eve",
        "groups": frozenset(),
        "auth_time": None,
        "acr": None,
        "amr": frozenset(),
        "scopes": frozenset(),
        "actor": None,
    }


@pytest.mark.parametrize("expires_at", [NOW, float(NOW), EXPIRES])
def test_a_time_is_given_as_seconds_or_as_a_datetime(expires_at: Any) -> None:
    assert user(expires_at=expires_at).expires_at == EXPIRES


@pytest.mark.parametrize("names", [["a", "b"], ("b", "a"), {"a", "b"}, frozenset("ab")])
def test_names_are_given_in_any_collection(names: Any) -> None:
    assert user(groups=names).groups == {"a", "b"}


@pytest.mark.parametrize("member", ["groups", "scopes", "amr"])
def test_names_are_not_the_letters_of_a_text(member: str) -> None:
    with pytest.raises(TypeError, match="not as one text"):
        user(**{member: "admins"})


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_a_principal_is_the_same_when_copied_or_pickled(principal: Any) -> None:
    same = [copy.copy(principal), copy.deepcopy(principal), pickle.loads(pickle.dumps(principal))]
    assert all(other == principal and hash(other) == hash(principal) for other in same)


def test_a_pickled_user_keeps_the_claims_and_not_the_way_to_the_profile() -> None:
    async def profile() -> Any: ...

    found = from_claims(tenant="acme").with_profile(profile)
    again = pickle.loads(pickle.dumps(found))
    assert again.claims == found.claims
    assert again._profile is None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tenant(User):
    """A class of an app's own that has a member more, and the constructor that `dataclass` writes."""

    tenant: str = "none"


def test_a_dataclass_of_an_apps_own_is_a_user_with_more() -> None:
    made = Tenant(
        sub="s",
        username="eve",
        client_id=CLIENT_ID,
        expires_at=EXPIRES,
        groups=frozenset({"a"}),
        tenant="acme",
    )
    found = made.with_claims({"x": 1})
    assert found == made == pickle.loads(pickle.dumps(made))
    assert (found.sub, found.issuer, found.groups, found.tenant) == ("s", "", frozenset("a"), "acme")
    assert dataclasses.replace(made, username="ada").username == "ada"
    assert dict(made)["tenant"] == "acme"
    with pytest.raises(AttributeError):
        made.tenant = "other"  # type: ignore[misc]


class Guest(User):
    def __init__(self, tenant: str, **given: Any) -> None:
        super().__init__(**given)
        object.__setattr__(self, "tenant", tenant)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Tenanted(User):
    tenant: str = ""


@pytest.mark.parametrize("kind", [Guest, Tenanted, Tenant])
def test_users_of_an_apps_own_class_differ_by_what_it_keeps(kind: Any) -> None:
    given: dict[str, Any] = {"sub": "s", "username": "u", "client_id": "c", "expires_at": EXPIRES}
    if kind is Tenant:
        given["groups"] = frozenset()
    assert kind(tenant="a", **given) == kind(tenant="a", **given)
    assert kind(tenant="a", **given) != kind(tenant="b", **given)


def test_slots_that_would_hide_the_fields_are_refused() -> None:
    with pytest.raises(TypeError, match="leave slots=True out"):
        dataclasses.dataclass(frozen=True, kw_only=True, slots=True)(type("Slotted", (User,), {}))


def everything() -> User:
    """Return a user of whom nothing is left out, and no two members are the same."""
    return user(
        issuer=ISSUER,
        groups=["g"],
        scopes=["s"],
        auth_time=1,
        acr="2",
        amr=["m"],
        actor=Actor(sub="x"),
        expires_at=3,
    )


class Member(User):
    @property
    def is_editor(self) -> bool:
        return "editors" in self.groups


@pytest.mark.parametrize("made", [everything(), Member(**dict(everything()))])
def test_who_can_be_asked_for_the_profile_is_the_same_in_everything_else(made: User) -> None:
    async def profile() -> Any: ...

    given = made.with_claims({"tenant": "acme"})
    found = given.with_profile(profile)
    assert dict(found) == dict(made)
    assert (type(found), found, found.claims) == (type(made), made, {"tenant": "acme"})
    assert found is not given
    assert given._profile is None


@pytest.mark.parametrize("other", [user(username="Eve"), user(groups=["a"]), user(expires_at=1), id_user()])
def test_what_differs_is_not_equal(other: Any) -> None:
    assert other != user()


def test_what_stands_beside_the_fields_makes_no_difference() -> None:
    assert from_claims() == from_claims(jti="another")


def test_a_principal_is_shown_without_its_claims() -> None:
    assert "acme" not in repr(from_claims(tenant="acme"))
    assert repr(machine()).startswith(f"Machine(sub='{CLIENT_ID}'")


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_nothing_of_a_principal_can_be_set(principal: Any) -> None:
    """Requests with the same token share one."""
    with pytest.raises(AttributeError):
        principal.sub = "admin"
    with pytest.raises(AttributeError):
        principal.is_admin = True
    with pytest.raises(AttributeError):
        del principal.sub
    assert not hasattr(principal, "__dict__")


def test_a_principal_can_be_changed_into_another() -> None:
    other = dataclasses.replace(user(groups=["a"]), username="Eve")
    assert (other.username, other.groups) == ("Eve", frozenset("a"))


class Page(BaseModel):
    owner: User
    reader: User | Machine | None
    friends: list[IdUser]


def test_answers_hold_principals_wherever_they_stand() -> None:
    app = FastAPI()
    app.get("/user", response_model=User)(lambda: user(groups={"b", "a"}, scopes={"d", "c"}))
    app.get("/users", response_model=list[User])(lambda: [user()])
    app.get("/nobody", response_model=User | None)(lambda: None)
    app.get("/page", response_model=Page)(lambda: Page(owner=user(), reader=machine(), friends=[id_user()]))
    client = TestClient(app)
    shown = client.get("/user").json()
    assert (shown["groups"], shown["scopes"]) == (["a", "b"], ["c", "d"])
    assert client.get("/users").json()[0].keys() == jsonable_encoder(user()).keys()
    assert client.get("/nobody").json() is None
    page = client.get("/page").json()
    assert page["owner"]["expires_at"] == "2026-09-21T14:13:20Z"
    assert page["reader"]["scopes"] == ["a", "b"]
    assert page["friends"][0]["email"] == "eve@example.com"


def test_an_answer_leaves_the_claims_out() -> None:
    app = FastAPI()
    app.get("/", response_model=User)(lambda: from_claims(tenant="acme"))
    answer = TestClient(app).get("/").json()
    assert (answer["sub"], answer["issuer"], "acme" in str(answer)) == (SUB, ISSUER, False)


SHARED = {"sub", "client_id", "issuer", "expires_at"}
PERSONAL = SHARED | {"username", "groups", "auth_time", "acr", "amr"}
CONTACTS = {"email", "email_verified", "phone_number", "phone_number_verified", "name"}


@pytest.mark.parametrize(
    ("kind", "members", "required"),
    [
        (User, PERSONAL | {"scopes", "actor"}, {"sub", "client_id", "expires_at", "username"}),
        (IdUser, PERSONAL | CONTACTS, {"sub", "client_id", "expires_at", "username"}),
        (Machine, SHARED | {"scopes"}, {"sub", "client_id", "expires_at"}),
    ],
)
@pytest.mark.parametrize("separate", [True, False])
def test_openapi_describes_principals(
    kind: type, members: set[str], required: set[str], separate: bool
) -> None:
    app = FastAPI(separate_input_output_schemas=separate)
    app.get("/", response_model=list[kind])(list)  # type: ignore[valid-type]
    document = app.openapi()
    items = document["paths"]["/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"][
        "items"
    ]
    assert items == {"$ref": f"#/components/schemas/{kind.__name__}"}
    schema = document["components"]["schemas"][kind.__name__]
    assert (set(schema["properties"]), set(schema["required"])) == (members, required)
    assert schema["properties"]["sub"]["description"].startswith("The immutable id")


@pytest.mark.parametrize("kind", [User, IdUser, Machine])
@pytest.mark.parametrize(
    "value", [{"sub": "s", "username": "root", "client_id": "c", "expires_at": 1}, "root", None, [], 5]
)
def test_nothing_becomes_a_principal(kind: Any, value: Any) -> None:
    adapter = TypeAdapter(kind)
    with pytest.raises(ValidationError, match="never from input"):
        adapter.validate_python(value, from_attributes=True)
    with pytest.raises(ValidationError, match="never from input"):
        adapter.validate_json('{"sub": "s", "username": "root", "client_id": "c", "expires_at": 1}')
    with pytest.raises(ValidationError, match="never from input"):
        adapter.validate_strings("root")


def test_what_looks_like_a_user_is_none() -> None:
    class Lookalike:
        sub = username = client_id = issuer = "root"
        expires_at = EXPIRES
        groups = scopes = frozenset({"admins"})

    with pytest.raises(ValidationError):
        TypeAdapter(User).validate_python(Lookalike(), from_attributes=True)


def test_an_id_user_is_no_user() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(User).validate_python(id_user(), from_attributes=True)


def test_a_user_of_an_apps_own_class_is_one() -> None:
    member = Member(sub="s", username="eve", client_id=CLIENT_ID, expires_at=NOW, groups=["editors"])
    assert TypeAdapter(User).validate_python(member) is member
    assert member.with_claims({"tenant": "acme"}).is_editor
    with pytest.raises(ValidationError):
        TypeAdapter(Member).validate_python(user())
