"""A state of a page: how one gets there."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi_cognito_auth.cli.gallery.place import Place
from fastapi_cognito_auth.cli.gallery.walk import Walk
from fastapi_cognito_auth.pages import Look

Recipe = Callable[[Walk], Awaitable[None]]
"""Walks from the first page to a state."""


@dataclass(frozen=True)
class State:
    """A state of a page.

    Args:
        name: as in its address.
        title: what it is.
        recipe: how one gets there.
        options: of the pool that one gets there with.
    """

    name: str
    title: str
    recipe: Recipe
    options: Mapping[str, Any]

    async def reach(
        self,
        look: Look,
        now: Callable[[], float],
        *,
        origin: str = "http://localhost",
        root: str = "",
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
    ) -> Walk:
        """Go there on a new pool, and return the walk that ended there.

        Args:
            look: of the pages.
            now: seconds since the epoch.
            origin: of the app, as browsers see it.
            root: the path below which the app is.
            headers: of each request.
            cookies: of the browser.
        """
        place = Place(look, self.options, now)
        walk = Walk(place, origin=origin, root=root, headers=headers, cookies=cookies)
        await self.recipe(walk)
        await walk.close()
        return walk


@dataclass(frozen=True)
class Group:
    """States that belong together.

    Args:
        title: what they have in common.
        options: of their pools, unless a state says otherwise.
    """

    title: str
    options: Mapping[str, Any]
    states: list[State] = field(default_factory=list)

    def state(self, **options: Any) -> Callable[[Recipe], Recipe]:
        """Add what a function leads to, under the name of the function.

        Args:
            options: of the pool.
        """

        def add(recipe: Recipe) -> Recipe:
            name = re.sub("_", "-", recipe.__name__)
            title = (recipe.__doc__ or name).strip().removesuffix(".")
            self.states.append(State(name, title, recipe, {**self.options, **options}))
            return recipe

        return add
