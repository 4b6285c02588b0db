"""Bodies and answers, made of what botocore describes: members, texts, limits.

Types, required members and unknown ones are judged here. Lengths, patterns and the values of enumerations
are told in the schema, and are Cognito's to judge: it takes more than an older description knows.
"""

import base64
import html
import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StrictBool,
    StrictStr,
    WithJsonSchema,
    create_model,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from fastapi_cognito_auth.cognito.api_shapes import is_document, snake
from fastapi_cognito_auth.routers.route import Body

_TAG: Final = re.compile(r"<[^>]+>")
_SENTENCE: Final = re.compile(r"(?<=[^.]\.) (?=[A-Z])")
_BITS: Final = {"integer": 31, "long": 63}
_UNREAD: Final = re.compile(r"\\p\{|\(\?[si<]")
"""What of Java's regular expressions those of JSON schemas, or the tools that read them, do not have."""
_NEEDLESS: Final = r"\:"
"""An escape that JavaScript takes for a mistake."""
_EXAMPLES: Final = {
    "ClientName": "web",
    "CallbackURLs": ["https://app.example.com/login/callback"],
    "CustomAttributes": [{"name": "tenant", "attribute_data_type": "String"}],
    "Domain": "my-app",
    "Identifier": "https://api.example.com",
    "Name": "Orders",
    "PoolName": "customers",
    "ProviderDetails": {"client_id": "1", "client_secret": "s", "authorize_scopes": "openid email"},
    "ProviderName": "Google",
    "ProviderType": "Google",
    "Tags": {"team": "orders"},
    "UserPoolTags": {"team": "orders"},
}


def _from_base64(value: Any) -> bytes:
    if not isinstance(value, str):
        raise ValueError("base64 is text")  # noqa: TRY004 - pydantic reports a ValueError
    return base64.b64decode(value, validate=True)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("The moment is none in UTC") from None


_Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
_Base64 = Annotated[
    bytes,
    BeforeValidator(_from_base64),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]


class Shaped(Body):
    """The base of what is made of a structure.

    Its validator is built when it is needed first: many a structure is part of answers alone, of which
    only the schema is told.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(defer_build=True)

    shape: ClassVar[Any]
    has_example: ClassVar[bool] = False

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Tell what botocore says of the members; it is read when somebody asks for the schema."""
        schema = super().__get_pydantic_json_schema__(core_schema, handler)
        resolved = handler.resolve_ref_schema(schema)
        resolved["description"] = words_of(cls.shape.documentation, 1) or f"{cls.__name__} of the API."
        properties = resolved.get("properties", {})
        for name, member in cls.shape.members.items():
            if snake(name) in properties:
                properties[snake(name)] = described(properties[snake(name)], name, member)
        if cls.has_example:
            resolved["examples"] = [example_of(cls.shape, properties.keys())]
        return schema


class _ShapedBody(Shaped):
    model_config: ClassVar[ConfigDict] = ConfigDict(defer_build=False)


def words_of(documentation: str, sentences: int) -> str:
    """Return the first sentences of a text of the API, without its markup."""
    text = " ".join(html.unescape(_TAG.sub("", documentation.partition("</p>")[0])).split())
    return " ".join(_SENTENCE.split(text)[:sentences])


def described(schema: JsonSchemaValue, name: str, shape: Any) -> JsonSchemaValue:
    """Return the schema of a member with its text and its limits; `null`, which is absence, is not shown.

    Args:
        schema: as pydantic wrote it.
        name: of the member.
        shape: botocore's.
    """
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    schema = {key: value for key, value in schema.items() if key not in {"anyOf", "default", "title"}}
    for kind in kinds:
        schema |= kind
    return {
        **schema,
        **limits_of(shape),
        "description": words_of(shape.documentation, 1) or f"{snake(name).replace('_', ' ').capitalize()}.",
    }


def limits_of(shape: Any) -> JsonSchemaValue:
    """Return what JSON schemas can say of a shape's limits."""
    rules = shape.metadata
    low, high = {
        "string": ("minLength", "maxLength"),
        "list": ("minItems", "maxItems"),
        "map": ("minProperties", "maxProperties"),
        "integer": ("minimum", "maximum"),
        "long": ("minimum", "maximum"),
    }.get(shape.type_name, ("", ""))
    said = {low: rules.get("min"), high: rules.get("max")}
    limits = {name: value for name, value in said.items() if name and value is not None}
    if shape.type_name == "string":
        if "enum" in rules:
            return {"enum": [*rules["enum"]]}
        if (pattern := rules.get("pattern")) and not _UNREAD.search(pattern):
            # The API means the whole value, and a JSON schema any part of it.
            limits["pattern"] = f"^(?:{pattern.replace(_NEEDLESS, ':')})$"
    if shape.type_name == "list" and (inner := limits_of(shape.member)):
        limits["items"] = {"type": "string", **inner}
    return limits


