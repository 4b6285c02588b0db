"""Signs up, signs in and refreshes at a local pool that has some users, or has had many sign-ins."""

import sys
from collections.abc import Callable
from typing import Any

from benchmarks.worker import serve, timed
from fastapi_cognito_auth.local import LocalUserPool

PASSWORD = "Correct-horse-1!"


class _Pool:
    """A pool that ada is among the users of."""

    def __init__(self, users: int) -> None:
        self._pool = LocalUserPool()
        self._admin("AdminCreateUser", "ada", MessageAction="SUPPRESS")
        self._admin("AdminSetUserPassword", "ada", Password=PASSWORD, Permanent=True)
        for number in range(users - 1):
            self._admin("AdminCreateUser", f"user-{number}", MessageAction="SUPPRESS")
        self._refresh_token = self._sign_in()

    def _admin(self, operation: str, username: str, **more: Any) -> None:
        params = {"UserPoolId": self._pool.user_pool_id, "Username": username, **more}
        self._pool.call(operation, params)

    def _sign_in(self) -> str:
        answer = self._pool.call(
            "InitiateAuth",
            {
                "ClientId": self._pool.client_id,
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": "ada", "PASSWORD": PASSWORD},
            },
        )
        token: str = answer["AuthenticationResult"]["RefreshToken"]
        return token

    def sign_in(self, count: int) -> None:
        for _ in range(count):
            self._sign_in()

    def refresh(self, count: int) -> None:
        for _ in range(count):
            self._pool.call(
                "InitiateAuth",
                {
                    "ClientId": self._pool.client_id,
                    "AuthFlow": "REFRESH_TOKEN_AUTH",
                    "AuthParameters": {"REFRESH_TOKEN": self._refresh_token},
                },
            )

    def sign_up(self, count: int) -> None:
        for number in range(count):
            params = {"ClientId": self._pool.client_id, "Username": f"new-{number}", "Password": PASSWORD}
            self._pool.call("SignUp", params)

    def forget_sign_ups(self, count: int) -> None:
        """Take them away again, so that the pool stays as large as it was."""
        for number in range(count):
            self._admin("AdminDeleteUser", f"new-{number}")


def main(users: str, sign_ins: str) -> None:
    """Do some of what is asked for, each time; a `new` pool takes the place of the one there is."""
    pool = _Pool(int(users))
    pool.sign_in(int(sign_ins))

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        nonlocal pool
        if request["new"]:
            pool = _Pool(int(users))
        count = request["count"]
        work: Callable[[int], None] = getattr(pool, request["what"])
        found = timed(lambda: work(count), count)
        if request["what"] == "sign_up":
            pool.forget_sign_ups(count)
        return found

    serve(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
