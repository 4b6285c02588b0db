"""What was seen: the pool, its client, its domain, the keys, the clock, Redis."""

from collections.abc import Mapping
from typing import Any, Literal

import httpx2

from fastapi_cognito_auth.settings.settings import CognitoSettings

Update = Literal["client", "pool", "mfa"]
"""What an update changes: by UpdateUserPoolClient, UpdateUserPool or SetUserPoolMfaConfig."""


class UnseenError(Exception):
    """Something could not be looked at; the text says why, and holds nothing secret.

    Args:
        why: in words.
        code: of the service's refusal, if it was one.
        operation: that was refused, or did not get through.
    """

    def __init__(self, why: str, code: str | None = None, operation: str | None = None) -> None:
        super().__init__(f"{operation}: {why}" if operation else why)
        self.why = why
        self.code = code
        self.operation = operation


class AbsentError(Exception):
    """Something does not exist, which a check of its own says."""


class Facts:
    """What was seen; its state is that.

    Args:
        settings: of the app.
        app_url: where browsers reach the app, without a slash at its end, if that was said.
        environ: the environment's variables.
        found: what was looked at, or the error that says why it could not be.
    """

    def __init__(
        self,
        settings: CognitoSettings,
        app_url: str | None,
        environ: Mapping[str, str],
        found: Mapping[str, Any],
    ) -> None:
        self.settings = settings
        self.app_url = app_url
        self.environ = environ
        self._found = found

    def look(self, name: str) -> Any:
        """Return what was found.

        Raises:
            UnseenError: it could not be looked at.
            AbsentError: it does not exist.
        """
        found = self._found[name]
        if isinstance(found, Exception):
            raise found
        return found

    def has(self, name: str) -> bool:
        """Tell whether something was looked at, and exists."""
        return name in self._found and not isinstance(self._found[name], Exception)

    def changed(self, update: Update, change: Mapping[str, Any]) -> "Facts":
        """Return what would be seen after an update; the arguments are those of a verdict."""
        found = {**self._found, update: {**self.look(update), **change}}
        if "MfaConfiguration" in change and self.has("pool"):
            # The pool describes it, too, and its own update would put it back.
            found["pool"] = {**self.pool, "MfaConfiguration": change["MfaConfiguration"]}
        return Facts(self.settings, self.app_url, self.environ, found)

    @property
    def pool(self) -> Mapping[str, Any]:
        """What DescribeUserPool says."""
        found: Mapping[str, Any] = self.look("pool")
        return found

    @property
    def client(self) -> Mapping[str, Any]:
        """What DescribeUserPoolClient says of the app client."""
        found: Mapping[str, Any] = self.look("client")
        return found

    @property
    def mfa(self) -> Mapping[str, Any]:
        """What GetUserPoolMfaConfig says."""
        found: Mapping[str, Any] = self.look("mfa")
        return found

    def refusals(self) -> frozenset[str]:
        """Return the codes of what kept the pool, its app client and its factors from being looked at."""
        unseen = (self._found[name] for name in ("pool", "client", "mfa"))
        return frozenset(each.code for each in unseen if isinstance(each, UnseenError) and each.code)

    @property
    def anything_of_the_pool(self) -> bool:
        """Whether the service answered at all, were it that there is no such pool."""
        return any(not isinstance(self._found[name], UnseenError) for name in ("pool", "client", "mfa"))


def groups_of(settings: CognitoSettings) -> frozenset[str]:
    """Return the groups that the settings name; those of administrators only where they were said."""
    said = settings.model_fields_set
    administrators = settings.admin_groups if "admin_groups" in said else ()
    beside = (*settings.admin_read_groups, *settings.pool_admin_groups)
    return frozenset({*settings.group_scopes, *administrators, *beside})


def name_of(address: str) -> str:
    """Return what the API calls a domain: one of Cognito's own by its prefix, and another by its host."""
    host = httpx2.URL(address).host
    return host.partition(".")[0] if host.endswith(".amazoncognito.com") else host
