"""Every error of the package. Each is an `HTTPException`, so a route may let it fly.

CognitoAuthError                    500
├── NotAuthenticatedError           401  no credentials were sent
├── InvalidTokenError               401  ├ TokenExpiredError, InvalidSignatureError, InvalidIssuerError,
│                                        ├ InvalidClientError, InvalidAudienceError,
│                                        ├ InvalidTokenUseError, InvalidSignerError, TokenTooLargeError,
│                                        ├ TokenRevokedError
├── PermissionDeniedError           403  signed in, but without the group or scope
├── StepUpRequiredError             401  signed in, but too long ago for what is asked
├── CrossSiteRequestError           403  a page of another site made the browser send it
├── KeysUnavailableError            503  the pool's keys could not be fetched
├── RevocationUnavailableError      503  whether the token is revoked could not be asked
├── InvalidSessionError             400  challenge state forged, expired or answered out of order
├── SessionsUnavailableError        503  where cookie sessions are kept does not answer
├── SessionsNotListedError          501  cookie sessions are in the browsers alone, so there is no list
├── IdTokenNotKeptError             503  the cookie session holds no ID token
├── SessionTooLargeError            503  the tokens of a sign-in fit into no cookies
├── ManagedLoginError               400  the pool's pages refused, or what came back is not as it was sent
│   ├── LoginDeniedError            403  the user, or the identity provider, said no
│   └── LoginAttemptError           400  the attempt is unknown in this browser, too old, or was used
├── MachineTokenError               503  the app could not get a token of its own
│   ├── MachineClientError          503  the pool does not know its app client, or not by this secret
│   └── MachineScopeError           503  the app client may not have the scopes
├── OwnAccountError                 409  an administrator would lock herself out
├── LastAdministratorError          409  nobody would be left who administers
├── GroupNotEmptyError              409  a group that has members is not deleted unasked
├── InvalidPageError                400  `next` is forged, or of another list
├── InvalidRequestError             422  the body is not what the endpoint takes
│   └── InvalidImportRowsError      422  rows of users that no import job takes
├── RequestTooLargeError            413  the body is longer than the app takes
├── UnsupportedMediaTypeError       415  the body is of a kind that the endpoint does not take
├── ChallengeRequiredError          403  a password alone does not sign this user in
└── UserPoolError                   400  one class for each error of Cognito, with the same stem
    ├── NotAuthorizedError          401
    ├── UserNotConfirmedError       403
    ├── TooManyRequestsError        429  with Retry-After
    ├── UserPoolUnavailableError    503  ours: the service did not answer, or not sensibly
    ├── UserPoolBusyError           503  ours: too many calls wait for the service
    ├── ImportUploadError           503  ours: the file of an import job did not reach its address
    ├── AwsConfigurationError       503  ours: the app's own AWS settings are wrong
    └── …

The body of each is `{"detail": {"code": "…", "message": "…"}}`. `code` is stable and made for
programs; `message` is for people and may change. The cause stays in `__cause__`.
Outside the tree stands `ConfigurationError`: a mistake of the developer, found at construction.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from starlette.exceptions import HTTPException

# RFC 6750 section 3: printable ASCII without quotes and backslashes. An app's own words may hold more.
_UNFIT = re.compile(r"[^ !#-\[\]-~]")
_LONGEST_MESSAGE = 1000  # characters
_THROTTLING = re.compile(r"Throttl|TooManyRequests|SlowDown|RateExceeded|RequestLimitExceeded")
_ERROR_NAME = re.compile(r"[A-Z][A-Za-z0-9]{2,79}")
_ENDING = re.compile(r"(Exception|Error|Fault)$")
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class ConfigurationError(Exception):
    """A setting is missing, wrong, or contradicts another; the message names it.

    Or the app is written in a way that cannot work; the message says what to write instead.
    """


class CognitoAuthError(HTTPException):
    """The root of the tree; catch it, or give it a handler, to restyle every error.

    Args:
        message: for people; the class's own where it is left out.
        headers: HTTP headers of the answer, beside the class's own.
    """

    status_code: int = 500
    code: ClassVar[str] = "cognito_auth"
    message: str = "Authentication failed."
    answer: ClassVar[str] = "CognitoErrorAnswer"
    """The body, for OpenAPI."""

    claim: str | None = None
    """What of the token or the request decided, such as `iss`, if it is one thing."""

    found: Any = None
    """What it was there: of a token that is not verified whatever a client wrote."""

    wanted: Any = None
    """What it must be, or one of what."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = _WORD_STARTS.sub("_", cls.__name__.removesuffix("Error")).lower()

    def __init__(self, message: str | None = None, *, headers: Mapping[str, str] | None = None) -> None:
        self.message = message or type(self).message
        super().__init__(type(self).status_code, headers=dict(headers) if headers else None)
        self.detail: Any = {"code": self.code, "message": self.message}

    def about(self, claim: str, *, found: Any, wanted: Any) -> Self:
        """Return the error with what decided, for handlers and the log; the answer does not show it.

        Args:
            claim: what of the token or the request decided.
            found: what it was; nothing secret.
            wanted: what it must be, or one of what.
        """
        self.claim, self.found, self.wanted = claim, found, wanted
        return self

    def name_resource(self, metadata_uri: str) -> None:
        """Tell the client where the API describes itself (RFC 9728 section 5.1).

        An error that asks for no credentials has nothing to add it to.

        Args:
            metadata_uri: the address of the metadata, without quotes or backslashes.
        """
        challenge = (self.headers or {}).get("WWW-Authenticate", "")
        if challenge and " resource_metadata=" not in challenge:
            joint = ", " if " " in challenge else " "
            named = f'{challenge}{joint}resource_metadata="{metadata_uri}"'
            self.headers: Mapping[str, str] | None = {**(self.headers or {}), "WWW-Authenticate": named}

    def __str__(self) -> str:
        """Return the code and the message."""
        return f"{self.code}: {self.message}"


