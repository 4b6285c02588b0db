"""What is mutated, by which tests the mutants must die, and how many must."""

from typing import Final

ROOMS: Final = {
    "sealing.py": ("tests/test_sealing.py",),
    "srp": ("tests/srp",),
    "tokens": (
        "tests/tokens",
        # What the pools of one app may say of whom, and all that refusals tell.
        "tests/dependencies/test_several_pools.py",
        "tests/dependencies/test_refusal_log.py",
    ),
    "keys": (
        "tests/keys",
        # Whom a fetch trusts, and what it goes through.
        "tests/runtime/test_outgoing.py",
    ),
    "dependencies": (
        "tests/dependencies",
        "tests/test_profile.py",
        # Sessions are told apart by what a browser gets.
        "tests/routers/test_cookie_session.py",
        "tests/routers/test_managed_login.py",
        "tests/routers/test_session_id_user.py",
        "tests/routers/test_user_sessions.py",
        "tests/routers/test_slow_answers.py",
        # What is told to who takes an object for what it is not.
        "tests/test_misuse.py",
    ),
}
"""Folders and modules of the package, each with its own tests, as paths from the project's folder."""

AT_IMPORT: Final = {("dependencies/guards.py", "_maker")}
"""Functions whose work is done when their module is imported, which is before the tool changes them."""

LEAST_KILLED: Final = 95
"""Per cent, of each room."""


def room_of(part: str) -> str:
    """Return the room that holds a part, such as `tokens` for `tokens/jws.py`."""
    room = part if part in ROOMS else part.partition("/")[0]
    if room not in ROOMS:
        msg = f"{part} is in no room; there are {', '.join(ROOMS)}, and modules such as tokens/jws.py"
        raise SystemExit(msg)
    return room
