"""`token explain`: the verifier's own judgement, said claim by claim, and never the token."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.runtime.clock import wall_clock
from tests.support import (
    CLIENT_ID,
    ISSUER,
    NOW,
    OTHER_SIGNER,
    POOL_ID,
    SIGNER,
    access_claims,
    b64,
    id_claims,
)

SHIFT = int(wall_clock()) - NOW
"""Moves the claims that tests share to the time that it is."""


def at(claims: dict[str, Any]) -> dict[str, Any]:
    return claims | {name: claims[name] + SHIFT for name in ("exp", "iat", "auth_time") if name in claims}


ACCESS = SIGNER.sign(at(access_claims()))
EXPIRED = {"exp": int(wall_clock()) - 7200, **dict.fromkeys(("iat", "auth_time"), int(wall_clock()) - 10_800)}


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_USER_POOL_ID", POOL_ID)
    monkeypatch.setenv("COGNITO_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("COGNITO_KEY_SET", json.dumps({"keys": [SIGNER.jwk()]}))


def ask(token: str | bytes, *options: str) -> Result:
    return CliRunner().invoke(cli, ["token", "explain", *options], input=token)


def judged(token: str | bytes, *options: str) -> tuple[int, dict[str, Any]]:
    result = ask(token, "--json", *options)
    assert result.stdout, result.output
    return result.exit_code, json.loads(result.stdout)


def outcomes(answer: dict[str, Any]) -> dict[str, str]:
    return {row["name"]: row["outcome"] for row in answer["claims"]}


def test_a_token_that_the_app_takes_is_accepted_and_names_its_user() -> None:
    status, answer = judged(ACCESS)
    assert status == 0
    assert answer["verdict"] == "accepted"
    assert answer["principal"]["user"] == "ada"
    assert outcomes(answer)["client_id"] == outcomes(answer)["exp"] == outcomes(answer)["alg"] == "good"


@pytest.mark.parametrize(
    ("claims", "code", "claim"),
    [
        (EXPIRED, "token_expired", "exp"),
        ({"client_id": "another"}, "invalid_client", "client_id"),
        ({"iss": ISSUER.replace("Ab12Cd34E", "Another12")}, "invalid_issuer", "iss"),
        ({"token_use": "id"}, "invalid_token_use", "token_use"),
        ({"aud": "https://elsewhere.example"}, "invalid_audience", "aud"),
        ({"iat": int(wall_clock()) + 900}, "invalid_token", "iat"),
        ({"nbf": int(wall_clock()) + 900}, "invalid_token", "nbf"),
        ({"sub": 12}, "invalid_token", "sub"),
        ({"exp": int(wall_clock()) + 90_000}, "invalid_token", "exp"),
    ],
)
def test_what_the_verifier_refuses_is_said_at_the_claim(
    claims: dict[str, Any], code: str, claim: str
) -> None:
    status, answer = judged(SIGNER.sign(at(access_claims()) | claims))
    assert (status, answer["code"]) == (1, code)
    assert outcomes(answer)[claim] == "refused"


@pytest.mark.parametrize(
    ("copied", "left_out"),
    [
        (f"Bearer {ACCESS}", "Bearer"),
        (f"authorization: bearer  {ACCESS}\r\n", "the name of a header, Bearer"),
        (f'"{ACCESS}",\n', "quotes"),
        (f"\n 'Bearer {ACCESS}' \n\n", "Bearer, quotes"),
        (f"\"Authorization: Bearer '{ACCESS}'\"", "quotes, the name of a header, Bearer"),
    ],
    ids=["header value", "header", "quoted", "quoted header value", "quoted header"],
)
def test_what_was_copied_along_with_a_token_is_left_out_and_named(copied: str, left_out: str) -> None:
    result = ask(copied, "--json")
    assert (result.exit_code, json.loads(result.stdout)["verdict"]) == (0, "accepted")
    assert {*result.stderr.strip(".\n").partition(": ")[2].split(", ")} == {*left_out.split(", ")}


def test_of_a_bare_token_nothing_is_left_out() -> None:
    assert ask(f" {ACCESS}\n").stderr == ""


@pytest.mark.parametrize("empty", ["Bearer", '""', "Bearer ''", "authorization:"])
def test_what_surrounds_no_token_is_none(empty: str) -> None:
    result = ask(empty)
    assert (result.exit_code, "there is no token" in result.stderr) == (2, True)


def test_a_claim_that_is_missing_has_a_line() -> None:
    _, answer = judged(SIGNER.sign(at(access_claims(sub=None))))
    assert outcomes(answer)["sub"] == "refused"


def test_further_faults_are_told_beside_the_first() -> None:
    token = SIGNER.sign(at(access_claims(client_id="another", aud="https://x.example")) | EXPIRED)
    status, answer = judged(token)
    assert (status, answer["code"]) == (1, "token_expired")
    assert [error["code"] for error in answer["then"]] == ["invalid_client", "invalid_audience"]
    assert {outcomes(answer)[name] for name in ("exp", "client_id", "aud")} == {"refused"}
    assert outcomes(answer)["iss"] == "good"


def test_what_comes_after_a_wrong_signature_is_not_judged() -> None:
    status, answer = judged(OTHER_SIGNER.sign(at(access_claims()), kid=SIGNER.kid))
    assert (status, answer["code"], answer["signed"]) == (1, "invalid_signature", False)
    assert outcomes(answer)["iss"] == "good"
    assert outcomes(answer)["kid"] == "refused"
    assert outcomes(answer)["client_id"] == "not judged"


def test_nothing_of_another_pools_token_counts_as_signed() -> None:
    answer = ask(SIGNER.sign(at(access_claims(iss="https://elsewhere.example"))))
    assert "anybody may have written it" in answer.stdout


def test_an_id_token_is_refused_where_access_tokens_are_taken() -> None:
    token = SIGNER.sign(at(id_claims()))
    assert judged(token)[1]["code"] == "invalid_token_use"
    status, answer = judged(token, "--as", "id")
    assert (status, answer["principal"]["user"]) == (0, "ada")


def test_a_machines_token_says_who_takes_it() -> None:
    claims = at(access_claims(sub=CLIENT_ID, username=None))
    assert "auth.current_principal takes it" in ask(SIGNER.sign(claims)).stdout


def test_a_token_of_nobody_is_refused() -> None:
    status, answer = judged(SIGNER.sign(at(access_claims(username=None))))
    assert (status, answer["code"]) == (1, "invalid_token_use")
    assert outcomes(answer)["client_id"] == "good"


def test_groups_say_which_scopes_they_grant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_GROUP_SCOPES", '{"analysts": ["reports/read"]}')
    _, answer = judged(SIGNER.sign(at(access_claims(**{"cognito:groups": ["analysts"]}))))
    (row,) = [row for row in answer["claims"] if row["name"] == "cognito:groups"]
    assert "reports/read" in row["why"]


@pytest.mark.parametrize("options", [(), ("--json",), ("--as", "id")])
@pytest.mark.parametrize("token", [ACCESS, SIGNER.sign(at(access_claims()) | EXPIRED)])
def test_neither_the_token_nor_its_signature_is_printed(token: str, options: tuple[str, ...]) -> None:
    output = "".join(ask(token, *options).output.split())
    assert all(segment not in output for segment in token.split("."))


@pytest.mark.parametrize("arguments", [[ACCESS], [ACCESS, ACCESS], ["-", ACCESS], ["--token", ACCESS]])
def test_a_token_as_an_argument_is_refused_and_not_repeated(arguments: list[str]) -> None:
    result = ask("", *arguments)
    assert result.exit_code == 2
    assert ACCESS.rpartition(".")[2][:20] not in result.output


def test_the_token_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{ACCESS}\n")
    assert ask("", "--file", str(file)).exit_code == 0
    assert ask(ACCESS, "-").exit_code == ask(ACCESS, "--file", "-").exit_code == 0


def test_what_cannot_be_read_is_not_judged(tmp_path: Path) -> None:
    assert ask("", "--file", str(tmp_path / "nowhere")).exit_code == 2
    assert ask("").exit_code == 2
    assert ask("a" * 1_048_577).exit_code == 2


def test_without_settings_it_says_which_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COGNITO_CLIENT_ID")
    result = ask(ACCESS)
    assert result.exit_code == 2
    assert "COGNITO_CLIENT_ID is missing" in result.stderr


def test_keys_that_cannot_be_had_are_no_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("COGNITO_KEY_SET")
    monkeypatch.setenv("COGNITO_KEY_SET_FILE", str(tmp_path / "nowhere"))
    result = ask(ACCESS)
    assert result.exit_code == 2
    assert "cannot read" in result.stderr


def test_an_expired_token_says_for_how_long() -> None:
    assert "2 hours ago" in " ".join(ask(SIGNER.sign(at(access_claims()) | EXPIRED)).stdout.split())


def test_what_would_steer_a_terminal_is_escaped() -> None:
    hostile = "\x1b[2J\x07[red]\u202e"
    for signer in (SIGNER, OTHER_SIGNER):
        output = ask(signer.sign(at(access_claims(username=hostile, **{hostile: hostile})))).output
        assert not {"\x1b", "\x07", "\u202e"} & {*output}
        assert "[red]" in output


@pytest.mark.parametrize(
    ("token", "told"),
    [
        (f"Basic {ACCESS}", "malformed"),
        ("a.b.c.d.e", "malformed"),
        (f"{b64('{}')}.{b64('[]')}.x", "not signed in the way"),
        (b"\xff\xfe", "malformed"),
    ],
)
def test_what_is_no_token_is_refused_in_words(token: str | bytes, told: str) -> None:
    result = ask(token)
    assert result.exit_code == 1
    assert told in result.stdout


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (json.dumps({"status": "authenticated", "access_token": ACCESS}), "its access_token alone"),
        (json.dumps({"AuthenticationResult": {"AccessToken": ACCESS}}), "its AccessToken alone"),
        ("a.b.c.d.e", "as refresh tokens have"),
    ],
    ids=["our answer", "Cognito's answer", "a refresh token"],
)
def test_what_was_taken_for_a_token_is_named(written: str, told: str) -> None:
    result = ask(written)
    assert result.exit_code == 1
    assert told in result.stderr
    assert ACCESS not in result.output


@examples(max_examples=30)
@given(st.text(st.characters(codec="utf-8")))
def test_no_object_breaks_it(text: str) -> None:
    result = ask("{" + text)
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)


@examples(max_examples=30)
@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda text: text.strip() != ""))
def test_no_text_is_accepted_or_breaks_it(text: str) -> None:
    result = ask(f"{b64('{' + text)}.{b64(text)}.{text}")
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