def _bearer_challenge(**parameters: str) -> dict[str, str]:
    pairs = ", ".join(f'{name}="{_UNFIT.sub("?", value)}"' for name, value in parameters.items() if value)
    return {"WWW-Authenticate": f"Bearer {pairs}".rstrip()}


class NotAuthenticatedError(CognitoAuthError):
    """The request carries no credentials (RFC 6750 section 3.1: no error code then)."""

    status_code = 401
    message = "Sign in first: the request carries no access token."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message, headers=_bearer_challenge())


NO_ACCESS_TOKEN = "This needs an access token, which x-amzn-oidc-data is not."  # noqa: S105 - words
"""Said where a load balancer vouches for the user, and that is not enough."""


class InvalidTokenError(CognitoAuthError):
    """The token is not one that this app accepts; subclasses say which check failed."""

    status_code = 401
    message = "The token is not valid."

    def __init__(self, message: str | None = None) -> None:
        description = message or type(self).message
        super().__init__(
            message, headers=_bearer_challenge(error="invalid_token", error_description=description)
        )


class TokenExpiredError(InvalidTokenError):
    """The `exp` claim has passed (RFC 7519 section 4.1.4)."""

    message = "The token has expired."


class InvalidSignatureError(InvalidTokenError):
    """The signature does not verify, or no key of the pool has the token's `kid` (RFC 7515)."""

    message = "The signature of the token is not valid."


class InvalidIssuerError(InvalidTokenError):
    """The `iss` claim is not an issuer of this user pool (RFC 7519 section 4.1.1)."""

    message = "The token was issued by another user pool."


class InvalidClientError(InvalidTokenError):
    """The token was issued to another app client: `client_id`, or `aud` of an ID token."""

    message = "The token was issued to another app client."


class InvalidAudienceError(InvalidTokenError):
    """The access token is bound to another resource (`aud`, RFC 8707 and RFC 7519 section 4.1.3)."""

    message = "The token is meant for another resource."


class InvalidTokenUseError(InvalidTokenError):
    """The `token_use` claim is not the one this route asks for, or the token is a machine's."""

    message = "The token has the wrong token_use."


