"""The three ways to refuse: to a person, at the app's callback, and to a client of the token endpoint."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class PageRefusal(Exception):  # noqa: N818 - no error of ours, an answer
    """Nothing may be sent to a callback: it, the app client or the form is not proven.

    Args:
        message: for the person at the browser.
        code: the error's name in OAuth.
        again: whether the page's own address is good for another try.
    """

    def __init__(self, message: str, *, code: str = "invalid_request", again: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.again = again


class CallbackRefusal(Exception):  # noqa: N818 - as above
    """The app learns of it at its callback (RFC 6749 section 4.1.2.1).

    Args:
        location: where the browser is sent.
    """

    def __init__(self, location: str) -> None:
        super().__init__("refused at the callback")
        self.location = location


class TokenRefusal(Exception):  # noqa: N818 - as above
    """A client learns of it (RFC 6749 section 5.2).

    Args:
        error: the code.
        status: of the answer.
    """

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


def with_parameters(address: str, parameters: Mapping[str, str | None], *, fragment: bool = False) -> str:
    """Add parameters to a redirect address that may have a query of its own; None is left out."""
    encoded = urlencode({name: value for name, value in parameters.items() if value is not None})
    if fragment:
        return f"{address}#{encoded}"
    return f"{address}{'&' if urlsplit(address).query else '?'}{encoded}"
