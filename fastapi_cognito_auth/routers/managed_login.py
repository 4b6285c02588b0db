"""Signing in at the pool's own pages: the code flow with PKCE (RFC 6749 section 4.1), there and back."""

import hmac
import logging
import secrets
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import URL
from starlette.responses import JSONResponse, RedirectResponse

from fastapi_cognito_auth.cognito.managed_login import ManagedLogin
from fastapi_cognito_auth.cognito.remedies import remedy_at_callback
from fastapi_cognito_auth.dependencies import people
from fastapi_cognito_auth.dependencies.arrivals import Arrivals
from fastapi_cognito_auth.dependencies.browser_session import BrowserSession
from fastapi_cognito_auth.dependencies.login_attempts import LoginAttempt, LoginAttempts
from fastapi_cognito_auth.dependencies.own_paths import own_path, root_of
from fastapi_cognito_auth.dependencies.refusal_log import log_refusal
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    InvalidRequestError,
    InvalidTokenError,
    LoginAttemptError,
    LoginDeniedError,
    ManagedLoginError,
    SessionsUnavailableError,
)
from fastapi_cognito_auth.routers.route import Route, new_router
from fastapi_cognito_auth.routers.session_flow import CookieSessionFlow
from fastapi_cognito_auth.tokens.verifier import TokenVerifier

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_DENIED: Final = frozenset({"access_denied", "login_required", "consent_required", "interaction_required"})
_LONGEST: Final = 2048
_REDIRECT_HEADERS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_START: Final = "start_managed_login"
_CALLBACK: Final = "managed_login_callback"
_ASKED: Final = ("provider", "login_hint", "lang", "prompt", "max_age", "acr_values")
"""The parameters of an endpoint that a further try repeats."""
_OTHER_PAGES: Final = {
    "sign-up": "/signup",
    "forgot-password": "/forgotPassword",
    "add-passkey": "/passkeys/add",
}