class InvalidSignerError(InvalidTokenError):
    """`x-amzn-oidc-data` names a load balancer that is not declared: the `signer` header."""

    message = "The request was signed by another load balancer."


class TokenTooLargeError(InvalidTokenError):
    """The token has more bytes than the app takes. Signing in again brings no smaller one."""

    message = "The token is too large."


class TokenRevokedError(InvalidTokenError):
    """The token was revoked: its sign-in has ended, or all that its user had until then."""

    message = "The token has been revoked. Sign in again."


class PermissionDeniedError(CognitoAuthError):
    """The user is known, and lacks a group or a scope.

    Args:
        required: what the guard asks for.
        held: what the user has, of the same kind.
        scope: the scopes to name in `WWW-Authenticate` (RFC 6750 section 3), space separated.
    """

    status_code = 403
    message = "You lack the permission for this."

    def __init__(
        self,
        message: str | None = None,
        *,
        required: Iterable[str] = (),
        held: Iterable[str] = (),
        scope: str = "",
    ) -> None:
        self.required: frozenset[str] = frozenset(required)
        self.held: frozenset[str] = frozenset(held)
        super().__init__(message, headers=_bearer_challenge(error="insufficient_scope", scope=scope))
        if self.required:
            self.about("scope" if scope else "cognito:groups", found=self.held, wanted=self.required)


class StepUpRequiredError(CognitoAuthError):
    """The user signed in too long ago, or too weakly, for something this sensitive (RFC 9470 section 3).

    A refresh does not help: it keeps `auth_time` and `acr`. The user signs in again.

    Args:
        max_age: seconds that may have passed since the sign-in.
        acr_values: the strengths that are enough, the preferred one first.
    """

    status_code = 401
    answer: ClassVar[str] = "CognitoStepUpAnswer"
    message = "Sign in again first: this needs a more recent sign-in."

    def __init__(
        self, message: str | None = None, *, max_age: float | None = None, acr_values: Iterable[str] = ()
    ) -> None:
        self.max_age: int | None = None if max_age is None else int(max_age)
        self.acr_values: tuple[str, ...] = tuple(acr_values)
        super().__init__(
            message,
            headers=_bearer_challenge(
                error="insufficient_user_authentication",
                error_description=message or type(self).message,
                max_age="" if self.max_age is None else str(self.max_age),
                acr_values=" ".join(self.acr_values),
            ),
        )
        # Scripts of another origin cannot read the header.
        if self.max_age is not None:
            self.detail["max_age"] = self.max_age
        if self.acr_values:
            self.detail["acr_values"] = list(self.acr_values)


class CrossSiteRequestError(CognitoAuthError):
    """A browser attached a credential by itself, and the request is not known to come from our pages."""

    status_code = 403
    message = "The request does not come from a page of this site."


class KeysUnavailableError(CognitoAuthError):
    """The key set could not be fetched, so the token could not be judged; try again."""

    status_code = 503
    message = "The keys of the user pool cannot be fetched at the moment."

    presumably: InvalidTokenError | None = None
    """What a request that brings the token may be told instead: the pool was asked a moment ago, and had
    no such key. Where it matters that the token is good for nothing, this is not enough."""

    def __init__(self, message: str | None = None, *, retry_after: int = 5) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after)})


class RevocationUnavailableError(CognitoAuthError):
    """Whether a token is revoked could not be asked, or a revocation could not be stored; try again."""

    status_code = 503
    message = "Whether the token is revoked cannot be told at the moment. Try again."

    def __init__(self, message: str | None = None, *, retry_after: int = 5) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after)})


class SessionsUnavailableError(CognitoAuthError):
    """Where cookie sessions are kept does not answer, so nobody knows who is signed in."""

    status_code = 503
    message = "Who is signed in cannot be told at the moment. Try again."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message, headers={"Retry-After": "1"})


