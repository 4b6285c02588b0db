"""What is remembered of a browser: that the pool knows it, to spare a second factor, and who was there."""

import logging
from collections.abc import Mapping
from typing import Final

from fastapi import Request, Response

from fastapi_cognito_auth.cognito.models import DeviceStatus, NewDevice, RegisteredDevice, Tokens
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.exceptions import CognitoAuthError, InvalidSessionError, ResourceNotFoundError
from fastapi_cognito_auth.pages.browsers import browser_of
from fastapi_cognito_auth.pages.device_cookies import DeviceCookies
from fastapi_cognito_auth.pages.last_name import LastNames
from fastapi_cognito_auth.pages.messages import message_of
from fastapi_cognito_auth.pages.site import Site
from fastapi_cognito_auth.pages.steps import Step
from fastapi_cognito_auth.pages.visit import Visit
from fastapi_cognito_auth.routers.session_flow import CookieSessionFlow

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

KIND: Final = "REMEMBER_DEVICE"
"""The step in which users say whether they want it."""

_ANSWERS: Final[Mapping[str, DeviceStatus]] = {
    "remembered": "remembered",
    "not_remembered": "not_remembered",
}


class Remembering:
    """Registers browsers with the pool, and knows those that are.

    Args:
        site: makes the pages, and knows where they are.
        pool: remembers.
        flow: keeps sessions.
        cookies: keeps what proves a browser.
        last_names: keeps who signed in last.
    """

    def __init__(
        self,
        site: Site,
        pool: UserPool,
        flow: CookieSessionFlow,
        cookies: DeviceCookies,
        last_names: LastNames,
    ) -> None:
        self._site = site
        self._pool = pool
        self._flow = flow
        self._cookies = cookies
        self.last_names: LastNames = last_names

    def device(self, request: Request, login: str) -> str | None:
        """Return what proves this browser for who signs in by a name."""
        known = self._cookies.find(request, login)
        if known is None:
            return None
        try:
            self._pool.devices.open(known.device)
        except InvalidSessionError:
            return None
        return known.device

    async def let_in(self, visit: Visit, result: Tokens, step: Step, cookies: list[str]) -> Response:
        """Keep the tokens of a sign-in, and send the browser where it wanted to go.

        Users who decide about it are asked whether the browser shall be remembered before that.

        Args:
            visit: of the page before.
            result: the tokens.
            step: who it is, and where they want to go.
            cookies: what the browser is told besides.
        """
        request = visit.request
        signed_in = await self._flow.keep(request, result)
        cookies = [*cookies, *self.last_names.keep(request, step.username, step.way)]
        device = self.device(request, step.username)
        registered = None
        if result.new_device is not None:
            registered = await self._registered(request, result.access_token, result.new_device)
            device = None if registered is None else registered.device
        if device is None:
            cookies = [*cookies, *self._cookies.drop(request, step.username)]
        else:
            cookies = [*cookies, *self._cookies.keep(request, signed_in.user.sub, step.username, device)]
        if (
            registered is not None
            and result.new_device is not None
            and registered.user_confirmation_necessary
            and visit.offer.device_spares_a_step
        ):
            data = {"device_key": result.new_device.device_key, "sub": signed_in.user.sub}
            question = Step(KIND, step.next_path, step.username, data)
            response = self._site.forward(request, question)
            for cookie in cookies:
                response.headers.append("set-cookie", cookie)
            return response
        return self._site.leave(request, step.next_path, cookies)

    async def _registered(
        self, request: Request, access_token: str, new_device: NewDevice
    ) -> RegisteredDevice | None:
        try:
            return await self._pool.devices.register(
                access_token,
                new_device.device_key,
                new_device.device_group_key,
                name=_browser_name(request.headers.get("user-agent", "")),
            )
        except CognitoAuthError as exc:
            # Who has signed in is in: the browser is asked for the second factor again, and that is all.
            logger.warning("a browser that the pool offered to remember was not registered: %s", exc.code)
            return None

    def ask(self, visit: Visit, step: Step, *, status: int = 200) -> Response:
        """Ask whether this browser shall be remembered."""
        return self._site.page(
            visit.request, "remember_device.html", status=status, form=visit.form, username=step.username
        )

    async def take_answer(self, visit: Visit, step_id: str, step: Step) -> Response:
        """Remember this browser, or do not."""
        request = visit.request
        wanted = _ANSWERS.get(visit.form.get("answer"))
        if wanted is None:
            visit.form.refuse("answer", "error.missing.choice")
            return self.ask(visit, step, status=422)
        current = await self._flow.current(request)
        token = await self._flow.token_to_credit(request)
        # Meanwhile somebody else may have signed in, or nobody be any more.
        if current is not None and token is not None and current.user.sub == step.data["sub"]:
            try:
                await self._pool.devices.set_status(token, step.data["device_key"], wanted)
            except ResourceNotFoundError:
                pass  # it was forgotten meanwhile, and the next sign-in asks again
            except CognitoAuthError as exc:
                visit.form.general = message_of(exc)
                return self.ask(visit, step, status=exc.status_code)
        ended = self._site.steps.end(request, step_id)
        return self._site.leave(request, step.next_path, ended)


def _browser_name(user_agent: str) -> str | None:
    """Return what people call a browser, for the list of their devices."""
    return ", ".join(filter(None, browser_of(user_agent))) or None
