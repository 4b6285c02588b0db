"""Administration by pages: imports and exports."""

import csv
import io
import threading
import time
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.pages.admin_kit import HOSTILE, Office
from tests.pages.kit import HOME, Page
from tests.routers.admin_kit import PEOPLE
from tests.routers.kit import PASSWORD

TRANSFER, EXPORT = "/account/admin/transfer", "/account/admin/export"


@pytest.fixture(scope="module")
def shared() -> Office:
    return Office()


def upload(office: Office, text: bytes | None, **fields: str) -> Page:
    """Send the form with a file, as a browser does."""
    page = office.open(TRANSFER)
    form = page.forms[0].attributes
    assert (form["enctype"], form.get("action", "")) == ("multipart/form-data", "")
    files: Any = {"file": ("users.csv", text or b"", "text/csv")}
    answer = office.http.post(
        TRANSFER, files=files, data=fields, headers={"Origin": HOME}, follow_redirects=True
    )
    office.page = Page(answer)
    return office.page


def finished(office: Office, again: str = "Look again") -> Page:
    """Look again until it is over."""
    for _ in range(100):
        if again not in office.page.links:
            return office.page
        time.sleep(0.02)
        office.open(office.page.links[again])
    raise AssertionError


def test_a_file_is_imported_and_its_report_shown() -> None:
    office = Office()
    text = "username,email,groups\neve,eve@example.com,editors\nada,other@example.com,\n,,\n"
    with office.http:
        upload(office, text.encode())
        assert office.page.heading == "Import users"
        page = finished(office)
    assert page.texts[".badge"] == ["Finished"]
    assert "3 rows looked at" in page.text
    assert office.groups("eve") == {"editors"}
    assert office.attributes("ada")["email"] == "ada@example.com"
    assert page.texts["td"][:3] == ["ada", "There with other data", "Not as in the file: E-mail address"]
    assert "Failed" in page.texts["td"]
    assert [message for message in office.pool.outbox if message.username == "eve"] == []
    page = office.open(TRANSFER)
    assert "by root" in page.text


def test_rows_are_numbered_as_spreadsheets_number_them() -> None:
    office = Office()
    with office.http:
        upload(office, b'username,name\n\n"ev\ne",Eve\n,\n')
        page = finished(office)
    assert "Row" in page.texts["th"]
    assert [text for text in page.texts["th"] if text.isdecimal()] == ["3", "4"]
    assert "This row cannot be read. username: it is missing" in page.texts["td"]


def test_no_row_makes_an_administrator() -> None:
    office = Office()
    with office.http:
        upload(office, b"username,groups\neve,admins\n")
        page = finished(office)
    assert "Failed" in page.texts["td"]
    assert "eve" not in {user["Username"] for user in office.call("ListUsers")["Users"]}


def test_why_a_row_failed_is_said_in_the_language_of_the_page() -> None:
    office = Office()
    office.http.headers["accept-language"] = "de"
    rows = [",,,", "eve,,admins,", "eva,,,short", "evi,no,,", "ad a,,,", "evo,,nowhere,"]
    text = "\n".join(["username,email,groups,temporary_password", *rows])
    with office.http:
        upload(office, text.encode())
        page = finished(office, again="Erneut nachsehen")
    outcomes = {"eve", "eva", "evi", "evo", "Fehlgeschlagen"}
    told = [text for text in page.texts["td"] if text not in outcomes]
    for found, words in zip(
        told,
        [
            "Diese Zeile ist nicht lesbar.",
            "Importe lassen die Gruppen der Verwaltung unberührt.",
            "Der Benutzerpool nimmt diese Zeile nicht an.",
            "Der Benutzerpool nimmt diese Zeile nicht an.",
            "Diese Zeile ist nicht lesbar.",
            "Der Benutzerpool nimmt diese Zeile nicht an.",
        ],
        strict=True,
    ):
        assert found.startswith(words)


def test_an_import_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    call, held = office.pool.call, threading.Event()

    def slow(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "AdminCreateUser":
            held.wait(10)
        return call(operation, params)

    monkeypatch.setattr(office.pool, "call", slow)
    rows = "".join(f"user-{number}\n" for number in range(100))
    with office.http:
        upload(office, f"username\n{rows}".encode())
        office.click("Stop the import")
        held.set()
        page = finished(office)
    assert page.texts[".badge"] == ["Stopped"]
    assert "It is done." not in page.text
    assert len(office.call("ListUsers")["Users"]) < 100


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "Choose a file with users."),
        (b"  \n", "Choose a file with users."),
        (b"name,email\nx,y\n", "This is no CSV file with a column username. Check its first line."),
        (b"\xff\xfe\x00", "This is no CSV file with a column username. Check its first line."),
        (b"username\n", "This is no CSV file with a column username. Check its first line."),
    ],
)
def test_what_is_no_file_of_users_is_told_beside_the_field(
    shared: Office, text: bytes | None, words: str
) -> None:
    page = upload(shared, text)
    assert (page.status, page.problem) == (422, words)
    assert page.forms[0].fields["file"]["aria-invalid"] == "true"


