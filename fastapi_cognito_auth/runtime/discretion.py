"""What HTTP clients would log of a request whose address is nobody else's business.

They log each address as it is, with a password, a query or a signature that it may hold.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_LIBRARIES: Final = frozenset({"httpx2", "httpcore2"})
_DISCREET: Final[ContextVar[bool]] = ContextVar("_DISCREET", default=False)


@contextmanager
def kept_out_of_logs() -> Iterator[None]:
    """Drop what the libraries log of the requests within; those of others are logged as before.

    To be entered when the libraries are loaded: before that they have no loggers.
    """
    for name in list(logging.root.manager.loggerDict):
        # A filter counts for one logger.
        if name.partition(".")[0] in _LIBRARIES:
            logging.getLogger(name).addFilter(_is_nobodys_secret)
    token = _DISCREET.set(True)
    try:
        yield
    finally:
        _DISCREET.reset(token)


def _is_nobodys_secret(_: logging.LogRecord) -> bool:
    return not _DISCREET.get()
