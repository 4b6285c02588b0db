"""The gallery has every state of every page, each reached by walking there."""

import asyncio
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from babel.messages.plurals import get_plural
from fastapi.testclient import TestClient
from jinja2 import Environment, FileSystemLoader, meta
from typer.testing import CliRunner

from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.cli.gallery import command
from fastapi_cognito_auth.cli.gallery.check import try_states, without_log
from fastapi_cognito_auth.cli.gallery.forms import Page
from fastapi_cognito_auth.cli.gallery.place import Place
from fastapi_cognito_auth.cli.gallery.served import Gallery
from fastapi_cognito_auth.cli.gallery.state import Group
from fastapi_cognito_auth.cli.gallery.states import GROUPS, STATES
from fastapi_cognito_auth.cli.gallery.walk import Answer, LostError, Walk
from fastapi_cognito_auth.cli.without_pages import without_pages
from fastapi_cognito_auth.pages import Look
from fastapi_cognito_auth.pages.answers import TEMPLATES as OF_CHALLENGES
from fastapi_cognito_auth.pages.catalogue_file import entries_of
from fastapi_cognito_auth.pages.languages import Languages, english_messages
from fastapi_cognito_auth.pages.speech import speaker
from tests.support import Clock

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "fastapi_cognito_auth" / "pages" / "templates"
CATALOGUES = TEMPLATES.parent / "catalogues"
HOME = "http://localhost:8300"
NOT_REACHED = {
    # Cognito asks so where an app prefers a password, which the pages do not.
    "PASSWORD": "password.html",
}
"""Kinds of steps to which no way of the pages leads, and their templates."""


def walked() -> dict[str, Answer]:
    """Walk to every state."""

    async def walk() -> dict[str, Answer]:
        clock = Clock()
        return {name: (await state.reach(Look(), clock)).here for name, state in STATES.items()}

    return asyncio.run(walk())


@pytest.fixture
def gallery() -> Iterator[TestClient]:
    gallery = Gallery(GROUPS, Look(name="The shop"), Clock())
    with TestClient(gallery.app(), base_url=HOME, follow_redirects=True) as http:
        yield http


def referenced(names: set[str]) -> set[str]:
    """Return templates, and all that they are built upon."""
    environment = Environment(loader=FileSystemLoader(str(TEMPLATES)), autoescape=True)
    found: set[str] = set()
    while names - found:
        name = (names - found).pop()
        found.add(name)
        assert environment.loader is not None
        source, _, _ = environment.loader.get_source(environment, name)
        names |= {other for other in meta.find_referenced_templates(environment.parse(source)) if other}
    return found


def test_the_gallery_has_every_page_in_every_state(subtests: pytest.Subtests) -> None:
    # Once, since it takes longer than all the rest.
    states = walked()
    with subtests.test("each is a page"):
        assert [name for name, answer in states.items() if not answer.template] == []
    with subtests.test("each template is shown"):
        shown = referenced({answer.template for answer in states.values()})
        assert shown | {*NOT_REACHED.values()} == {path.name for path in TEMPLATES.glob("*.html")}
    with subtests.test("each kind of step is shown"):
        kinds = {answer.context.get("kind") for answer in states.values()}
        # Two names of one page.
        assert OF_CHALLENGES.keys() - {"PASSWORD_SRP"} - kinds == NOT_REACHED.keys()
    with subtests.test("what is refused says so, and nothing else does"):
        assert [name for name, answer in states.items() if _complains(answer) != (answer.status >= 400)] == []


def _complains(answer: Answer) -> bool:
    over = "<title>That took too long|<title>Your browser keeps no cookies"
    found = re.search(rf'class="summary"|<p role="alert"|{over}', answer.body.decode())
    return found is not None


