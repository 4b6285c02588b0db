"""What browsers send of passkeys: taken as it is within limits, and passed on unchanged."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fastapi_cognito_auth.formats.passkey_json import (
    LARGEST_CREDENTIAL,
    CreationOptions,
    RegistrationResponse,
)

CREDENTIAL: dict[str, Any] = {
    "id": "AQIDBAUG",
    "rawId": "AQIDBAUG",
    "type": "public-key",
    "authenticatorAttachment": "platform",
    "clientExtensionResults": {"credProps": {"rk": True}},
    "response": {
        "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0",
        "attestationObject": "o2NmbXRkbm9uZQ",
        "authenticatorData": "SZYN5YgOjGh0NBcPZHZgW4",
        "publicKey": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
        "publicKeyAlgorithm": -7,
        "transports": ["internal", "hybrid"],
    },
}

OPTIONS: dict[str, Any] = {
    "rp": {"id": "example.com", "name": "Example"},
    "user": {"id": "MzRjODQ0ODg", "name": "ada", "displayName": "ada"},
    "challenge": "Y2hhbGxlbmdl",
    "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}],
    "timeout": 60000,
    "excludeCredentials": [{"type": "public-key", "id": "AQIDBAUG"}],
    "authenticatorSelection": {"requireResidentKey": True, "residentKey": "required"},
}

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


def refused(value: Any) -> bool:
    try:
        RegistrationResponse.model_validate(value)
    except ValidationError:
        return True
    return False


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in CREDENTIAL.items() if name != key}


def test_a_credential_is_passed_on_unchanged() -> None:
    assert RegistrationResponse.model_validate(CREDENTIAL).as_sent() == CREDENTIAL


def test_members_of_a_later_browser_are_passed_on() -> None:
    newer = CREDENTIAL | {"later": {"a": [1]}, "response": CREDENTIAL["response"] | {"also": "x"}}
    assert RegistrationResponse.model_validate(newer).as_sent() == newer


def test_what_a_browser_leaves_out_stays_out() -> None:
    least = {name: CREDENTIAL[name] for name in ("id", "rawId", "type")}
    least["response"] = {"clientDataJSON": "e30", "attestationObject": "oA"}
    assert RegistrationResponse.model_validate(least).as_sent() == least


@pytest.mark.parametrize(
    "value",
    [
        *(without(name) for name in ("id", "rawId", "type", "response")),
        CREDENTIAL | {"type": "password"},
        CREDENTIAL | {"id": "not base64url!"},
        CREDENTIAL | {"id": "AQID="},
        CREDENTIAL | {"id": "A" * 1365},
        CREDENTIAL | {"id": 5},
        CREDENTIAL | {"response": {"clientDataJSON": "e30"}},
        CREDENTIAL | {"response": CREDENTIAL["response"] | {"transports": ["usb"] * 17}},
        CREDENTIAL | {"response": CREDENTIAL["response"] | {"transports": "usb"}},
        CREDENTIAL | {"response": CREDENTIAL["response"] | {"attestationObject": "A" * LARGEST_CREDENTIAL}},
        CREDENTIAL | {"clientExtensionResults": []},
        CREDENTIAL | {"clientExtensionResults": {"x": float("nan")}},
        CREDENTIAL | {"later": "x" * LARGEST_CREDENTIAL},
        {},
        [],
        None,
        "credential",
    ],
)
def test_anything_else_is_refused(value: Any) -> None:
    assert refused(value)


@pytest.mark.parametrize("depth", [9, 100, 900, 100_000])
@pytest.mark.parametrize("wrap", [lambda value: [value], lambda value: {"a": value}], ids=["list", "object"])
def test_deep_nesting_is_refused_and_exhausts_no_stack(depth: int, wrap: Any) -> None:
    value: Any = 1
    for _ in range(depth):
        value = wrap(value)
    assert refused(CREDENTIAL | {"clientExtensionResults": {"x": value}})
    assert refused(CREDENTIAL | {"later": value})


@given(_JSON, _JSON)
def test_no_json_is_a_fault_of_ours(one: Any, other: Any) -> None:
    for value in (one, CREDENTIAL | {"clientExtensionResults": one, "later": other}):
        if not refused(value):
            assert RegistrationResponse.model_validate(value).as_sent() == value


def test_creation_options_are_passed_on_unchanged() -> None:
    options = CreationOptions.model_validate(OPTIONS | {"hints": ["client-device"]})
    assert options.as_sent() == OPTIONS | {"hints": ["client-device"]}


@pytest.mark.parametrize("name", ["rp", "user", "challenge", "pubKeyCredParams"])
def test_creation_options_lack_nothing_that_browsers_need(name: str) -> None:
    with pytest.raises(ValidationError):
        CreationOptions.model_validate({key: value for key, value in OPTIONS.items() if key != name})