Word = Annotated[str | None, Query(max_length=128, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
Text = Annotated[str | None, Query(max_length=_LONGEST)]


Pages = Callable[[str, str, str], ManagedLogin]
"""Finds the pool's pages, by the addresses of the start, of the callback and of the app."""


class ManagedLoginFlow:
    """Sends browsers to the pool's pages, and takes them back.

    Args:
        pages: the pool's.
        attempts: what is under way in a browser.
        arrivals: browsers that have come back.
        sessions: keeps the tokens.
        session: of a browser.
        verifier: judges the tokens.
        scopes: to ask for; all that the app client has where there are none.
        issuers: the values of `iss` that an answer may have (RFC 9207).
    """

    def __init__(
        self,
        pages: Pages,
        attempts: LoginAttempts,
        arrivals: Arrivals,
        sessions: CookieSessionFlow,
        session: BrowserSession,
        *,
        verifier: TokenVerifier,
        scopes: Iterable[str],
        issuers: Iterable[str],
    ) -> None:
        self._pages = pages
        self.attempts = attempts
        self.arrivals = arrivals
        # An app may have several pools, each with a router of its own.
        self._mark = secrets.token_hex(8)
        self.sessions = sessions
        self.session = session
        self._verifier = verifier
        self._scopes = tuple(scopes)
        self._issuers = frozenset(issuers)

    def name(self, endpoint: str) -> str:
        """Return what a route is called in the app, where another pool may have the same."""
        return f"{endpoint}_{self._mark}"

    def address(self, request: Request, endpoint: str) -> URL:
        """Return the address of an endpoint, as browsers see it."""
        return request.url_for(self.name(endpoint))

    def pages(self, request: Request) -> ManagedLogin:
        """Return the pool's pages for a request."""
        start, callback = self.address(request, _START), self.address(request, _CALLBACK)
        return self._pages(str(start), str(callback), str(request.base_url))

    def start(self, request: Request, next_path: str | None, *, entry: str = "", **asked: Any) -> Response:
        """Send a browser to the pool's pages."""
        query, callback = request.query_params, str(self.address(request, _CALLBACK))
        attempt, cookies = self.attempts.begin(
            request,
            redirect_uri=callback,
            next_path=own_path(next_path, _home(request)),
            entry=entry,
            asked={name: query[name] for name in _ASKED if name in query},
        )
        url = self.pages(request).authorization_url(
            callback,
            state=attempt.state,
            code_challenge=attempt.code_challenge,
            nonce=attempt.nonce,
            scopes=self._scopes,
            page=_OTHER_PAGES.get(entry, "/oauth2/authorize"),
            **asked,
        )
        return _redirect(url, cookies)

    def again(self, request: Request, state: str | None) -> dict[str, str]:
        """Return where a browser starts again with what it asked for, if that is known, by what links say."""
        start = self.address(request, _START).path
        attempt = self.attempts.recall(request, state)
        if attempt is None:
            return {"Try again": start}
        asked = {"next": attempt.next_path} if attempt.next_path != _home(request) else {}
        # Without a page, who is not signed in is refused each time.
        asked |= {name: value for name, value in attempt.asked.items() if (name, value) != ("prompt", "none")}
        path = f"{start}/{attempt.entry}" if attempt.entry else start
        ways = {"Try again": _with_query(path, asked)}
        if asked.pop("provider", None) is not None:
            ways["Sign in another way"] = _with_query(path, asked)
        return ways

    async def is_signed_in(self, request: Request) -> bool:
        """Tell whether a browser that comes back in vain is signed in all the same."""
        with suppress(CognitoAuthError):
            await self.session.peek(request)
            return True
        return False

    async def finish(
        self,
        request: Request,
        attempt: LoginAttempt,
        *,
        code: str | None,
        error: str | None,
        description: str | None,
        iss: str | None,
    ) -> None:
        """Keep the tokens of a browser that has come back.

        Raises:
            LoginDeniedError: the user, or the provider, said no.
            ManagedLoginError: the pages refused, or what came back is wrong.
            InvalidTokenError: the tokens are not this app's, or of another sign-in.
        """
        if iss is not None and iss not in self._issuers:
            raise ManagedLoginError(error="iss").about("iss", found=iss, wanted=tuple(self._issuers))
        if error is not None:
            denied = error in _DENIED
            logger.log(
                # What is not the user's choice is for somebody to mend.
                logging.INFO if denied else logging.WARNING,
                "managed login came back with %s%s%s%s",
                _line(error, 64) or "an error",
                _line(description, 200, ": "),
                _line(attempt.asked.get("provider"), 64, "; the provider that was asked for is "),
                _line(remedy_at_callback(error, description), 200, "; "),
            )
            raise LoginDeniedError(error=error) if denied else ManagedLoginError(error=error)
        if code is None:
            raise ManagedLoginError(error="invalid_request")
        tokens = await self.pages(request).exchange(
            code, redirect_uri=attempt.redirect_uri, code_verifier=attempt.code_verifier
        )
        claims = await self._verifier.access_token(tokens.access_token)
        if tokens.id_token is None:
            if "openid" in {*self._scopes, *claims.scope.split()}:
                raise InvalidTokenError("There is no ID token, which shows whose sign-in it is.")
        else:
            about = await self._verifier.id_token(tokens.id_token)
            nonce = about.extra().get("nonce")
            if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), attempt.nonce.encode()):
                raise InvalidTokenError("The ID token is of another sign-in.").about(
                    "nonce", found="another", wanted="that of this sign-in"
                )
            if about.sub != claims.sub:
                raise InvalidTokenError("The tokens are of two users.")
        await self.sessions.keep(request, tokens)