def test_the_environment_is_that_of_another_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_REVOCATION", "redis")
    monkeypatch.setenv("COGNITO_REDIS_URL", "redis://redis.example:6379/0")
    monkeypatch.setenv("COGNITO_SESSION_STORE", "redis")
    monkeypatch.setenv("COGNITO_TRUSTED_ORIGINS", "https://evil.example")
    monkeypatch.setenv("COGNITO_ADMIN_GROUPS", "staff")
    monkeypatch.setenv("COGNITO_MAX_BODY_SIZE", "nothing")
    monkeypatch.setenv("COGNITO_DOMAIN", "shop")
    held = Place(Look(), {}, Clock()).auth.settings
    assert (held.revocation, held.redis_url, held.session_store) == ("off", None, "cookie")
    assert (held.trusted_origins, held.domain) == ((), None)
    walk = asyncio.run(STATES["users"].reach(Look(), Clock()))
    assert (walk.here.status, walk.place.auth.settings.admin_groups) == (200, ("admins",))


def test_no_two_states_have_one_name() -> None:
    names = [state.name for group in GROUPS for state in group.states]
    assert len(names) == len({*names})


def test_the_index_links_every_state(gallery: TestClient) -> None:
    index = gallery.get("/")
    links = {link for link in Page(index.text).links if not link.startswith("/outbox/")}
    assert links == {f"/states/{name}" for name in STATES}
    assert "script" not in index.text


def test_a_state_is_the_very_page_and_goes_on(gallery: TestClient) -> None:
    page = gallery.get("/states/email-code")
    assert page.url.path.startswith("/states/email-code/account/sign-in/")
    assert "Enter the code from your e-mail" in page.text
    [code] = Page(gallery.get("/outbox/email-code").text).codes
    done = gallery.post(str(page.url), data={"code": code}, headers={"Origin": HOME})
    assert done.url.path == "/states/email-code/account/sign-in"
    assert "You are signed in" in done.text


def test_the_name_of_a_state_is_no_part_of_the_links_that_lead_to_it(gallery: TestClient) -> None:
    assert "<h1>Delete the passkey</h1>" in gallery.get("/states/delete-passkey").text


def test_an_answer_to_a_form_is_shown_with_its_status_and_can_be_reloaded(gallery: TestClient) -> None:
    page = gallery.get("/states/email-code-wrong")
    assert page.status_code == 400
    policy = page.headers["content-security-policy"]
    assert re.search(r"'nonce-([\w-]+)'", policy)[1] in page.text  # type: ignore[index]
    assert gallery.get(str(page.url)).text == page.text


def test_what_another_state_left_is_forgotten(gallery: TestClient) -> None:
    gallery.get("/states/already-signed-in")
    assert "cognito-session" in gallery.cookies
    gallery.get("/states/sign-in?ui_locales=de")
    assert "cognito-session" not in gallery.cookies


def test_states_speak_the_language_of_the_browser(gallery: TestClient) -> None:
    page = gallery.get("/states/email-code-wrong", headers={"Accept-Language": "de"})
    assert '<html lang="de"' in page.text
    gallery.get("/states/sign-in/account/sign-in?ui_locales=fr")
    gallery.get("/states/sign-in")
    gallery.get("/states/sign-in/account/sign-in?ui_locales=fr")
    assert '<html lang="fr"' in gallery.get("/states/email-code-wrong").text


def test_a_page_that_was_open_when_the_gallery_ended_is_made_anew(gallery: TestClient) -> None:
    page = gallery.get("/states/sign-up/account/sign-up")
    assert "Create an account" in page.text
    for path in ("/states/nothing", "/outbox/nothing"):
        assert gallery.get(path).url.path == "/"


def test_nothing_lies_in_the_outbox_of_a_state_that_was_not_opened(gallery: TestClient) -> None:
    assert "Nothing was sent" in gallery.get("/outbox/email-code").text


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1"])
def test_the_gallery_answers_under_no_name_of_other_machines(gallery: TestClient, host: str) -> None:
    assert gallery.get("/", headers={"Host": host}).status_code == 400