class SessionsNotListedError(CognitoAuthError):
    """The sessions of a user are in their browsers alone (`COGNITO_SESSION_STORE` is `cookie`)."""

    status_code = 501
    message = "Sessions are kept in cookies here, so there is no list of them."


class IdTokenNotKeptError(CognitoAuthError):
    """The cookie session holds no ID token, and signing in again brings none.

    The sign-in gave none, as without the scope `openid`, or it is too large for a browser's cookies.
    """

    status_code = 503
    message = (
        "The session holds no ID token: the sign-in gave none, or it is too large for cookies"
        " and the app must keep sessions in Redis."
    )


class SessionTooLargeError(CognitoAuthError):
    """The tokens of a sign-in do not fit into a browser's cookies (RFC 6265 section 6.1)."""

    status_code = 503
    message = "The sign-in is too large for cookies: the app must keep sessions in Redis."


class ManagedLoginError(CognitoAuthError):
    """The pool's OAuth2 endpoints refused (RFC 6749 sections 4.1.2.1 and 5.2), or what came back is wrong.

    Args:
        error: the `error` of the answer, such as `invalid_grant`; it goes into the log, and not to clients.
    """

    status_code = 400
    message = "Signing in did not work. Please try again."

    def __init__(self, message: str | None = None, *, error: str | None = None) -> None:
        super().__init__(message)
        self.error = error


class LoginDeniedError(ManagedLoginError):
    """The user did not sign in, or the identity provider did not let them (`access_denied`)."""

    status_code = 403
    message = "Signing in was cancelled or refused."


class LoginAttemptError(ManagedLoginError):
    """An answer of the pool's pages belongs to no attempt of this browser, or to one that is over."""

    message = "This sign-in is not, or no longer, under way in this browser. Please sign in again."


class MachineTokenError(CognitoAuthError):
    """The pool refused the app a token for calling others, or issued one that is not what was asked for.

    It is the app's to mend, or the pool's, and not the caller's.

    Args:
        error: what the pool said, such as `invalid_grant`; it goes into the log, and not to clients.
    """

    status_code = 503
    message = "The app cannot get the access that it needs for this."

    def __init__(self, message: str | None = None, *, error: str | None = None) -> None:
        super().__init__(message)
        self.error = error


class MachineClientError(MachineTokenError):
    """The pool does not know the app client, or not by this secret, or not for this (`invalid_client`)."""


class MachineScopeError(MachineTokenError):
    """The app client may not have a scope that was asked for (`invalid_scope`)."""


class InvalidSessionError(CognitoAuthError):
    """The `session` of a challenge is forged, expired, or belongs to another challenge."""

    status_code = 400
    message = "The session is not valid for this challenge, or has expired. Sign in again."


class OwnAccountError(CognitoAuthError):
    """An administrator would lock herself out, or take from herself what makes her one."""

    status_code = 409
    message = "Administrators cannot do this to themselves. Ask another one, or use your own account page."


class LastAdministratorError(CognitoAuthError):
    """Nobody would be left who administers, since two have ended each other at the same moment."""

    status_code = 409
    message = "Nobody would be left who administers. It was taken back."


class GroupNotEmptyError(CognitoAuthError):
    """The group has members, and nobody said that they are to lose it."""

    status_code = 409
    message = "The group has members. Remove them first."


class InvalidPageError(CognitoAuthError):
    """The `next` of a list is forged, of another list or search, or of another app."""

    status_code = 400
    message = "This is no page of this list. Begin anew, without next."


class InvalidRequestError(CognitoAuthError):
    """The body is malformed.

    Args:
        errors: `loc`, `message` and `type` of each fault; never the value that was sent.
        more_errors: how many faults there are beside those.
    """

    status_code = 422
    message = "The request is not valid."
    answer: ClassVar[str] = "CognitoInvalidRequestAnswer"

    def __init__(
        self,
        message: str | None = None,
        *,
        errors: Iterable[Mapping[str, Any]] = (),
        more_errors: int = 0,
    ) -> None:
        super().__init__(message)
        self.detail["errors"] = [dict(error) for error in errors]
        if more_errors:
            self.detail["more_errors"] = more_errors


