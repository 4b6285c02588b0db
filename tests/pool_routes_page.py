"""The table of `auth.pool_router` in the documentation, written from the endpoints by `make stubs`."""

from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.routers.pool_routes import POOL_ROUTES

PAGE: Final = Path(__file__).parent.parent / "docs" / "reference" / "routes.md"
_HEAD: Final = "| endpoint | operation | query or body | answer |\n|---|---|---|---|\n"


def table() -> str:
    """Return the table, as it should be."""
    app = FastAPI()
    app.include_router(CognitoAuth.local().pool_router)
    openapi = app.openapi()
    schemas = openapi["components"]["schemas"]
    rows = []
    for route in POOL_ROUTES:
        endpoint = openapi["paths"][route.path][route.method.lower()]
        taken = [
            f"`{parameter['name']}{'' if parameter.get('required') else '?'}`"
            for parameter in endpoint.get("parameters", ())
            if parameter["in"] == "query"
        ]
        for content in endpoint.get("requestBody", {}).get("content", {}).values():
            model = schemas[_reference(content["schema"])]
            taken += [
                f"`{name}{'' if name in model.get('required', ()) else '?'}`" for name in model["properties"]
            ]
        status = next(code for code in endpoint["responses"] if code < "300")
        answered = ""
        if status != "204":
            answer = endpoint["responses"][status]["content"]["application/json"]["schema"]
            answered = ": " + ", ".join(f"`{name}`" for name in schemas[_reference(answer)]["properties"])
        cells = f"`{route.method} {route.path}`", f"`{route.operation}`", ", ".join(taken), status + answered
        rows.append(f"| {' | '.join(cells)} |".replace("|  |", "| |"))
    return _HEAD + "\n".join(rows) + "\n"


def _reference(schema: dict[str, Any]) -> str:
    inner = next((each for each in schema.get("anyOf", ()) if "$ref" in each), schema)
    return str(inner["$ref"]).rpartition("/")[2]


def parted() -> tuple[str, str, str]:
    """Return the page in three: what stands before the table, the table, and what follows."""
    before, head, rest = PAGE.read_text().partition(_HEAD)
    rows, end, after = rest.partition("\n\n")
    return before, f"{head}{rows}\n", f"{end[1:]}{after}"


def write() -> None:
    """Write the table into the page."""
    before, _, after = parted()
    PAGE.write_text(before + table() + after)
