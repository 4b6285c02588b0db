"""Single attributes of the signed-in user: deleting one, and verifying an address."""

from typing import Annotated, ClassVar

import fastapi
from fastapi import APIRouter, Depends
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.account import Account
from fastapi_cognito_auth.cognito.answers import ClientMetadata
from fastapi_cognito_auth.cognito.models import CodeDelivery
from fastapi_cognito_auth.cognito.typed import Code
from fastapi_cognito_auth.dependencies.current import AccessToken, CurrentUser
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    CodeDeliveryFailureError,
    CodeMismatchError,
    ExpiredCodeError,
    InvalidParameterError,
    LimitExceededError,
    StepUpRequiredError,
    UserLambdaValidationError,
    responses,
)
from fastapi_cognito_auth.routers.route import CONTACTS, SIGNED_IN, AttributeName, Body, new_router
from fastapi_cognito_auth.user import User


class AttributeCodeRequest(Body):
    """What goes with the request for a code; the body may be left out."""

    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra={"examples": [{}]})

    client_metadata: ClientMetadata = None


# A default that is written into the document makes some FastAPIs stop over it with an older pydantic.
_OptionalBody = Annotated[AttributeCodeRequest, fastapi.Body(default_factory=AttributeCodeRequest)]


class VerifyAttributeRequest(Body):
    """The code that was sent to the address."""

    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra={"examples": [{"code": "123456"}]})

    code: Code
    """As it was sent."""


def attributes_router(
    account: Account,
    current_user: CurrentUser,
    access_token: AccessToken,
    freshness: Freshness,
    *,
    max_body_size: int,
) -> APIRouter:
    """Build the endpoints over `auth.pool.account`."""
    router = new_router(max_body_size=max_body_size, dependencies=[Depends(current_user)])

    @router.delete(
        "/attributes/{name}",
        status_code=204,
        responses=responses(*SIGNED_IN, StepUpRequiredError, InvalidParameterError),
    )
    async def delete_attribute(
        name: AttributeName,
        user: Annotated[User, Depends(current_user)],
        token: Annotated[str, Depends(access_token)],
    ) -> None:
        """Delete an attribute. `email` and `phone_number` ask for a recent sign-in."""
        if name in CONTACTS:
            freshness.demand(user)
        await account.delete_attributes(token, [name])

    @router.post(
        "/attributes/{name}/code",
        responses=responses(
            *SIGNED_IN,
            InvalidParameterError,
            UserLambdaValidationError,
            LimitExceededError,
            CodeDeliveryFailureError,
        ),
    )
    async def send_attribute_code(
        name: AttributeName,
        token: Annotated[str, Depends(access_token)],
        body: _OptionalBody,
    ) -> CodeDelivery:
        """Send a code to the user's `email` or `phone_number`."""
        return await account.send_attribute_code(token, name, client_metadata=body.client_metadata)

    @router.post(
        "/attributes/{name}/verify",
        status_code=204,
        responses=responses(
            *SIGNED_IN,
            CodeMismatchError,
            ExpiredCodeError,
            InvalidParameterError,
            AliasExistsError,
            LimitExceededError,
        ),
    )
    async def verify_attribute(
        name: AttributeName, body: VerifyAttributeRequest, token: Annotated[str, Depends(access_token)]
    ) -> None:
        """Verify the address by the code that was sent there."""
        await account.verify_attribute(token, name, body.code)

    return router
