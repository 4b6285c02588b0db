"""Users by what they are known by, so that nobody is looked for: a search would take longer for nobody."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local import identities
from fastapi_cognito_auth.local.users import User

Name = tuple[str, str]
"""An attribute, and its value as names are compared."""


SEARCHED: Final = frozenset({"username", "sub", "email", "phone_number", "preferred_username"})
"""What users are found by whom somebody lists, without looking at the others."""


class UserIndex:
    """The users of a pool by Username, sub, and the attributes that they can sign in with now.

    Args:
        config: of the pool, with what is fixed at its creation: UsernameAttributes, AliasAttributes and
            UsernameConfiguration.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._attributes: tuple[str, ...] = tuple(config.get("UsernameAttributes") or ())
        # What was proven comes before what anybody may call themselves.
        self._aliases: tuple[str, ...] = tuple(sorted(config.get("AliasAttributes") or (), key=_is_chosen))
        self._case_sensitive = (config.get("UsernameConfiguration") or {}).get("CaseSensitive", True)
        self._by_username: dict[str, User] = {}
        self._by_sub: dict[str, User] = {}
        self._by_name: dict[Name, dict[str, User]] = {}
        self._names: dict[str, frozenset[Name]] = {}

    def fold(self, name: str) -> str:
        """Return a name as names are compared: in a pool that ignores case, whatever case it has."""
        return name if self._case_sensitive else name.casefold()

    def add(self, user: User) -> None:
        """Add a user."""
        self._by_username[self.fold(user.username)] = user
        self._by_sub[user.sub] = user
        self.refresh(user)

    def remove(self, user: User) -> None:
        """Take a user out."""
        del self._by_username[self.fold(user.username)]
        del self._by_sub[user.sub]
        self._enter(user, frozenset())

    def refresh(self, user: User) -> None:
        """Follow a change of the user's attributes or status; one who was not added yet has no names."""
        if user.sub in self._by_sub:
            self._enter(user, self._sign_in_names(user) | _identities(user) | _values(user))

    def find(self, name: str, *, by_sub: bool) -> User | None:
        """Find a user by Username, by sub where that counts, then by a sign-in attribute or alias."""
        user = self._by_username.get(self.fold(name)) or (self._by_sub.get(name) if by_sub else None)
        for attribute in (*self._attributes, *self._aliases):
            user = user or self.holder(attribute, name)
        return user

    def by_sub(self, sub: str) -> User | None:
        """Return the user of a sub."""
        return self._by_sub.get(sub)

    def holder(self, attribute: str, value: str) -> User | None:
        """Return who signs in with the value of an attribute; of several, who came first."""
        return next(iter(self._by_name.get((attribute, self.fold(value)), {}).values()), None)

    def having(self, attribute: str, value: str) -> list[User]:
        """Return the users who have the value of one of `SEARCHED`, in the order in which they came."""
        match attribute:
            case "username":
                found = [self._by_username.get(self.fold(value))]
            case "sub":
                found = [self._by_sub.get(value)]
            case _:
                found = [*self._by_name.get(_valued(attribute, value), {}).values()]
        return sorted((user for user in found if user is not None), key=lambda user: user.number)

    def by_identity(self, provider: str, user_id: str) -> User | None:
        """Return whom a provider knows by an id of its own."""
        return self._whose(_known_by(provider, user_id))

    def awaiting(self, provider: str, attribute: str, value: str) -> User | None:
        """Return to whom the first identity is linked that a provider gives the value of an attribute."""
        return self._whose(_awaited(provider, attribute, value))

    def _whose(self, name: Name) -> User | None:
        return next(iter(self._by_name.get(name, {}).values()), None)

    def _enter(self, user: User, names: frozenset[Name]) -> None:
        held = self._names.pop(user.sub, frozenset())
        for name in held - names:
            users = self._by_name[name]
            del users[user.sub]
            if not users:
                del self._by_name[name]
        for name in names - held:
            self._by_name.setdefault(name, {})[user.sub] = user
        if names:
            self._names[user.sub] = names

    def _sign_in_names(self, user: User) -> frozenset[Name]:
        if user.status == "EXTERNAL_PROVIDER":
            # They come by their provider: an address that it names is no name to sign in with here.
            return frozenset()
        held = user.attributes
        aliases = (alias for alias in self._aliases if _is_usable(user, alias, held))
        usable = (*self._attributes, *aliases)
        return frozenset((name, self.fold(held[name])) for name in usable if held.get(name))


def _valued(attribute: str, value: str) -> Name:
    return f"value\n{attribute}", value


def _values(user: User) -> frozenset[Name]:
    return frozenset(_valued(name, value) for name, value in user.held.items() if name in SEARCHED)


def _known_by(provider: str, user_id: str) -> Name:
    # No attribute has a name with a line end, so these are no names to sign in with.
    return f"identity\n{provider}", user_id


def _awaited(provider: str, attribute: str, value: str) -> Name:
    return f"awaited\n{provider}\n{attribute}", value


def _identities(user: User) -> frozenset[Name]:
    known = (_known_by(found["providerName"], found["userId"]) for found in identities.of(user.held))
    return frozenset([*known, *(_awaited(*link) for link in user.awaited)])


def _is_chosen(alias: str) -> bool:
    return alias == "preferred_username"


def _is_usable(user: User, alias: str, held: Mapping[str, str]) -> bool:
    """Tell whether a user has an alias: the first who has proven an address holds it, whoever entered it."""
    if _is_chosen(alias):
        return user.status != "UNCONFIRMED"
    return held.get(f"{alias}_verified") == "true"
