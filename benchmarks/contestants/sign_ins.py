"""Signs many users in, at once or one after the other, against an upstream at an address of loopback."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

from benchmarks.worker import serve, timed

SignIn = Callable[[int], Awaitable[object]]


def ours(
    port: str, at_once: int, *, flow: Literal["USER_PASSWORD_AUTH", "USER_SRP_AUTH"], connections: int | None
) -> SignIn:
    """`auth.pool.sign_in.with_password`; with as many connections as sign-ins, or the default."""
    from fastapi_cognito_auth import CognitoAuth, CognitoSettings

    more: dict[str, Any] = {} if connections is None else {"max_connections": connections}
    settings = CognitoSettings(
        user_pool_id="eu-central-1_Ab12Cd34E",
        client_id="client",
        secret_key=("a sealing key for benchmarks, long enough",),
        endpoint_url=f"http://127.0.0.1:{port}",
        auth_flow=flow,
        **more,
    )
    pool = CognitoAuth(settings).pool
    assert at_once
    return lambda number: pool.sign_in.with_password(f"user-{number}", "Correct-horse-1!")


def boto3(port: str, at_once: int, *, tuned: bool) -> SignIn:
    """boto3 in as many threads as there are sign-ins; tuned, with as many connections too."""
    import boto3 as library
    from botocore import UNSIGNED
    from botocore.config import Config

    tuning: dict[str, Any] = {"max_pool_connections": at_once} if tuned else {}
    client = library.client(
        "cognito-idp",
        region_name="eu-central-1",
        endpoint_url=f"http://127.0.0.1:{port}",
        config=Config(signature_version=UNSIGNED, **tuning),
    )
    threads = ThreadPoolExecutor(at_once)

    def sign_in(number: int) -> object:
        return client.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId="client",
            AuthParameters={"USERNAME": f"user-{number}", "PASSWORD": "Correct-horse-1!"},
        )

    return lambda number: asyncio.get_running_loop().run_in_executor(threads, sign_in, number)


CONTESTANTS: dict[str, Callable[[str, int], SignIn]] = {
    "ours": lambda port, n: ours(port, n, flow="USER_PASSWORD_AUTH", connections=n),
    "ours_defaults": lambda port, n: ours(port, n, flow="USER_PASSWORD_AUTH", connections=None),
    "ours_srp": lambda port, n: ours(port, n, flow="USER_SRP_AUTH", connections=n),
    "boto3_tuned": lambda port, n: boto3(port, n, tuned=True),
    "boto3_defaults": lambda port, n: boto3(port, n, tuned=False),
}


def main(name: str, port: str, at_once: str) -> None:
    """Sign all in each time that is asked for, at once or one after the other."""
    count = int(at_once)
    sign_in = CONTESTANTS[name](port, count)
    runner = asyncio.Runner()

    async def all_at_once() -> None:
        await asyncio.gather(*(sign_in(number) for number in range(count)))

    async def one_by_one() -> None:
        for number in range(count):
            await sign_in(number)

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        work = all_at_once if request["at_once"] else one_by_one
        return timed(lambda: runner.run(work()), count)

    serve(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
