"""Whether the time of an answer tells who has an account.

Every public endpoint is asked about users in each state and about a name that nobody has, all taking
turns in an order that changes, on a local pool that hides who exists and has 200 more users. AUC is
how often an answer about the one takes longer than an answer about the other: 0.5 tells nothing, 0
and 1 tell all. With 200 samples each, what tells nothing comes out between 0.44 and 0.56, nineteen
times of twenty.
"""

import itertools
import logging
import random
import time
from bisect import bisect_left, bisect_right
from typing import Final

from benchmarks.plan import Plan
from benchmarks.report import Section, Table
from fastapi_cognito_auth.local import LocalUserPool
from tests.routers.kit import PASSWORD
from tests.routers.names import NOBODY, QUESTIONS, STATES, app_of

_OTHERS: Final = 200
_SIGN_UPS: Final = frozenset({"/sign-up", "SignUp"})
"""They make somebody of nobody, and say themselves who exists."""


def measure(plan: Plan) -> Section:
    """Run this part."""
    app = app_of("ENABLED")
    _add_users(app.pool, plan.amount(_OTHERS, 2))
    names = (NOBODY, *STATES)
    rows = []
    logging.disable(logging.WARNING)  # what is not sent is warned of
    for question in (question for question in QUESTIONS if question not in _SIGN_UPS):
        taken: dict[str, list[float]] = {name: [] for name in names}
        for number in range(plan.amount(200, 1)):
            # In another order each time: what returns at regular intervals, such as the collection of
            # garbage, would always fall on the same name.
            for name in random.Random(number).sample(names, len(names)):  # noqa: S311 - an order
                start = time.perf_counter()
                QUESTIONS[question](app, name)
                taken[name].append(time.perf_counter() - start)
                # Passwords lock for a while, and codes have a limit in an hour.
                app.clock.advance(1000)
        found = {pair: _auc(taken[pair[0]], taken[pair[1]]) for pair in itertools.combinations(names, 2)}
        widest = max(found, key=lambda pair: abs(found[pair] - 0.5))
        rows.append(
            [
                question,
                *(f"{1 - found[NOBODY, name]:.2f}" for name in STATES),
                f"{found[widest]:.2f} {widest[0]} / {widest[1]}",
            ]
        )
    logging.disable(logging.NOTSET)
    head = ["AUC beside nobody", *STATES, "widest of all pairs"]
    return Section("Who has an account, by time", _text(), [Table(head, rows)])


def _text() -> str:
    return (
        "An unconfirmed (`unsigned`) and a disabled (`switched`) user are refused before the password is"
        " proved, and answers that differ take what time they take; see the security model."
    )


def _add_users(pool: LocalUserPool, count: int) -> None:
    for number in range(count):
        params = {
            "UserPoolId": pool.user_pool_id,
            "Username": f"other{number}",
            "TemporaryPassword": PASSWORD,
            "MessageAction": "SUPPRESS",
        }
        pool.call("AdminCreateUser", params)


def _auc(first: list[float], second: list[float]) -> float:
    """Return how often a value of the first is above one of the second; ties count half."""
    ordered = sorted(second)
    above = sum((bisect_left(ordered, value) + bisect_right(ordered, value)) / 2 for value in first)
    return above / (len(first) * len(second))
