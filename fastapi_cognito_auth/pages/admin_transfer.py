"""Administration: many users at once, from a file and into one."""

import csv
import io
from collections.abc import Callable
from typing import Final

from fastapi import Response

from fastapi_cognito_auth.cognito.row_text import TOLD_OF_USERS
from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.exceptions import CognitoAuthError, RequestTooLargeError, ResourceNotFoundError
from fastapi_cognito_auth.pages.admin_messages import told, why
from fastapi_cognito_auth.pages.admin_site import AdminSite, AdminVisit
from fastapi_cognito_auth.pages.admin_upload import read_upload
from fastapi_cognito_auth.pages.messages import Message
from fastapi_cognito_auth.pages.whose import refuse_of_others
from fastapi_cognito_auth.routers.admin_imports import LARGEST_IMPORT, Imports

_FIRST_COLUMNS: Final = ("username", "temporary_password", "enabled", "groups")
_OF_THE_POOL: Final = TOLD_OF_USERS | {"identities", "updated_at"}


class AdminTransfer:
    """Begins imports and shows how far they have come, and sends exports.

    Args:
        site: makes the pages.
        imports: begin them; asked for when one is to begin.
        users: know which columns a file may have.
    """

    def __init__(self, site: AdminSite, imports: Callable[[], Imports], users: Users) -> None:
        self._site = site
        self._imports = imports
        self._users = users

    async def show(self, here: AdminVisit, error: CognitoAuthError | None = None) -> Response:
        """Show the forms, and the imports that there were."""
        jobs = (await self._site.deeds.read("list_user_imports")).items
        return self._site.page(here, "admin_transfer.html", error=error, part="transfer", jobs=jobs)

    async def begin(self, here: AdminVisit) -> Response:
        """Take a file, and begin to import it."""
        try:
            sent = await read_upload(here.request, "file", most=LARGEST_IMPORT)
        except RequestTooLargeError as exc:
            here.visit.form.refuse("file", "admin.error.file_too_large")
            return await self.show(here, exc)
        text, here.visit.form.values = sent.text, sent.fields
        refuse_of_others(here.visit.form, here.admin)
        if not text.strip():
            here.visit.form.refuse("file", "admin.error.no_file")
            return await self._wrong(here, 422)
        try:
            job = await self._imports().begin(
                here.request, here.admin, text, "csv", invite=bool(here.visit.form.get("invite"))
            )
        except CognitoAuthError as exc:
            if exc.status_code == 422:
                here.visit.form.refuse("file", "admin.error.no_csv")
            else:
                here.visit.form.general = told(exc)
            return await self.show(here, exc)
        return self._site.go(here, "admin_import", job=job.job_id)

    async def _wrong(self, here: AdminVisit, status: int) -> Response:
        jobs = (await self._site.deeds.read("list_user_imports")).items
        return self._site.page(here, "admin_transfer.html", status=status, part="transfer", jobs=jobs)

    async def show_job(self, here: AdminVisit) -> Response:
        """Show how far an import has come, and which rows need a look."""
        try:
            job = await self._site.deeds.read("get_user_import", job_id=here.asked("job"))
        except ResourceNotFoundError as exc:
            return self._elsewhere(here, exc)
        return self._site.page(here, "admin_import.html", part="transfer", job=job, why=why)

    async def stop(self, here: AdminVisit) -> Response:
        """Stop an import."""
        job = here.asked("job")
        try:
            await self._site.deeds.do("stop_user_import", here.request, here.admin, job_id=job)
        except ResourceNotFoundError as exc:
            here.visit.form.general = Message("admin.error.elsewhere")
            return self._elsewhere(here, exc)
        return self._site.go(here, "admin_import", job=job)

    def _elsewhere(self, here: AdminVisit, error: CognitoAuthError) -> Response:
        """Say that this worker knows no such import, and another one may."""
        job = here.asked("job")
        return self._site.page(here, "admin_import_elsewhere.html", error=error, part="transfer", job_id=job)

    async def header(self) -> Response:
        """Send a file with the columns that a file of users may have, and no user."""
        names = [name for name in await self._users.attribute_names() if name not in _OF_THE_POOL]
        text = io.StringIO()
        csv.writer(text).writerow([*_FIRST_COLUMNS, *names])
        headers = {
            "Content-Disposition": 'attachment; filename="users.csv"',
            "X-Content-Type-Options": "nosniff",
        }
        return Response(text.getvalue(), 200, headers, "text/csv; charset=utf-8")

    def lead_to_export(self, here: AdminVisit) -> Response:
        """Lead to the form: a page of another site, or a sign-in on the way, takes nobody's data along."""
        return self._site.go(here, "admin_transfer", notice=here.asked("notice") or None)

    async def export(self, here: AdminVisit) -> Response:
        """Send all users as CSV, while they are read."""
        sent: Response = await self._site.deeds.do(
            "export_users", here.request, here.admin, kind="csv", groups=bool(here.visit.form.get("groups"))
        )
        return sent
