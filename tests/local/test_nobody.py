"""USER_AUTH for names that nobody has: no answer tells them from names that somebody has."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.local.operations import offers
from fastapi_cognito_auth.local.operations.first_factors import FIRST_FACTORS
from fastapi_cognito_auth.local.operations.passkey_factor import decoy_options
from tests.local.authenticator import Authenticator
from tests.local.kit import OTHER_PASSWORD, PASSWORD, Kit, refused
from tests.local.test_user_auth import INVALID, USED, WRONG, verifier

DOMAIN = "example.com"
ALL = ("PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN")
CODES = {"EMAIL_OTP": "EMAIL_OTP_CODE", "SMS_OTP": "SMS_OTP_CODE"}
MAIL = {"email": "m@example.com"}
PHONE = {"phone_number": "+493012349934", "phone_number_verified": "true"}
USERS = (
    LocalUser("plain", password=PASSWORD),
    LocalUser("mail", password=PASSWORD, attributes=MAIL),
    LocalUser("both", password=PASSWORD, attributes=MAIL | PHONE),
    LocalUser("code", attributes=MAIL),
    LocalUser("key", password=PASSWORD, attributes=MAIL),
)
LEVELS = [f"urn:cognito:loa:{level}" for level in range(5)]


@pytest.fixture(scope="module")
def shared() -> Kit:
    return kit_of()


@pytest.fixture
def kit() -> Kit:
    return kit_of()


def kit_of(**options: Any) -> Kit:
    kit = Kit(**{"users": USERS, "allowed_first_factors": ALL, "relying_party_id": DOMAIN} | options)
    # Whoever registers passkeys has to sign in first.
    access = kit.tokens("key")["AccessToken"]
    created = kit.aws.start_web_authn_registration(AccessToken=access)["CredentialCreationOptions"]
    credential = Authenticator(origin=f"https://{DOMAIN}").create(created)
    kit.aws.complete_web_authn_registration(AccessToken=access, Credential=credential)
    return kit


def begin(kit: Kit, username: str, **parameters: str) -> Any:
    given = {"USERNAME": username} | parameters
    return kit.aws.initiate_auth(ClientId=kit.id, AuthFlow="USER_AUTH", AuthParameters=given)


def names() -> Iterator[str]:
    return (f"nobody{number}" for number in range(1000))


def shape(answer: Any) -> tuple[Any, ...]:
    """Return what of an answer does not change from one request to the next."""
    parameters: Mapping[str, str] = answer["ChallengeParameters"]
    options = json.loads(parameters.get("CREDENTIAL_REQUEST_OPTIONS", "{}"))
    keys = [(entry["type"], len(entry["id"])) for entry in options.pop("allowCredentials", ())]
    return (
        answer["ChallengeName"],
        answer.get("AvailableChallenges"),
        len(answer["Session"]),
        parameters.keys(),
        options.keys(),
        keys,
        parameters.get("CODE_DELIVERY_DELIVERY_MEDIUM"),
    )


def like(kit: Kit, user: str, **parameters: str) -> str:
    """Return a name that nobody has and that is answered as a user is."""
    wanted = shape(begin(kit, user, **parameters))
    return next(name for name in names() if shape(begin(kit, name, **parameters)) == wanted)


@pytest.mark.parametrize("user", ["plain", "mail", "both", "code", "key"])
@pytest.mark.parametrize("target", ["", *LEVELS[1:]])
def test_for_each_user_there_is_nobody_who_is_offered_the_same(shared: Kit, user: str, target: str) -> None:
    """Whatever a user has, and whatever level is asked for: to be offered it tells of nobody."""
    more = {"TARGET_ACR_VALUES": target} if target else {}
    like(shared, user, **more)


@pytest.mark.parametrize(
    ("user", "preferred"),
    [
        ("plain", "PASSWORD"),
        ("plain", "PASSWORD_SRP"),
        ("mail", "EMAIL_OTP"),
        ("both", "SMS_OTP"),
        ("key", "WEB_AUTHN"),
        ("plain", "WEB_AUTHN"),
        ("plain", "nonsense"),
    ],
)
def test_for_each_challenge_that_begins_there_is_nobody_with_the_same(
    shared: Kit, user: str, preferred: str
) -> None:
    like(shared, user, PREFERRED_CHALLENGE=preferred)


@pytest.mark.parametrize(
    "parameters", [{}, {"PREFERRED_CHALLENGE": "WEB_AUTHN"}, {"TARGET_ACR_VALUES": LEVELS[3]}]
)
def test_a_name_is_answered_alike_each_time(shared: Kit, parameters: dict[str, str]) -> None:
    for name, _ in zip(names(), range(20), strict=False):
        first, second = begin(shared, name, **parameters), begin(shared, name, **parameters)
        assert shape(first) == shape(second)
        options = [
            json.loads(answer["ChallengeParameters"].get("CREDENTIAL_REQUEST_OPTIONS", "{}"))
            for answer in (first, second)
        ]
        assert options[0].get("allowCredentials") == options[1].get("allowCredentials")


@pytest.mark.parametrize(
    ("options", "never"),
    [
        ({"mfa": "ON"}, {"EMAIL_OTP", "SMS_OTP"}),
        (
            {"allowed_first_factors": ("EMAIL_OTP",), "relying_party_id": None},
            {"PASSWORD", "SMS_OTP", "WEB_AUTHN"},
        ),
        (
            {"allowed_first_factors": ("PASSWORD",), "relying_party_id": None},
            {"EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"},
        ),
        ({"relying_party_id": None}, {"WEB_AUTHN"}),
    ],
)
def test_nobody_is_offered_what_nobody_could_have(options: dict[str, Any], never: set[str]) -> None:
    kit = Kit(**{"users": (), "allowed_first_factors": ALL, "relying_party_id": DOMAIN} | options)
    offered = [
        set(begin(kit, name)["AvailableChallenges"]) for name, _ in zip(names(), range(50), strict=False)
    ]
    assert all(offered)
    assert not never & set().union(*offered)


def test_invented_passkeys_are_one_or_more(shared: Kit) -> None:
    counts = {
        len(json.loads(decoy_options(shared.pool._plane, name))["allowCredentials"])
        for name, _ in zip(names(), range(200), strict=False)
    }
    assert {1, 2, 3} <= counts


@pytest.mark.parametrize(("name", "code"), [("+4912345", "SMS_OTP"), ("a@example.net", "EMAIL_OTP")])
def test_an_address_is_offered_a_code(shared: Kit, name: str, code: str) -> None:
    assert code in begin(shared, name)["AvailableChallenges"]


def test_every_first_factor_has_a_share_of_the_invented_ones() -> None:
    """A factor that only users have would tell that they exist."""
    assert [*offers._SHARES] == [*FIRST_FACTORS]
    assert all(0 < share < 256 for share in offers._SHARES.values())


def test_nothing_can_be_proven_for_a_name_that_nobody_has(kit: Kit) -> None:
    name = like(kit, "mail")
    with refused("NotAuthorizedException", WRONG):
        begin(kit, name, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    session = begin(kit, name)["Session"]
    for answer in ("SMS_OTP", "WEB_AUTHN", "nonsense"):
        with refused("InvalidParameterException", "The selected challenge is not available"):
            kit.answer("SELECT_CHALLENGE", session, USERNAME=name, ANSWER=answer)
    with refused("NotAuthorizedException", INVALID):
        kit.answer("SELECT_CHALLENGE", session, USERNAME="mail", ANSWER="PASSWORD")
    chosen = kit.answer("SELECT_CHALLENGE", session, USERNAME=name, ANSWER="PASSWORD")
    with refused("NotAuthorizedException", USED):
        kit.answer("SELECT_CHALLENGE", session, USERNAME=name, ANSWER="PASSWORD")
    with refused("NotAuthorizedException", WRONG):
        kit.answer("PASSWORD", chosen["Session"], USERNAME=name, PASSWORD=PASSWORD)


@pytest.mark.parametrize(("user", "factor"), [("mail", "EMAIL_OTP"), ("both", "SMS_OTP")])
def test_guesses_at_a_code_that_nobody_got_are_slowed_down_too(kit: Kit, user: str, factor: str) -> None:
    name = like(kit, user, PREFERRED_CHALLENGE=factor)
    code = begin(kit, name, PREFERRED_CHALLENGE=factor)["Session"]
    for _ in range(5):
        with refused("CodeMismatchException", "Invalid code received for user"):
            kit.answer(factor, code, USERNAME=name, **{CODES[factor]: "12345678"})
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        kit.answer(factor, code, USERNAME=name, **{CODES[factor]: "12345678"})


def test_a_passkey_that_nobody_has_is_refused_as_a_wrong_one(kit: Kit) -> None:
    def attempts(name: str) -> Iterator[tuple[str, str]]:
        challenge = begin(kit, name, PREFERRED_CHALLENGE="WEB_AUTHN")
        options = json.loads(challenge["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
        options.pop("allowCredentials")
        device = Authenticator(origin=f"https://{DOMAIN}")
        device.create({"rp": {"id": DOMAIN}, "user": {"id": "YQ"}, "challenge": options["challenge"]})
        assertion = json.dumps(device.get(options, device.credentials[0]))
        for credential in ("", "{", "[]", "{}", *[assertion] * 6):
            try:
                kit.answer("WEB_AUTHN", challenge["Session"], USERNAME=name, CREDENTIAL=credential)
            except kit.aws.exceptions.ClientError as exc:
                yield exc.response["Error"]["Code"], exc.response["Error"]["Message"]

    nobody = like(kit, "key", PREFERRED_CHALLENGE="WEB_AUTHN")
    refusals = [*attempts(nobody)]
    assert refusals == [*attempts("key")]
    assert len(refusals) == 10
    assert refusals[-1] == ("NotAuthorizedException", "Password attempts exceeded")


def test_no_proof_of_a_password_signs_nobody_in(kit: Kit) -> None:
    name = like(kit, "plain", PREFERRED_CHALLENGE="PASSWORD_SRP")
    client, challenge = verifier(kit, name)
    proof = kit.proof(client, challenge["ChallengeParameters"])
    with refused("NotAuthorizedException", WRONG):
        kit.answer("PASSWORD_VERIFIER", challenge["Session"], **proof)
    session = begin(kit, name, PREFERRED_CHALLENGE="PASSWORD_SRP")["Session"]
    started = kit.answer("PASSWORD_SRP", session, USERNAME=name, SRP_A=client.srp_a)
    proof = kit.proof(client, started["ChallengeParameters"])
    with refused("NotAuthorizedException", WRONG):
        kit.answer("PASSWORD_VERIFIER", started["Session"], **proof)


def test_the_token_of_one_user_is_refused_for_any_other_name(kit: Kit) -> None:
    mine = kit.tokens("mail")["AccessToken"]
    for name in ("both", "nobody"):
        with refused("NotAuthorizedException", "Invalid Access Token"):
            begin(kit, name, TARGET_ACR_VALUES=LEVELS[4], ACCESS_TOKEN=mine)
        with refused("NotAuthorizedException", "Could not verify signature for Access Token"):
            begin(kit, name, TARGET_ACR_VALUES=LEVELS[4], ACCESS_TOKEN=mine[:-8] + "AAAAAAAA")


def test_the_session_of_ones_own_sign_up_is_refused_for_any_other_name(kit: Kit) -> None:
    pairs = [{"Name": "email", "Value": "new@example.com"}]
    started = kit.aws.sign_up(ClientId=kit.id, Username="new", Password=OTHER_PASSWORD, UserAttributes=pairs)
    code = kit.pool.outbox.latest("new").code
    more = {"ConfirmationCode": code, "Session": started["Session"]}
    session = kit.aws.confirm_sign_up(ClientId=kit.id, Username="new", **more)["Session"]

    def use(name: str) -> None:
        kit.aws.initiate_auth(
            ClientId=kit.id, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": name}, Session=session
        )

    for name in ("both", "nobody"):
        with refused("NotAuthorizedException", INVALID):
            use(name)
    use("new")
    for name in ("both", "nobody"):
        with refused("NotAuthorizedException", USED):
            use(name)


def test_an_unknown_user_is_told_where_that_is_not_hidden() -> None:
    kit = Kit(users=(), allowed_first_factors=ALL, prevent_user_existence_errors=False)
    with refused("UserNotFoundException", "User does not exist."):
        begin(kit, "nobody")


def test_a_user_without_any_factor_looks_like_nobody() -> None:
    options: Any = {"users": (LocalUser("nora", password=PASSWORD),), "allowed_first_factors": ("EMAIL_OTP",)}
    assert begin(Kit(**options), "nora")["AvailableChallenges"] == ["EMAIL_OTP"]
    with refused("NotAuthorizedException", WRONG):
        begin(Kit(**options, prevent_user_existence_errors=False), "nora")
