"""An app with `auth.pool_router`, and what each of its endpoints is asked."""

from typing import Any

from httpx2 import Response

from fastapi_cognito_auth.cognito.api_shapes import snake
from fastapi_cognito_auth.cognito.service_model import service_model
from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.routers.pool_models import example_of
from fastapi_cognito_auth.routers.pool_routes import POOL_ROUTES, PoolRoute
from fastapi_cognito_auth.settings.keywords import LocalSettings
from tests.older import known
from tests.routers.admin_kit import PEOPLE, AdminApp
from tests.routers.kit import PASSWORD

OWNER = LocalUser("owner", password=PASSWORD, groups=("owners",))
OTHER_OWNER = LocalUser("owner2", password=PASSWORD, groups=("owners",))
ROUTES = [route for route in POOL_ROUTES if route.operation in known({route.operation})]
"""Those that this boto3 knows."""


def name_of(route: PoolRoute) -> str:
    return f"{route.method} {route.path}"


class PoolApp(AdminApp):
    """The routers of administrators on a local pool, and who asks them."""

    def __init__(self, *, settings: LocalSettings | None = None) -> None:
        super().__init__(
            [*PEOPLE, OWNER, OTHER_OWNER], settings=settings or {"pool_admin_groups": ["owners"]}
        )
        self.app.include_router(self.auth.pool_router, prefix="/configuration")

    def configure(self, token: str | None, method: str, path: str, body: Any = None) -> Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self.http.request(method, f"/configuration{path}", headers=headers, json=body)

    def request(self, route: PoolRoute, *, in_path: str = "0" * 36) -> tuple[str, Any]:
        """Return a path and a body that the endpoint takes by their form.

        Args:
            route: the endpoint.
            in_path: stands for each name in the path.
        """
        shape = service_model().operation_model(route.operation).input_shape
        path = route.path
        for name in shape.members:
            path = path.replace(f"{{{snake(name)}}}", in_path)
        if route.method == "DELETE":
            query = {"/tags": "tag_keys=team", "/pool": f"confirm={self.pool.user_pool_id}"}
            path += f"?{query.get(path, f'confirm={in_path}')}"
        elsewhere = [
            snake(name)
            for name in shape.members
            if name not in {"UserPoolId", "ResourceArn"}
            and f"{{{snake(name)}}}" not in route.path
            and not (name == "ClientId" and route.shared)
        ]
        has_body = route.method in {"POST", "PUT", "PATCH"} and elsewhere
        return path, example_of(shape, elsewhere) if has_body else None

    def sample(self, token: str | None, route: PoolRoute) -> Response:
        """Ask for something that the endpoint takes by its form, about nothing that exists."""
        path, body = self.request(route)
        return self.configure(token, route.method, path, body)
