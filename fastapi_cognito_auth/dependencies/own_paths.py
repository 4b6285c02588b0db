"""Where a browser may be sent on to: to paths of this app, and nowhere else."""

import re
from typing import Final

_LONGEST: Final = 2000  # characters

# Browsers drop tabs and line ends, and take a backslash for a slash (WHATWG URL section 4.4); two
# slashes begin a host. What is left are the characters of RFC 3986 section 3.3 and 3.4.
_PATH: Final = re.compile(r"/(?!/)[A-Za-z0-9\-._~!$&'()*+,;=:@%/?\[\]]*")


def own_path(text: str | None, otherwise: str) -> str:
    """Return a path of this app, with its query, or the other one if it is anything else."""
    if text is None or len(text) > _LONGEST or _PATH.fullmatch(text) is None:
        return otherwise
    return text
