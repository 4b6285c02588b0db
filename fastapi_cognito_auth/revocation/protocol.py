"""What a list of revocations is asked, and what it is told."""

from typing import Protocol

from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, IdTokenClaims

Claims = AccessTokenClaims | IdTokenClaims
"""What `TokenVerifier` found in a token; nothing unverified gets here."""


class Revocations(Protocol):
    """Knows which tokens are revoked. `TokenVerifier` asks it after every verification."""

    async def check(self, token: str, claims: Claims) -> None:
        """Refuse a token that is revoked.

        Args:
            token: the token itself.
            claims: what it says, verified.

        Raises:
            TokenRevokedError: it is revoked.
            RevocationUnavailableError: that cannot be told now, and `refuse` is what was chosen.
        """
        ...

    async def revoke_token(self, claims: Claims) -> None:
        """Revoke one token, by its `jti`.

        A token without a `jti` is revoked together with everything older of its user.

        Raises:
            RevocationUnavailableError: it could not be stored; nothing is revoked.
        """
        ...

    async def revoke_sign_in(self, claims: Claims) -> None:
        """Revoke all tokens of one sign-in, by their `origin_jti`; of a token without one, itself.

        Raises:
            RevocationUnavailableError: it could not be stored; nothing is revoked.
        """
        ...

    async def revoke_user(self, sub: str, issuer: str, before: int | None = None) -> None:
        """Revoke every token of a user that was issued at or before a time.

        `iat` has whole seconds: what was issued within the same second is revoked too, even a
        sign-in just after. Whoever has a refresh token gets new tokens by it, unless Cognito was
        told as well (`AdminUserGlobalSignOut`).

        Args:
            sub: the user's id.
            issuer: any issuer of the user's pool, or the pool's id.
            before: seconds since the epoch; now, unless given.

        Raises:
            RevocationUnavailableError: it could not be stored; nothing is revoked.
            ValueError: the issuer is none of this app's, or the time is still to come.
        """
        ...

    def still_valid_until(self, exp: int, *, at_cognito: bool) -> int | None:
        """Return until when a token that was just revoked may still be accepted somewhere.

        That is: by another worker of this app. `None` means nowhere.

        Args:
            exp: when the token expires, in seconds since the epoch.
            at_cognito: whether it was revoked at Cognito, too.
        """
        ...
