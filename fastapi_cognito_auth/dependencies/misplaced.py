"""Objects of ours in a place where they mean nothing: who asks them there is told what to write."""

from typing import Any, Final

from fastapi import APIRouter

from fastapi_cognito_auth.exceptions import ConfigurationError

_OF_ROUTERS: Final = frozenset(name for name in dir(APIRouter()) if not name.startswith("__"))


class MisplacedError(ConfigurationError, AttributeError):
    """Something was taken for what it is not; `hasattr` finds nothing there."""


class OfAnObject:
    """An attribute that only objects of a class have, where the class is asked for it.

    Args:
        name: the attribute's.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, _none: object, _owner: type) -> Any:
        """Refuse; an object finds its own attribute before this one.

        Raises:
            MisplacedError: always.
        """
        raise needs_an_object(self._name)


def needs_an_object(name: str) -> MisplacedError:
    """Return what to raise where the class was taken for an object of it."""
    msg = f"{name} belongs to an object: write auth = CognitoAuth(), then auth.{name}"
    return MisplacedError(msg)


def refuse_as_a_router(name: str, instead: str) -> None:
    """Refuse what FastAPI asks of a router, for a `__getattr__`.

    Args:
        name: the attribute that is asked for.
        instead: what to write.

    Raises:
        MisplacedError: routers have such an attribute.
    """
    if name in _OF_ROUTERS:
        raise MisplacedError(instead)
