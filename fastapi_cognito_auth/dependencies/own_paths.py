"""Where a browser may be sent on to: to paths of this app, and nowhere else."""

import re
from typing import Final

_LONGEST: Final = 2000  # characters

OF_A_PATH: Final = "-._~!$&'()*+,;=:@/?[]"
"""What a path and its query hold beside letters, digits and escapes (RFC 3986 sections 3.3 and 3.4)."""

# Browsers drop tabs and line ends, and take a backslash for a slash (WHATWG URL section 4.4); two
# slashes begin a host.
_PATH: Final = re.compile(rf"/(?!/)[A-Za-z0-9%{re.escape(OF_A_PATH)}]*")


def own_path(text: str | None, otherwise: str) -> str:
    """Return a path of this app, with its query, or the other one if it is anything else."""
    if text is None or len(text) > _LONGEST or _PATH.fullmatch(text) is None:
        return otherwise
    return text
