"""Style sheets and scripts: kept for a year by the address in pages, asked for anew by the one that stays."""

from fastapi_cognito_auth.pages import Look
from tests.pages.kit import App

CLIENT = "/account/assets/fastapi-cognito-auth.js"


def test_without_its_version_an_asset_is_asked_for_each_time_and_sent_when_it_has_changed() -> None:
    http = App().http
    answer = http.get(CLIENT)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    again = http.get(CLIENT, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert http.get(CLIENT, headers={"If-None-Match": '"of-another"'}).content == answer.content


def test_only_under_its_own_version_an_asset_is_kept() -> None:
    http = App().http
    version = http.get(CLIENT).headers["etag"].strip('"')
    assert "immutable" in http.get(f"{CLIENT}?v={version}").headers["cache-control"]
    # Another worker has it already: what this one has is not to be kept under that name.
    assert http.get(f"{CLIENT}?v=newer").headers["cache-control"] == "no-cache"


def test_the_style_of_another_look_is_another_version() -> None:
    style = "/account/assets/pages.css"
    plain, green = (App(look=look).http.get(style).headers["etag"] for look in (Look(), Look(colour="#060")))
    assert plain != green
