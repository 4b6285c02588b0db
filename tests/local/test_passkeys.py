"""Passkeys: registered on the right page for the right user, and good for one sign-in at a time."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.relying_party import read_assertion, read_registration
from tests.local.authenticator import Authenticator, decode, encode
from tests.local.kit import OTHER_PASSWORD, PASSWORD, Kit, claims, refused
from tests.older import needs

SITE = "https://app.example.com"
WRONG = "Incorrect username or password."
MULTI = "MULTI_FACTOR_WITH_USER_VERIFICATION"


class Passkeys(Kit):
    """A pool with passkeys, and the steps of one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"relying_party_id": "example.com"} | options)
        self.device = Authenticator(origin=SITE)

    def options(self, access: str) -> dict[str, Any]:
        options: dict[str, Any] = self.aws.start_web_authn_registration(AccessToken=access)[
            "CredentialCreationOptions"
        ]
        return options

    def complete(self, access: str, credential: Any) -> None:
        self.aws.complete_web_authn_registration(AccessToken=access, Credential=credential)

    def register(
        self, username: str = "alice", password: str = PASSWORD, device: Authenticator | None = None
    ) -> None:
        access = self.tokens(username, password)["AccessToken"]
        self.complete(access, (device or self.device).create(self.options(access)))

    def listed(self, username: str = "alice", password: str = PASSWORD, **more: Any) -> Any:
        access = self.tokens(username, password)["AccessToken"]
        return self.aws.list_web_authn_credentials(AccessToken=access, **more)

    def challenge(self, username: str = "alice") -> Any:
        return self.aws.initiate_auth(
            ClientId=self.id,
            AuthFlow="USER_AUTH",
            AuthParameters={
                "USERNAME": username,
                "PREFERRED_CHALLENGE": "WEB_AUTHN",
                **self.with_hash(username),
            },
        )

    def assertion(self, challenge: Any, credential: Any, username: str = "alice") -> Any:
        text = credential if isinstance(credential, str) else json.dumps(credential)
        return self.answer(
            "WEB_AUTHN", challenge["Session"], USERNAME=username, CREDENTIAL=text, **self.with_hash(username)
        )

    def request(self, challenge: Any) -> dict[str, Any]:
        assert challenge["ChallengeName"] == "WEB_AUTHN"
        options: dict[str, Any] = json.loads(challenge["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
        return options

    def passkey(self, username: str = "alice") -> Any:
        challenge = self.challenge(username)
        return self.assertion(challenge, self.device.get(self.request(challenge)), username)

    def configure(self, **config: str) -> None:
        self.aws.set_user_pool_mfa_config(
            UserPoolId=self.pool_id,
            MfaConfiguration="OPTIONAL",
            SoftwareTokenMfaConfiguration={"Enabled": True},
            WebAuthnConfiguration={"RelyingPartyId": "example.com", **config},
        )


@pytest.fixture
def kit() -> Passkeys:
    return Passkeys()


def test_the_options_ask_for_a_passkey_of_this_user_and_relying_party(kit: Passkeys) -> None:
    access = kit.tokens()["AccessToken"]
    options = kit.options(access)
    sub = claims(kit.pool, access, clock=kit.clock)["sub"]
    assert options["rp"]["id"] == "example.com"
    assert decode(options["user"]["id"]).decode() == sub
    assert options["user"]["name"] == "alice"
    assert [entry["alg"] for entry in options["pubKeyCredParams"]] == [-7, -257]
    assert options["timeout"] == 60000
    assert options["excludeCredentials"] == []
    assert options["authenticatorSelection"] == {
        "requireResidentKey": True, "residentKey": "required", "userVerification": "preferred",
    }  # fmt: skip
    assert len(decode(options["challenge"])) == 32


def test_a_passkey_is_registered_listed_and_signs_in(kit: Passkeys) -> None:
    kit.register()
    (row,) = kit.listed()["Credentials"]
    made = kit.device.credentials[0]
    assert row["CreatedAt"].timestamp() == kit.clock.now
    assert {name: value for name, value in row.items() if name != "CreatedAt"} == {
        "CredentialId": encode(made.id),
        "FriendlyCredentialName": "Passkey",
        "RelyingPartyId": "example.com",
        "AuthenticatorAttachment": "platform",
        "AuthenticatorTransports": ["internal", "hybrid"],
    }
    options = kit.request(kit.challenge())
    assert options["rpId"] == "example.com"
    assert [entry["id"] for entry in options["allowCredentials"]] == [encode(made.id)]
    assert options["userVerification"] == "preferred"
    access = kit.passkey()["AuthenticationResult"]["AccessToken"]
    shown = claims(kit.pool, access, clock=kit.clock)
    assert (shown["username"], shown["amr"], shown["acr"]) == ("alice", ["hwk"], "urn:cognito:loa:3")
    assert kit.options(access)["excludeCredentials"][0]["id"] == encode(made.id)
    factors = kit.aws.get_user_auth_factors(AccessToken=access)["ConfiguredUserAuthFactors"]
    assert factors == ["PASSWORD", "WEB_AUTHN"]


def test_a_synced_passkey_that_does_not_count_signs_in_again_and_again(kit: Passkeys) -> None:
    kit.device = Authenticator(origin="https://example.com:8443", synced=True, counts=False)
    kit.register()
    for _ in range(2):
        access = kit.passkey()["AuthenticationResult"]["AccessToken"]
    assert claims(kit.pool, access, clock=kit.clock)["amr"] == ["swk"]


def test_a_user_without_a_passkey_is_not_offered_one(kit: Passkeys) -> None:
    assert kit.challenge()["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP"]
    kit.register()
    selected = kit.aws.initiate_auth(
        ClientId=kit.id, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "alice"}
    )
    assert selected["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP", "WEB_AUTHN"]
    challenge = kit.answer("SELECT_CHALLENGE", selected["Session"], USERNAME="alice", ANSWER="WEB_AUTHN")
    assert kit.assertion(challenge, kit.device.get(kit.request(challenge)))["AuthenticationResult"]


def test_a_passkey_is_deleted_by_its_user_only(kit: Passkeys) -> None:
    kit.register()
    passkey_id = encode(kit.device.credentials[0].id)
    alice, bob = kit.tokens()["AccessToken"], kit.tokens("bob", OTHER_PASSWORD)["AccessToken"]
    challenge = kit.challenge()
    with refused("ResourceNotFoundException", "The passkey does not exist."):
        kit.aws.delete_web_authn_credential(AccessToken=bob, CredentialId=passkey_id)
    kit.aws.delete_web_authn_credential(AccessToken=alice, CredentialId=passkey_id)
    with refused("ResourceNotFoundException"):
        kit.aws.delete_web_authn_credential(AccessToken=alice, CredentialId=passkey_id)
    with refused("NotAuthorizedException", WRONG):
        kit.assertion(challenge, kit.device.get(kit.request(challenge)))
    assert kit.listed()["Credentials"] == []


def test_a_deleted_user_leaves_no_passkey(kit: Passkeys) -> None:
    kit.register()
    access = kit.tokens()["AccessToken"]
    kit.options(access)
    kit.aws.delete_user(AccessToken=access)
    assert not kit.pool._plane.passkeys.table
    assert not kit.pool._plane.passkeys._registrations


def test_twenty_passkeys_are_listed_in_pages_and_are_the_most(kit: Passkeys) -> None:
    access = kit.tokens()["AccessToken"]
    late = kit.device.create(kit.options(access))
    for _ in range(20):
        kit.complete(access, kit.device.create(kit.options(access)))
    for call in (lambda: kit.options(access), lambda: kit.complete(access, late)):
        with refused("LimitExceededException"):
            call()
    page = kit.listed(MaxResults=15)
    assert len(page["Credentials"]) == 15
    assert len(kit.listed(NextToken=page["NextToken"])["Credentials"]) == 5
    with refused("InvalidParameterException", "Invalid pagination token"):
        kit.listed("bob", OTHER_PASSWORD, NextToken=page["NextToken"])


# The pool's configuration


def test_a_pool_without_passkeys_says_so() -> None:
    kit = Passkeys(relying_party_id=None)
    access = kit.tokens()["AccessToken"]
    with refused("WebAuthnNotEnabledException"):
        kit.options(access)
    with refused("WebAuthnNotEnabledException"):
        kit.complete(access, {})


def test_the_relying_party_is_the_domain_unless_the_pool_names_one() -> None:
    kit = Passkeys(relying_party_id=None, allowed_first_factors=["PASSWORD", "WEB_AUTHN"])
    access = kit.tokens()["AccessToken"]
    with refused("WebAuthnConfigurationMissingException"):
        kit.options(access)
    assert "AvailableChallenges" in kit.challenge()
    kit.aws.create_user_pool_domain(UserPoolId=kit.pool_id, Domain="prefix")
    assert kit.options(access)["rp"]["id"] == "prefix.auth.us-east-1.amazoncognito.com"
    kit.aws.create_user_pool_domain(
        UserPoolId=kit.pool_id,
        Domain="auth.example.com",
        CustomDomainConfig={"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/x"},
    )
    assert kit.options(access)["rp"]["id"] == "auth.example.com"
    kit.configure()
    assert kit.options(access)["rp"]["id"] == "example.com"
    answer = kit.aws.get_user_pool_mfa_config(UserPoolId=kit.pool_id)
    assert answer["WebAuthnConfiguration"] == {"RelyingPartyId": "example.com"}


def test_passkeys_of_a_former_relying_party_do_not_sign_in(kit: Passkeys) -> None:
    kit.register()
    challenge = kit.challenge()
    kit.aws.set_user_pool_mfa_config(
        UserPoolId=kit.pool_id,
        MfaConfiguration="OFF",
        WebAuthnConfiguration={"RelyingPartyId": "app.example.com"},
    )
    with refused("NotAuthorizedException", WRONG):
        kit.assertion(challenge, kit.device.get(kit.request(challenge)))
    assert "AvailableChallenges" in kit.challenge()


def test_user_verification_can_be_required() -> None:
    kit = Passkeys(user_verification="required")
    kit.register()
    kit.device.verifies_user = False
    access = kit.tokens()["AccessToken"]
    assert kit.options(access)["authenticatorSelection"]["userVerification"] == "required"
    with refused("WebAuthnCredentialNotSupportedException"):
        kit.complete(access, kit.device.create(kit.options(access)))
    with refused("NotAuthorizedException", WRONG):
        kit.passkey()
    kit.device.verifies_user = True
    assert kit.passkey()["AuthenticationResult"]


@needs("SetUserPoolMfaConfig", "WebAuthnConfiguration", "FactorConfiguration")
@pytest.mark.parametrize(
    ("factor", "verifies", "asks"),
    [(MULTI, True, False), (MULTI, False, True), ("SINGLE_FACTOR", True, True)],
)
def test_only_a_verified_passkey_of_a_pool_that_says_so_is_two_factors(
    factor: str, verifies: bool, asks: bool
) -> None:
    kit = Passkeys()
    kit.configure(FactorConfiguration=factor)
    kit.register()
    kit.enroll_totp()
    kit.device.verifies_user = verifies
    answer = kit.passkey()
    assert (answer.get("ChallengeName") == "SOFTWARE_TOKEN_MFA") is asks
    assert ("AuthenticationResult" in answer) is not asks


@needs("SetUserPoolMfaConfig", "WebAuthnConfiguration", "FactorConfiguration")
def test_passkey_mfa_needs_the_pools_word_and_another_factor(kit: Passkeys) -> None:
    access = kit.tokens()["AccessToken"]

    def switch(enabled: bool, **more: Any) -> None:
        kit.aws.set_user_mfa_preference(AccessToken=access, WebAuthnMfaSettings={"Enabled": enabled}, **more)

    with refused("InvalidParameterException", "Passkeys are not a second factor in the user pool"):
        switch(True)
    kit.configure(FactorConfiguration=MULTI)
    with refused("InvalidParameterException", "Passkey MFA needs another MFA method that is switched on"):
        switch(True)
    kit.register()
    secret = kit.aws.associate_software_token(AccessToken=access)["SecretCode"]
    kit.aws.verify_software_token(AccessToken=access, UserCode=kit.totp(secret))
    switch(True, SoftwareTokenMfaSettings={"Enabled": True})
    shown = kit.aws.get_user(AccessToken=access)["UserMFASettingList"]
    assert shown == ["SOFTWARE_TOKEN_MFA", "WEB_AUTHN"]
    with refused("InvalidParameterException"):
        switch(True, SoftwareTokenMfaSettings={"Enabled": False})
    kit.device.verifies_user = False
    with refused("NotAuthorizedException", WRONG):
        kit.passkey()
    kit.device.verifies_user = True
    assert kit.passkey()["AuthenticationResult"]
    switch(False)
    assert kit.aws.get_user(AccessToken=access)["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]


# Attacks on the registration

OTHER_ORIGINS = [
    "http://app.example.com",
    "https://example.org",
    "https://example.com.evil.org",
    "https://evilexample.com",
    "https://example.com/",
    "https://example.com@evil.org",
    "https://EXAMPLE.com",
    "android:apk-key-hash:abc",
    "null",
    "",
    ["https://app.example.com"],
]


@pytest.mark.parametrize("origin", OTHER_ORIGINS)
def test_another_origin_neither_registers_nor_signs_in(kit: Passkeys, origin: Any) -> None:
    kit.register()
    kit.device.origin = origin
    with refused("WebAuthnOriginNotAllowedException"):
        kit.register()
    with refused("NotAuthorizedException", WRONG):
        kit.passkey()


def test_a_page_framed_by_another_site_neither_registers_nor_signs_in(kit: Passkeys) -> None:
    kit.register()
    kit.device.cross_origin = True
    with refused("WebAuthnOriginNotAllowedException"):
        kit.register()
    with refused("NotAuthorizedException", WRONG):
        kit.passkey()


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("http://localhost:8000", True), ("https://localhost", True), ("http://app.localhost", False)],
)
def test_plain_http_is_for_localhost_only(origin: str, allowed: bool) -> None:
    kit = Passkeys(relying_party_id="localhost")
    kit.device.origin = origin
    if allowed:
        kit.register()
        assert kit.passkey()["AuthenticationResult"]
        return
    with refused("WebAuthnOriginNotAllowedException"):
        kit.register()


