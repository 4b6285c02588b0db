"""Writes the client where it is served from, and what its types follow from: `python -m tests.client_types`.

`js/api.d.ts` says in TypeScript what the OpenAPI document says of `auth.router`, `auth.session_router` and
`auth.account_router`. The pages serve a copy of `js/fastapi-cognito-auth.js`, since a package of Python holds
no file of its neighbours.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.pages import rendering

JS: Final = Path(__file__).parent.parent / "js"
CLIENT: Final = JS / "fastapi-cognito-auth.js"
TYPES: Final = JS / "api.d.ts"
SERVED: Final = Path(rendering.__file__).parent / "assets" / CLIENT.name

_HEAD: Final = """\
// What the app takes and answers, as its OpenAPI document says.
// Written by `make client`; not to be edited.
"""
_SIMPLE: Final = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}
_SIMPLE_NULL: Final = {"null": "null"}


def document() -> dict[str, Any]:
    """Return the document of an app that has what the client speaks to."""
    auth = CognitoAuth.local()
    app = FastAPI()
    app.add_middleware(auth.session_middleware)
    app.include_router(auth.router, prefix="/auth")
    app.include_router(auth.session_router, prefix="/session")
    app.include_router(auth.account_router, prefix="/account")
    return app.openapi()


def types(openapi: Mapping[str, Any]) -> str:
    """Return the text of `api.d.ts`."""
    schemas: dict[str, Any] = openapi["components"]["schemas"]
    taken = _reached(schemas, [_body(operation) for operation in _operations(openapi)])
    parts = [
        _HEAD,
        *(_declared(name, schemas[name], is_taken=name in taken) for name in sorted(schemas)),
        _challenges(openapi),
        _codes(openapi),
    ]
    return "\n".join(parts)


def _operations(openapi: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in openapi["paths"].values():
        yield from operations.values()


def _body(operation: Mapping[str, Any]) -> Any:
    return operation.get("requestBody", {})


def _reached(schemas: Mapping[str, Any], roots: list[Any]) -> set[str]:
    """Return the names of all schemas that something leads to."""
    found: set[str] = set()
    texts = [json.dumps(roots)]
    while texts:
        for name in re.findall(r'"#/components/schemas/(\w+)"', texts.pop()):
            if name not in found:
                found.add(name)
                texts.append(json.dumps(schemas[name]))
    return found


def _declared(name: str, schema: Mapping[str, Any], *, is_taken: bool) -> str:
    comment = _comment(schema, "")
    if schema.get("type") != "object":
        return f"{comment}export type {name} = {_type(schema)};\n"
    lines = []
    for member, what in schema.get("properties", {}).items():
        # What is answered is there, also where its value is the model's own; what is sent may lack it.
        is_there = member in schema.get("required", ()) or (not is_taken and "default" in what)
        key = member if re.fullmatch(r"[A-Za-z_]\w*", member) else json.dumps(member)
        lines.append(f"{_comment(what, '  ')}  {key}{'' if is_there else '?'}: {_type(what)};\n")
    if schema.get("additionalProperties") is True:
        lines.append("  [further: string]: unknown;\n")
    return f"{comment}export interface {name} {{\n{''.join(lines)}}}\n"


def _comment(schema: Mapping[str, Any], indent: str) -> str:
    text = " ".join(schema.get("description", "").replace("*/", "").split())
    return f"{indent}/** {text} */\n" if text else ""


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(_type(one) for one in schema[several]))
    kind = schema.get("type")
    if kind == "array":
        return f"Array<{_type(schema.get('items', {}))}>"
    if kind == "object":
        values = schema.get("additionalProperties", True)
        return f"Record<string, {_type(values) if isinstance(values, dict) else 'unknown'}>"
    return (_SIMPLE | _SIMPLE_NULL).get(str(kind), "unknown")


def _challenges(openapi: Mapping[str, Any]) -> str:
    """Return what belongs to each challenge: how it is asked, and how it is answered."""
    operation = openapi["paths"]["/auth/challenge"]["post"]
    answers = operation["requestBody"]["content"]["application/json"]["schema"]["discriminator"]["mapping"]
    asked = _mapping(operation["responses"]["200"]["content"]["application/json"]["schema"])
    rows = [
        f"  {name}: {{ asked: {_type({'$ref': asked[name]})}; answer: {_type({'$ref': answer})} }};"
        for name, answer in answers.items()
    ]
    return "\n".join(
        ["/** Every challenge, by its name. */", "export interface Challenges {", *rows, "}", ""]
    )


def _mapping(schema: Mapping[str, Any]) -> dict[str, str]:
    if "discriminator" in schema:
        found: dict[str, str] = schema["discriminator"]["mapping"]
        return found
    return next(_mapping(one) for one in schema["anyOf"] if "oneOf" in one)


def _codes(openapi: Mapping[str, Any]) -> str:
    found = {
        code
        for operation in _operations(openapi)
        for status, answer in operation["responses"].items()
        if status >= "400" and "application/json" in answer.get("content", {})
        for code in re.findall(r"`(\w+)`: ", answer["description"])
    }
    rows = [f'  | "{code}"' for code in sorted(found)]
    return (
        "\n".join(["/** What the app may say of a refusal. */", "export type RefusalCode =", *rows]) + ";\n"
    )


def main() -> None:
    """Write them."""
    TYPES.write_text(types(document()))
    SERVED.write_bytes(CLIENT.read_bytes())


if __name__ == "__main__":
    main()
