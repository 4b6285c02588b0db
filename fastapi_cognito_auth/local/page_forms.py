"""Going through the local domain's pages in a test, as a person in a browser does."""

from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from httpx2 import Response
    from starlette.testclient import TestClient

_NOT_SENT: Final = frozenset({"checkbox", "radio", "submit", "button"})
"""Kinds of inputs that a browser sends only where somebody clicks on them."""

_OF_A_BROWSER: Final = {"Accept": "text/html"}
"""What asks for a page: a program is not sent to sign in."""

_NOT_READ: Final = frozenset({"title", "style", "script"})


Fields = Mapping[str, str]


def fill_in_pages(client: "TestClient", start: str, *forms: Fields | Callable[[], Fields]) -> "Response":
    """Go to an address, and fill in one form after the other, wherever each one leads.

    Args:
        client: the browser; for a cookie session it needs an address of `https` and an `Origin`, as
            `TestClient(app, base_url="https://testserver", headers={"Origin": "https://testserver"})`.
        start: where to begin, such as `/login?next=/me`.
        forms: what to write into the form of each page, by the names of its fields: `username` and
            `password`, `code` for a second factor; at a stand-in for an identity provider `sub`, and
            its attributes. A function returns what is known by then only, such as a code that was sent.

    Returns:
        The answer after the last one, when all redirects have been followed.

    Raises:
        ValueError: a page has no form with these fields; it says what the page has.
    """
    answer = client.get(start, headers=_OF_A_BROWSER, follow_redirects=True)
    for written in forms:
        fields = written() if callable(written) else written
        page = _Page(answer.text)
        form = next((form for form in page.forms if fields.keys() <= form.fields.keys()), None)
        if form is None:
            found = "; ".join(", ".join(form.shown) for form in page.forms) or "none"
            msg = (
                f"{answer.url.path} answered {answer.status_code}, and has no form with"
                f" {', '.join(fields)}; fields of its forms: {found}; it says: {page.text[:400]}"
            )
            if answer.url.scheme == "http" and answer.url.host != "localhost":
                msg += '; cookies are for TLS alone: write TestClient(app, base_url="https://testserver", …)'
            raise ValueError(msg)
        address = str(answer.url.join(form.action))
        answer = client.post(
            address, data={**form.fields, **fields}, headers=_OF_A_BROWSER, follow_redirects=True
        )
    return answer


class _Form:
    """Where a form is sent, and what is in its fields."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.fields: dict[str, str] = {}
        self.shown: list[str] = []


class _Page(HTMLParser):
    """The forms and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self.text = ""
        self._within = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form or a field."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(_Form(given.get("action", "")))
        elif tag == "input" and self.forms and "name" in given and given.get("type") not in _NOT_SENT:
            self.forms[-1].fields[given["name"]] = given.get("value", "")
            if given.get("type") != "hidden":
                self.forms[-1].shown.append(given["name"])
        self._within = tag

    def handle_endtag(self, _tag: str) -> None:
        """Note where what nobody reads ends."""
        self._within = ""

    def handle_data(self, data: str) -> None:
        """Note what a person reads."""
        if self._within not in _NOT_READ and data.strip():
            self.text += f"{' ' if self.text else ''}{data.strip()}"
