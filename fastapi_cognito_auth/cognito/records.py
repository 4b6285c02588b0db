"""Users, groups, import jobs and sign-in events, as the pool tells administrators of them."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Generic, NamedTuple, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, computed_field, model_validator

from fastapi_cognito_auth.profile import MfaOption, by_name
from fastapi_cognito_auth.schemas.described import Described

Item = TypeVar("Item")


class _Answer(Described):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, populate_by_name=True, defer_build=True)


class PoolUser(_Answer):
    """A user of the pool."""

    username: str = Field(validation_alias="Username")
    """As the pool has it; immutable."""

    attributes: Annotated[dict[str, str], BeforeValidator(by_name)] = Field(
        default={}, validation_alias="Attributes"
    )
    """By name. Every value is text, `email_verified` too."""

    enabled: bool = Field(default=True, validation_alias="Enabled")
    """Whether the user may sign in."""

    status: str = Field(default="UNKNOWN", validation_alias="UserStatus")
    """Such as `CONFIRMED`, `UNCONFIRMED`, `FORCE_CHANGE_PASSWORD` or `EXTERNAL_PROVIDER`."""

    created_at: datetime | None = Field(default=None, validation_alias="UserCreateDate")
    """When the user was created."""

    modified_at: datetime | None = Field(default=None, validation_alias="UserLastModifiedDate")
    """When the user was last changed."""

    preferred_mfa_setting: str | None = Field(default=None, validation_alias="PreferredMfaSetting")
    """The second factor that is asked for first; lists do not tell it."""

    user_mfa_setting_list: list[str] = Field(default=[], validation_alias="UserMFASettingList")
    """The second factors that are switched on; lists do not tell them."""

    mfa_options: list[MfaOption] = Field(default=[], validation_alias="MFAOptions")
    """What the superseded AdminSetUserSettings set."""

    @model_validator(mode="before")
    @classmethod
    def _as_in_lists(cls, answer: Any) -> Any:
        # AdminGetUser calls them otherwise.
        if isinstance(answer, dict) and "UserAttributes" in answer:
            return {**answer, "Attributes": answer["UserAttributes"]}
        return answer

    @computed_field  # type: ignore[prop-decorator]  # as pydantic wants it
    @property
    def sub(self) -> str | None:
        """The immutable id, which serves as a username for every local user and needs no quoting in paths."""
        return self.attributes.get("sub")

    @property
    def email(self) -> str | None:
        """The e-mail address, if there is one."""
        return self.attributes.get("email")


class Group(_Answer):
    """A group of the pool."""

    name: str = Field(validation_alias="GroupName")
    """Case-sensitive; immutable."""

    description: str | None = Field(default=None, validation_alias="Description")
    """For people."""

    role_arn: str | None = Field(default=None, validation_alias="RoleArn")
    """The IAM role that ID tokens of members name."""

    precedence: int | None = Field(default=None, validation_alias="Precedence")
    """Whose role counts for members of several groups: the lowest."""

    created_at: datetime | None = Field(default=None, validation_alias="CreationDate")
    """When the group was created."""

    modified_at: datetime | None = Field(default=None, validation_alias="LastModifiedDate")
    """When the group was last changed."""


class UserImportJob(_Answer):
    """An import of users by the pool itself. Its address, which is a secret, is not told."""

    job_id: str = Field(validation_alias="JobId")
    """Names the job, also after the process that made it is gone."""

    name: str = Field(default="", validation_alias="JobName")
    """For people."""

    status: str = Field(validation_alias="Status")
    """`Created`, `Pending`, `InProgress`, `Stopping`; then `Succeeded`, `Failed`, `Stopped` or `Expired`."""

    imported: int = Field(default=0, validation_alias="ImportedUsers")
    """How many users there are now."""

    skipped: int = Field(default=0, validation_alias="SkippedUsers")
    """How many were there before, and stay as they are."""

    failed: int = Field(default=0, validation_alias="FailedUsers")
    """How many rows became no user; the job's log in CloudWatch says why, by their lines."""

    completion_message: str | None = Field(default=None, validation_alias="CompletionMessage")
    """The service's own words at the end."""

    created_at: datetime | None = Field(default=None, validation_alias="CreationDate")
    """When the job was created."""

    started_at: datetime | None = Field(default=None, validation_alias="StartDate")
    """When it was started."""

    completed_at: datetime | None = Field(default=None, validation_alias="CompletionDate")
    """When it ended."""

    rows: int | None = None
    """How many the file has; the service does not tell, so only what made it knows."""

    @property
    def over(self) -> bool:
        """Whether nothing happens any more."""
        return self.status in IMPORT_ENDS

    @property
    def done(self) -> int:
        """How many rows have been dealt with."""
        return self.imported + self.skipped + self.failed


