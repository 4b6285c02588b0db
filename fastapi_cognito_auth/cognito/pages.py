"""Lists of any length, page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.records import Page
from fastapi_cognito_auth.exceptions import UserPoolUnavailableError

Item = TypeVar("Item")
Model = TypeVar("Model", bound=BaseModel)

LARGEST_PAGE: Final = 60
"""Items; the API has no larger pages of users, groups, devices or events."""


async def follow(get: Callable[[str | None], Awaitable[Page[Item]]]) -> AsyncIterator[Item]:
    """Yield the items of all pages; an empty page with a token is not the end.

    Args:
        get: gets the page of a token.

    Raises:
        UserPoolUnavailableError: the service would go round in circles.
    """
    token: str | None = None
    while True:
        page = await get(token)
        for item in page.items:
            yield item
        if page.next_token is None:
            return
        if page.next_token == token:
            raise UserPoolUnavailableError
        token = page.next_token


async def read_page(
    client: CognitoClient,
    operation: str,
    model: type[Model],
    member: str,
    next_token: str | None,
    *,
    token_member: str = "NextToken",  # noqa: S107 - a name
    **params: Any,
) -> Page[Model]:
    """Get one page of a list.

    Args:
        client: speaks to Cognito.
        operation: lists them.
        model: of an item.
        member: of the answer that holds the items.
        next_token: of the page before.
        token_member: what the operation calls it.
        params: of the operation.

    Raises:
        UserPoolUnavailableError: the answer is not of the API's shape.
        InvalidParameterError: `next_token` is not one of this list, or too old.
    """
    more = {} if next_token is None else {token_member: next_token}
    answer = await client.call(operation, **params, **more)
    items = [parse(model, item) for item in answer.get(member) or ()]
    return Page(items, answer.get(token_member) or None)
