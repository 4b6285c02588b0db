"""Drives Authlib, unchanged, at the pool's domain. Runs in the environment of `requirements.txt`."""

import json
import re
import secrets
import sys
import traceback
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken

TASK = json.load(sys.stdin)
PLACES = TASK["places"]


def discovered(place: dict[str, str]) -> dict[str, Any]:
    """Return the metadata of the issuer."""
    found: dict[str, Any] = requests.get(
        f"{place['endpoint']}{place['poolId']}/.well-known/openid-configuration", timeout=10
    ).json()
    return found


def signed_in(place: dict[str, str], **options: Any) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Go through the code flow with PKCE, and return the session, its tokens and the claims."""
    metadata = discovered(place)
    session = OAuth2Session(place["clientId"], scope="openid email", redirect_uri=TASK["callback"], **options)
    verifier, nonce = generate_token(48), secrets.token_urlsafe(16)
    address, state = session.create_authorization_url(
        metadata["authorization_endpoint"],
        nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
    )
    at = by_browser(address)
    tokens = session.fetch_token(
        metadata["token_endpoint"], authorization_response=at, state=state, code_verifier=verifier
    )
    keys = JsonWebKey.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    checked = {"iss": {"value": metadata["issuer"]}, "aud": {"value": place["clientId"]}}
    claims = jwt.decode(
        tokens["id_token"],
        keys,
        claims_cls=CodeIDToken,
        claims_options=checked,
        claims_params={"nonce": nonce, "access_token": tokens["access_token"]},
    )
    claims.validate()
    return session, metadata, {**tokens, "claims": claims}


def by_browser(address: str) -> str:
    """Sign in on the pages, and return the address of the callback."""
    browser = requests.Session()
    page = browser.get(address, timeout=10)
    found = {name: re.search(pattern, page.text) for name, pattern in PATTERNS.items()}
    action, token = (unescape(match[1]) if match else "" for match in found.values())
    data = {"_csrf": token, "username": "ann", "password": TASK["password"]}
    answer = browser.post(urljoin(page.url, action), data=data, allow_redirects=False, timeout=10)
    return answer.headers["location"]


PATTERNS = {"action": r'action="([^"]+)"', "token": r'name="_csrf" value="([^"]+)"'}


def a_code_becomes_tokens() -> None:
    """The ID token has the nonce and the hash of the access token."""
    _, _, tokens = signed_in(PLACES["main"])
    assert tokens["claims"]["cognito:username"] == "ann"
    assert {"nonce", "at_hash"} <= tokens["claims"].keys()


def a_secret_goes_by_basic_or_in_the_body() -> None:
    """A client with a secret authenticates in both ways."""
    for method in ("client_secret_basic", "client_secret_post"):
        place = PLACES["secret"]
        signed_in(place, client_secret=place["secret"], token_endpoint_auth_method=method)


def a_refresh_and_its_end() -> None:
    """A refresh token refreshes until it is revoked."""
    session, metadata, tokens = signed_in(PLACES["main"])
    again = session.refresh_token(metadata["token_endpoint"], refresh_token=tokens["refresh_token"])
    assert again["access_token"] != tokens["access_token"]
    answer = session.revoke_token(
        metadata["revocation_endpoint"], token=tokens["refresh_token"], token_type_hint="refresh_token"
    )
    assert answer.status_code == 200, answer.text
    error = None
    try:
        session.refresh_token(metadata["token_endpoint"], refresh_token=tokens["refresh_token"])
    except OAuthError as exc:
        error = exc.error
    assert error == "invalid_grant"


def user_info() -> None:
    """The access token shows the user."""
    session, metadata, _ = signed_in(PLACES["main"])
    assert session.get(metadata["userinfo_endpoint"], timeout=10).json()["username"] == "ann"


def a_machine() -> None:
    """A machine gets a token of its own."""
    machine = TASK["machine"]
    session = OAuth2Session(machine["id"], machine["secret"], scope="orders/read")
    token = session.fetch_token(discovered(PLACES["main"])["token_endpoint"], grant_type="client_credentials")
    assert "refresh_token" not in token


def another_scope_is_refused() -> None:
    """A scope that the app client lacks is an error at the callback."""
    place = PLACES["main"]
    session = OAuth2Session(place["clientId"], scope="openid orders/read", redirect_uri=TASK["callback"])
    address, _ = session.create_authorization_url(discovered(place)["authorization_endpoint"])
    answer = requests.get(address, allow_redirects=False, timeout=10)
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["error_description"] == ["invalid_scope"]


FLOWS: list[Callable[[], None]] = [
    a_code_becomes_tokens,
    a_secret_goes_by_basic_or_in_the_body,
    a_refresh_and_its_end,
    user_info,
    a_machine,
    another_scope_is_refused,
]

for flow in FLOWS:
    outcome = "ok"
    try:
        flow()
    except Exception:  # noqa: BLE001 - any failure is an outcome
        outcome = traceback.format_exc()
    print(json.dumps({"flow": flow.__name__, "outcome": outcome}))  # noqa: T201
