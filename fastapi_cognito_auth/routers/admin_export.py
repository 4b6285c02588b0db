"""All users of the pool as one text, which is sent while it is read."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from fastapi_cognito_auth.cognito.user_rows import Format
from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    InvalidPageError,
    InvalidRequestError,
    responses,
)
from fastapi_cognito_auth.routers.admin_changes import Change, Changes
from fastapi_cognito_auth.routers.admin_errors import CHANGES
from fastapi_cognito_auth.routers.admin_pages import Next, PageTokens
from fastapi_cognito_auth.routers.admin_paths import AdminRoute
from fastapi_cognito_auth.routers.admin_standing import Standing
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.user import User

MEDIA_TYPES: Final[dict[Format, str]] = {
    "json-lines": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
}
_FILES: Final[dict[Format, str]] = {"json-lines": "users.jsonl", "csv": "users.csv"}
_OF: Final = ("ListUsers", "export")

FormatInQuery = Annotated[Format, Query(alias="format", description="Of the text.")]
Columns = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64, pattern=r"^\S+$")]],
    Query(
        alias="attribute", max_length=100, description="A column of a CSV; may be repeated. All unless given."
    ),
]


def admin_export_router(
    users: Users,
    administrators: Administrators,
    changes: Changes,
    pages: PageTokens,
    standing: Standing,
) -> APIRouter:
    """Build the endpoint over `auth.pool.users.export`.

    Args:
        users: does the work.
        administrators: let in who may.
        changes: record who took everybody's data along.
        pages: give tokens of pages into clients' hands.
        standing: ends what an administrator has begun who is none any more.
    """
    router = new_router(kind=AdminRoute)

    @router.get(
        "/user-export",
        response_class=StreamingResponse,
        responses={
            200: {
                "content": {kind: {} for kind in MEDIA_TYPES.values()},
                "description": "A line for each user.",
            },
            **responses(*CHANGES, InvalidPageError),
        },
    )
    async def export_users(
        request: Request,
        admin: Annotated[User, Depends(administrators.changing)],
        *,
        kind: FormatInQuery = "json-lines",
        attributes: Columns = [],  # noqa: B006 - FastAPI copies it
        groups: Annotated[
            bool, Query(description="Whether the groups of each user are told; all members are read first.")
        ] = False,
        next_page: Next = None,
    ) -> StreamingResponse:
        """Send all users, a page at a time, within the pool's quota. Asks for a recent sign-in.

        JSON Lines have `{"next": …}` after each page, where an export that was cut short goes on, and
        end with `{"next": null}`, or with `{"error": …}`. A CSV that is not sent to its end breaks off.
        """
        if kind == "csv" and next_page is not None:
            raise _unfit("next", "A CSV is sent as a whole")
        if kind != "csv" and attributes:
            raise _unfit("attribute", "JSON Lines have all attributes; columns are of a CSV")
        of = (*_OF, "groups") if groups else _OF
        export = users.export(cursor=pages.read(of, next_page), groups=groups)
        if kind == "csv":
            try:
                await export.check_columns(attributes)
            except ValueError as exc:
                raise _unfit("attribute", str(exc)) from None
            texts = export.csv(attributes or None)
        else:
            texts = export.json_lines(lambda token: pages.write(of, token) or "")
        actor = changes.actor(request, admin)
        changes.note(actor, "export_users", "begun", Change(), names=attributes)
        others = standing.while_it_lasts(actor, texts)
        # What is wrong from the start has a status of its own.
        first = await anext(texts)

        async def sent() -> AsyncIterator[str]:
            try:
                async with changes.recorded(request, admin, "export_users", names=attributes):
                    yield first
                    async for text in others:
                        yield text
            except CognitoAuthError as exc:
                if kind == "csv":
                    raise
                yield json.dumps({"error": {"code": exc.code, "message": exc.message}}) + "\n"

        headers = {
            "Content-Disposition": f'attachment; filename="{_FILES[kind]}"',
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(sent(), media_type=MEDIA_TYPES[kind], headers=headers)

    return router


def _unfit(parameter: str, message: str) -> InvalidRequestError:
    return InvalidRequestError(
        errors=[{"loc": ["query", parameter], "message": message, "type": "unfit_format"}]
    )
