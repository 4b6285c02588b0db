"""The claims of a token as values that nobody changes."""

import asyncio
import copy
import pickle
import warnings

import pytest

from fastapi_cognito_auth.tokens.frozen_claims import FrozenClaims, frozen
from tests.support import SIGNER, access_claims, id_claims, verifier


def test_a_factor_that_is_written_alone_is_a_list_of_one() -> None:
    claims = asyncio.run(verifier().access_token(SIGNER.sign(access_claims(amr="mfa"))))
    assert claims.amr == ("mfa",)


def test_claims_keep_their_names_of_the_token() -> None:
    given = {**id_claims(), "cognito:groups": ["analysts"], "custom:team": "blue"}
    claims = frozen(asyncio.run(verifier().id_token(SIGNER.sign(given))))
    assert claims["cognito:username"] == "ada"
    assert claims["cognito:groups"] == ("analysts",)
    assert claims["custom:team"] == "blue"
    assert claims.keys() == given.keys()


def test_claims_of_any_shape_are_read_without_a_warning() -> None:
    given = access_claims(aud=["https://api.example"], act={"sub": "agent", "act": {"sub": "other"}})
    claims = asyncio.run(verifier(resources=["https://api.example"]).access_token(SIGNER.sign(given)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert frozen(claims)["act"]["act"]["sub"] == "other"


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda claims: pickle.loads(pickle.dumps(claims))]
)
def test_copied_claims_are_the_same_and_stay_frozen(again: object) -> None:
    claims = FrozenClaims({"sub": "ada", "act": FrozenClaims({"sub": "agent"})})
    copied = again(claims)  # type: ignore[operator]
    assert copied == claims
    assert type(copied) is type(copied["act"]) is FrozenClaims


@pytest.mark.parametrize(
    "change", ["clear", "pop", "popitem", "setdefault", "update", "__setitem__", "__ior__"]
)
def test_claims_take_nothing(change: str) -> None:
    claims = FrozenClaims({"sub": "ada"})
    with pytest.raises(TypeError):
        getattr(claims, change)()
    assert claims == {"sub": "ada"}
