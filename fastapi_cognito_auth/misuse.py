"""What is said to who uses `CognitoAuth` in a way that cannot work: what to write instead."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import cached_property
from types import TracebackType
from typing import Any, NoReturn, TypeVar

from fastapi_cognito_auth.dependencies.misplaced import needs_an_object
from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.settings.settings import CognitoSettings

T = TypeVar("T")


class built_once(cached_property[T]):  # noqa: N801 - as `property` is written
    """A `cached_property` that says, where the class is asked for it, that an object is needed.

    `include_router(CognitoAuth.router)` would otherwise fail with words about properties.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise needs_an_object(str(self.attrname))


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


def demand_local(pool: object, kind: type, settings: object) -> None:
    """Refuse what is no local pool, and what are no settings of one.

    Args:
        pool: what was given as the pool, if anything.
        kind: the class of local pools.
        settings: what was given as more settings, if anything.

    Raises:
        ConfigurationError: with what to write; nothing is shown of what was given.
    """
    if isinstance(pool, type):
        raise ConfigurationError("a class is no pool yet: write CognitoAuth.local(LocalUserPool())")
    if isinstance(pool, Iterable) and not isinstance(pool, str):
        raise ConfigurationError("users go by their keyword: write CognitoAuth.local(users=[…])")
    if pool is not None and not isinstance(pool, kind):
        msg = f"a {type(pool).__name__} is no pool: write CognitoAuth.local(LocalUserPool(…))"
        raise ConfigurationError(msg)
    if settings is not None and not isinstance(settings, Mapping):
        raise ConfigurationError(
            'more settings are a dictionary: write CognitoAuth.local(settings={"clock_skew": 0})'
        )


class WarmUp(AbstractAsyncContextManager[None]):
    """What `auth.lifespan(app)` returns, which is no lifespan itself.

    Args:
        within: what is entered and left.
    """

    def __init__(self, within: AbstractAsyncContextManager[None]) -> None:
        self._within = within

    async def __aenter__(self) -> None:
        """Warm up."""
        await self._within.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """Shut down."""
        return await self._within.__aexit__(kind, error, trace)

    def __call__(self, *_app: object) -> NoReturn:
        """Refuse `FastAPI(lifespan=auth.lifespan())`.

        Raises:
            ConfigurationError: always.
        """
        raise ConfigurationError("the lifespan is called by the app: write FastAPI(lifespan=auth.lifespan)")


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
            from difflib import get_close_matches  # noqa: PLC0415 - for mistakes alone

            nearest = get_close_matches(name, sorted({*known, *CognitoSettings.model_fields}), n=1)
            msg = f"there is no keyword {name}" + "".join(f"; did you mean {near}?" for near in nearest)
        raise ConfigurationError(msg)
