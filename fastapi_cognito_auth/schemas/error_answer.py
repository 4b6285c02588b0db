"""The bodies of errors, as OpenAPI describes them: few, so that every route shares them.

Their names are those of the components, which must not be those of an app's own.
"""

from typing import ClassVar

from pydantic import ConfigDict

from fastapi_cognito_auth.schemas.described import Described


class _Answer(Described):
    # For the documentation alone: built when somebody asks for that, and not for each route at the start.
    model_config: ClassVar[ConfigDict] = ConfigDict(defer_build=True)


class CognitoErrorDetail(_Answer):
    """What went wrong."""

    code: str
    """For programs: stable, and one of those that the answer's description names."""

    message: str
    """For people; it may change."""


class CognitoErrorAnswer(_Answer):
    """A refusal."""

    detail: CognitoErrorDetail
    """What went wrong."""


class CognitoStepUpDetail(CognitoErrorDetail):
    """What went wrong, and what sign-in would be good enough (RFC 9470)."""

    max_age: int | None = None
    """Seconds that may have passed since the sign-in, if it is too old."""

    acr_values: list[str] | None = None
    """The strengths that are enough, the preferred one first, if it is too weak."""


class CognitoStepUpAnswer(CognitoErrorAnswer):
    """A refusal that another sign-in may turn."""

    detail: CognitoStepUpDetail
    """What went wrong."""


class CognitoFault(_Answer):
    """One fault of a request."""

    loc: list[str | int]
    """The way to the member: first `body`, `query` or `path`."""

    message: str
    """For people; it never repeats what was sent."""

    type: str
    """For programs: the kind of fault."""


class CognitoInvalidRequestDetail(CognitoErrorDetail):
    """What is wrong with a request."""

    errors: list[CognitoFault]
    """The faults; none where the body could not be read at all."""

    more_errors: int = 0
    """How many faults there are beside those that are listed."""


class CognitoInvalidRequestAnswer(CognitoErrorAnswer):
    """A request that the endpoint does not take."""

    detail: CognitoInvalidRequestDetail
    """What is wrong."""
