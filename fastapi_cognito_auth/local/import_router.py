"""Where the file of a user import job is put, as at the address that the service signs."""

import httpx2
from fastapi import APIRouter, FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.import_file import LARGEST_FILE
from fastapi_cognito_auth.local.pool import LocalUserPool

_ENCRYPTION = "x-amz-server-side-encryption"


def import_router(pool: LocalUserPool) -> APIRouter:
    """Build the endpoint, for every pool beside this one too.

    Args:
        pool: the first.
    """
    router = APIRouter(include_in_schema=False)

    @router.put("/{user_pool_id}/user-import/{job_id}")
    async def put_file(user_pool_id: str, job_id: str, request: Request, signature: str = "") -> Response:
        """Keep the file; the header is one that the address is signed with."""
        if request.headers.get(_ENCRYPTION) != "aws:kms":
            return _refused(403, f"{_ENCRYPTION}: aws:kms is missing")
        if "content-length" not in request.headers:
            return _refused(411, "You must provide the Content-Length HTTP header.")
        try:
            # Nobody without the address has a body read.
            keep = pool.import_upload(user_pool_id, job_id, signature)
            body = bytearray()
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_FILE:
                    return _refused(400, "Your proposed upload exceeds the maximum allowed size")
            await run_in_threadpool(keep, bytes(body))
        except ServiceError as exc:
            return _refused(403, exc.message)
        except ClientDisconnect:
            return Response(status_code=400)
        return Response()

    return router


def import_transport(pool: LocalUserPool) -> httpx2.ASGITransport:
    """Return what takes files without leaving the process.

    Args:
        pool: whose jobs they are for.
    """
    app = FastAPI(openapi_url=None)
    app.include_router(import_router(pool))
    return httpx2.ASGITransport(app=app)


def _refused(status: int, text: str) -> Response:
    return Response(text, status, media_type="text/plain")