class InvalidImportRowsError(InvalidRequestError):
    """Rows of users are not fit for an import job; nothing was uploaded.

    Args:
        message: where it is not about single rows.
        rows: the place of each, from 1, and what is wrong with it, without a value.
        more_rows: how many there are beside those.
    """

    message = "Some rows cannot be imported."
    _MOST_TOLD: ClassVar[int] = 10

    def __init__(
        self, message: str | None = None, *, rows: Iterable[tuple[int, str]] = (), more_rows: int = 0
    ) -> None:
        self.rows: list[tuple[int, str]] = list(rows)
        self.more_rows = more_rows
        told = self.rows[: self._MOST_TOLD]
        super().__init__(
            message,
            errors=[{"loc": ["rows", at], "message": why, "type": "invalid_row"} for at, why in told],
            more_errors=len(self.rows) - len(told) + more_rows,
        )


class RequestTooLargeError(CognitoAuthError):
    """The body is longer than the app takes; it was not read to its end."""

    status_code = 413
    message = "The body of the request is too large."


class UnsupportedMediaTypeError(CognitoAuthError):
    """The body is of a kind that the endpoint does not take.

    Args:
        taken: the kinds that it takes; the header `Accept` of the answer names them, too (RFC 9110
            section 15.5.16).
        charset: the only one that it takes, if that is what the body is not in.
    """

    status_code = 415
    message = "The body is of a kind that is not taken here."

    def __init__(self, *taken: str, charset: str | None = None) -> None:
        message = f"The body has to be sent with one of these as its Content-Type: {', '.join(taken)}"
        message += f", and in no other charset than {charset}." if charset else "."
        super().__init__(message if taken else None, headers={"Accept": ", ".join(taken)} if taken else None)


class ChallengeRequiredError(CognitoAuthError):
    """Sign-in needs more than a password, which the OAuth2 password form cannot ask for."""

    status_code = 403
    message = "This user must answer a challenge. Use the sign-in endpoint."


class UserPoolError(CognitoAuthError):
    """Cognito refused the request.

    A class of our own stands for each error of the service, so `except UsernameExistsError`
    needs no comparing of names. `shows_message` says whether Cognito's words are fit for
    strangers; where they may speak of roles, triggers or accounts, the class's own are sent.
    `of_the_app` says that no error of Cognito has the name: the app could not ask it.
    """

    status_code = 400
    message = "The user pool refused the request."
    shows_message: ClassVar[bool] = True
    of_the_app: ClassVar[bool] = False
    said: str = ""
    """The service's own words, for who may read more than `message`: they may speak of roles and accounts."""

    _cognito_name: str | None = None

    @classmethod
    def from_cognito(cls, name: str, message: str, *, status: int = 400) -> "UserPoolError":
        """Make the error for Cognito's error name.

        One that is newer than this version is told by its name and its status: throttling, a fault
        of the service, or a `UserPoolError` with a code of its own and no words of the service.
        What has no name at all is a `UserPoolUnavailableError`.

        Args:
            name: `__type` of the answer, such as `CodeMismatchException`.
            message: the service's own words.
            status: of the answer.
        """
        error = _BY_COGNITO_NAME.get(name)
        if error is not None:
            # Cognito repeats values, and those may be long.
            said = message[:_LONGEST_MESSAGE]
            known = error(said if error.shows_message else None)
            known.said = said
            return known
        if status == 429 or _THROTTLING.search(name):
            return TooManyRequestsError()
        if status >= 500:
            return InternalServerError()
        if not _ERROR_NAME.fullmatch(name):
            return UserPoolUnavailableError()
        unknown = UserPoolError()
        unknown._cognito_name = name
        code = _WORD_STARTS.sub("_", _ENDING.sub("", name)).lower()
        unknown.__dict__["code"] = unknown.detail["code"] = code
        return unknown

    @property
    def cognito_name(self) -> str:
        """Cognito's name of the error, such as `CodeMismatchException`.

        What has none there is a fault of the service to a caller.
        """
        if self._cognito_name is not None:
            return self._cognito_name
        if self.of_the_app:
            return "InternalErrorException"
        return type(self).__name__.removesuffix("Error") + "Exception"


