"""All that a pool wants of passwords, in one sentence: Cognito names one rule at a time."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi_cognito_auth.cognito.typed import MAY_WANT_MORE
from fastapi_cognito_auth.exceptions import InvalidPasswordError, UserPoolError

_KINDS: Final[Mapping[str, str]] = {
    "RequireUppercase": "capitals",
    "RequireLowercase": "small letters",
    "RequireNumbers": "digits",
    "RequireSymbols": "symbols",
}


def in_words(described: Mapping[str, Any]) -> str:
    """Return what a pool wants of passwords; nothing if it does not say.

    Args:
        described: `UserPool` of DescribeUserPool.
    """
    policy = described.get("Policies", {}).get("PasswordPolicy", {})
    if "MinimumLength" not in policy:
        return ""
    *kinds, last = [words for name, words in _KINDS.items() if policy.get(name)] or [""]
    listed = f"{', '.join(kinds)} and {last}" if kinds else last
    among = f", and {listed} among them" if listed else ""
    return f"This pool wants {policy['MinimumLength']} characters or more{among}."


@asynccontextmanager
async def telling_all_rules(ask: Callable[[], Awaitable[str]]) -> AsyncIterator[None]:
    """Add to the refusal of a password all that the pool wants of one.

    For those who may look at the pool: it is one more call, and the refusal stays as it is where that fails.

    Args:
        ask: gets the rules in words.

    Raises:
        InvalidPasswordError: as within, with more words.
    """
    try:
        yield
    except InvalidPasswordError as exc:
        try:
            rules = await ask()
        except UserPoolError:
            rules = ""
        if not rules:
            raise
        said = " ".join(exc.message.replace(MAY_WANT_MORE, "").split())
        msg = f"{said.removesuffix('.')}. {rules}"
        raise InvalidPasswordError(msg) from exc
