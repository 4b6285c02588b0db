"""Attempts to sign in, as Cognito has them: begun by a name, answered, and begun anew where one ended."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from fastapi_cognito_auth.cognito.models import SignInResult
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.cognito.sign_in import FirstFactor
from fastapi_cognito_auth.exceptions import InvalidSessionError, NotAuthorizedError, ResourceNotFoundError
from fastapi_cognito_auth.pages.answers import is_password
from fastapi_cognito_auth.pages.messages import Form
from fastapi_cognito_auth.pages.remembering import Remembering
from fastapi_cognito_auth.pages.steps import Step
from fastapi_cognito_auth.pages.visit import Visit
from fastapi_cognito_auth.pages.wishes import levels, seconds
from fastapi_cognito_auth.routers.session_flow import CookieSessionFlow

_ENDED: Final = "Invalid session for the user"
"""How the pool begins what it says of a session that is over, or was used before."""

OFFERED: Final = "offered"
"""The field that says that somebody goes on by the name that the browser remembers."""

FIRST_FACTORS: Final[Mapping[str, FirstFactor]] = {name: name for name in get_args(FirstFactor)}


class Attempts:
    """Begins attempts, and answers what they ask.

    Args:
        pool: signs people in.
        flow: keeps them signed in.
        remembering: knows their browsers.
    """

    def __init__(self, pool: UserPool, flow: CookieSessionFlow, remembering: Remembering) -> None:
        self._pool = pool
        self._flow = flow
        self._remembering = remembering

    async def begin(self, visit: Visit, username: str) -> SignInResult:
        """Begin one in the way that the app client has.

        Args:
            visit: of the first page.
            username: who it is.
        """
        device = self._remembering.device(visit.request, username)
        if visit.offer.by_triggers:
            return await self._pool.sign_in.with_custom_auth(
                username, device=device, user_context=visit.context
            )
        if not visit.offer.by_choice:
            return await self._pool.sign_in.with_password(
                username,
                visit.form.get("password"),
                auth_flow=visit.offer.password_flow,
                device=device,
                user_context=visit.context,
            )
        return await self.by_choice(
            visit, username, visit.form, preferred=self._way_of_before(visit, username)
        )

    async def by_choice(
        self,
        visit: Visit,
        username: str,
        asked: Form,
        *,
        preferred: FirstFactor | None = None,
        password: str | None = None,
        as_new: bool = False,
    ) -> SignInResult:
        """Begin to sign in by what the user chooses.

        Args:
            visit: of the page before.
            username: who it is.
            asked: says how recent or strong the sign-in has to be.
            preferred: the first factor that was chosen before, if any was.
            password: goes along with that.
            as_new: the pool has forgotten this browser.
        """
        wanted = levels(asked)
        return await self._pool.sign_in.with_choice(
            username,
            preferred_challenge=preferred,
            password=password,
            device=None if as_new else self._remembering.device(visit.request, username),
            target_acr_values=wanted,
            # What the user did already counts for the levels that are asked for.
            access_token=await self._flow.token_to_credit(visit.request) if wanted else None,
            max_age=seconds(asked) if wanted else None,
            user_context=visit.context,
        )

    def _way_of_before(self, visit: Visit, username: str) -> FirstFactor | None:
        """Return how somebody signed in last, if they go on from there and it begins without a password."""
        last = self._remembering.last_names.find(visit.request) if visit.form.get(OFFERED) else None
        if last is None or last.login != username or is_password(last.way):
            return None
        return FIRST_FACTORS.get(last.way)

    async def answer(self, visit: Visit, step: Step, answer: Any) -> SignInResult:
        """Answer what is asked.

        Args:
            visit: of the page before.
            step: what is asked.
            answer: as the pool takes it.

        Raises:
            InvalidSessionError: the attempt has ended.
            NotAuthorizedError: the answer is wrong, and has ended it.
        """
        try:
            return await self._pool.challenges.answer(answer, user_context=visit.context)
        except NotAuthorizedError as exc:
            # Told by its words alone: the attempt has ended at the pool, and nothing was looked at.
            if exc.message.startswith(_ENDED):
                raise InvalidSessionError from exc
            raise
        except ResourceNotFoundError as exc:
            if self._remembering.device(visit.request, step.username) is None:
                raise
            # The pool has forgotten this browser since: the same once more, as from a new one.
            chosen = chosen_in(answer, step)
            if not visit.offer.by_choice or chosen is None:
                raise InvalidSessionError from exc
            return await self.once_more(visit, step, chosen, as_new=True)

    async def once_more(
        self, visit: Visit, step: Step, chosen: FirstFactor, *, as_new: bool = False
    ) -> SignInResult:
        """Give the same answer to an attempt that has just begun."""
        asked, password = Form(step.wishes), visit.form.get("password") or None
        return await self.by_choice(
            visit, step.username, asked, preferred=chosen, password=password, as_new=as_new
        )


def chosen_in(answer: Any, step: Step) -> FirstFactor | None:
    """Return the first factor that an answer is for."""
    return FIRST_FACTORS.get(getattr(answer, "answer", None) or step.kind)
