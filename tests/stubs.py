"""Writes what follows from botocore's description of the API: `python -m tests.stubs`.

These are the signatures of `auth.pool.configuration`, and the table of `auth.pool_router`. An editor reads
`configuration_methods.pyi`, since the methods themselves are made while the app runs.
"""

import html
import keyword
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from fastapi_cognito_auth.cognito import configuration_methods
from fastapi_cognito_auth.cognito.api_shapes import is_document, snake
from fastapi_cognito_auth.cognito.pages import LARGEST_PAGE
from fastapi_cognito_auth.cognito.pool_operations import FILLED_IN, NAMED_BY_THE_CALLER, POOL_OPERATIONS
from fastapi_cognito_auth.cognito.service_model import service_model
from tests import pool_routes_page

FILE: Final = Path(configuration_methods.__file__).with_suffix(".pyi")
_HEAD: Final = '''\
"""The operations that configure a user pool, with their signatures.

Written by `make stubs` from botocore's description of the API; not to be edited.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Required, TypedDict

from fastapi_cognito_auth.cognito.client import CognitoClient
'''
_SIMPLE: Final = {
    "string": "str",
    "integer": "int",
    "long": "int",
    "boolean": "bool",
    "blob": "bytes",
    "timestamp": "datetime",
}


def stub() -> str:
    """Return the file's text, before it is formatted."""
    answers: set[str] = set()
    structures: dict[str, Any] = {}
    methods = [_method(operation, structures, answers) for operation in POOL_OPERATIONS]
    # What is all of an answer is in it, though the description says so of few.
    kinds = [_typed_dict(shape, total=name in answers) for name, shape in sorted(structures.items())]
    first = f"""
class ConfigurationMethods:
    _client: CognitoClient
    def __init__(self, client: CognitoClient) -> None: ...
    async def _call(self, operation: str, /, **params: Any) -> dict[str, Any]: ...
{"".join(methods)}"""
    return "\n".join([_HEAD, *kinds, first])


def formatted(text: str) -> str:
    """Return the text as the project's formatter writes it."""
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [ruff, "format", "--stdin-filename", FILE, "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _method(operation: str, structures: dict[str, Any], answers: set[str]) -> str:
    model = service_model().operation_model(operation)
    shape, output = model.input_shape, model.output_shape
    for part in _structures(shape):
        structures.setdefault(part.name, part)
    structures.pop(shape.name, None)
    given: dict[str, list[str]] = {"": [], " = None": []}
    for name, member in shape.members.items():
        kind = _kind(member, given=True)
        named = NAMED_BY_THE_CALLER.get(operation) == name
        if name in shape.required_members and name == "MaxResults":
            given[" = None"].append(f"{snake(name)}: int = {LARGEST_PAGE}")
        elif name in shape.required_members and (named or name not in FILLED_IN):
            given[""].append(f"{snake(name)}: {kind}")
        else:
            given[" = None"].append(f"{snake(name)}: {kind} | None = None")
    returned = "dict[str, Any]"
    if output is not None and output.members:
        for part in _structures(output):
            structures.setdefault(part.name, part)
        returned = output.name
        if len(output.members) == 1:
            answers.add(output.name)
    arguments = ", ".join([*given[""], *given[" = None"]])
    return f'''
    async def {snake(operation)}(self, *, {arguments}) -> {returned}:
        """{first_words(model.documentation)}"""
'''


def _structures(shape: Any) -> Iterator[Any]:
    """Yield the structures that a shape is made of, itself included."""
    match shape.type_name:
        case "structure" if not is_document(shape):
            yield shape
            for member in shape.members.values():
                yield from _structures(member)
        case "list":
            yield from _structures(shape.member)
        case "map":
            yield from _structures(shape.value)


def _typed_dict(shape: Any, *, total: bool) -> str:
    members = {
        snake(name): f"Required[{_kind(member)}]"
        if total or name in shape.required_members
        else _kind(member)
        for name, member in shape.members.items()
    }
    if any(map(keyword.iskeyword, members)):
        pairs = ", ".join(f'"{name}": {kind}' for name, kind in members.items())
        return f'{shape.name} = TypedDict("{shape.name}", {{{pairs}}}, total=False)\n'
    lines = "\n".join(f"    {name}: {kind}" for name, kind in members.items()) or "    ..."
    return f"class {shape.name}(TypedDict, total=False):\n{lines}\n"


def _kind(shape: Any, *, given: bool = False) -> str:
    match shape.type_name:
        case "structure":
            return "Mapping[str, Any]" if is_document(shape) else str(shape.name)
        case "list":
            return f"{'Sequence' if given else 'list'}[{_kind(shape.member)}]"
        case "map":
            return f"{'Mapping' if given else 'dict'}[str, {_kind(shape.value)}]"
        case "string" if "enum" in shape.metadata:
            return f"Literal[{', '.join(repr(value) for value in shape.metadata['enum'])}]"
        case name:
            return _SIMPLE[name]


def first_words(documentation: str) -> str:
    """Return the first sentence of a text of the API."""
    text = html.unescape(re.sub(r"<[^>]+>", "", documentation.partition("</p>")[0]))
    text = " ".join(text.split()).replace("\\", "\\\\")
    return re.split(r"(?<=[^.]\.) (?=[A-Z])", text, maxsplit=1)[0]


def main() -> None:
    """Write the file, and the table."""
    FILE.write_text(formatted(stub()))
    pool_routes_page.write()


if __name__ == "__main__":
    main()