class _SilentUserPoolError(UserPoolError):
    """A mistake in the pool's set-up, or a fault of the service: ours to mend, not the caller's."""

    status_code = 503
    message = "The user pool cannot do this at the moment."
    shows_message = False


class UserPoolUnavailableError(_SilentUserPoolError):
    """The service did not answer in time, could not be reached, or answered nonsense."""

    message = "The user pool cannot be reached at the moment. Try again."
    of_the_app = True
    may_have_happened: bool = True
    """Whether the service may have done what was asked, though nobody heard of it."""

    def __init__(self, message: str | None = None, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message, headers={"Retry-After": "5", **(headers or {})})


class UserPoolBusyError(UserPoolUnavailableError):
    """So many calls wait for the service that this one was not made; try again."""

    message = "Too many requests are waiting for the user pool at the moment. Try again."
    may_have_happened = False


class ImportUploadError(UserPoolUnavailableError):
    """The file of an import job did not reach its address, so nobody was imported.

    Args:
        message: for people.
        job_id: of the job, which takes the file as long as its address is good: a quarter of an hour.
    """

    message = "The file of the import job could not be uploaded."
    may_have_happened = False

    def __init__(
        self,
        message: str | None = None,
        *,
        job_id: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, headers=headers)
        self.job_id = job_id


class AwsConfigurationError(_SilentUserPoolError):
    """The app's AWS credentials, profile or endpoint are missing or wrong; the log says which."""

    message = "The app is not set up to ask the user pool for this."
    of_the_app = True


class NotAuthorizedError(UserPoolError):
    """Wrong password, disabled user, used-up session, revoked token: Cognito's one word for all."""

    status_code = 401
    message = "Incorrect username or password."

    def __init__(self, message: str | None = None) -> None:
        # RFC 9110 section 15.5.2: a 401 names a scheme.
        super().__init__(message, headers=_bearer_challenge())


class UnauthorizedError(NotAuthorizedError):
    """RevokeToken: the token belongs to another client, or the client's secret is wrong."""

    message = "The request is not authorized."


class _ThrottledError(UserPoolError):
    status_code = 429
    message = "Too many requests. Try again later."
    _retry_after: ClassVar[int] = 1

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message, headers={"Retry-After": str(self._retry_after)})


class TooManyRequestsError(_ThrottledError):
    """The pool's request rate is used up."""


class LimitExceededError(_ThrottledError):
    """Too many codes or guesses for this user (or a quota of the pool)."""

    message = "Attempt limit exceeded, please try after some time."
    _retry_after = 900


class TooManyFailedAttemptsError(_ThrottledError):
    """Too many wrong codes for this user."""

    message = "Too many failed attempts. Try again later."
    _retry_after = 900


class UserNotFoundError(UserPoolError):
    """No such user."""

    status_code = 404
    message = "User does not exist."


class ResourceNotFoundError(UserPoolError):
    """No such pool, client, group, device or the like."""

    status_code = 404
    message = "The resource does not exist."


class UserNotConfirmedError(UserPoolError):
    """The user has signed up and not yet confirmed."""

    status_code = 403
    message = "User is not confirmed."


class PasswordResetRequiredError(UserPoolError):
    """An administrator reset the password; the user must choose a new one by a code."""

    status_code = 403
    message = "Password reset required for the user."


class ForbiddenError(UserPoolError):
    """A web ACL in front of the pool blocked the request."""

    status_code = 403
    message = "The request was blocked."


class _ConflictError(UserPoolError):
    status_code = 409


class UsernameExistsError(_ConflictError):
    """The username is taken."""

    message = "User already exists."


class AliasExistsError(_ConflictError):
    """The e-mail address or phone number is an alias of another user."""

    message = "An account with this e-mail address or phone number already exists."


