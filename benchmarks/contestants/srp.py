"""The client's side of SRP handshakes: their processor time, and how they hold up an event loop."""

import asyncio
import base64
import hashlib
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks.worker import serve, timed

POOL_ID = "eu-central-1_Ab12Cd34E"
IDENTITY = "34c84488-e0e1-70ae-d2ee-991ad1a898c8"
PASSWORD = "Correct-horse-1!"
MODULUS = 2**3072 - 2**3008 - 1
"""As long as the group's prime; who only computes with it need not import the group."""

_INTERVAL = 0.01
"""Seconds between two looks at the event loop; a multiple of the milliseconds that it sleeps in."""


def challenge() -> dict[str, str]:
    """Return what a server answers; any number will do, since a client cannot tell."""
    b_public = pow(2, secrets.randbits(256), MODULUS)
    return {
        "USERNAME": IDENTITY,
        "USER_ID_FOR_SRP": IDENTITY,
        "SALT": f"{secrets.randbits(128):x}",
        "SRP_B": f"{b_public:x}",
        "SECRET_BLOCK": base64.b64encode(secrets.token_bytes(1200)).decode(),
    }


def ours() -> Callable[[], object]:
    """`SRPClient`, from SRP_A to the proof."""
    from fastapi_cognito_auth.srp.handshake import Challenge, SRPClient, pool_name

    given = challenge()
    server = Challenge(given["SALT"], given["SRP_B"], given["SECRET_BLOCK"])
    group = pool_name(POOL_ID)

    def handshake() -> str:
        client = SRPClient(group)
        assert client.srp_a
        return client.claim(IDENTITY, PASSWORD, server, "Tue Sep 22 10:00:00 UTC 2026")

    return handshake


def exponents() -> Callable[[Callable[[int, int], int]], int]:
    """Return the three powers of a handshake with 256 bits of a, and nothing else."""
    base = int.from_bytes(hashlib.sha512(b"any").digest() * 6, "big") % MODULUS
    u, x = secrets.randbits(256), secrets.randbits(256)

    def three(power: Callable[[int, int], int]) -> int:
        a = secrets.randbits(256) | 1 << 255
        return power(2, a) ^ power(2, x) ^ power(base, a + u * x)

    return three


def gmpy2_floor() -> Callable[[], object]:
    """Three powers by gmpy2."""
    import gmpy2

    modulus, three = gmpy2.mpz(MODULUS), exponents()
    return lambda: three(lambda base, exponent: int(gmpy2.powmod(base, exponent, modulus)))


def naive_pow() -> Callable[[], object]:
    """Three powers by `pow()`, which keeps the interpreter's lock."""
    three = exponents()
    return lambda: three(lambda base, exponent: pow(base, exponent, MODULUS))


def pycognito() -> Callable[[], object]:
    """Pycognito's `AWSSRP`, from SRP_A to the proof."""
    from pycognito.aws_srp import AWSSRP

    given = challenge()

    def handshake() -> dict[str, str]:
        client = AWSSRP(
            username=IDENTITY, password=PASSWORD, pool_id=POOL_ID, client_id="client", client=object()
        )
        answer: dict[str, str] = client.process_challenge(given, client.get_auth_params())
        return answer

    return handshake


HANDSHAKES = {
    "ours": ours,
    "ours_without_gmpy2": ours,
    "gmpy2_floor": gmpy2_floor,
    "naive_pow": naive_pow,
    "pycognito": pycognito,
}


def ours_in_threads() -> Callable[[], Awaitable[object]]:
    """`PasswordProof`, which brings its own threads."""
    from fastapi_cognito_auth.cognito.client import CognitoClient
    from fastapi_cognito_auth.cognito.password_proof import PasswordProof

    client = CognitoClient(user_pool_id=POOL_ID, client_id="client", region="eu-central-1")
    proof = PasswordProof(client, user_pool_id=POOL_ID)
    first = {"ChallengeParameters": challenge()}

    async def handshake() -> object:
        return await proof.claim(await proof.begin(), IDENTITY, PASSWORD, first)

    return handshake


async def delays(handshake: Callable[[], Awaitable[object]] | None, looks: int, at_once: int) -> list[float]:
    """Return by how many seconds the event loop came late, look after look, while handshakes run."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    async def keep_busy() -> None:
        while handshake is not None and not over.is_set():
            await handshake()

    busy = [asyncio.create_task(keep_busy()) for _ in range(at_once)]
    found = []
    for _ in range(looks):
        due = loop.time() + _INTERVAL
        await asyncio.sleep(_INTERVAL)
        found.append(max(0.0, loop.time() - due))
    over.set()
    await asyncio.gather(*busy)
    return found


def main(name: str) -> None:
    """Do what is asked for: so many `handshakes`, or so many `looks` at the loop meanwhile."""
    if name == "ours_without_gmpy2":
        # As if it were not installed.
        sys.modules["gmpy2"] = None  # type: ignore[assignment]
    work = HANDSHAKES[name]() if name in HANDSHAKES else None
    runner = asyncio.Runner()
    threaded: Callable[[], Awaitable[object]] | None = None
    if name.startswith("ours"):
        threaded = ours_in_threads()
    elif work is not None:
        threaded = lambda: asyncio.to_thread(work)  # noqa: E731 - a name for what main() runs

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        if "handshakes" in request:
            count = request["handshakes"]
            return timed(lambda: [work() for _ in range(count)], count)  # type: ignore[misc]
        return {"delays": runner.run(delays(threaded, request["looks"], request["at_once"]))}

    serve(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
