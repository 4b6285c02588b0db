"""The pre token generation trigger: what it can change, and what it never can."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, Triggers
from fastapi_cognito_auth.local.pre_token import PROTECTED
from tests.local.kit import PASSWORD, Kit, claims, refused

GINA = LocalUser("gina", password=PASSWORD, groups=("readers",), attributes={"email": "gina@example.com"})
SCOPE = "aws.cognito.signin.user.admin"
Event = dict[str, Any]


class Hook:
    """A trigger that answers what it was told to and keeps its events."""

    def __init__(self, **response: Any) -> None:
        self.response = response
        self.events: list[Event] = []

    def __call__(self, event: Event) -> Event:
        self.events.append(event)
        return event | {"response": self.response}


def kit_of(hook: Hook) -> Kit:
    return Kit(users=(GINA,), triggers=Triggers(pre_token_generation=hook))


def tokens_of(kit: Kit, result: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
    result = result or kit.tokens("gina")
    access = claims(kit.pool, result["AccessToken"], clock=kit.clock)
    return access, claims(kit.pool, result["IdToken"], audience=kit.id, clock=kit.clock)


def test_version_2_changes_both_tokens_groups_and_scopes() -> None:
    hook = Hook(
        claimsAndScopeOverrideDetails={
            "idTokenGeneration": {
                "claimsToAddOrOverride": {"tier": {"name": "gold"}},
                "claimsToSuppress": ["email"],
            },
            "accessTokenGeneration": {
                "claimsToAddOrOverride": {"tenant": "t1"},
                "scopesToAdd": ["orders/read", SCOPE],
                "scopesToSuppress": ["absent"],
            },
            "groupOverrideDetails": {
                "groupsToOverride": ["writers"],
                "iamRolesToOverride": ["arn:aws:iam::1:role/w"],
                "preferredRole": "arn:aws:iam::1:role/w",
            },
        }
    )
    access, identity = tokens_of(kit_of(hook))
    assert access["tenant"] == "t1"
    assert access["scope"] == f"{SCOPE} orders/read"
    assert access["cognito:groups"] == identity["cognito:groups"] == ["writers"]
    assert identity["tier"] == {"name": "gold"}
    assert "email" not in identity
    assert identity["cognito:roles"] == ["arn:aws:iam::1:role/w"]
    assert identity["cognito:preferred_role"] == "arn:aws:iam::1:role/w"
    event = hook.events[0]
    assert event["request"]["groupConfiguration"]["groupsToOverride"] == ["readers"]
    assert event["request"]["scopes"] == [SCOPE]
    assert event["triggerSource"] == "TokenGeneration_Authentication"


def test_version_1_changes_the_id_token_and_the_groups() -> None:
    details = {
        "claimsToAddOrOverride": {"tier": "gold"},
        "claimsToSuppress": ["email_verified"],
        "groupOverrideDetails": {"groupsToOverride": []},
    }
    access, identity = tokens_of(kit_of(Hook(claimsOverrideDetails=details)))
    assert identity["tier"] == "gold"
    assert "tier" not in access
    assert "email_verified" not in identity
    assert "cognito:groups" not in access | identity


def test_a_trigger_that_changes_nothing_changes_nothing() -> None:
    access, identity = tokens_of(kit_of(Hook()))
    assert access["cognito:groups"] == identity["cognito:groups"] == ["readers"]
    assert access["scope"] == SCOPE


@pytest.mark.parametrize("name", sorted(PROTECTED | {"cognito:username", "cognito:groups", "dev:x"}))
def test_protected_claims_stay(name: str) -> None:
    added = {"claimsToAddOrOverride": {name: "forged"}}
    kit = kit_of(Hook(claimsAndScopeOverrideDetails=dict.fromkeys(
        ("idTokenGeneration", "accessTokenGeneration"), added
    )))  # fmt: skip
    access, identity = tokens_of(kit)
    assert "forged" not in (access.get(name), identity.get(name))
    kit = kit_of(Hook(claimsOverrideDetails=added))
    assert tokens_of(kit)[1].get(name) != "forged"


def test_protected_claims_cannot_be_suppressed() -> None:
    gone = {"claimsToSuppress": sorted(PROTECTED | {"cognito:username"})}
    sections = dict.fromkeys(("idTokenGeneration", "accessTokenGeneration"), gone)
    plain = tokens_of(kit_of(Hook()))
    changed = tokens_of(kit_of(Hook(claimsAndScopeOverrideDetails=sections)))
    assert [token.keys() for token in changed] == [token.keys() for token in plain]


def test_a_suppressed_scope_closes_the_users_own_operations() -> None:
    section = {"accessTokenGeneration": {"scopesToSuppress": [SCOPE], "scopesToAdd": ["orders/read"]}}
    kit = kit_of(Hook(claimsAndScopeOverrideDetails=section))
    token = kit.tokens("gina")["AccessToken"]
    with refused("NotAuthorizedException", "Access Token does not have required scopes"):
        kit.aws.get_user(AccessToken=token)


def test_a_refresh_asks_again() -> None:
    hook = Hook(claimsOverrideDetails={"claimsToAddOrOverride": {"tier": "gold"}})
    kit = kit_of(hook)
    refresh = kit.tokens("gina")["RefreshToken"]
    hook.response = {"claimsOverrideDetails": {"claimsToAddOrOverride": {"tier": "silver"}}}
    answer = kit.aws.get_tokens_from_refresh_token(ClientId=kit.id, RefreshToken=refresh)
    assert tokens_of(kit, answer["AuthenticationResult"])[1]["tier"] == "silver"
    assert hook.events[-1]["triggerSource"] == "TokenGeneration_RefreshTokens"


@pytest.mark.parametrize(
    "response",
    [
        {"claimsOverrideDetails": []},
        {"claimsOverrideDetails": {"claimsToAddOrOverride": {"n": 1}}},
        {"claimsOverrideDetails": {"claimsToSuppress": "email"}},
        {"claimsOverrideDetails": {"groupOverrideDetails": {"groupsToOverride": [1]}}},
        {"claimsOverrideDetails": {"groupOverrideDetails": {"preferredRole": 1}}},
        {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": {"scopesToAdd": ["two scopes"]}}},
        {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": {"scopesToAdd": [""]}}},
        {"claimsAndScopeOverrideDetails": {"idTokenGeneration": "x"}},
    ],
)
def test_an_answer_that_is_none_issues_nothing(response: dict[str, Any]) -> None:
    kit = kit_of(Hook(**response))
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        kit.tokens("gina")


def test_a_trigger_that_raises_refuses_the_sign_in() -> None:
    def fail(_: Event) -> Event:
        raise RuntimeError("not today")

    kit = Kit(users=(GINA,), triggers=Triggers(pre_token_generation=fail))
    with refused("UserLambdaValidationException", "PreTokenGeneration failed with error not today."):
        kit.tokens("gina")
