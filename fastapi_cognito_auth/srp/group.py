"""The group that Cognito's SRP computes in, and powers in it.

The exponents are secrets: drawn afresh, or made from a password. The same multiplications are done
in the same order whatever their bits are, which takes the coarse differences in time away; what
Python's numbers and the processor's caches tell remains. Callers run this in worker threads, and
it lets the event loop's thread run meanwhile: gmpy2 works without the GIL, and in plain Python the
work is cut into steps of a fraction of a millisecond.

A power of the generator takes a fifth of the time that another base does, because what all of
them share is computed once (Lim and Lee, "More Flexible Exponentiation with Precomputation").
"""

import functools
import time
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

N_HEX: Final = (
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33"
    "A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864"
    "D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2"
    "08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"
)
N: Final = int(N_HEX, 16)
"""The 3072-bit prime of RFC 3526 group 15."""
G: Final = 2
"""The generator; RFC 5054 would use 5."""

_TEETH: Final = 8
_COLUMNS: Final = 32
_WINDOW: Final = 5
_PAUSE: Final = 1e-6
"""Seconds: a sleep of nothing would take the GIL back before a waiting thread wakes up."""
_COLUMNS_PER_STEP: Final = 6
_WINDOWS_PER_STEP: Final = 2


def power(base: int, exponent: int) -> int:
    """Raise to a power modulo N.

    Args:
        base: any.
        exponent: a secret or not; not negative.
    """
    gmpy2 = accelerator()
    if gmpy2 is None:
        return _power_by_windows(base % N, exponent)
    if exponent == 0:  # powmod_sec takes no zero
        return 1
    with _gil_released(gmpy2):
        # A third slower than powmod, whose steps and memory accesses follow the exponent.
        return int(gmpy2.powmod_sec(base, exponent, N))


def power_of_g(exponent: int) -> int:
    """Raise the generator to a power modulo N; fast for exponents of up to 256 bits.

    Args:
        exponent: a secret or not; not negative.
    """
    if exponent.bit_length() > _TEETH * _COLUMNS:
        return power(G, exponent)
    gmpy2 = accelerator()
    table, modulus = _table(gmpy2)
    bits = f"{exponent:0{_TEETH * _COLUMNS}b}"
    result = table[0]
    for column in range(_COLUMNS):
        result = result * result % modulus * table[int(bits[column::_COLUMNS], 2)] % modulus
        if gmpy2 is None and column % _COLUMNS_PER_STEP == 0:
            time.sleep(_PAUSE)
    return int(result)


@functools.cache
def accelerator() -> Any:
    """Return gmpy2, or `None` if the [fast] extra is not installed.

    It is loaded with the first handshake: an app that only verifies tokens needs none of it.
    """
    try:
        import gmpy2  # noqa: PLC0415 - an optional extra
    except ImportError:
        return None
    return gmpy2


def _gil_released(gmpy2: Any) -> AbstractContextManager[Any]:
    # Set where it is used: gmpy2 keeps a context for each thread, and apps may have set theirs.
    try:
        released: AbstractContextManager[Any] = gmpy2.context(allow_release_gil=True)
    except (TypeError, ValueError):  # a build that cannot
        return nullcontext()
    return released


@functools.cache
def _table(gmpy2: Any) -> tuple[list[Any], Any]:
    """Return g to the power of every sum of 2^(32 i), and N, as numbers of gmpy2's if it is there."""
    number = int if gmpy2 is None else gmpy2.mpz
    modulus, tooth = number(N), number(G)
    table = [number(1)]
    for _ in range(_TEETH):
        for entry in table[:]:
            table.append(entry * tooth % modulus)
            if gmpy2 is None and len(table) % 16 == 0:
                time.sleep(_PAUSE)
        tooth = pow(tooth, 1 << _COLUMNS, modulus)
    return table, modulus


def _power_by_windows(base: int, exponent: int) -> int:
    """Do what `pow` does, which would keep the GIL, and with it the event loop, for some 10 ms."""
    powers = [1]
    for _ in range((1 << _WINDOW) - 1):
        powers.append(powers[-1] * base % N)
    time.sleep(_PAUSE)
    result = 1
    for window in reversed(range(-(-exponent.bit_length() // _WINDOW))):
        digit = exponent >> window * _WINDOW & (1 << _WINDOW) - 1
        result = pow(result, 1 << _WINDOW, N) * powers[digit] % N
        if window % _WINDOWS_PER_STEP == 0:
            time.sleep(_PAUSE)
    return result