def test_a_way_that_a_page_does_not_have_is_told() -> None:
    async def lost() -> None:
        walk = Walk(Place(Look(), {}, Clock()), origin=HOME)
        await walk.open("sign-in")
        await walk.send(no_such_field="x")

    with pytest.raises(LostError, match="no_such_field"):
        asyncio.run(lost())


# The command.


def run(*options: str) -> Any:
    return CliRunner().invoke(cli, ["pages", *options])


def test_the_command_serves_on_loopback_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []

    def serve(server: Any, sockets: Any) -> None:
        served.extend([sockets[0].getsockname()[0], server.config.app])
        raise KeyboardInterrupt

    monkeypatch.setattr("uvicorn.Server.run", serve)
    result = run("--port", "0", "--name", "Our shop", "--colour", "#0b6b50", "--language", "de")
    assert result.exit_code == 0
    assert re.search(r"http://localhost:\d+/", result.output)
    address, app = served
    assert address == "127.0.0.1"
    with TestClient(app, base_url=HOME) as http:
        assert "--colour-light:#0b6b50" in http.get("/gallery.css").text
        page = http.get("/states/sign-in")
        assert '<html lang="de"' in page.text
        assert "Our shop" in page.text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--colour", "red;"], "colour of the pages"),
        (["--templates", "nowhere"], "templates of the pages is no folder"),
        (["--language", "xx"], "no catalogue of xx"),
        (["--source", "font-src=*"], "sources of the pages has '*' for font-src"),
        (["--source", "font-src"], "none such as font-src='self'"),
    ],
)
def test_a_look_that_cannot_be_is_told(options: list[str], words: str) -> None:
    result = run("--port", "0", *options)
    assert result.exit_code == 2
    assert words in result.output


