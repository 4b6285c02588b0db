"""What no request may make up: a principal comes out of a verified token, and out of nothing else.

FastAPI reads a parameter without `Depends` from the request. If it could read a `User` there,
a forgotten `Depends` would let everybody say who they are.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from fastapi_cognito_auth.exceptions import ConfigurationError


def instances_only(kind: type, answer: CoreSchema, source: str) -> CoreSchema:
    """Return a schema that lets through what is made already, and builds nothing.

    Args:
        kind: the class.
        answer: how an instance is written in an answer, and described in OpenAPI.
        source: the dependency that finds one, such as `auth.current_user`.
    """
    name = kind.__name__

    def demand(value: Any, _build: Callable[[Any], Any]) -> Any:
        if not isinstance(value, kind):
            raise PydanticCustomError(
                "never_from_input",
                "A {name} comes from Depends({source}), and never from input",
                {"name": name, "source": source},
            )
        return value

    return core_schema.no_info_wrap_validator_function(demand, answer)


class NeverFromInput:
    """Marks a parameter of a constructor, so that FastAPI refuses `Depends()` on the class.

    It would take the class for a dependency, and its arguments for query parameters.

    Args:
        instead: what to write.
    """

    def __init__(self, instead: str) -> None:
        self._instead = instead

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> NoReturn:
        """Refuse to be part of a route.

        Raises:
            ConfigurationError: always, when the route is added.
        """
        raise ConfigurationError(self._instead)
