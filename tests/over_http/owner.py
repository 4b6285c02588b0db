"""Who configures the pool, and asks for it over HTTP."""

from typing import Any, Final

from tests.over_http.house import House

NOTHING: Final = "00000000-0000-4000-8000-000000000000"
"""An id that nothing has."""
NOTHING_BY_NAME: Final = {"client_id": "nobody", "cimd_policy_id": "nothing"}
"""The same, where ids have another form."""


class Owner:
    """Who configures the pool: asks what is right, and then for something that there is not."""

    def __init__(self, house: House) -> None:
        self._house = house

    def __call__(self, operation: str, endpoint: str, sent: Any = None, **more: Any) -> Any:
        method, _, path = endpoint.partition(" ")
        given = {"token": self._house.root, **more}
        return self._house(operation, f"{method} /configuration{path}", sent, **given)

    def named(
        self,
        operation: str,
        endpoint: str,
        named: dict[str, str],
        sent: Any = None,
        *,
        other: str | None = None,
    ) -> Any:
        """Ask for what the end of the path names, and then for another."""
        *_, (name, value) = named.items()
        other = other or NOTHING_BY_NAME.get(name, NOTHING)
        deleted = endpoint.startswith("DELETE")
        right = named | ({"confirm": value} if deleted else {}) | (sent or {})
        wrong = {name: other} | ({"confirm": other} if deleted else {})
        return self(operation, endpoint, right, wrong=wrong)
