"""A page that one person has left open changes nothing for the next who signs in there."""

import re
from pathlib import Path

import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.pages.admin_kit import Office, user_path
from tests.pages.kit import HOME
from tests.pages.my_kit import ROOT, Mine
from tests.routers.kit import ADA, PASSWORD

TEMPLATES = Path(__file__).parents[2] / "fastapi_cognito_auth" / "pages" / "templates"
FORM = re.compile(r'<form method="post"(?:[^>{]|\{\{.*?\}\})*>')
BEA = LocalUser("bea", password=PASSWORD, attributes={"email": "bea@example.com"})
ELSE = "Somebody else is signed in now, so nothing was changed."


def test_a_page_of_one_user_changes_nothing_of_the_next() -> None:
    app = Mine(users=[ADA, BEA])
    left_open = app.open(f"{ROOT}/attributes")
    app.http.cookies.clear()
    app.sign_in("bea")
    app.page = left_open
    page = app.press("/attributes", **{"attribute.name": "Ada"})
    assert (page.status, ELSE in page.text) == (409, True)
    assert "name" not in app.get_user("bea")


def test_a_page_of_one_administrator_changes_nothing_for_the_next() -> None:
    app = Office()
    app.open(user_path("ada").replace("user?", "user/attributes?"))
    page = app.send({"whose": "0" * 16, "attribute.name": "Ada"})
    assert (page.status, ELSE in page.text) == (409, True)


def test_a_file_of_one_administrator_is_not_imported_by_the_next() -> None:
    app = Office()
    app.open("/account/admin/transfer")
    answer = app.http.post(
        "/account/admin/transfer",
        data={"whose": "0" * 16},
        files={"file": ("users.csv", b"username\nnew\n", "text/csv")},
        headers={"Origin": HOME},
    )
    assert (answer.status_code, ELSE in answer.text) == (409, True)


@pytest.mark.parametrize("kind", ["my", "admin"])
def test_every_form_says_whose_page_it_is_on(kind: str) -> None:
    forms = {
        f"{path.name}: {found[0]}": path.read_text()[found.end() :].startswith("{{ elements.whose() }}")
        for path in sorted(TEMPLATES.glob(f"{kind}_*.html"))
        for found in FORM.finditer(path.read_text())
    }
    assert forms
    assert [form for form, says in forms.items() if not says] == []
