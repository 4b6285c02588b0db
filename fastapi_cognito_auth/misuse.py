"""What is said to who uses `CognitoAuth` in a way that cannot work: what to write instead."""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Any, TypeVar

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.settings.settings import CognitoSettings

T = TypeVar("T")


class _NotYetBuiltError(ConfigurationError, AttributeError):
    """An attribute of the class was taken for that of an object; `hasattr` finds nothing there."""


class built_once(cached_property[T]):  # noqa: N801 - as `property` is written
    """A `cached_property` that says, where the class is asked for it, that an object is needed.

    `include_router(CognitoAuth.router)` would otherwise fail with words about properties.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        msg = f"{self.attrname} belongs to an object: write auth = CognitoAuth(), then auth.{self.attrname}"
        raise _NotYetBuiltError(msg)


def demand_settings(settings: object) -> None:
    """Refuse what are no settings.

    Raises:
        ConfigurationError: with what to write.
    """
    if isinstance(settings, CognitoSettings):
        return
    if isinstance(settings, Mapping):
        raise ConfigurationError("settings are no dictionary: write CognitoAuth(CognitoSettings(**settings))")
    if isinstance(settings, type):
        raise ConfigurationError("a class is no settings yet: write CognitoAuth(CognitoSettings())")
    msg = f"a {type(settings).__name__} is no settings: write CognitoAuth(CognitoSettings(user_pool_id=…))"
    raise ConfigurationError(msg)


def refuse_keywords(misplaced: Iterable[str], known: Collection[str], settings: str) -> None:
    """Refuse keywords that a function does not know.

    Args:
        misplaced: their names.
        known: those that it knows.
        settings: how a setting is written there, for a keyword that is one.

    Raises:
        ConfigurationError: there is one; the message says what it may have been meant for.
    """
    for name in misplaced:
        if name in CognitoSettings.model_fields:
            msg = f"{name} is a setting: write {settings.format(name)}"
        else:
            nearest = get_close_matches(name, sorted({*known, *CognitoSettings.model_fields}), n=1)
            msg = f"there is no keyword {name}" + "".join(f"; did you mean {near}?" for near in nearest)
        raise ConfigurationError(msg)
