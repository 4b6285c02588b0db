"""What the API calls its members, in snake case: `CallbackURLs` is `callback_urls`.

Names change at every depth where they are the API's own. The keys of a map, such as tags, and what a
free document holds are somebody's data, and stay as they are.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from fastapi_cognito_auth.cognito.names import nearest

_WORD_STARTS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PLURAL_ACRONYM: Final = re.compile(r"([A-Z]{2,})s(?=[A-Z]|$)")
_ONE_WORD: Final = ("OAuth", "CloudFront", "CloudWatch")
"""Written with a capital inside."""


@cache
def snake(name: str) -> str:
    """Return a name of the API in snake case.

    Args:
        name: such as `AllowedOAuthFlows` or `CreateCIMDPolicy`.
    """
    for word in _ONE_WORD:
        name = name.replace(word, word.capitalize())
    name = _PLURAL_ACRONYM.sub(lambda found: f"{found[1].capitalize()}s", name)
    return _WORD_STARTS.sub("_", name).lower()


def members_of(shape: Any) -> Mapping[str, str]:
    """Return the API's names of a structure's members by those in snake case.

    Args:
        shape: botocore's.
    """
    return {snake(name): name for name in shape.members}


def is_document(shape: Any) -> bool:
    """Tell whether a shape is free JSON, of which the API names no member.

    Args:
        shape: botocore's.
    """
    return shape.type_name == "structure" and bool(shape.metadata.get("document"))


def to_api(operation: str, shape: Any, value: Any) -> Any:
    """Return a request, or a part of one, with the API's own names; members that are `None` are left out.

    Args:
        operation: for the words of the error.
        shape: botocore's, of what `value` is meant to be; whether it is that, botocore says.
        value: with names in snake case.

    Raises:
        TypeError: a structure has no member of such a name.
    """
    if isinstance(value, Mapping) and shape.type_name == "structure" and not is_document(shape):
        names = members_of(shape)
        if unknown := next((str(name) for name in value if name not in names), None):
            msg = f"{operation} has no parameter {unknown!r}{nearest(unknown, names)}"
            raise TypeError(msg)
        return {
            names[name]: to_api(operation, shape.members[names[name]], item)
            for name, item in value.items()
            if item is not None
        }
    if isinstance(value, Mapping) and shape.type_name == "map":
        return {key: to_api(operation, shape.value, item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and shape.type_name == "list":
        return [to_api(operation, shape.member, item) for item in value]
    return value


def from_api(shape: Any, value: Any) -> Any:
    """Return an answer, or a part of one, with names in snake case.

    Args:
        shape: botocore's.
        value: as botocore read it.
    """
    match shape.type_name:
        case "structure" if not is_document(shape):
            return {
                snake(name): from_api(shape.members[name], item)
                for name, item in value.items()
                if name in shape.members
            }
        case "map":
            return {key: from_api(shape.value, item) for key, item in value.items()}
        case "list":
            return [from_api(shape.member, item) for item in value]
        case _:
            return value


def without_absent(shape: Any, value: Any) -> Any:
    """Return an answer, or a part of one, without empty structures that would have to have members.

    They stand for absence: a domain of Cognito's own has such a CustomDomainConfig.

    Args:
        shape: botocore's.
        value: as botocore read it.
    """
    match shape.type_name:
        case "structure" if not is_document(shape):
            known = {name: item for name, item in value.items() if name in shape.members}
            return {
                name: without_absent(shape.members[name], item)
                for name, item in known.items()
                if item != {} or not getattr(shape.members[name], "required_members", ())
            }
        case "list":
            return [without_absent(shape.member, item) for item in value]
        case _:
            return value
