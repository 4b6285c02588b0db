"""The OAuth2 endpoints at the pool's domain: the pool's own pages, and all that belongs to them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi_cognito_auth.cognito.domain_client import DomainClient
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.cognito.token_lifetime import claims_of, lifetime_of
from fastapi_cognito_auth.exceptions import (
    InvalidTokenError,
    ManagedLoginError,
    UserPoolUnavailableError,
)

if TYPE_CHECKING:
    import httpx2


class ManagedLogin:
    """Speaks to the pool's domain: the code flow with PKCE, and what belongs to it.

    Args:
        domain: such as `https://auth.example.com`, without a slash at its end.
        client_id: the app client.
        client_secret: its secret, if it has one.
        timeout: seconds for one call as a whole.
        back_channel: where the app itself asks, if that is another address than browsers see.
        transport: what answers instead of the network.
    """

    def __init__(
        self,
        domain: str,
        *,
        client_id: str,
        client_secret: str | None = None,
        timeout: float = 10.0,
        back_channel: str | None = None,
        transport: "httpx2.AsyncBaseTransport | None" = None,
    ) -> None:
        self.domain: str = domain
        self._client_id = client_id
        self._client = DomainClient(
            domain,
            client_id=client_id,
            client_secret=client_secret,
            timeout=timeout,
            back_channel=back_channel,
            transport=transport,
        )

    def authorization_url(
        self,
        redirect_uri: str,
        *,
        state: str,
        code_challenge: str,
        nonce: str | None = None,
        scopes: Iterable[str] = (),
        provider: str | None = None,
        login_hint: str | None = None,
        lang: str | None = None,
        prompt: str | None = None,
        max_age: int | None = None,
        acr_values: Iterable[str] = (),
        page: str = "/oauth2/authorize",
    ) -> str:
        """Return where to send a browser to sign in (RFC 6749 section 4.1.1, RFC 7636 section 4.3).

        Args:
            redirect_uri: where it comes back; one of the app client's callback URLs, to the letter.
            state: comes back with it, so that the app knows its own attempt.
            code_challenge: SHA-256 of the `code_verifier`, in base64url.
            nonce: comes back in the ID token.
            scopes: all that the app client has unless given.
            provider: goes to this identity provider at once, such as `Google`.
            login_hint: a username or an address to fill in.
            lang: of the pages, such as `de`.
            prompt: `login`, `none`, `select_account` or `consent`.
            max_age: seconds since the last sign-in after which the user signs in again.
            acr_values: the authentication levels that are asked for.
            page: another entry, such as `/signup` or `/forgotPassword`.
        """
        asked: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
            "nonce": nonce,
            "scope": " ".join(scopes) or None,
            "identity_provider": provider,
            "login_hint": login_hint,
            "lang": lang,
            "prompt": prompt,
            "max_age": None if max_age is None else str(max_age),
            "acr_values": " ".join(acr_values) or None,
        }
        return f"{self.domain}{page}?{_query(asked)}"

    def logout_url(self, logout_uri: str) -> str:
        """Return where to send a browser to sign out of the pool's pages.

        Args:
            logout_uri: where it comes back; one of the app client's sign-out URLs, to the letter.
        """
        return f"{self.domain}/logout?{_query({'client_id': self._client_id, 'logout_uri': logout_uri})}"

    async def exchange(self, code: str, *, redirect_uri: str, code_verifier: str) -> Tokens:
        """Turn a code into tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.5).

        Raises:
            ManagedLoginError: the code is used, too old, or of another attempt.
            UserPoolUnavailableError: nothing is known.
        """
        return await self._tokens(
            grant_type="authorization_code", code=code, redirect_uri=redirect_uri, code_verifier=code_verifier
        )

    async def refresh(self, refresh_token: str) -> Tokens:
        """Get new tokens (RFC 6749 section 6).

        Raises:
            ManagedLoginError: the refresh token is not good any more.
            UserPoolUnavailableError: nothing is known; the token may be good, so keep it.
        """
        return await self._tokens(grant_type="refresh_token", refresh_token=refresh_token)

    async def user_info(self, access_token: str) -> dict[str, Any]:
        """Return what the pool tells of a user (OpenID Connect Core section 5.3).

        Raises:
            InvalidTokenError: the token is over, revoked, or lacks the scope `openid`.
            UserPoolUnavailableError: nothing is known.
        """
        status, answer = await self._client.ask(
            "GET", "/oauth2/userInfo", headers={"Authorization": f"Bearer {access_token}"}
        )
        if status in {400, 401, 403}:
            raise InvalidTokenError("The access token is not good for this, or not any more.")
        sub = answer.get("sub")
        # OpenID Connect Core section 5.3.2: whoever answers may have mixed two users up.
        if status != 200 or not isinstance(sub, str) or claims_of(access_token).get("sub", sub) != sub:
            raise UserPoolUnavailableError
        return answer

    async def revoke(self, refresh_token: str) -> None:
        """End a sign-in (RFC 7009): revoke the refresh token, and the access tokens drawn from it.

        Raises:
            ManagedLoginError: revocation is switched off, or it is no refresh token.
            UserPoolUnavailableError: nothing is known.
        """
        status, answer = await self._client.post("/oauth2/revoke", token=refresh_token)
        if status != 200:
            raise self._refused(status, answer)

    async def _tokens(self, **form: str) -> Tokens:
        status, answer = await self._client.post("/oauth2/token", **form)
        if status != 200:
            raise self._refused(status, answer)
        access_token, expires_in = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(access_token, str) or not access_token:
            raise UserPoolUnavailableError
        if type(expires_in) is not int:
            try:
                expires_in = lifetime_of(access_token)
            except ValueError:
                raise UserPoolUnavailableError from None
        id_token, refresh_token = answer.get("id_token"), answer.get("refresh_token")
        return Tokens(
            access_token=access_token,
            id_token=id_token if isinstance(id_token, str) else None,
            refresh_token=refresh_token if isinstance(refresh_token, str) else None,
            expires_in=expires_in,
        )

    def _refused(
        self, status: int, answer: Mapping[str, Any]
    ) -> ManagedLoginError | UserPoolUnavailableError:
        error = self._client.refusal_of(status, answer)
        return UserPoolUnavailableError() if error is None else ManagedLoginError(error=error)


def _query(asked: Mapping[str, str | None]) -> str:
    return urlencode({name: value for name, value in asked.items() if value is not None})
