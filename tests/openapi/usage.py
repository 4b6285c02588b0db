"""What an app in Python does with the client that openapi-python-client makes of the document."""

import json
import sys

from generated import AuthenticatedClient, Client
from generated.api.account import get_account
from generated.api.auth import confirm_sign_up, sign_in, sign_up
from generated.models import (
    CognitoErrorAnswer,
    ConfirmSignUpRequest,
    NewPasswordRequired,
    Profile,
    SignInRequest,
    SignUpRequest,
    SignUpRequestAttributes,
    Tokens,
)

anybody = Client(base_url=sys.argv[1])


def attempt(username: str, password: str) -> object:
    return sign_in.sync(client=anybody, body=SignInRequest(username=username, password=password))


tokens = attempt("grace", "Correct-horse-1!")
assert isinstance(tokens, Tokens), tokens
user = AuthenticatedClient(base_url=sys.argv[1], token=tokens.access_token)
profile = get_account.sync(client=user)
assert isinstance(profile, Profile), profile

refused = attempt("grace", "Wrong-password-1!")
assert isinstance(refused, CognitoErrorAnswer), refused

challenge = attempt("newcomer", "Temporary-1!")
assert isinstance(challenge, NewPasswordRequired), challenge

attributes = SignUpRequestAttributes.from_dict({"email": "hedy@example.com"})
sign_up.sync(
    client=anybody,
    body=SignUpRequest(username="hedy", password="Correct-horse-1!", attributes=attributes),
)
wrong = confirm_sign_up.sync(client=anybody, body=ConfirmSignUpRequest(username="hedy", code="000000"))
assert isinstance(wrong, CognitoErrorAnswer), wrong

sys.stdout.write(
    json.dumps(
        {
            "username": profile.username,
            "refused": refused.detail.code,
            "challenge": challenge.challenge,
            "wrong": wrong.detail.code,
        }
    )
)
