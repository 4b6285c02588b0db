"""What a browser without scripts makes of a page: its forms and its links."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Final

_UNTIL_CHOSEN: Final = frozenset({"radio", "checkbox"})


class Form:
    """A form of a page.

    Args:
        given: the attributes of its element.
    """

    def __init__(self, given: Mapping[str, str]) -> None:
        self.action: str = given.get("action", "")
        self.method: str = given.get("method", "get").lower()
        self.encoding: str = given.get("enctype", "")
        self.values: dict[str, str] = {}
        self.names: set[str] = set()
        self.buttons: list[dict[str, str]] = []

    def add_field(self, given: Mapping[str, str]) -> None:
        """Add an `input`, whose value is sent unless it has to be chosen first."""
        name = given.get("name", "")
        if not name:
            return
        self.names.add(name)
        if given.get("type") not in _UNTIL_CHOSEN:
            self.values[name] = given.get("value", "")
        elif "checked" in given:
            self.values[name] = given.get("value", "on")

    def button(self, value: str | None) -> dict[str, str] | None:
        """Return the button of a value; the first for none."""
        fitting = (each for each in self.buttons if value is None or each.get("value") == value)
        return next(fitting, None)


class Page(HTMLParser):
    """The forms and the links of a page.

    Args:
        html: the page.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.codes: list[str] = []
        self._is_code = False
        self._name: str = ""
        self._tag: str = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what can be filled in, pressed or followed."""
        given = {name: value or "" for name, value in attrs}
        self._tag = tag
        if tag == "code":
            self.codes.append("")
            self._is_code = True
        elif tag == "form":
            self.forms.append(Form(given))
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif self.forms:
            self._add(tag, given)

    def _add(self, tag: str, given: dict[str, str]) -> None:
        form = self.forms[-1]
        if tag == "input":
            form.add_field(given)
        elif tag in {"select", "textarea"}:
            self._name = given.get("name", "")
            form.add_field(given)
        elif tag == "option" and "selected" in given:
            form.values[self._name] = given.get("value", "")
        elif tag == "button":
            form.buttons.append(given)

    def handle_data(self, data: str) -> None:
        """Note what is shown to be copied."""
        if self._is_code:
            self.codes[-1] += data
        elif self._tag == "textarea" and self.forms:
            self.forms[-1].values[self._name] = data

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._tag = ""
        self._is_code = self._is_code and tag != "code"
