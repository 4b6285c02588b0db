"""Who may begin or go on with a sign-in: the checks that every flow and every challenge share."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.errors import (
    invalid_parameter,
    invalid_session,
    missing_parameter,
    not_authorized,
    user_not_found,
)
from fastapi_cognito_auth.local.operations import authentication_triggers
from fastapi_cognito_auth.local.operations.steps import check_may_sign_in
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sessions import Session
from fastapi_cognito_auth.local.sign_in import Progress, SignIn
from fastapi_cognito_auth.local.users import User


@dataclass(frozen=True, kw_only=True)
class Request:
    """The first step of a flow."""

    client: Client
    parameters: Mapping[str, str] = field(repr=False)
    client_metadata: Mapping[str, str]
    session: str | None = field(repr=False)
    at_domain: bool = False
    """The pool's own page asks: it needs no secret hash, and no flow that is switched on."""
    target: int = 0
    """The acr level that the page has to reach, 0 for none."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A challenge's answer, with the secret hash already checked."""

    client: Client
    username: str
    responses: Mapping[str, str] = field(repr=False)
    session: str | None = field(repr=False)
    client_metadata: Mapping[str, str]


def require(parameters: Mapping[str, str], name: str) -> str:
    """Return a parameter, or refuse without it."""
    value = parameters.get(name)
    if not value:
        raise missing_parameter(name)
    return value


def check_flow(request: Request, username: str, flow: str, refusal: str) -> None:
    """Check the secret hash, then that the flow is switched on; the pool's own page needs neither."""
    if request.at_domain:
        return
    request.client.check_secret_hash(username, request.parameters.get("SECRET_HASH"))
    if not request.client.allows(flow):
        raise invalid_parameter(refusal)


def known_user(plane: Plane, request: Request, username: str) -> User | None:
    """Return the user, or None where the client hides that there is none."""
    client = request.client
    user = plane.directory.find(username, by_sub=False)
    if user is None and not client.hides_users:
        raise user_not_found()
    if user is not None:
        check_may_sign_in(user)
    authentication_triggers.before(plane, client, user, username, request.client_metadata)
    return user


def prove_password(plane: Plane, user: User | None, username: str, password: str) -> User:
    """Check a plain password; a name that nobody has costs the same time.

    Raises:
        ServiceError: `NotAuthorizedException`, also while the user is locked.
    """
    key = plane.count_key(user, username)
    plane.lockout.check(key)
    sub, identity = (user.sub, user.username) if user is not None else ("", plane.directory.fold(username))
    if not plane.passwords.verify(sub, identity, password) or user is None:
        plane.lockout.fail(key)
        raise not_authorized()
    return user


def start_srp(
    plane: Plane, client: Client, user: User | None, username: str, srp_a: str, *, session: str | None = None
) -> dict[str, str]:
    """Answer SRP_A with the ChallengeParameters of PASSWORD_VERIFIER.

    Args:
        plane: the plane.
        client: the handshake's.
        user: None for a name that nobody has.
        username: as submitted.
        srp_a: A, in hex.
        session: the step that the proof has to come with, in flows that have one.
    """
    verifier = plane.passwords.get(user.sub) if user is not None else None
    return plane.handshakes.start(
        client,
        srp_a,
        sub=None if verifier is None or user is None else user.sub,
        key=plane.count_key(user, username),
        identity=plane.decoy_identity(username) if user is None else user.username,
        verifier=verifier or plane.passwords.decoy(plane.directory.fold(username)),
        session=session,
    )


def open_step(plane: Plane, answer: Answer, challenge: str) -> Session:
    """Return the open step that is being answered."""
    if answer.session is None:
        raise missing_parameter("Session")
    return plane.sessions.get(answer.session, challenge, answer.client.id)


def admit(plane: Plane, answer: Answer, challenge: str) -> tuple[Session, SignIn]:
    """Return the open step and its sign-in; USERNAME must name the user of both."""
    session = open_step(plane, answer, challenge)
    return session, resume(plane, answer, session)


def resume(plane: Plane, answer: Answer, session: Session) -> SignIn:
    """Return the sign-in of a step; USERNAME must name its user."""
    user = plane.directory.find(answer.username)
    if user is None or user.sub != session.sub:
        raise invalid_session()
    check_may_sign_in(user)
    began: Progress = session.data["sign_in"]
    return SignIn.resume(
        began,
        client=answer.client,
        user=user,
        device_key=answer.responses.get("DEVICE_KEY", began.device_key),
        client_metadata=answer.client_metadata,
    )
