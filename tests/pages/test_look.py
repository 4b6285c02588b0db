"""What a team says about its pages: words, colours, templates and languages."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.pages import Look
from fastapi_cognito_auth.pages.languages import ENGLISH, Languages
from fastapi_cognito_auth.pages.messages import _KNOWN
from tests.pages.admin_kit import Office
from tests.pages.kit import App

PAGES = Path(__file__).parents[2] / "fastapi_cognito_auth" / "pages"
CATALOGUES = sorted((PAGES / "catalogues").glob("*.po"))


def style_of(app: App) -> str:
    page = app.open("/account/sign-in")
    found = re.search(r'href="(/account/assets/pages\.css\?v=[0-9a-f]+)"', page.response.text)
    assert found is not None
    answer = app.http.get(found[1])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    return answer.text


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789ab"])
def test_pages_of_the_app_may_have_the_same_look_and_notice_when_it_changes(query: str) -> None:
    answer = App(look=Look(colour="teal")).http.get(f"/account/assets/pages.css{query}")
    assert answer.text.startswith(":root{--colour-light:teal;")
    assert answer.headers["cache-control"] == "no-cache"


def test_colours_and_corners_are_custom_properties() -> None:
    style = style_of(App(look=Look(colour="#0a7", radius="0")))
    assert style.startswith(":root{--colour-light:#0a7;")
    assert "--radius:0;" in style


@pytest.mark.parametrize("colour", ["red;}body{display:none", "url(x)</style>", "", "a\\b", "#fff\n"])
def test_a_value_that_ends_its_declaration_is_refused(colour: str) -> None:
    with pytest.raises(ConfigurationError, match="colour of the pages"):
        Look(colour=colour)


@pytest.mark.parametrize("member", ["logo", "home_url"])
@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example/x", "http://x", "/a b", ""])
def test_an_address_that_is_none_is_refused(member: str, address: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{member} of the pages"):
        Look(**{member: address})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["templates", "catalogues"])
def test_a_folder_that_is_missing_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} of the pages is no folder"):
        Look(**{name: tmp_path / "nowhere"})  # type: ignore[arg-type]


def test_a_logo_and_links_are_shown_and_its_origin_allowed() -> None:
    app = App(look=Look(name="Shop", logo="https://cdn.example/l.svg", help_url="/help", terms_url="/terms"))
    page = app.open("/account/sign-in")
    assert 'src="https://cdn.example/l.svg" alt="Shop"' in page.response.text
    assert (page.links["Help"], page.links["Terms"]) == ("/help", "/terms")
    assert "img-src 'self' data: https://cdn.example;" in page.response.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/account/sign-in", "/account/me", "/account/admin/users"])
def test_the_name_in_the_header_leads_to_the_app_where_the_team_says_so(path: str) -> None:
    app = Office(look=Look(home_url="/shelves"))
    if path == "/account/sign-in":
        app.leave()
    assert app.open(path).links["The shop"] == "/shelves"


def test_a_logo_leads_there_too_by_its_name() -> None:
    look = Look(name="Shop", logo="/l.svg", home_url="https://shop.example/")
    html = App(look=look).open("/account/sign-in").response.text
    assert '<a href="https://shop.example/"><img class="logo" src="/l.svg" alt="Shop"></a>' in html


def test_the_name_in_the_header_is_no_link_unless_the_team_says_where_to() -> None:
    assert "The shop" not in App().open("/account/sign-in").links


def test_a_template_of_the_team_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "layout.html").write_text("<html><body>{% block main %}{% endblock %}</body></html>")
    page = App(look=Look(templates=tmp_path)).open("/account/sign-in")
    assert page.heading == "Sign in"
    assert "<footer>" not in page.response.text


@pytest.mark.parametrize("name", ["sign_in.html", "entrance.html", "layout.html"])
def test_a_block_alone_of_the_page_in_whose_place_it_stands_can_be_replaced(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(
        f'{{% extends "ours/{name}" %}}{{% block footer %}}<p class="mine">Ours</p>{{% endblock %}}'
    )
    page = App(look=Look(templates=tmp_path)).open("/account/sign-in")
    assert (page.heading, page.texts[".mine"]) == ("Sign in", ["Ours"])


def test_tests_are_told_what_a_page_is_made_of() -> None:
    answer: Any = App().open("/account/sign-in").response
    assert (answer.template.name, answer.context["service"]) == ("sign_in.html", "The shop")


def test_a_browser_is_answered_in_its_language(tmp_path: Path) -> None:
    (tmp_path / "eo.po").write_text('msgid "sign_in.title"\nmsgstr "Ensaluti"\n')
    look = Look(catalogues=tmp_path, languages=["en", "eo"])
    app = App(look=look)
    page = app.open("/account/sign-in", **{"accept-language": "xx, eo;q=0.9, en;q=0.1"})
    assert (page.heading, page.html["lang"], page.html["dir"]) == ("Ensaluti", "eo", "ltr")
    # What a catalogue lacks is English.
    assert "Create an account" in page.text


def test_a_language_that_was_chosen_stays(tmp_path: Path) -> None:
    (tmp_path / "eo.po").write_text('msgid "sign_in.title"\nmsgstr "Ensaluti"\n')
    app = App(look=Look(catalogues=tmp_path, languages=["en", "eo"]))
    assert app.open("/account/sign-in?ui_locales=eo").heading == "Ensaluti"
    assert app.open("/account/sign-in", **{"accept-language": "en"}).heading == "Ensaluti"
    assert app.open("/account/sign-in?ui_locales=en").heading == "Sign in"


def test_a_catalogue_of_the_team_has_other_words_for_some(tmp_path: Path) -> None:
    (tmp_path / "en.po").write_text('msgid "sign_in.title"\nmsgstr "Welcome <b>"\n')
    page = App(look=Look(catalogues=tmp_path)).open("/account/sign-in")
    assert page.heading == "Welcome <b>"
    assert "Create an account" in page.text


def test_another_language_keeps_where_one_was_going() -> None:
    app = App()
    page = app.open("/account/sign-in?next=/me&login_hint=ada")
    form = page.forms[-1]
    page = app.open(f"{form.attributes['action']}?{urlencode({**form.filled_in(), 'ui_locales': 'de'})}")
    assert (page.html["lang"], page.forms[0].filled_in()) == ("de", {"next": "/me", "username": "ada"})


def test_another_language_can_be_had_where_an_attempt_has_ended() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    app.click("Code by e-mail")
    app.clock.advance(5 * 60)
    page = app.send(code=app.code())
    form = page.forms[-1]
    page = app.open(f"{form.attributes['action']}?{urlencode({**form.filled_in(), 'ui_locales': 'de'})}")
    assert (page.status, page.forms[0].filled_in()) == (200, {"next": "/me", "username": "ada"})


def test_a_catalogue_that_is_missing_or_broken_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no catalogue of xx"):
        Languages(["xx"])
    (tmp_path / "not a language.po").write_text("")
    with pytest.raises(ConfigurationError, match="no language"):
        Languages(more=tmp_path)


@given(st.text(max_size=100))
def test_whatever_a_browser_wants_it_gets_some_language(wanted: str) -> None:
    languages = Languages()
    assert languages.find([wanted]) in languages.all.values()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("en-GB,en;q=0.8", "en"), ("*", "en"), ("en;q=0", "en"), ("EN", "en"), ("q=1", "en"), ("", "en")],
)
def test_tags_are_read_as_browsers_write_them(wanted: str, found: str) -> None:
    assert Languages().find([wanted]).code == found


def keys_of(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        found = [message for message in read_po(file) if message.id]
    # One with forms for numbers has its key twice.
    return {str(one.id if isinstance(one.id, str) else one.id[0]): one.string for one in found}


def placeholders(text: object) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", str(text)))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_catalogue_has_every_message_with_its_values(path: Path) -> None:
    english, here = keys_of(PAGES / "catalogues" / f"{ENGLISH}.po"), keys_of(path)
    assert here.keys() == english.keys()
    assert all(here.values())
    wrong = [key for key, text in here.items() if placeholders(text) != placeholders(english[key])]
    assert wrong == []


def used_keys() -> set[str]:
    """Return the keys that templates and code name, whole or by how they begin."""
    templates = " ".join(path.read_text() for path in (PAGES / "templates").glob("*.html"))
    code = " ".join(path.read_text() for path in PAGES.glob("*.py"))
    whole = set(re.findall(r'say\("([\w.]+)"', templates)) | set(
        re.findall(r'"((?:error|notice)\.[\w.]+)"', code)
    )
    return whole | {f"error.{known}" for known in _KNOWN}


def test_every_key_that_is_named_is_there() -> None:
    whole = {key for key in used_keys() if not key.endswith(".")}
    assert whole <= keys_of(PAGES / "catalogues" / f"{ENGLISH}.po").keys()


def test_no_template_says_anything_in_words_of_its_own() -> None:
    for path in (PAGES / "templates").glob("*.html"):
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(), flags=re.DOTALL)
        bare = re.sub(r"<[^>]*>", "", text)
        assert not re.search(r"[A-Za-z]{2}", bare), (path.name, bare)


def test_a_template_can_fill_the_frame_of_all_pages(tmp_path: Path) -> None:
    blocks = "{% block title %}Mine{% endblock %}{% block main %}<h1>Mine</h1>{% endblock %}"
    (tmp_path / "sign_in.html").write_text(f'{{% extends "layout.html" %}}{blocks}')
    page = App(look=Look(templates=tmp_path)).open("/account/sign-in")
    assert (page.status, page.heading) == (200, "Mine")
