"""A pool whose app exchanges the tokens of its users, as itself or for a machine that acts for them."""

from typing import Any

from fastapi_cognito_auth.local import LocalMachine
from tests.local.domain.kit import DomainKit
from tests.local.kit import claims

SCOPES = ["openid", "aws.cognito.signin.user.admin", "orders/read", "orders/write"]
EXCHANGES = ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"]
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
Answer = dict[str, Any]


class ExchangeKit(DomainKit):
    """A pool whose app client may exchange tokens, and a machine that may act for users."""

    def __init__(self, **options: Any) -> None:
        given: dict[str, Any] = {
            "resource_servers": {"orders": ["read", "write"]},
            "allowed_scopes": SCOPES,
            "explicit_auth_flows": [*FLOWS, *EXCHANGES],
            "machine_clients": [LocalMachine(client_id="assistant", scopes=["orders/read"])],
        }
        super().__init__(**(given | options))

    def user_token(self, scope: str = "openid orders/read orders/write", **more: Any) -> str:
        token: str = self.domain_tokens(scope=scope, **more)["access_token"]
        return token

    def machine_token(self) -> str:
        machine = self.pool.machine_clients[0]
        result = self.pool.call("GetClientToken", {"ClientId": "assistant", "Secret": machine.client_secret})
        token: str = result["ClientAuthenticationResult"]["AccessToken"]
        return token

    def exchange(self, token: str, **more: Any) -> Answer:
        asked = {"ClientId": self.id, "SubjectToken": token, "SubjectTokenType": "ACCESS_TOKEN"} | more
        given = {name: value for name, value in asked.items() if value is not None}
        answer: Answer = self.pool.call("GetDerivedToken", given)
        return answer

    def delegate(self, token: str, **more: Any) -> Answer:
        acting = {"ActorToken": self.machine_token(), "ActorTokenType": "ACCESS_TOKEN"}
        return self.exchange(token, **(acting | more))

    def claims(self, answer: Answer | str, audience: str | None = None) -> dict[str, Any]:
        token = answer if isinstance(answer, str) else answer["IssuedToken"]
        read: dict[str, Any] = claims(self.pool, token, audience=audience, clock=self.clock)
        return read
