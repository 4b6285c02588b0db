"""The pages where a proxy takes a prefix away: all they lead to is below it."""

from fastapi.testclient import TestClient

from tests.pages.admin_kit import Office
from tests.pages.kit import HOME, App, Page
from tests.pages.my_kit import Mine
from tests.pages.test_admin_access import CHANGING, READING
from tests.routers.kit import PASSWORD

ROOT = "/shop"
ENTRANCE = ("/account/sign-in", "/account/sign-up", "/account/forgot-password")


def below(app: App) -> App:
    """Look at an app in a browser that finds it below a prefix."""
    app.http = TestClient(app.app, base_url=HOME, root_path=ROOT)
    return app


def leads(page: Page) -> set[str]:
    """Return where a page leads to that is no part of it."""
    actions = {form.attributes["action"] for form in page.forms if "action" in form.attributes}
    return {place for place in {*page.links.values(), *actions} if not place.startswith(("#", "?"))}


def opened(app: App, *paths: str) -> set[str]:
    """Open pages, and return all that they lead to."""
    found: set[str] = set()
    for path in paths:
        page = app.open(f"{ROOT}{path}")
        assert (page.status, page.path) == (200, f"{ROOT}{path}")
        found |= leads(page)
    return found


def test_the_entrance_and_my_account_lead_below_it() -> None:
    app = Mine()
    below(app)
    places = opened(app, *ENTRANCE)
    app.open(f"{ROOT}/account/sign-in?next={ROOT}/account/me")
    page = app.pass_sign_in()
    assert page.path == f"{ROOT}/account/me"
    places |= leads(page) | opened(app, "/account/me/attributes", "/account/me/password", "/account/sign-out")
    assert len(places) > 10
    assert [place for place in sorted(places) if not place.startswith(f"{ROOT}/account/")] == []


def test_administration_leads_below_it() -> None:
    office = Office("")
    below(office)
    office.open(f"{ROOT}/account/sign-in?next={ROOT}/account/admin/users")
    office.send(username="root", password=PASSWORD)
    pages = [path for path in (*READING, *CHANGING) if "import" not in path]
    places = opened(office, *pages)
    assert len(places) > 20
    assert [place for place in sorted(places) if not place.startswith(f"{ROOT}/account/")] == []


def test_who_is_sent_to_sign_in_there_comes_back() -> None:
    app = below(App(explicit_auth_flows=["ALLOW_USER_SRP_AUTH"]))
    app.app.add_exception_handler(401, app.auth.sign_in_redirect("/account/sign-in"))
    assert app.open(f"{ROOT}/me").path == f"{ROOT}/account/sign-in?next=%2Fshop%2Fme"
    app.send(username="ada", password=PASSWORD)
    assert (app.answer.url.path, app.answer.json()) == (f"{ROOT}/me", "ada")