def few(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Leave a few states in the gallery."""
    group = Group("Some", {}, [STATES[name] for name in names or ("sign-out",)])
    monkeypatch.setattr(command, "GROUPS", (group,))


def test_templates_of_the_team_are_tried_without_serving(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    few(monkeypatch)
    assert run("--check").output == "1 of 1 states can be shown.\n"
    (tmp_path / "sign_out.html").write_text("\n{{ nobody }}")
    result = run("--check", "--templates", str(tmp_path))
    assert result.exit_code == 1
    assert result.output == (
        f"{tmp_path}/sign_out.html, line 2: UndefinedError: 'nobody' is undefined\n"
        "    in every state\n"
        "0 of 1 states can be shown.\n"
    )


def test_what_the_team_lets_browsers_load_is_allowed_in_the_gallery() -> None:
    look = Look(sources={"font-src": ["https://fonts.example"]})
    page = TestClient(Gallery(GROUPS, look, Clock()).app(), base_url=HOME).get("/states/sign-up")
    assert "; font-src https://fonts.example;" in page.headers["content-security-policy"]


def test_a_cause_is_told_once_with_its_place_and_the_states_that_it_hits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    few(monkeypatch, "sign-in", "sign-in-without-a-name", "sign-up")
    (tmp_path / "sign_in.html").write_text(
        '{% extends "ours/sign_in.html" %}\n{% block links %}\n{{ super() }}{{ nobody }}{% endblock %}'
    )
    result = run("--check", "--templates", str(tmp_path))
    assert result.output.count("UndefinedError") == 1
    place, states, _ = result.output.splitlines()
    assert place.startswith(f"{tmp_path}/sign_in.html, line 3: ")
    assert states == "    in sign-in, sign-in-without-a-name"


def test_a_template_that_nothing_uses_is_a_fault_of_the_check(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    few(monkeypatch)
    (tmp_path / "signout.html").write_text("x")
    result = run("--check", "--templates", str(tmp_path))
    assert result.exit_code == 1
    assert f"{tmp_path}/signout.html has the name of none of ours" in result.stdout
    assert "1 of 1 states can be shown." in result.stdout


def test_a_template_with_a_mistake_ends_the_check_before_it_begins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    few(monkeypatch)
    (tmp_path / "sign_out.html").write_text('{% extends "sign_out.html" %}')
    result = run("--check", "--templates", str(tmp_path))
    assert result.exit_code == 2
    assert "in line 1: it extends itself; ours is ours/sign_out.html" in result.output


def test_the_check_logs_nothing_of_what_goes_wrong_on_purpose(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # As in a process of the command line, where nobody has asked for the log.
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    groups = [Group("Some", {}, [STATES["pool-out-of-reach"]])]
    assert try_states(groups, Look(), ())
    assert "InitiateAuth failed" in capsys.readouterr().err
    with without_log():
        assert try_states(groups, Look(), ())
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("language", "file"), [("nl", "nl"), ("pt-br", "pt_BR"), ("pl", "pl"), ("sl", "sl"), ("ko", "ko")]
)
def test_a_language_begins_with_every_message_and_its_own_forms_for_numbers(
    language: str, file: str, tmp_path: Path
) -> None:
    forms = get_plural(file).num_plurals
    result = run("--new-language", language)
    assert result.exit_code == 0
    assert f"nplurals={forms};" in result.stdout
    assert '\n#. Signing in as {username}\n#. Put in: {username}\nmsgid "page.as"\nmsgstr ""\n' in (
        result.stdout
    )
    (tmp_path / f"{file}.po").write_text(result.stdout, encoding="utf-8")
    made = Languages(more=tmp_path)
    say, english = (speaker(made.all[code]) for code in (file, "en"))
    for key, message in english_messages().items():
        for count in (None,) if message.plural is None else (1, 3):
            assert say(key, count) == english(key, count)
    assert made.find([language]).code == file
    written = entries_of(tmp_path / f"{file}.po", result.stdout)
    assert {entry.key: len(entry.forms) for entry in written if entry.key} == {
        key: 1 if message.plural is None else forms for key, message in english_messages().items()
    }


def test_the_numbers_of_each_form_are_named() -> None:
    text = run("--new-language", "pl").stdout
    assert "#. msgstr[0] is for 1\n#. msgstr[1] is for 2, 3, 4, 22, 23, …\n" in text


def test_a_language_that_is_there_is_printed_as_it_is(tmp_path: Path) -> None:
    assert run("--new-language", "de").stdout_bytes == (CATALOGUES / "de.po").read_bytes()
    (tmp_path / "nl.po").write_text('msgid "page.help"\nmsgstr "Hulp"\n')
    assert run("--new-language", "nl", "--catalogues", str(tmp_path)).stdout == (
        'msgid "page.help"\nmsgstr "Hulp"\n'
    )


@pytest.mark.parametrize("language", ["klingon", "xx", "../nl", "", "nl/../de"])
def test_what_is_no_language_is_a_mistake_of_whoever_typed_it(language: str) -> None:
    result = run("--new-language", language)
    assert result.exit_code == 2
    assert "--new-language" in result.output
    # The lines of the frame are as wide as a terminal.
    assert "is no language such as nl or" in result.output


def test_without_the_extra_the_command_says_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        without_pages()
    assert ended.value.exit_code == 2
    assert "pip install 'fastapi-cognito-auth[cli,local,pages]'" in capsys.readouterr().err


# What a walk needs of a page.


def test_forms_are_read_as_browsers_read_them() -> None:
    [form] = Page(
        '<form action="/x" method="post"><input name="a" value="1"><input type="checkbox" name="b" checked>'
        '<input type="radio" name="c" value="2"><input type="radio" name="c" value="3" checked>'
        '<select name="d"><option value="4"><option value="5" selected></select><input>'
        '<textarea name="e">six</textarea><button name="f" value="7">Go</button></form>'
    ).forms
    assert form.values == {"a": "1", "b": "on", "c": "3", "d": "5", "e": "six"}
    assert form.button("7") == {"name": "f", "value": "7"}


def test_a_walk_that_opened_nothing_is_nowhere() -> None:
    with pytest.raises(LostError):
        _ = Walk(Place(Look(), {}, Clock()), origin=HOME).here
