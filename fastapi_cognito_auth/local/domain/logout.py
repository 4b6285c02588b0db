"""GET /logout: forget the browser, and send it back to the app or to the sign-in.

https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
"""

from starlette.responses import Response

from fastapi_cognito_auth.local.domain import authorization_request
from fastapi_cognito_auth.local.domain.browser_sessions import COOKIE, BrowserSessions
from fastapi_cognito_auth.local.domain.completion import found
from fastapi_cognito_auth.local.domain.refusals import PageRefusal
from fastapi_cognito_auth.local.domain.visit import Visit
from fastapi_cognito_auth.local.plane import Plane


def answer(plane: Plane, sessions: BrowserSessions, visit: Visit) -> Response:
    """End the browser's session; tokens that were issued live on.

    Raises:
        PageRefusal: neither a registered logout address nor a registered callback was given.
    """
    query = visit.query
    client = authorization_request.known_client(plane, query)
    if "logout_uri" in query:
        if query.repeated or query["logout_uri"] not in client.oauth.logout_urls:
            raise PageRefusal(
                authorization_request.not_registered(
                    "logout_uri", query["logout_uri"], client.oauth.logout_urls
                )
            )
        location = query["logout_uri"]
    else:
        authorization_request.proven_callback(plane, query)
        location = f"login?{visit.encoded_query}"
    sessions.end(visit.cookies.get(COOKIE))
    response = found(location)
    visit.set_cookie(response, COOKIE, "", 0)
    return response
