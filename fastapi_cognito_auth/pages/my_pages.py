"""What the pages of somebody's own account have in common: how they are made, and what goes wrong."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import Response

from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.dependencies.current import CurrentUser
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    NotAuthorizedError,
    ResourceNotFoundError,
    UserNotFoundError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.pages.messages import Form, Message, blame, message_of
from fastapi_cognito_auth.pages.site import Site
from fastapi_cognito_auth.pages.steps import Step, StepTooLargeError
from fastapi_cognito_auth.pages.visit import SignedInVisit
from fastapi_cognito_auth.pages.whose import mark_of, refuse_of_others

_OWN_ACCOUNT: Final = "aws.cognito.signin.user.admin"
"""The scope without which Cognito lets no token show or change its user."""

Handler = Callable[[SignedInVisit], Awaitable[Response]]


class MyPages:
    """Makes the pages of somebody's own account, and leads from one to the next.

    Args:
        site: knows where they are.
        pool: knows whether a token still counts.
        current_user: whose session ends where it does not.
    """

    def __init__(self, site: Site, pool: UserPool, current_user: CurrentUser) -> None:
        self.site: Site = site
        self._pool = pool
        self._current_user = current_user

    async def show(self, here: SignedInVisit, handler: Handler) -> Response:
        """Return the page that a handler makes, or one that says what went wrong, with a way on.

        Args:
            here: the request.
            handler: does what the page is for.
        """
        try:
            refuse_of_others(here.visit.form, here.user)
            return await handler(here)
        except (NotAuthorizedError, UserNotFoundError) as exc:
            if await self._counts(here):
                return self._refused(here, exc)
            return await self._signed_out_elsewhere(here)
        except CognitoAuthError as exc:
            if exc.status_code == 401:
                raise  # leads to the page to sign in
            return self._refused(here, exc)

    async def _counts(self, here: SignedInVisit) -> bool:
        try:
            await self._pool.account.profile(here.access_token)
        except (NotAuthorizedError, UserNotFoundError):
            return False
        except CognitoAuthError:
            return True  # nobody knows, so nobody is signed out
        return True

    async def _signed_out_elsewhere(self, here: SignedInVisit) -> Response:
        """End a session whose token Cognito takes no more, whatever the token itself says."""
        request = here.visit.request
        if _OWN_ACCOUNT not in here.user.scopes:
            again = self.site.address(request, "sign_out")
            return self._alert(here, Message("error.no_account_access"), 403, again=again)
        await self._current_user.end_session(request)
        next_path = self.site.way_back(request)
        return self.site.see_other(
            self.site.address(request, "sign_in", next=next_path, notice="session_over")
        )

    def _refused(self, here: SignedInVisit, error: CognitoAuthError) -> Response:
        # What is not there is not there the next time either.
        gone = isinstance(error, ResourceNotFoundError)
        again = self.site.address(here.visit.request, "my_account") if gone else None
        response = self._alert(here, told(error), error.status_code, again=again)
        response.headers.update(error.headers or {})
        return response

    def _alert(
        self, here: SignedInVisit, message: Message, status: int, *, again: str | None = None
    ) -> Response:
        request = here.visit.request
        path = self.site.below_root(request, self.site.way_back(request))
        return self.page(here, "my_refused.html", status=status, message=message, again=again or path)

    def page(
        self,
        here: SignedInVisit,
        template: str,
        *,
        error: CognitoAuthError | None = None,
        status: int = 200,
        **context: Any,
    ) -> Response:
        """Return a page.

        Args:
            here: the request.
            template: its name.
            error: what went wrong, if that is what the page is shown for.
            status: of the answer, unless there is an error.
            context: what else the template names.
        """
        return self.site.page(
            here.visit.request,
            template,
            status=status if error is None else error.status_code,
            headers=None if error is None else error.headers,
            form=here.visit.form.without_secrets(),
            offer=here.visit.offer,
            user=here.user,
            whose_page=mark_of(here.user),
            notice=self.site.notice(here.visit.request),
            **context,
        )

    def back(
        self, here: SignedInVisit, notice: str | None = None, *, cookies: list[str] | None = None
    ) -> Response:
        """Send the browser back to the account, with a word about what was done."""
        address = self.site.address(here.visit.request, "my_account", notice=notice)
        return self.site.see_other(address, cookies)

    def step(self, here: SignedInVisit, step_id: str, kind: str) -> Step | None:
        """Return what is under way, if it is of this user: another may have signed in meanwhile."""
        step = self.site.step(here.visit.request, step_id, kind)
        return step if step is not None and step.username == here.user.sub else None

    def keep(
        self, here: SignedInVisit, kind: str, data: dict[str, Any]
    ) -> tuple[str | None, list[str] | None]:
        """Return the id of something that begins, and the cookies that keep it; nothing if it fits none."""
        try:
            return self.site.steps.keep(here.visit.request, Step(kind, "/", here.user.sub, data))
        except StepTooLargeError:
            return None, None


def told(error: CognitoAuthError) -> Message:
    """Return what the pages of an account say of an error."""
    if isinstance(error, UserPoolUnavailableError):
        return Message("error.account_unavailable")
    return Message("error.other") if isinstance(error, NotAuthorizedError) else message_of(error)


def tell(form: Form, error: CognitoAuthError, *, password: str = "") -> None:
    """Say in a form what an error means, unless it says that somebody has to sign in.

    Args:
        form: what was sent.
        error: what came of it.
        password: the name of the field of a new password.
    """
    if error.status_code == 401 or isinstance(error, UserNotFoundError):
        raise error
    blame(form, error, password=password)
    if form.general is not None:
        form.general = told(error)