def test_a_file_that_is_too_large_is_refused(shared: Office) -> None:
    page = upload(shared, b"username\n" + b"x" * 9_000_000)
    assert (page.status, page.heading) == (413, "Import and export")
    assert page.problem == "This file has more than 8 MB. Import it in several parts."
    assert page.forms[0].fields["file"]["aria-invalid"] == "true"


def test_who_may_not_import_has_no_file_read() -> None:
    office = Office("ada")
    answer = office.http.post(
        TRANSFER, files={"file": ("users.csv", b"username\neve\n")}, headers={"Origin": HOME}
    )
    assert answer.status_code == 403
    assert len(office.call("ListUsers")["Users"]) == len(PEOPLE)


def test_the_empty_file_names_columns_that_an_import_takes(shared: Office) -> None:
    page = shared.open(TRANSFER)
    answer = shared.http.get(page.links["An empty file with all columns"])
    [columns] = csv.reader(io.StringIO(answer.text))
    assert columns[:4] == ["username", "temporary_password", "enabled", "groups"]
    assert {"email", "email_verified", "name"} <= {*columns}
    assert not {"sub", "identities"} & {*columns}
    assert answer.headers["content-disposition"] == 'attachment; filename="users.csv"'


UNKNOWN = "/account/admin/import?job=0123456789abcdefABCDEF"


def test_an_import_that_this_worker_does_not_know_may_be_that_of_another(shared: Office) -> None:
    page = shared.open(UNKNOWN)
    assert (page.status, page.heading) == (404, "This server does not know the import")
    assert "Another one has answered now." in page.text
    assert page.links["Look again"] == UNKNOWN


def test_an_import_of_another_worker_is_not_stopped_by_this_one(shared: Office) -> None:
    answer = shared.http.post(UNKNOWN, headers={"Origin": HOME})
    page = Page(answer)
    assert (page.status, page.problem) == (404, "Nothing was stopped: another server does this import.")
    assert page.links["Look again"] == UNKNOWN


def test_an_import_with_a_name_that_none_has_is_refused(shared: Office) -> None:
    page = shared.open("/account/admin/import?job=../me")
    assert (page.status, page.heading) == (422, "That did not work")


def test_an_export_has_everybody_and_no_formula() -> None:
    mallory = LocalUser("=cmd()", password=PASSWORD, attributes={"name": "=1+1", "nickname": HOSTILE})
    office = Office(users=[*PEOPLE, mallory])
    form = office.open(TRANSFER).forms[1]
    assert form.attributes["method"] == "post"
    office.send(form=1, groups="on")
    sent = office.answer
    assert sent.headers["content-type"] == "text/csv; charset=utf-8"
    assert sent.headers["cache-control"] == "no-store"
    rows = {row["username"]: row for row in csv.DictReader(io.StringIO(sent.text))}
    assert rows["'=cmd()"]["name"] == "'=1+1"
    assert rows["'=cmd()"]["nickname"] == HOSTILE
    assert rows["bob"]["groups"] == "editors"


def test_an_export_asks_for_a_recent_sign_in_and_leads_back_to_its_form() -> None:
    office = Office()
    office.open(TRANSFER)
    office.clock.advance(3600)
    assert office.click("Export users").heading == "Confirm that it is you"
    page = office.send(password=PASSWORD)
    assert page.path == f"{TRANSFER}?notice=send_again"
    assert "was not done: do it again now." in page.text
    office.click("Export users")
    assert office.answer.headers["content-type"] == "text/csv; charset=utf-8"


def test_a_link_takes_nobodys_data_along(caplog: pytest.LogCaptureFixture) -> None:
    office = Office()
    caplog.clear()
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert office.open(EXPORT, **headers).path == TRANSFER
    assert "export_users" not in caplog.text


def test_a_page_of_another_site_takes_nobodys_data_along(shared: Office) -> None:
    answer = shared.http.post(EXPORT, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "bob" not in answer.text