class CachedCIMDURLDoesNotExistError(UserPoolError):
    """No client metadata document of this address is in the cache."""

    status_code = 404
    code = "cached_cimd_url_does_not_exist"


class GroupExistsError(_ConflictError):
    """The group's name is taken."""


class DeviceKeyExistsError(_ConflictError):
    """The device is already confirmed."""


class ConcurrentModificationError(_ConflictError):
    """Two requests changed the same thing at once; try again."""


class DuplicateProviderError(_ConflictError):
    """The identity provider exists already."""


class ManagedLoginBrandingExistsError(_ConflictError):
    """The app client has a branding style already."""


class TermsExistsError(_ConflictError):
    """The app client has terms documents already."""


class UserImportInProgressError(_ConflictError):
    """A user import is running."""


class CodeMismatchError(UserPoolError):
    """The code is wrong."""

    message = "Invalid verification code provided, please try again."


class ExpiredCodeError(UserPoolError):
    """The code has expired, was used, or was never asked for."""

    message = "Invalid code provided, please request a code again."


class InvalidPasswordError(UserPoolError):
    """The new password does not meet the pool's policy; the message says what is missing."""

    message = "The password does not meet the pool's policy."


class PasswordHistoryPolicyViolationError(UserPoolError):
    """The new password was used before."""

    message = "The password was used before."


class DevicesNotTrackedError(UserPoolError):
    """The pool does not track devices; Cognito calls it an invalid configuration of the pool."""

    message = "The user pool does not track devices."
    of_the_app = True
    _cognito_name = "InvalidUserPoolConfigurationException"


class InvalidParameterError(UserPoolError):
    """Cognito refused a value."""

    message = "A parameter is not valid."


class EnableSoftwareTokenMFAError(UserPoolError):
    """The first code of an authenticator app is wrong."""

    message = "Code mismatch."


class SoftwareTokenMFANotFoundError(UserPoolError):
    """TOTP is not switched on for the pool or the user."""


class MFAMethodNotFoundError(UserPoolError):
    """The user has no usable second factor."""


class UserLambdaValidationError(UserPoolError):
    """A trigger of the pool refused; its own words are passed on, as Cognito means them to be."""


class RefreshTokenReuseError(NotAuthorizedError):
    """A refresh token that rotation has replaced was used again."""

    message = "The refresh token was used before."


class UnsupportedOperationError(UserPoolError):
    """The app client is not set up for this operation."""


class UnsupportedTokenTypeError(UserPoolError):
    """The token is not a refresh token."""


class UnsupportedUserStateError(UserPoolError):
    """The user's status does not allow this."""


class UnsupportedIdentityProviderError(UserPoolError):
    """The identity provider is not of a supported type."""


class PreconditionNotMetError(UserPoolError):
    """Something else must be done first."""


class ScopeDoesNotExistError(UserPoolError):
    """The scope is not defined in the pool."""


class InvalidOAuthFlowError(UserPoolError):
    """The OAuth flow is not allowed for the app client."""

    code = "invalid_oauth_flow"


class FeatureUnavailableInTierError(UserPoolError):
    """The pool's feature plan lacks this."""


class TierChangeNotAllowedError(UserPoolError):
    """The feature plan cannot be changed now."""


class UserPoolAddOnNotEnabledError(UserPoolError):
    """Threat protection is not switched on."""


class UserPoolTaggingError(UserPoolError):
    """The tags are not valid."""


class OperationNotEnabledError(UserPoolError):
    """A replica in a secondary Region cannot do this."""


class ServiceQuotaExceededError(UserPoolError):
    """A quota of the account is used up."""


class WebAuthnChallengeNotFoundError(UserPoolError):
    """The passkey registration was not started, or has expired."""


class WebAuthnClientMismatchError(UserPoolError):
    """The passkey registration was started by another app client."""


class WebAuthnConfigurationMissingError(UserPoolError):
    """The pool has no relying party id."""


class WebAuthnCredentialNotSupportedError(UserPoolError):
    """The passkey's algorithm or attestation is not supported."""


