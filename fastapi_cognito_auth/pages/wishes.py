"""How recent and how strong a sign-in is wanted (RFC 9470), as addresses of pages say it."""

import re
from typing import Final

from fastapi_cognito_auth.pages.messages import Form

STEP_UP: Final = ("max_age", "acr_values")
"""What `sign_in_redirect` says of a sign-in that has to be better."""

_SECONDS: Final = re.compile(r"[0-9]{1,8}")
_YEAR: Final = 31_536_000  # seconds; no app asks for more
_LEVEL: Final = re.compile(r'[^\s"\\]{1,64}')
_MOST_LEVELS: Final = 4


def levels(form: Form) -> list[str]:
    """Return the authentication levels that are asked for; what cannot be one is nobody's wish."""
    return [level for level in form.get("acr_values").split() if _LEVEL.fullmatch(level)][:_MOST_LEVELS]


def seconds(form: Form) -> int | None:
    """Return how long ago a sign-in may be, if that is said."""
    asked = form.get("max_age")
    return int(asked) if _SECONDS.fullmatch(asked) else None


def wishes(form: Form) -> dict[str, str]:
    """Return how recent or strong a sign-in has to be, as managed login is asked for it."""
    age, wanted = seconds(form), levels(form)
    return {
        **({} if age is None else {"max_age": str(min(age, _YEAR))}),
        **({"acr_values": " ".join(wanted)} if wanted else {}),
    }