def test_another_relying_party_neither_registers_nor_signs_in(kit: Passkeys) -> None:
    kit.register()
    kit.device.rp_id = "example.org"
    with refused("WebAuthnRelyingPartyMismatchException"):
        kit.register()
    with refused("NotAuthorizedException", WRONG):
        kit.passkey()


def test_a_registration_works_once_and_in_time(kit: Passkeys) -> None:
    access = kit.tokens()["AccessToken"]
    made = kit.device.create(kit.options(access))
    kit.complete(access, made)
    with refused("WebAuthnChallengeNotFoundException"):
        kit.complete(access, made)
    late = kit.device.create(kit.options(access))
    kit.clock.advance(300)
    with refused("WebAuthnChallengeNotFoundException"):
        kit.complete(access, late)
    invented = kit.device.create(kit.options(access) | {"challenge": encode(b"x" * 32)})
    with refused("WebAuthnChallengeNotFoundException"):
        kit.complete(access, invented)


def test_a_registration_is_its_users_and_its_clients_own(kit: Passkeys) -> None:
    alice, bob = kit.tokens()["AccessToken"], kit.tokens("bob", OTHER_PASSWORD)["AccessToken"]
    made = kit.device.create(kit.options(alice))
    with refused("WebAuthnChallengeNotFoundException"):
        kit.complete(bob, made)
    first = kit.id
    kit.id = kit.aws.create_user_pool_client(
        UserPoolId=kit.pool_id, ClientName="other", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    with refused("WebAuthnClientMismatchException"):
        kit.complete(kit.tokens()["AccessToken"], made)
    kit.id = first
    kit.complete(alice, made)


def test_nobody_registers_the_id_of_a_passkey_that_exists(kit: Passkeys) -> None:
    kit.register()
    access = kit.tokens("bob", OTHER_PASSWORD)["AccessToken"]
    copy = Authenticator(origin=SITE)
    made = copy.create(kit.options(access))
    stolen = kit.device.credentials[0].id
    data = decode(made["response"]["attestationObject"]).replace(copy.credentials[0].id, stolen)
    made |= {"id": encode(stolen), "rawId": encode(stolen)}
    made["response"]["attestationObject"] = encode(data)
    with refused("InvalidParameterException", "The passkey is registered already"):
        kit.complete(access, made)


def other_type(made: dict[str, Any]) -> None:
    data = json.loads(decode(made["response"]["clientDataJSON"])) | {"type": "webauthn.get"}
    made["response"]["clientDataJSON"] = encode(json.dumps(data).encode())


@pytest.mark.parametrize("spoil", [other_type, lambda made: made.update(id="AAAA")])
def test_a_credential_that_is_not_what_it_says_is_not_supported(
    kit: Passkeys, spoil: Callable[[dict[str, Any]], None]
) -> None:
    access = kit.tokens()["AccessToken"]
    made = kit.device.create(kit.options(access))
    spoil(made)
    with refused("WebAuthnCredentialNotSupportedException"):
        kit.complete(access, made)


@pytest.mark.parametrize("document", [{}, {"id": 1}, {"id": "x", "rawId": "x", "response": {}}, [], "x", 7])
def test_a_document_that_is_no_credential_is_refused(kit: Passkeys, document: Any) -> None:
    kit.register()
    access = kit.tokens()["AccessToken"]
    refusal = "Invalid passkey credential" if isinstance(document, dict) else "SerializationException"
    with pytest.raises(ServiceError, match=refusal):
        kit.pool.call("CompleteWebAuthnRegistration", {"AccessToken": access, "Credential": document})
    for text in (json.dumps(document), "{", "[" * 100_000):
        with refused("InvalidParameterException", "Invalid passkey credential"):
            kit.assertion(kit.challenge(), text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.binary(max_size=40).map(encode),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")


@settings(max_examples=150)
@given(
    outer=st.fixed_dictionaries({}, optional={"id": JSON, "rawId": JSON, "type": JSON}),
    inner=st.fixed_dictionaries({}, optional=dict.fromkeys(MEMBERS, JSON)),
)
def test_whatever_comes_is_read_or_refused(outer: dict[str, Any], inner: dict[str, Any]) -> None:
    good = {"id": "AAAA", "rawId": "AAAA", "type": "public-key"}
    for read in (read_registration, read_assertion):
        with suppress(ServiceError):
            read(good | outer | {"response": inner})


# Attacks on the sign-in


def test_an_assertion_works_once(kit: Passkeys) -> None:
    kit.register()
    challenge = kit.challenge()
    signed = kit.device.get(kit.request(challenge))
    assert kit.assertion(challenge, signed)["AuthenticationResult"]
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        kit.assertion(challenge, signed)
    with refused("NotAuthorizedException", WRONG):
        kit.assertion(kit.challenge(), signed)


def test_a_challenge_ends_with_its_session(kit: Passkeys) -> None:
    kit.register()
    challenge = kit.challenge()
    signed = kit.device.get(kit.request(challenge))
    kit.clock.advance(180)
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        kit.assertion(challenge, signed)


@pytest.mark.parametrize("back", [0, 1, 2])
def test_a_counter_that_does_not_go_forward_is_a_copys(kit: Passkeys, back: int) -> None:
    kit.register()
    for _ in range(3):
        kit.passkey()
    kit.device.credentials[0].sign_count -= back + 1
    with refused("NotAuthorizedException", WRONG):
        kit.passkey()


def test_the_passkey_of_another_user_is_refused(kit: Passkeys) -> None:
    bobs = Authenticator(origin=SITE)
    kit.register()
    kit.register("bob", OTHER_PASSWORD, bobs)
    challenge = kit.challenge()
    request = kit.request(challenge)
    with refused("NotAuthorizedException", WRONG):
        kit.assertion(challenge, bobs.get(request, bobs.credentials[0]))
    disguised = bobs.credentials[0]
    disguised.id, disguised.user_handle = kit.device.credentials[0].id, kit.device.credentials[0].user_handle
    with refused("NotAuthorizedException", WRONG):
        kit.assertion(challenge, bobs.get(request, disguised))
    signed = kit.device.get(request)
    signed["response"]["userHandle"] = encode(b"somebody else")
    with refused("NotAuthorizedException", WRONG):
        kit.assertion(challenge, signed)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        kit.assertion(challenge, kit.device.get(request), "bob")


def test_a_registration_is_no_sign_in(kit: Passkeys) -> None:
    kit.register()
    challenge = kit.challenge()
    made = kit.device.create(kit.options(kit.tokens()["AccessToken"]))
    with refused("InvalidParameterException", "Invalid passkey credential"):
        kit.assertion(challenge, made)


def test_a_signature_over_something_else_is_refused(kit: Passkeys) -> None:
    kit.register()
    challenge = kit.challenge()
    signed = kit.device.get(kit.request(challenge))
    signed["response"]["signature"] = encode(b"\0" * 70)
    with refused("NotAuthorizedException", WRONG):
        kit.assertion(challenge, signed)


def test_old_registrations_are_dropped() -> None:
    kit = Passkeys()
    access = kit.tokens()["AccessToken"]
    for _ in range(3):
        kit.options(access)
    kit.clock.advance(300)
    kit.options(access)
    assert len([*kit.pool._plane.passkeys._registrations]) == 1