def _type_of(shape: Any) -> Any:  # noqa: PLR0911 - one case a kind
    match shape.type_name:
        case "structure":
            return dict[str, Any] if is_document(shape) else model_of(shape)
        case "list":
            return list[_type_of(shape.member)]  # type: ignore[misc] # made of a description
        case "map":
            return dict[StrictStr, _type_of(shape.value)]  # type: ignore[misc]
        case "boolean":
            return StrictBool
        case "blob":
            return _Base64
        case "timestamp":
            return _Moment
        case "integer" | "long" as kind:
            most = 1 << _BITS[kind]
            return Annotated[int, Field(strict=True, ge=-most, lt=most)]
        case _:
            return StrictStr


_made: Final[dict[tuple[str, str], type[Shaped]]] = {}


def model_of(shape: Any) -> type[Shaped]:
    """Return the model of a structure; one for each, however many operations have it."""
    return _made.get((shape.name, "")) or _make(shape, shape.name, shape.members.keys(), "")


def body_of(operation: str, shape: Any, members: Collection[str], *, merged: bool) -> type[Shaped]:
    """Return the model of a request's body.

    Args:
        operation: its name.
        shape: of what the operation takes.
        members: those that are in the body.
        merged: whether a member that is left out stays as it is, so that none is required.
    """
    kind = "Change" if merged else "Request"
    name = f"{operation.replace('Update', '', 1) if merged else operation}{kind}"
    return _made.get((name, kind)) or _make(shape, name, members, kind)


def _make(shape: Any, name: str, members: Collection[str], kind: str) -> type[Shaped]:
    fields: dict[str, Any] = {}
    for member in members:
        annotation = _type_of(shape.members[member])
        ours = snake(member)
        own = f"{ours}_" if hasattr(BaseModel, ours) or ours == "from" else ours
        alias = None if own == ours else ours
        required = member in shape.required_members and member != "ClientId" and kind != "Change"
        fields[own] = (
            (annotation, Field(alias=alias))
            if required
            else (annotation | None, Field(default=None, alias=alias))
        )
    # FastAPI builds the validator of a whole body itself.
    model = _new_model(name, _ShapedBody if kind else Shaped, fields)
    model.shape = shape
    model.has_example = bool(kind)
    _made[name, kind] = model
    return model


def _new_model(name: str, base: type[Shaped], fields: dict[str, Any]) -> type[Shaped]:
    return create_model(name, __base__=base, __module__=__name__, **fields)


def example_of(shape: Any, members: Collection[str]) -> dict[str, Any]:
    """Return a body that an endpoint takes by its form.

    Args:
        shape: of what the operation takes.
        members: those that are in the body, in snake case.
    """
    ours = {snake(name): name for name in shape.members}
    wanted = [name for name in shape.required_members if snake(name) in members and name != "ClientId"]
    if not wanted:
        simple = (ours[name] for name in members if shape.members[ours[name]].type_name != "structure")
        wanted = [next(simple, ours[next(iter(members))])]
    return {snake(name): _sample(name, shape.members[name]) for name in wanted}


def _sample(name: str, shape: Any) -> Any:  # noqa: PLR0911 - one case a kind
    if name in _EXAMPLES:
        return _EXAMPLES[name]
    match shape.type_name:
        case "structure":
            return {snake(each): _sample(each, shape.members[each]) for each in shape.required_members}
        case "list":
            return [_sample(name, shape.member)]
        case "map":
            return {}
        case "boolean":
            return True
        case "integer" | "long":
            return max(1, shape.metadata.get("min", 1))
        case "blob":
            return base64.b64encode(b"image").decode()
        case "timestamp":
            return datetime(2026, 1, 1).isoformat() + "Z"  # noqa: DTZ001 - the zone is written after it
        case _:
            long_enough = "example".ljust(shape.metadata.get("min", 0), "0")
            return shape.metadata.get("enum", [long_enough])[0]