IMPORT_ENDS: Final = frozenset({"Succeeded", "Failed", "Stopped", "Expired"})
"""How import jobs end."""


class EventRisk(_Answer):
    """What threat protection made of a sign-in."""

    risk_decision: str | None = Field(default=None, validation_alias="RiskDecision")
    """`NoRisk`, `AccountTakeover` or `Block`."""

    risk_level: str | None = Field(default=None, validation_alias="RiskLevel")
    """`Low`, `Medium` or `High`."""

    compromised_credentials_detected: bool | None = Field(
        default=None, validation_alias="CompromisedCredentialsDetected"
    )
    """Whether the password is known from elsewhere."""


class EventChallenge(_Answer):
    """A challenge of a sign-in."""

    challenge_name: str | None = Field(default=None, validation_alias="ChallengeName")
    """Such as `Password` or `Mfa`."""

    challenge_response: str | None = Field(default=None, validation_alias="ChallengeResponse")
    """`Success` or `Failure`."""


class EventContext(_Answer):
    """Where a sign-in came from."""

    ip_address: str | None = Field(default=None, validation_alias="IpAddress")
    """Of the client."""

    device_name: str | None = Field(default=None, validation_alias="DeviceName")
    """Of the browser or app, in words."""

    timezone: str | None = Field(default=None, validation_alias="Timezone")
    """Of the client."""

    city: str | None = Field(default=None, validation_alias="City")
    """By name, in English."""

    country: str | None = Field(default=None, validation_alias="Country")
    """By name, in English."""


class EventFeedback(_Answer):
    """What somebody said of a sign-in."""

    feedback_value: str | None = Field(default=None, validation_alias="FeedbackValue")
    """`Valid` or `Invalid`."""

    provider: str | None = Field(default=None, validation_alias="Provider")
    """Who said it: `Admin` or `User`."""

    feedback_date: datetime | None = Field(default=None, validation_alias="FeedbackDate")
    """When it was said."""


class AuthEvent(_Answer):
    """A sign-in, or another event of authentication, that threat protection recorded."""

    event_id: str = Field(validation_alias="EventId")
    """Names the event."""

    event_type: str | None = Field(default=None, validation_alias="EventType")
    """`SignIn`, `SignUp`, `ForgotPassword`, `PasswordChange` or `ResendCode`."""

    created_at: datetime | None = Field(default=None, validation_alias="CreationDate")
    """When it was."""

    event_response: str | None = Field(default=None, validation_alias="EventResponse")
    """`Pass`, `Fail` or `InProgress`."""

    event_risk: EventRisk | None = Field(default=None, validation_alias="EventRisk")
    """What threat protection made of it."""

    challenge_responses: list[EventChallenge] = Field(default=[], validation_alias="ChallengeResponses")
    """The challenges of it, in order."""

    event_context_data: EventContext | None = Field(default=None, validation_alias="EventContextData")
    """Where it came from."""

    event_feedback: EventFeedback | None = Field(default=None, validation_alias="EventFeedback")
    """What somebody said of it."""


class Page(NamedTuple, Generic[Item]):
    """Some items of a list."""

    items: list[Item]
    """Those of this page; an empty one need not be the last."""

    next_token: str | None
    """Cognito's own; gets the next page of the same list. Absent from the last."""