class WebAuthnNotEnabledError(UserPoolError):
    """Passkeys are not switched on for the pool."""


class WebAuthnOriginNotAllowedError(UserPoolError):
    """The passkey is for another origin."""


class WebAuthnRelyingPartyMismatchError(UserPoolError):
    """The passkey is for another relying party."""


class AccessDeniedError(_SilentUserPoolError):
    """The app's own AWS credentials do not allow this operation."""


class UnknownOperationError(UserPoolError):
    """The endpoint does not have this operation, or not yet."""

    status_code = 501
    message = "The user pool does not have this operation."


class InternalErrorError(UserPoolUnavailableError):
    """Cognito had a fault."""

    of_the_app = False


class InternalServerError(UserPoolUnavailableError):
    """Cognito had a fault."""

    of_the_app = False


class CodeDeliveryFailureError(_SilentUserPoolError):
    """The code could not be sent."""

    message = "The code could not be sent. Try again later."


class InvalidEmailRoleAccessPolicyError(_SilentUserPoolError):
    """The pool may not send e-mail."""


class InvalidSmsRoleAccessPolicyError(_SilentUserPoolError):
    """The pool may not send SMS."""


class InvalidSmsRoleTrustRelationshipError(_SilentUserPoolError):
    """The pool may not send SMS."""


class InvalidUserPoolConfigurationError(_SilentUserPoolError):
    """The pool's set-up contradicts itself."""


class InvalidLambdaResponseError(_SilentUserPoolError):
    """A trigger of the pool answered nonsense."""


class UnexpectedLambdaError(_SilentUserPoolError):
    """A trigger of the pool failed."""


def _subclasses(cls: type[UserPoolError]) -> Iterable[type[UserPoolError]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from _subclasses(sub)


_BY_COGNITO_NAME: dict[str, type[UserPoolError]] = {
    error.__name__.removesuffix("Error") + "Exception": error
    for error in _subclasses(UserPoolError)
    if not error.__name__.startswith("_") and not error.of_the_app
} | {
    # Names under which AWS services throttle beside Cognito's own.
    "ThrottlingException": TooManyRequestsError,
    "Throttling": TooManyRequestsError,
    "RequestLimitExceeded": TooManyRequestsError,
    # Of AWS, about the app's own credentials: nothing that a caller could mend.
    "AccessDenied": AccessDeniedError,
    **dict.fromkeys(
        (
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "OptInRequired",
            "RequestExpired",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        ),
        AwsConfigurationError,
    ),
    # Of other servers that speak the API.
    "InvalidAction": UnknownOperationError,
    "UnknownOperation": UnknownOperationError,
    "Unsupported": UnknownOperationError,
}


def responses(*errors: type[CognitoAuthError]) -> dict[int | str, dict[str, Any]]:
    """Describe errors for OpenAPI, as the `responses` of a route.

    Args:
        errors: the classes that the route may raise; one status may hold several.
    """
    # For apps that mount routers; those that only verify tokens describe nothing.
    from fastapi_cognito_auth.schemas import error_answer  # noqa: PLC0415

    by_status: dict[int, list[type[CognitoAuthError]]] = {}
    for error in errors:
        by_status.setdefault(error.status_code, []).append(error)
    known: set[str] = set()
    described: dict[int | str, dict[str, Any]] = {}
    for status, group in sorted(by_status.items()):
        # Where some say more than others of their status, that is optional in their common body.
        usual = CognitoAuthError.answer
        answer = next((error.answer for error in group if error.answer != usual), usual)
        described[status] = {
            "description": "; ".join(f"`{error.code}`: {error.message}" for error in group),
            **(_reference_to(answer) if answer in known else {"model": getattr(error_answer, answer)}),
        }
        known.add(answer)
    return described


def _reference_to(answer: str) -> dict[str, Any]:
    # FastAPI builds a validator for each model that it is given; one for each route is enough.
    schema = {"$ref": f"#/components/schemas/{answer}"}
    return {"content": {"application/json": {"schema": schema}}}
