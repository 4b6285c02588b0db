"""Where a request came from, behind the proxies that one trusts."""

from collections.abc import Callable
from ipaddress import ip_address

from starlette.requests import Request

from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.dependencies.addresses import address_of

FindContext = Callable[[Request], UserContext | None]
"""A dependency: what to tell Cognito of the client, or nothing."""


def client_context(*, forward: bool, trusted_proxies: int) -> FindContext:
    """Make the dependency.

    Args:
        forward: whether Cognito is told at all.
        trusted_proxies: how many proxies add to `X-Forwarded-For` before the app sees it.
    """

    def find(request: Request) -> UserContext | None:
        if not forward:
            return None
        address = client_address(request, trusted_proxies)
        if address is None:
            return None
        asked = address_of(request)
        return UserContext(address, asked.hostname or "", asked.path)

    return find


def client_address(request: Request, trusted_proxies: int) -> str | None:
    """Return the client's IP address, or `None` if it cannot be told.

    Each trusted proxy appends the address that it saw. Whatever stands further left was sent by
    the client itself, and may be invented.
    """
    if request.client is None:
        return None
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    chain = [*hops, request.client.host]
    if len(chain) <= trusted_proxies:
        return None
    try:
        return str(ip_address(chain[-1 - trusted_proxies]))
    except ValueError:
        return None
