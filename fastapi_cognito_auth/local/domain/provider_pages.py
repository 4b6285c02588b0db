"""/identity-provider: the stand-in for Google, a company's provider or another: one says who comes back."""

from collections import deque
from typing import Final

from starlette.responses import Response

from fastapi_cognito_auth.local.domain import authorization_request, html
from fastapi_cognito_auth.local.domain.authorization_request import AuthorizationRequest
from fastapi_cognito_auth.local.domain.completion import Completion
from fastapi_cognito_auth.local.domain.refusals import PageRefusal
from fastapi_cognito_auth.local.domain.sign_in_pages import SignInPages
from fastapi_cognito_auth.local.domain.visit import TOKEN_FIELD, Visit
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.oauth_settings import DIRECTORY
from fastapi_cognito_auth.local.operations import federation
from fastapi_cognito_auth.local.plane import Plane

_CLAIMS: Final = ("sub", "email", "name", "email_verified")
_LONGEST_SUB: Final = 100
_KEPT: Final = 10


class ProviderPages:
    """Plays the identity providers of a pool.

    Args:
        plane: the plane.
        complete: ends a sign-in.
        sign_in: the pages of the pool itself.
    """

    def __init__(self, plane: Plane, complete: Completion, sign_in: SignInPages) -> None:
        self._plane = plane
        self._complete = complete
        self._sign_in = sign_in
        self._last: dict[str, deque[dict[str, str]]] = {}

    def show(self, visit: Visit) -> Response:
        """Return the page of the provider that the request names."""
        request, provider = self._read(visit)
        return self._page(visit, request, provider)

    def submit(self, visit: Visit) -> Response:
        """Come back as somebody, or not at all."""
        request, provider = self._read(visit)
        visit.check_form()
        if "cancel" in visit.form:
            raise request.refused("access_denied", f"{provider} Error - access_denied")
        claims = self._claims(visit, provider)
        sub = claims.get("sub", "")
        if not sub or len(sub) > _LONGEST_SUB or not sub.isprintable() or " " in sub:
            return self._page(visit, request, provider, "The id is one word.")
        try:
            proven = federation.sign_in(self._plane, request.client, provider, claims)
        except ServiceError as exc:
            raise request.refused("invalid_request", exc.message) from None
        known = self._last.setdefault(provider, deque(maxlen=_KEPT))
        if claims in known:
            known.remove(claims)
        known.appendleft(claims)
        return self._complete(visit, request, proven, provider)

    def _claims(self, visit: Visit, provider: str) -> dict[str, str]:
        again = visit.form.get("again")
        for claims in self._last.get(provider, ()):
            if claims["sub"] == again:
                return claims
        claims = {name: visit.form[name].strip() for name in _CLAIMS if name in visit.form}
        return claims | {"email_verified": claims.get("email_verified", "false")}

    def _read(self, visit: Visit) -> tuple[AuthorizationRequest, str]:
        request = authorization_request.read(self._plane, visit.query)
        if request.provider in {None, DIRECTORY}:
            raise PageRefusal("The request names no identity provider.")
        return request, str(request.provider)

    def _page(
        self, visit: Visit, request: AuthorizationRequest, provider: str, refused: str | None = None
    ) -> Response:
        action = f"identity-provider?{visit.encoded_query}"
        hidden = {TOKEN_FIELD: visit.token}
        last = [
            html.button(f"{claims['sub']} {claims.get('email', '')}", name="again", value=claims["sub"])
            for claims in self._last.get(provider, ())
        ]
        again = [html.paragraph("As last time:"), html.form(action, hidden, last)] if last else []
        fields = [
            html.field("sub", f"Id at {provider}"),
            html.field("email", "E-mail address", kind="email", required=False),
            html.field("name", "Name", required=False),
            html.checkbox("email_verified", "The address is verified"),
            html.button("Continue"),
            html.button("Cancel", name="cancel", value="true", other=True),
        ]
        status = 200 if refused is None else 400
        page = html.page(
            f"Sign in with {provider}",
            html.refusal(refused),
            html.paragraph(f"This stands in for {provider}. Say who comes back to {request.client.id}."),
            *again,
            html.form(action, hidden, fields),
            status=status,
        )
        return self._sign_in.with_token(visit, page)
