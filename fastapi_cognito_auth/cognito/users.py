"""The users of the pool, for administrators, put together from the flows: `auth.pool.users`."""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.given import several
from fastapi_cognito_auth.cognito.groups import Groups
from fastapi_cognito_auth.cognito.import_upload import ImportUpload
from fastapi_cognito_auth.cognito.membership_table import read_memberships
from fastapi_cognito_auth.cognito.pacing import Paced
from fastapi_cognito_auth.cognito.row_text import RawRow
from fastapi_cognito_auth.cognito.user_access import UserAccess
from fastapi_cognito_auth.cognito.user_auth_events import UserAuthEvents
from fastapi_cognito_auth.cognito.user_devices import UserDevices
from fastapi_cognito_auth.cognito.user_directory import UserDirectory
from fastapi_cognito_auth.cognito.user_export import ExportProgress, UserExport
from fastapi_cognito_auth.cognito.user_identities import UserIdentities
from fastapi_cognito_auth.cognito.user_import import ImportProgress, RowReport, UserImport
from fastapi_cognito_auth.cognito.user_import_jobs import UserImportJobs
from fastapi_cognito_auth.cognito.user_logins import UserLogins
from fastapi_cognito_auth.cognito.user_mfa import UserMfa


class Users(UserDirectory, UserAccess, UserIdentities):
    """What administrators do with users, by the app's own AWS credentials.

    Nothing here asks who asks: that is the caller's, as `auth.admin_router` does it.

    Args:
        client: speaks to Cognito.
        import_upload: puts files of users where import jobs take them.
    """

    def __init__(self, client: CognitoClient, import_upload: ImportUpload) -> None:
        super().__init__(client)
        self.import_jobs: UserImportJobs = UserImportJobs(client, import_upload)
        self.devices: UserDevices = UserDevices(client)
        self.sessions: UserLogins = UserLogins(client)
        self.mfa: UserMfa = UserMfa(client)
        self.auth_events: UserAuthEvents = UserAuthEvents(client)

    def export(
        self,
        *,
        cursor: str | None = None,
        attributes: Iterable[str] = (),
        groups: bool = False,
        paced: Paced | None = None,
        on_progress: Callable[[ExportProgress], None] | None = None,
    ) -> UserExport:
        """Go through all users of a pool of any size, within its quota (ListUsers).

        `async for user in users.export()` gives users; `json_lines` and `csv` give text. A page at a
        time is in memory. Throttling is waited out.

        Args:
            cursor: of an export that was cut short.
            attributes: tells these alone.
            groups: tells the groups of each user, too (ListGroups, ListUsersInGroup). All members of all
                groups are gone through before the first user, sixty a call, and their names are in memory.
            paced: makes the calls; 25 a second unless given.
            on_progress: told after each page.
        """
        names, paced = several(attributes), paced or Paced()

        async def memberships() -> Mapping[str, Sequence[str]]:
            return await read_memberships(Groups(self._client), paced)

        return UserExport(
            lambda token: self.page(next_token=token, attributes=names),
            cursor=cursor,
            paced=paced,
            attribute_names=self.attribute_names,
            memberships=memberships if groups else None,
            on_progress=on_progress,
        )

    def import_(
        self,
        rows: Iterable[RawRow | Mapping[str, Any]] | AsyncIterable[RawRow | Mapping[str, Any]],
        *,
        after: int = 0,
        invite: bool = True,
        refused_groups: Collection[str] = (),
        paced: Paced | None = None,
        on_progress: Callable[[ImportProgress], None] | None = None,
    ) -> AsyncIterator[RowReport]:
        """Create many users, within the pool's quota, and report on each row (AdminCreateUser).

        A user who is there as the row says is `unchanged`, so that the same rows may be imported again
        after an import was cut short. One who is there otherwise `differs`, and stays so. A row that
        cannot be read or is refused is `failed`, and stops nothing.

        Args:
            rows: of `read_rows`, or mappings such as `{"username": "ada", "attributes": {…}}`.
            after: the place of the last row that was done before.
            invite: whether each new user is sent a temporary password.
            refused_groups: that no row may name, and whose members no row changes.
            paced: makes the calls; 40 a second unless given, of the 50 new users that Cognito allows.
            on_progress: told after each report.

        Raises:
            UserPoolError: it is not about a row: the app may not create users, a quota is used up, or
                Cognito goes on not answering.
            TypeError: these are no rows at all, but a text or one mapping.
        """
        return UserImport(
            self,
            Groups(self._client),
            paced=paced or Paced(40.0),
            invite=invite,
            refused_groups=refused_groups,
            on_progress=on_progress,
        ).reports(rows, after=after)
