"""The logins of a user that the pool tracks, as it tells of them."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from fastapi_cognito_auth.schemas.described import Described

RevokeAssociatedSessions = Literal["NONE", "LINKED"]
"""Whether the sessions that came of the same managed login end, too."""


class _Answer(Described):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, populate_by_name=True)


class SessionLocation(_Answer):
    """Where a session was last active, by its address."""

    city: str | None = Field(default=None, validation_alias="City")
    """By name, in English."""

    country: str | None = Field(default=None, validation_alias="Country")
    """By name, in English."""


class UserSession(_Answer):
    """One login: its tokens, or a browser at managed login."""

    session_id: str = Field(validation_alias="SessionId")
    """Names the session."""

    session_type: str | None = Field(default=None, validation_alias="SessionType")
    """`TOKEN` or `SSO`."""

    client_id: str | None = Field(default=None, validation_alias="ClientId")
    """The app client that the user signed in to."""

    create_date: datetime | None = Field(default=None, validation_alias="CreateDate")
    """When the user signed in."""

    last_active_date: datetime | None = Field(default=None, validation_alias="LastActiveDate")
    """When it was last used."""

    device_type: str | None = Field(default=None, validation_alias="DeviceType")
    """Of the browser or app, in words."""

    last_ip_address: str | None = Field(default=None, validation_alias="LastIPAddress")
    """Where it was last used from."""

    last_location: SessionLocation | None = Field(default=None, validation_alias="LastLocation")
    """The same, on the map."""

    origin_session_id: str | None = Field(default=None, validation_alias="OriginSessionId")
    """The session at managed login that this one came of."""

    is_current_session: bool = Field(default=False, validation_alias="IsCurrentSession")
    """Whether it is that of the access token at hand."""


class UserSessionPage(_Answer):
    """Some of the user's sessions."""

    sessions: list[UserSession] = Field(default=[], validation_alias="Sessions")
    """Those of this page."""

    next_token: str | None = Field(default=None, validation_alias="NextToken")
    """Gets the next page; absent from the last."""
