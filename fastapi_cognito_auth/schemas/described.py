"""Models whose JSON schema says of each member what the docstring under it says.

Pydantic can do so itself (`use_attribute_docstrings`), but reads the source when a class is made:
a third of what importing the endpoints takes. Here it is read when somebody asks for the schema.
"""

import ast
import inspect
import sys
from collections.abc import Iterable, Mapping
from functools import cache

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Described(BaseModel):
    """The base of bodies and answers."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe the members."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        docs = attribute_docs(cls)
        for name, field in cls.model_fields.items():
            # A member may be written otherwise in a body than in an answer.
            for spelling in {name, field.alias, field.validation_alias, field.serialization_alias}:
                if spelling in properties:
                    _write_as_today(properties[spelling])
                    if name in docs:
                        properties[spelling]["description"] = docs[name]
        return schema


def _write_as_today(schema: JsonSchemaValue) -> None:
    """Undo what older pydantics write around a member, for generators make other clients of it.

    A model that has a default or a title was wrapped, and a constant was an enumeration, too.
    """
    match schema:
        case {"allOf": [{"$ref": name} as only]} if len(only) == 1:
            del schema["allOf"]
            schema["$ref"] = name
        case {"const": value, "enum": [only]} if only == value:
            del schema["enum"]
        case _:
            pass


def attribute_docs(cls: type) -> Mapping[str, str]:
    """Return the docstrings under the attributes of a class and of those that it inherits from.

    Where there is no source to read, there are none.

    Args:
        cls: where to look.
    """
    found: dict[str, str] = {}
    for kind in reversed(cls.__mro__):
        found |= _of_module(kind.__module__).get(kind.__qualname__, {})
    return found


@cache
def _of_module(name: str) -> Mapping[str, Mapping[str, str]]:
    try:
        tree = ast.parse(inspect.getsource(sys.modules[name]))
    except (KeyError, OSError, TypeError):
        return {}
    return dict(_of_classes(tree.body))


def _of_classes(statements: list[ast.stmt], outer: str = "") -> Iterable[tuple[str, Mapping[str, str]]]:
    for statement in statements:
        if isinstance(statement, ast.ClassDef):
            name = outer + statement.name
            yield name, _of_class(statement)
            yield from _of_classes(statement.body, f"{name}.")


def _of_class(definition: ast.ClassDef) -> Mapping[str, str]:
    found = {}
    for attribute, after in zip(definition.body, definition.body[1:], strict=False):
        match attribute, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = " ".join(inspect.cleandoc(text).split())
            case _:
                pass
    return found
