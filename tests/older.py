"""What the lowest versions that the package allows do not know; the tests of it are left out there."""

from collections.abc import Collection
from importlib.metadata import version
from typing import Any

import botocore.session
import pytest

MODEL = botocore.session.get_session().get_service_model("cognito-idp")


def _knows(operation: str, members: tuple[str, ...]) -> bool:
    if operation not in MODEL.operation_names:
        return False
    model = MODEL.operation_model(operation)
    return any(_has(shape, members) for shape in (model.input_shape, model.output_shape))


def _has(shape: Any, members: tuple[str, ...]) -> bool:
    for member in members:
        if shape is None or member not in shape.members:
            return False
        shape = shape.members[member]
    return True


def known(operations: Collection[str]) -> set[str]:
    """Return those of the operations that this boto3 knows."""
    return set(operations) & set(MODEL.operation_names)


def needs(operation: str, *members: str) -> pytest.MarkDecorator:
    """Leave a test out where boto3 is older than the operation, or than a member of its input or output."""
    name = ".".join((operation, *members))
    return pytest.mark.skipif(not _knows(operation, members), reason=f"boto3 is older than {name}")


def _older(package: str, *wanted: int) -> bool:
    return tuple(int(part) for part in version(package).split(".")[: len(wanted)]) < wanted


needs_openapi_of_scopes = pytest.mark.skipif(
    _older("fastapi", 0, 128), reason="FastAPI is older than whole lists of scopes in OpenAPI"
)
needs_described_dataclasses = pytest.mark.skipif(
    _older("pydantic", 2, 11), reason="pydantic is older than descriptions of a dataclass's attributes"
)
needs_refusals_of_websockets = pytest.mark.skipif(
    _older("uvicorn", 0, 54), reason="uvicorn is older than one Content-Length of a refused WebSocket"
)
needs_loop_factories = pytest.mark.skipif(
    _older("uvicorn", 0, 36), reason="uvicorn is older than a configuration that makes event loops"
)
