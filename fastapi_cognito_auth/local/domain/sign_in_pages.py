"""/login: a password or a first factor, and whatever challenge the pool then asks."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.responses import Response

from fastapi_cognito_auth.local.domain import authorization_request, challenge_pages, html
from fastapi_cognito_auth.local.domain.attempts import Attempt, Attempts
from fastapi_cognito_auth.local.domain.authorization_request import AuthorizationRequest
from fastapi_cognito_auth.local.domain.completion import Completion
from fastapi_cognito_auth.local.domain.visit import TOKEN_COOKIE, TOKEN_FIELD, Visit
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.mfa import OTP_NAMES, TOTP
from fastapi_cognito_auth.local.operations import challenges, event_log, sign_in, user_auth
from fastapi_cognito_auth.local.operations.admission import Answer, Request
from fastapi_cognito_auth.local.operations.passkey_factor import is_offered
from fastapi_cognito_auth.local.operations.steps import SIGNED_IN, Result
from fastapi_cognito_auth.local.plane import Plane

Call = Callable[[str, dict[str, Any]], dict[str, Any]]
_HOUR: Final = 3600
_NOT_CONFIRMED: Final = "UserNotConfirmedException"
_RESET: Final = "PasswordResetRequiredException"


class SignInPages:
    """Signs users in with the pool's own operations.

    Args:
        plane: the plane.
        call: runs an operation of the API.
        attempts: where sign-ins under way are kept.
        complete: ends them.
    """

    def __init__(self, plane: Plane, call: Call, attempts: Attempts, complete: Completion) -> None:
        self._plane = plane
        self._call = call
        self._attempts = attempts
        self._complete = complete

    def show(self, visit: Visit) -> Response:
        """Return the first page."""
        request = authorization_request.read(self._plane, visit.query)
        return self.first_page(visit, request, username=visit.query.get("login_hint", ""))

    def submit(self, visit: Visit) -> Response:
        """Take the answer of a page, and return the next or go to the callback."""
        request = authorization_request.read(self._plane, visit.query)
        browser = visit.check_form()
        handle = visit.form.get("attempt")
        if handle is None:
            return self._begin(visit, request, browser)
        attempt = self._attempts.find(handle, browser, visit.encoded_query)
        # One that has only signed up was asked nothing here.
        if attempt is None or not attempt.challenge:
            return self.first_page(visit, request, refused="This took too long. Please sign in again.")
        try:
            result = self._answer(request, attempt, visit)
        except ServiceError as exc:
            event_log.add_failure(self._plane, attempt.username, exc)
            if not self._is_open(attempt, request):
                self._attempts.end(handle)
                return self.first_page(visit, request, attempt.username, exc.message)
            return self._challenge_page(visit, handle, attempt, exc.message)
        return self.go_on(visit, request, handle, attempt, result)

    def first_page(
        self, visit: Visit, request: AuthorizationRequest, username: str = "", refused: str | None = None
    ) -> Response:
        """Return the page that asks for a name."""
        query, parts = visit.encoded_query, [html.refusal(refused)]
        if request.offers_password and self._chooses(request):
            fields = [self._name_field(username), html.button("Next")]
            parts.append(html.form(f"login?{query}", self._hidden(visit), fields))
        elif request.offers_password:
            password = html.field("password", "Password", kind="password", autocomplete="current-password")
            fields = [self._name_field(username), password, html.button("Sign in")]
            parts.append(html.form(f"login?{query}", self._hidden(visit), fields))
        if request.provider is None:
            parts += [html.provider_link(name, f"identity-provider?{query}") for name in request.providers]
        if request.offers_password:
            parts.append(html.link("Forgot your password?", f"forgotPassword?{query}"))
            parts.append(html.link("New here? Sign up", f"signup?{query}"))
        return self.with_token(visit, html.page("Sign in", *parts, status=200 if refused is None else 400))

    def go_on(
        self, visit: Visit, request: AuthorizationRequest, handle: str, attempt: Attempt, result: Result
    ) -> Response:
        """Go to the callback, or to the page of the next challenge."""
        if SIGNED_IN in result:
            self._attempts.end(handle)
            return self._complete(visit, request, result[SIGNED_IN])
        attempt.challenge, attempt.session = result["ChallengeName"], result.get("Session")
        attempt.parameters = result.get("ChallengeParameters") or {}
        attempt.offered = tuple(result.get("AvailableChallenges") or ())
        attempt.username = attempt.parameters.get(
            "USERNAME", attempt.parameters.get("USER_ID_FOR_SRP", attempt.username)
        )
        if attempt.challenge == "MFA_SETUP" and TOTP in challenge_pages.can_set_up(attempt):
            answer = self._call("AssociateSoftwareToken", {"Session": attempt.session})
            attempt.session, attempt.secret_code = answer["Session"], answer["SecretCode"]
        return self._challenge_page(visit, handle, attempt)

    def with_token(self, visit: Visit, response: Response) -> Response:
        """Let the browser keep the token that is in the page's forms."""
        if TOKEN_COOKIE not in visit.cookies or visit.cookies[TOKEN_COOKIE] != visit.token:
            visit.set_cookie(response, TOKEN_COOKIE, visit.token, _HOUR)
        return response

    def _begin(self, visit: Visit, request: AuthorizationRequest, browser: str) -> Response:
        username = visit.form.get("username", "")
        parameters = {"USERNAME": username, "PASSWORD": visit.form.get("password", "")}
        flow = user_auth.start if self._chooses(request) else sign_in.with_password
        if not request.offers_password:
            return self.first_page(visit, request, refused="Sign in with one of the providers.")
        try:
            result = flow(self._plane, self._request(request, parameters))
        except ServiceError as exc:
            event_log.add_failure(self._plane, username, exc)
            return self._refused(visit, request, username, exc)
        handle, attempt = self._attempts.begin(browser, visit.encoded_query)
        attempt.username = username
        return self.go_on(visit, request, handle, attempt, result)

    def _refused(
        self, visit: Visit, request: AuthorizationRequest, username: str, exc: ServiceError
    ) -> Response:
        response = self.first_page(visit, request, username, exc.message)
        if exc.name in {_NOT_CONFIRMED, _RESET}:
            page = "confirm" if exc.name == _NOT_CONFIRMED else "forgotPassword"
            link = html.link("Enter a code", f"{page}?{visit.query_for(username)}")
            response = html.page("Sign in", html.refusal(exc.message), link, status=400)
        return response

    @staticmethod
    def _request(request: AuthorizationRequest, parameters: Mapping[str, str]) -> Request:
        return Request(
            client=request.client,
            parameters=parameters,
            client_metadata={},
            session=None,
            at_domain=True,
            target=request.target,
        )

    def _answer(self, request: AuthorizationRequest, attempt: Attempt, visit: Visit) -> Result:
        responses = challenge_pages.responses(attempt, visit.form)
        if attempt.challenge == "MFA_SETUP" and not responses:
            verified = self._call(
                "VerifySoftwareToken",
                {"Session": attempt.session, "UserCode": visit.form.get("code", "").strip()},
            )
            attempt.session = verified["Session"]
        answer = Answer(
            client=request.client,
            username=attempt.username,
            responses=responses | {"USERNAME": attempt.username},
            session=attempt.session,
            client_metadata={},
        )
        return challenges.CHALLENGES[attempt.challenge](self._plane, answer)

    def _is_open(self, attempt: Attempt, request: AuthorizationRequest) -> bool:
        try:
            self._plane.sessions.get(attempt.session or "", attempt.challenge, request.client.id)
        except ServiceError:
            return False
        return True

    def _challenge_page(
        self, visit: Visit, handle: str, attempt: Attempt, refused: str | None = None
    ) -> Response:
        hidden = self._hidden(visit) | {"attempt": handle}
        action = f"login?{visit.encoded_query}"
        found = [html.form(action, hidden, fields) for fields in challenge_pages.forms(attempt)]
        options, script = challenge_pages.passkey_options(attempt), None
        if options is not None:
            found, script = [html.passkey_form(action, hidden, "get", options, "Use a passkey")], "passkey.js"
        if not found:
            found = [html.paragraph("This page cannot ask for what is needed here.")]
        status = 200 if refused is None else 400
        heading, again = challenge_pages.title(attempt.challenge), html.link("Start again", action)
        page = html.page(heading, html.refusal(refused), *found, again, status=status, script=script)
        return self.with_token(visit, page)

    def _chooses(self, request: AuthorizationRequest) -> bool:
        """Tell whether the pool lets users choose among first factors that a page can ask for."""
        codes = OTP_NAMES & {*self._plane.directory.first_factors}
        return request.client.allows("USER_AUTH") and (bool(codes) or is_offered(self._plane))

    @staticmethod
    def _name_field(username: str) -> str:
        return html.field("username", "Username", value=username, autocomplete="username")

    @staticmethod
    def _hidden(visit: Visit) -> dict[str, str]:
        return {TOKEN_FIELD: visit.token}