def managed_login_router(flow: ManagedLoginFlow) -> APIRouter:
    """Build the endpoints."""

    class ForPeople(Route):
        """Tells people, too, that an address has a mistake in it."""

        def refuses_other_queries(self) -> bool:
            # What counts the visits of a site puts its own into links, and the pool may send more some day.
            return False

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handler = super().get_route_handler()

            async def handle(request: Request) -> Response:
                try:
                    return await handler(request)
                except InvalidRequestError as exc:
                    if not _is_of_a_person(request):
                        raise
                    return _refused(request, exc, flow.again(request, None), ())

            return handle

    router = new_router(tags=["managed login"], kind=ForPeople)

    @router.api_route(
        "",
        # Who asks for the head of a page that wants a sign-in is sent here, too.
        methods=["GET", "HEAD"],
        status_code=303,
        response_class=RedirectResponse,
        include_in_schema=False,
        name=flow.name(_START),
    )
    async def start_managed_login(  # noqa: PLR0917 - the parameters of an address
        request: Request,
        next: Text = None,  # noqa: A002 - a parameter of the address
        provider: Word = None,
        login_hint: Annotated[str | None, Query(max_length=256)] = None,
        lang: Word = None,
        prompt: Literal["login", "none", "select_account", "consent"] | None = None,
        max_age: Annotated[int | None, Query(ge=0, le=31_536_000)] = None,
        acr_values: Annotated[str | None, Query(max_length=256, pattern=r"^[!#-\[\]-~ ]+$")] = None,
    ) -> Response:
        """Send the browser to the pool's own pages to sign in; `next` is the path to come back to."""
        return flow.start(
            request,
            next,
            provider=provider,
            login_hint=login_hint,
            lang=lang,
            prompt=prompt,
            max_age=max_age,
            acr_values=(acr_values or "").split(),
        )

    for entry in _OTHER_PAGES:
        router.add_api_route(
            f"/{entry}",
            _entry(flow, entry),
            methods=["GET"],
            status_code=303,
            response_class=RedirectResponse,
            include_in_schema=False,
            name=flow.name(f"managed_login_{entry.replace('-', '_')}"),
        )

    @router.get("/callback", name=flow.name(_CALLBACK), include_in_schema=False)
    async def managed_login_callback(  # noqa: PLR0917 - the parameters of an address
        request: Request,
        state: Text = None,
        code: Text = None,
        error: Text = None,
        error_description: str | None = None,
        iss: Text = None,
    ) -> Response:
        """Take the browser back from the pool's pages."""
        if not request.scope["query_string"]:
            # Nobody signed in, as after adding a passkey.
            return _redirect(_home(request), ())
        cookies: list[str] = []
        try:
            attempt, cookies = flow.attempts.take(request, state)
            await flow.finish(
                request, attempt, code=code, error=error, description=error_description, iss=iss
            )
        except CognitoAuthError as exc:
            log_refusal(request, exc)
            ways = flow.again(request, state)
            if isinstance(exc, LoginAttemptError):
                if await flow.is_signed_in(request):
                    # Who goes back to a page of the way here, and sends it once more, has arrived before.
                    ways = {"You are signed in: go on": f"{root_of(request.scope)}/", **ways}
                elif _is_of_a_person(request):
                    flow.session.warn_of_lost_cookies(request)
            return _refused(request, exc, ways, cookies)
        return _redirect(attempt.next_path, [*cookies, flow.arrivals.mark(request, attempt.next_path)])

    @router.api_route(
        "/logout", methods=["GET", "POST"], include_in_schema=False, name=flow.name("managed_logout")
    )
    async def managed_logout(request: Request) -> Response:
        """End the session here and at the pool's pages."""
        if not flow.session.is_own_page(request):
            # A link of another site must not sign anybody out, and an old browser does not say whose it is.
            flow.session.demand_own_page(request)
            # Where a page tells nobody where it is, browsers send its forms with `Origin: null`.
            headers = {"Referrer-Policy": "same-origin"}
            return people.page("Sign out?", people.button("Sign out"), status=200, headers=headers)
        pages = flow.pages(request).logout_url(str(request.base_url))
        try:
            await flow.sessions.end(request)
        except SessionsUnavailableError as exc:
            if not _is_of_a_person(request):
                raise
            # Nobody would see it on the way through the pool's pages.
            told = people.paragraph(exc.message)
            go_on = people.link("Sign out of the sign-in pages, too", pages)
            return people.page("Signing out did not work", told, go_on, status=503, headers=exc.headers)
        return RedirectResponse(pages, 303, _REDIRECT_HEADERS)

    return router


def _entry(flow: ManagedLoginFlow, entry: str) -> Callable[..., Any]:
    async def enter(request: Request, next: Text = None, lang: Word = None) -> Response:  # noqa: A002
        """Send the browser to another of the pool's pages."""
        return flow.start(request, next, entry=entry, lang=lang)

    return enter


def _home(request: Request) -> str:
    """Return where who asked for no path comes to: the root of the app, as browsers see it."""
    return f"{root_of(request.scope)}/"


def _line(text: str | None, longest: int, before: str = "") -> str:
    """Return what came as one line for the log, or nothing if it has more in it than words."""
    words = " ".join((text or "").split())
    return f"{before}{words[:longest]}" if words.isprintable() and words else ""


def _with_query(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _redirect(url: str, cookies: Iterable[str]) -> Response:
    response = RedirectResponse(url, 303, _REDIRECT_HEADERS)
    for cookie in cookies:
        response.headers.append("set-cookie", cookie)
    return response


def _is_of_a_person(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _refused(
    request: Request, error: CognitoAuthError, again: Mapping[str, str], cookies: Iterable[str]
) -> Response:
    if _is_of_a_person(request):
        links = (people.link(text, path) for text, path in again.items())
        told = people.paragraph(error.message)
        response: Response = people.page("Signing in did not work", told, *links, status=error.status_code)
    else:
        response = JSONResponse({"detail": error.detail}, error.status_code, _REDIRECT_HEADERS)
    for cookie in cookies:
        response.headers.append("set-cookie", cookie)
    return response
