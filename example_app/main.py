"""The example app, on the embedded user pool or, with `COGNITO_USER_POOL_ID` set, on a real one."""

import os
from typing import Annotated

from fastapi import Depends, FastAPI, Response
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.staticfiles import StaticFiles

from example_app.pages import WEB, pages
from fastapi_cognito_auth import CognitoAuth, CognitoSettings, IdUser, User
from fastapi_cognito_auth.pages import Look

GROUP_SCOPES = {"analysts": {"reports/export"}}

mfa = os.environ.get("EXAMPLE_MFA", "OPTIONAL")
# The embedded pool is asked for by name; the package itself never falls back to it.
if os.environ.get("COGNITO_USER_POOL_ID"):
    auth = CognitoAuth(CognitoSettings(group_scopes=GROUP_SCOPES))
    local = False
else:
    from example_app.demo_pool import PEOPLE, demo_pool  # a real pool does without the [local] extra

    pool = demo_pool(mfa)
    auth = CognitoAuth.local(pool, group_scopes=GROUP_SCOPES)
    local = True

has_managed_login = local or auth.settings.domain is not None
offers = {
    "managed_login": has_managed_login,
    "google": local,
    "local_users": local,
    "authenticators": local and mfa != "OFF",
    # Only Redis knows in which browsers somebody is signed in.
    "sessions": auth.settings.session_store == "redis",
}

app = FastAPI(title="Example of fastapi_cognito_auth", lifespan=auth.lifespan)
# For browsers: tokens stay in cookie sessions, and no page ever holds one.
app.add_middleware(auth.session_middleware)
app.include_router(auth.session_router, prefix="/session")
if has_managed_login:
    app.include_router(auth.managed_login_router, prefix="/login")
# Ready pages, and those of the example's own in the same look.
look = Look(name="The example", home_url="/", templates=WEB / "ready" if local else None)
app.include_router(auth.pages(look), prefix="/pages")
app.include_router(pages(auth, offers, PEOPLE if local else [], (lambda: [*pool.outbox]) if local else None))
app.mount("/static", StaticFiles(directory=WEB / "static"))
# A page that needs a sign-in leads to the page for that, and from there on to itself.
app.add_exception_handler(401, auth.sign_in_redirect("/pages/sign-in"))
# Who may not see one gets a page that says so.
app.add_exception_handler(403, auth.refusal_page())
# For programs: tokens in the answers.
app.include_router(auth.router, prefix="/auth")
# For both.
app.include_router(auth.account_router, prefix="/account")
# For members of the group `admins`.
app.include_router(auth.admin_router, prefix="/admin")
if auth.settings.resource:
    app.include_router(auth.metadata_router)
if local:
    app.include_router(auth.local_router, prefix="/local")
    # The outbox is for this machine alone: no page elsewhere may read it under a name of its own.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "testserver"])

CurrentUser = Annotated[User, Depends(auth.current_user)]
OptionalUser = Annotated[User | None, Depends(auth.optional_user)]
Analyst = Annotated[User, Depends(auth.require_groups("analysts"))]
IdTokenUser = Annotated[IdUser, Depends(auth.id_user)]
Exporter = Annotated[User, Depends(auth.require_scopes("reports/export"))]


@app.get("/public")
async def public(user: OptionalUser) -> dict[str, str]:
    """Greet anybody, and a signed-in user by name."""
    return {"message": f"Hello {user.username if user else 'stranger'}"}


@app.get("/me")
async def me(user: CurrentUser) -> User:
    """Show the signed-in user what the app knows from the token."""
    return user


@app.get("/reports")
async def reports(user: Analyst) -> list[dict[str, str]]:
    """List the reports, for members of the group `analysts`."""
    return [{"title": "Sign-ups per day", "requested_by": user.username}]


@app.get("/reports/export")
async def export_reports(user: Exporter) -> dict[str, str]:
    """Export the reports, for whoever holds the scope `reports/export`."""
    return {"file": "reports.csv", "requested_by": user.username}


@app.get("/greeting")
async def greeting(user: CurrentUser) -> dict[str, str]:
    """Greet the user by the e-mail address, which the access token lacks and the pool tells."""
    profile = await user.profile()
    return {"message": f"Hello {profile.email or user.username}"}


@app.post("/welcome")
async def welcome(user: IdTokenUser) -> dict[str, str | None]:
    """Say whom an ID token names."""
    return {"username": user.username, "email": user.email}


@app.get("/ready", include_in_schema=False)
async def ready(response: Response) -> dict[str, int]:
    """Tell a load balancer whether tokens can be verified here."""
    keys = auth.keys.status()
    if not keys.kids:
        response.status_code = 503
    return {"keys": len(keys.kids)}
