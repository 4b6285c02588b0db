"""An honest Amazon Cognito user pool inside this process: see `LocalUserPool`."""

from fastapi_cognito_auth.local.custom_attributes import CustomAttribute
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.local_machine import LocalMachine
from fastapi_cognito_auth.local.local_user import LocalUser
from fastapi_cognito_auth.local.outbox import Message, Outbox
from fastapi_cognito_auth.local.page_forms import fill_in_pages
from fastapi_cognito_auth.local.state.file import StateFileError
from fastapi_cognito_auth.local.triggers import Triggers

try:
    from fastapi_cognito_auth.local.pool import LocalUserPool
except ModuleNotFoundError as _exc:
    if str(_exc.name).partition(".")[0] != "webauthn":
        raise
    _msg = "a local user pool needs the extra: pip install 'fastapi-cognito-auth[local]'"
    raise ImportError(_msg, name=_exc.name) from _exc

__all__ = [
    "CustomAttribute",
    "LocalMachine",
    "LocalUser",
    "LocalUserPool",
    "Message",
    "Outbox",
    "ServiceError",
    "StateFileError",
    "Triggers",
    "fill_in_pages",
]
