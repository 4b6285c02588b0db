"""What an app asks of /oauth2/authorize and /login, proven before anything is done (RFC 6749 section 4.1.1).

https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

from fastapi_cognito_auth.local import acr
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.domain.parameters import Parameters
from fastapi_cognito_auth.local.domain.refusals import CallbackRefusal, PageRefusal, with_parameters
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.oauth_settings import DIRECTORY
from fastapi_cognito_auth.local.plane import Plane

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_PROMPTS: Final = frozenset({"none", "login", "select_account", "consent"})
_MOST_NAMED: Final = 20
_LONGEST_NAMED: Final = 200
_FLOW_OF: Final = {"code": "code", "token": "implicit"}


@dataclass(frozen=True, kw_only=True)
class AuthorizationRequest:
    """A request whose app client and callback are proven."""

    client: Client
    redirect_uri: str
    response_type: str
    scopes: tuple[str, ...]
    state: str | None = field(default=None, repr=False)
    nonce: str | None = field(default=None, repr=False)
    challenge: str | None = None
    resource: str | None = None
    provider: str | None = None
    """An identity provider of the app client, or None for whichever the user chooses."""
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    target: int = 0
    """The acr level to reach, 0 for any."""

    def refused(self, error: str, description: str | None = None) -> CallbackRefusal:
        """Return what tells the app of an error."""
        return _refused(self.redirect_uri, self.state, error, description)

    @property
    def offers_password(self) -> bool:
        """Whether users of the pool itself may sign in to this app client."""
        return DIRECTORY in self.client.oauth.providers

    @property
    def providers(self) -> tuple[str, ...]:
        """The identity providers beside the pool itself."""
        return tuple(name for name in self.client.oauth.providers if name != DIRECTORY)


def read(plane: Plane, query: Parameters) -> AuthorizationRequest:
    """Prove a request.

    Raises:
        PageRefusal: the app client or the callback is not known; nothing goes to the callback.
        CallbackRefusal: anything else is wrong.
    """
    client, redirect_uri = proven_callback(plane, query)
    client = _with_providers_that_are_there(plane, client)
    state = None if "state" in query.repeated else query.get("state")

    def refused(error: str = "invalid_request", description: str | None = None) -> CallbackRefusal:
        return _refused(redirect_uri, state, error, description)

    flow = _FLOW_OF.get(query.get("response_type", ""))
    if query.repeated or flow is None:
        raise refused()
    if flow not in client.oauth.flows:
        raise refused("unauthorized_client")
    scopes = tuple(query.get("scope", "").split()) or client.oauth.scopes
    if not {*scopes} <= {*client.oauth.scopes}:
        raise refused(description="invalid_scope")
    challenge, method = query.get("code_challenge"), query.get("code_challenge_method")
    # RFC 7636 section 4.3; `plain` would be no protection from whoever sees the request.
    if (challenge or method) and (method != "S256" or not challenge or not _CHALLENGE.fullmatch(challenge)):
        raise refused()
    prompt = frozenset(query.get("prompt", "").split())
    max_age = query.get("max_age")
    if not prompt <= _PROMPTS or ("none" in prompt and len(prompt) > 1) or not _is_a_number(max_age):
        raise refused()
    resource = query.get("resource")
    if resource is not None and not is_resource(resource):
        raise refused()
    try:
        provider = _provider(plane, client, query)
        target = _target(plane, query)
    except ServiceError as exc:
        raise refused(description=exc.message) from None
    return AuthorizationRequest(
        client=client,
        redirect_uri=redirect_uri,
        response_type=query["response_type"],
        scopes=tuple(dict.fromkeys(scopes)),
        state=state,
        nonce=query.get("nonce"),
        challenge=challenge,
        resource=resource,
        provider=provider,
        prompt=prompt,
        max_age=None if max_age is None else int(max_age),
        target=target,
    )


def proven_callback(plane: Plane, query: Parameters) -> tuple[Client, str]:
    """Return the app client and one of its callback addresses, which must be written exactly so.

    Raises:
        PageRefusal: they are not known.
    """
    client = known_client(plane, query)
    given = query.get("redirect_uri", client.oauth.default_redirect_uri)
    if given is None:
        raise PageRefusal("Required parameter 'redirect_uri' is missing.")
    if "redirect_uri" in query.repeated or given not in client.oauth.callback_urls:
        raise PageRefusal(
            not_registered("redirect_uri", given, client.oauth.callback_urls), code="redirect_mismatch"
        )
    return client, given


def not_registered(name: str, given: str, registered: Iterable[str]) -> str:
    """Say which address came and which may come: unlike the service's, this page is for developers."""
    # A browser's address may be as long as it likes, and a pool may have a hundred.
    known = ", ".join(list(registered)[:_MOST_NAMED]) or "none"
    return f"The {name} {given[:_LONGEST_NAMED]} is none that is registered; registered: {known}"


def known_client(plane: Plane, query: Parameters) -> Client:
    """Return the app client that a request names.

    Raises:
        PageRefusal: there is none.
    """
    if not query.readable or "client_id" in query.repeated:
        raise PageRefusal("The request is not valid.")
    try:
        return plane.directory.client(query.get("client_id", ""))
    except ServiceError:
        raise PageRefusal("There is no such app client.", code="invalid_client") from None


def _refused(redirect_uri: str, state: str | None, error: str, description: str | None) -> CallbackRefusal:
    told = {"error": error, "error_description": description, "state": state}
    return CallbackRefusal(with_parameters(redirect_uri, told))


def _is_a_number(text: str | None) -> bool:
    return text is None or (text.isascii() and text.isdigit() and len(text) <= 10)


def is_resource(text: str) -> bool:
    """Tell whether a text can name a resource: absolute, and without a fragment (RFC 8707 section 2)."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme) and "#" not in text and text.isprintable()


def _with_providers_that_are_there(plane: Plane, client: Client) -> Client:
    # An app client goes on naming a provider that was deleted.
    there = tuple(name for name in client.oauth.providers if name in {DIRECTORY, *plane.directory.providers})
    return replace(client, oauth=replace(client.oauth, providers=there))


def _provider(plane: Plane, client: Client, query: Parameters) -> str | None:
    name, identifier = query.get("identity_provider"), query.get("idp_identifier")
    if name is None and identifier is None:
        return None
    name = name or plane.directory.provider_of(identifier or "")
    if name not in client.oauth.providers:
        names = ", ".join(client.oauth.providers[:_MOST_NAMED]) or "none"
        raise ServiceError(
            "InvalidParameterException", f"The app client has no such identity provider; it has: {names}"
        )
    return name


def _target(plane: Plane, query: Parameters) -> int:
    wanted = query.get("acr_values")
    return acr.requested(plane.directory.config, wanted)[0] if wanted else 0
