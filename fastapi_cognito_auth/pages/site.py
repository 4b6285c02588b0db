"""Where the pages are, and how a browser gets from one to the next."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from starlette.responses import RedirectResponse
from starlette.routing import Match

from fastapi_cognito_auth.dependencies.own_paths import below, own_path, path_to_come_back_to, root_of
from fastapi_cognito_auth.dependencies.request_cookies import request_cookies
from fastapi_cognito_auth.exceptions import CognitoAuthError, StepUpRequiredError
from fastapi_cognito_auth.pages.messages import Form, Message, message_of
from fastapi_cognito_auth.pages.offer import Offer
from fastapi_cognito_auth.pages.rendering import Rendering
from fastapi_cognito_auth.pages.steps import Step, Steps, StepTooLargeError
from fastapi_cognito_auth.user import User

_NOTICES: Final = frozenset(
    [
        *("confirmed", "password_reset", "signed_out", "account_deleted", "attributes_changed"),
        *("email_verified", "phone_number_verified", "email_removed", "phone_number_removed"),
        *("password_changed", "authenticator_added", "factor_switched"),
        *("passkey_added", "passkey_deleted", "session_ended", "device_forgotten", "took_too_long"),
        *("others_ended", "signed_out_everywhere", "signed_out_soon", "send_again", "session_over"),
    ]
)
"""What a link may have said at the top of a page."""

PEOPLE_CALL: Final = {"SignInWithApple": "Apple", "LoginWithAmazon": "Amazon"}
"""What people call identity providers, where the API has names of its own."""

_IN_PATHS: Final = ("name", "step_id", "attribute", "credential_id", "deed")
"""What stands in the paths of pages."""

_PAGES_OF_STEPS: Final = {"CONFIRM_SIGN_UP": "confirm", "RESET": "reset", "ADD_TOTP": "authenticator"}
"""Which page goes on with a step, where it is none of signing in."""

_LONGEST_PATH: Final = 1000
"""Characters of where somebody wants to go: links of other sites name it, and cookies keep it."""

_SCRIPT: Final = "x-pages-script"
"""The header by which our script says that it has sent a form."""

_PLACE: Final = "x-pages-location"
"""The header that tells it where the browser is to go."""


class Site:
    """The pages of one user pool in one app.

    Args:
        rendering: makes pages.
        steps: keeps what is under way in a browser.
        managed_login: where that starts, if the app has it.
        administrators: the groups whose members administer others.
    """

    def __init__(
        self,
        rendering: Rendering,
        steps: Steps,
        managed_login: Callable[[Request], str | None],
        *,
        administrators: Collection[str] = (),
    ) -> None:
        self.rendering: Rendering = rendering
        self.steps: Steps = steps
        self._managed_login = managed_login
        self._administrators = frozenset(administrators)
        # An app may have several pools, each with pages of its own.
        self._mark = secrets.token_hex(8)

    def name(self, page: str) -> str:
        """Return what the route of a page is called in the app."""
        return f"pages_{page}_{self._mark}"

    def address(self, request: Request, page: str, **more: str | None) -> str:
        """Return the path of a page, as browsers see it.

        Args:
            request: of the app.
            page: its name.
            more: what stands in the path, and the query; what is empty is left out.
        """
        given = {name: value for name, value in more.items() if value}
        in_path = {name: given.pop(name) for name in _IN_PATHS if name in given}
        path = request.url_for(self.name(page), **in_path).path
        return f"{path}?{urlencode(given)}" if given else path

    def next_path(self, request: Request, form: Form | None = None) -> str:
        """Return where somebody wants to go, below the app's root: a path of this app, whatever was sent."""
        asked = (
            request.query_params.get("next")
            if form is None
            else form.get("next") or request.query_params.get("next")
        )
        path = own_path(asked, "/")
        return path if len(path) <= _LONGEST_PATH else "/"

    def below_root(self, request: Request, path: str) -> str:
        """Return a path of the app, as browsers see it."""
        return below(root_of(request.scope), path)

    def administers(self, user: User, offer: Offer) -> bool:
        """Return whether there are pages of administration for a user."""
        return offer.administrable and not self._administrators.isdisjoint(user.groups)

    def notice(self, request: Request) -> Message | None:
        """Return what an address says has been done, unless a link of somebody else made it up."""
        asked = request.query_params.get("notice", "")
        return Message(f"notice.{asked}") if asked in _NOTICES and led_here(request) else None

    def page(self, request: Request, template: str, **context: Any) -> Response:
        """Return a page."""

        def address(page: str, **more: str) -> str:
            return self.address(request, page, **more)

        return self.rendering.page(request, template, address=address, **context)

    def step(self, request: Request, step_id: str, *kinds: str) -> Step | None:
        """Return where an attempt is, if this browser has it, it is of these kinds, and not over."""
        step, in_time = self.steps.find(request, step_id)
        return step if step is not None and in_time and step.kind in kinds else None

    def start_again(self, request: Request, step: Step, **more: str) -> str:
        """Return the path of the page where the same can be tried from the beginning."""
        asked = {"next": step.next_path, "login_hint": step.username, **step.wishes, **more}
        return self.address(request, "sign_in", **asked)

    def over(self, request: Request, step_id: str) -> Response:
        """Say that an attempt is over, and how to go on."""
        step, in_time = self.steps.find(request, step_id)
        if step is None:
            again = self.address(request, "sign_in", next=_unless_home(self.next_path(request)))
        else:
            again = self.start_again(request, step)
        why = "late" if step is not None and not in_time else "gone"
        if not request_cookies(request):
            why = "no_cookies"
        return self.page(request, "over.html", status=410, again=again, why=why)

    def providers(
        self, request: Request, names: Sequence[str], next_path: str, wishes: Mapping[str, str]
    ) -> dict[str, str]:
        """Return where somebody goes to sign in by each identity provider, as people call it.

        That is nowhere without managed login.

        Args:
            request: of the app.
            names: of the providers.
            next_path: where to go afterwards.
            wishes: how recent or strong the sign-in has to be.
        """
        start = self._managed_login(request)
        if start is None:
            return {}
        asked = {"next": next_path, **wishes}
        return {
            PEOPLE_CALL.get(name, name): f"{start}?{urlencode({'provider': name, **asked})}" for name in names
        }

    def forward(self, request: Request, step: Step, *, instead_of: str | None = None) -> Response:
        """Send the browser on to the next page of an attempt."""
        try:
            address, cookies = self.keep(request, step, instead_of=instead_of)
        except StepTooLargeError:
            return self.too_large(request, step)
        return self.see_other(address, cookies)

    def keep(self, request: Request, step: Step, *, instead_of: str | None = None) -> tuple[str, list[str]]:
        """Return the path of the page of a step, and the headers that keep it in the browser.

        Raises:
            StepTooLargeError: it fits no cookies.
        """
        step_id, cookies = self.steps.keep(request, step, instead_of=instead_of)
        return self.address_of(request, replace(step, step_id=step_id)), cookies

    def too_large(self, request: Request, step: Step) -> Response:
        """Say that a browser cannot keep a step."""
        return self.page(
            request,
            "refused.html",
            status=503,
            message=Message("error.step_too_large"),
            again=self.address(request, "sign_in", next=step.next_path),
            to_account=False,
        )

    def address_of(self, request: Request, step: Step) -> str:
        """Return the path of the page of a step that is kept."""
        # A tab whose attempt went on in another one still knows where it was going.
        page, next_path = _PAGES_OF_STEPS.get(step.kind, "step"), _unless_home(step.next_path)
        return self.address(request, page, step_id=step.step_id, next=next_path)

    def see_other(self, address: str, cookies: list[str] | None = None) -> Response:
        """Send the browser to another page, which it asks for by GET."""
        response = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
        for cookie in cookies or []:
            response.headers.append("set-cookie", cookie)
        return response

    def leave(self, request: Request, path: str, cookies: list[str] | None = None) -> Response:
        """Send the browser out of the pages.

        A script is told where: the app may lead on to another origin, where it could not follow.

        Args:
            request: of the page before.
            path: below the app's root.
            cookies: what the browser is told besides.
        """
        response = self.see_other(self.below_root(request, path), cookies)
        if _SCRIPT in request.headers:
            response.status_code = 200
            response.headers[_PLACE] = response.headers["location"]
            del response.headers["location"]
        return response

    def refused(self, request: Request, error: CognitoAuthError) -> Response:
        """Return the page that says why something cannot be done, and how to go on.

        Who has to sign in, or to sign in once more, is sent there.
        """
        headers: Mapping[str, str] = error.headers or {}
        if error.status_code == 401:
            return self.see_other(self.sign_in_first(request, error))
        return self.page(
            request,
            "refused.html",
            status=error.status_code,
            headers=headers,
            message=message_of(error),
            again=self.address(request, "sign_in", next=self.next_path(request)),
            to_account=False,
        )

    def way_back(self, request: Request, *, notice: str | None = None) -> str:
        """Return where a browser comes back to, once what keeps it from here is done.

        It is the page that was asked for, or on which what was sent is written.

        Args:
            request: of the app.
            notice: what is said there of something that was sent, and was not done.
        """
        asked = path_to_come_back_to(request.scope)
        if request.method == "GET":
            return asked or self._account(request)
        get = {**request.scope, "method": "GET"}
        is_page = any(route.matches(get)[0] is Match.FULL for route in request.app.routes)
        path, _, query = (asked if is_page and asked else self._account(request)).partition("?")
        left = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != "notice"]
        asked_for = urlencode([*left, *([] if notice is None else [("notice", notice)])])
        return f"{path}?{asked_for}" if asked_for else path

    def _account(self, request: Request) -> str:
        return self.address(request, "my_account").removeprefix(root_of(request.scope))

    def sign_in_first(self, request: Request, error: CognitoAuthError) -> str:
        """Return where somebody signs in as an error wants it, and comes back from.

        Args:
            request: of the app.
            error: what was refused for want of that.
        """
        back = self.way_back(request, notice="send_again")
        wanted: dict[str, str] = {}
        if isinstance(error, StepUpRequiredError):
            wanted["max_age"] = "" if error.max_age is None else str(int(error.max_age))
            wanted["acr_values"] = " ".join(error.acr_values)
        return self.address(request, "sign_in", next=back, **wanted)


def _unless_home(path: str) -> str:
    return "" if path == "/" else path


def led_here(request: Request) -> bool:
    """Return whether a page of this app led to this one, as far as the browser says (Fetch Metadata)."""
    return request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
