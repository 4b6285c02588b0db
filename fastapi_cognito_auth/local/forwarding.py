"""The operations that moto answers itself, and what is put right in its answers."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.request import normalize_request

from fastapi_cognito_auth.local import moto_records
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter
from fastapi_cognito_auth.local.mfa import FIRST_FACTOR_NAMES, OTP_NAMES
from fastapi_cognito_auth.local.users import epoch, naive

LOGGER = logging.getLogger("fastapi_cognito_auth.local")

FORWARDED: Final = frozenset({
    "CreateUserPool", "DescribeUserPool", "ListUserPools", "UpdateUserPool", "DeleteUserPool",
    "CreateUserPoolClient", "DescribeUserPoolClient", "ListUserPoolClients", "UpdateUserPoolClient",
    "DeleteUserPoolClient", "CreateUserPoolDomain", "DescribeUserPoolDomain", "UpdateUserPoolDomain",
    "DeleteUserPoolDomain", "CreateIdentityProvider", "DescribeIdentityProvider", "ListIdentityProviders",
    "UpdateIdentityProvider", "DeleteIdentityProvider", "CreateResourceServer", "DescribeResourceServer",
    "ListResourceServers", "CreateGroup", "GetGroup", "ListGroups", "UpdateGroup", "DeleteGroup",
    "AdminAddUserToGroup", "AdminRemoveUserFromGroup", "AdminListGroupsForUser", "ListUsersInGroup",
    "ListUsers", "AddCustomAttributes",
})  # fmt: skip
"""What moto answers itself: configuration and lists, nothing of the authentication plane."""

_FIXED_AT_CREATION: Final = ("UsernameAttributes", "AliasAttributes", "UsernameConfiguration")
_WRITES: Final = frozenset({
    "CreateUserPool", "UpdateUserPool", "AddCustomAttributes", "CreateUserPoolClient", "UpdateUserPoolClient",
    "CreateGroup", "UpdateGroup", "CreateIdentityProvider", "UpdateIdentityProvider",
})  # fmt: skip
_DATED: Final = ("UserPool", "UserPoolClient", "Group", "IdentityProvider")
"""What an answer that describes one record has it in."""


class _Responses(CognitoIdpResponse):  # type: ignore[misc]
    """moto's own request handling, bound to one directory instead of to an account header."""

    def __init__(self, backend: Any) -> None:
        super().__init__()
        self._backend = backend

    @property
    def backend(self) -> Any:
        return self._backend


class Forwarding:
    """Hands operations to moto.

    Args:
        backend: moto's, with the records.
        region: of the backend.
        clock: epoch seconds; moto would take the machine's own.
    """

    def __init__(self, backend: Any, region: str, clock: Callable[[], float]) -> None:
        self._backend = backend
        self._region = region
        self._clock = clock

    def __call__(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Let moto answer an operation.

        Raises:
            ServiceError: moto's refusal.
        """
        self._check_first_factors(operation, params)
        fixed = self._fixed_config(operation, params)
        data = self._ask(operation, params)
        if operation == "UpdateUserPool":
            pool = self._backend.user_pools[params["UserPoolId"]]
            pool.extended_config.update(fixed)
            pool.mfa_config = params.get("MfaConfiguration", pool.mfa_config)
        elif operation == "CreateUserPool":
            self._rename_pool(data["UserPool"])
        elif operation == "CreateUserPoolClient":
            self._rename_client(data["UserPoolClient"])
        elif operation == "CreateGroup" and "Description" not in params:
            self._backend.user_pools[params["UserPoolId"]].groups[params["GroupName"]].description = None
            del data["Group"]["Description"]
        self._date(operation, params, data)
        return self._amend(operation, params, data)

    def _ask(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps(params).encode()
        headers = HTTPHeaders()
        headers["X-Amz-Target"] = f"AWSCognitoIdentityProviderService.{operation}"
        headers["Content-Type"] = "application/x-amz-json-1.1"
        url = f"https://cognito-idp.{self._region}.amazonaws.com/"
        request = normalize_request(
            AWSPreparedRequest(method="POST", url=url, headers=headers, body=body, stream_output=False)
        )
        try:
            status, _, answer = _Responses(self._backend)._dispatch(request, url, request.headers)
            data: dict[str, Any] = json.loads(answer) if answer else {}
        except Exception as exc:  # noqa: BLE001
            # moto's handlers fail in their own ways on odd input, such as a page token of another list.
            LOGGER.warning("the directory could not handle %s: %s", operation, type(exc).__name__)
            raise invalid_parameter("The directory could not handle the request.") from None
        if status >= 400:
            name = str(data.get("__type", "")).rpartition("#")[2]
            # moto's paginator refuses with a name that the service does not have.
            name = name if name.endswith("Exception") else "InvalidParameterException"
            raise ServiceError(name, str(data.get("message") or data.get("Message") or ""))
        return data

    def _check_first_factors(self, operation: str, params: Mapping[str, Any]) -> None:
        if operation not in {"CreateUserPool", "UpdateUserPool"}:
            return
        pool = self._backend.user_pools.get(params.get("UserPoolId"))
        mfa = params.get("MfaConfiguration") or (pool.mfa_config if pool is not None else "OFF")
        policy = (params.get("Policies") or {}).get("SignInPolicy") or {}
        factors = {*(policy.get("AllowedFirstAuthFactors") or ("PASSWORD",))}
        if not factors <= FIRST_FACTOR_NAMES:
            raise invalid_parameter("SOFTWARE_TOKEN cannot be a first factor")
        if mfa == "ON" and factors <= OTP_NAMES:
            raise invalid_parameter(
                "MFA cannot be required where one-time passwords are the only first factors"
            )

    def _fixed_config(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        # moto's UpdateUserPool starts from an empty configuration; these members cannot change.
        pool = self._backend.user_pools.get(params.get("UserPoolId"))
        if operation != "UpdateUserPool" or pool is None:
            return {}
        return {
            name: pool.extended_config[name] for name in _FIXED_AT_CREATION if name in pool.extended_config
        }

    def _rename_pool(self, made: dict[str, Any]) -> None:
        pool = self._backend.user_pools[made["Id"]]
        moto_records.rename_pool(self._backend, pool, moto_records.new_pool_id(self._region))
        made |= {"Id": pool.id, "Arn": pool.arn}

    def _rename_client(self, made: dict[str, Any]) -> None:
        client = self._backend.user_pools[made["UserPoolId"]].clients[made["ClientId"]]
        secret = moto_records.new_client_secret() if client.generate_secret else None
        moto_records.rename_client(self._backend, client, moto_records.new_client_id(), secret)
        made |= {"ClientId": client.id} | ({"ClientSecret": secret} if secret else {})

    def _date(self, operation: str, params: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        """Date what was written by the pool's own clock, once, and show that in the answer."""
        described: dict[str, Any] = next((data[name] for name in _DATED if name in data), {})
        names = {"UserPoolId": described.get("Id"), **params, **described}
        pool = self._backend.user_pools.get(names.get("UserPoolId"))
        if pool is None:
            return
        if "ClientId" in names:
            record = pool.clients.get(names["ClientId"])
        elif "GroupName" in names:
            record = pool.groups.get(names["GroupName"])
        elif "ProviderName" in names:
            record = pool.identity_providers.get(names["ProviderName"])
        else:
            record = pool
        if operation in _WRITES:
            moto_records.stamp(record, naive(self._clock()), created=operation.startswith("Create"))
        if described:
            described["CreationDate"] = epoch(record.creation_date)
            described["LastModifiedDate"] = epoch(record.last_modified_date)

    def _amend(self, operation: str, params: Mapping[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        if operation == "DescribeUserPool":
            # The service shows the defaults of what nobody has set.
            policies = data["UserPool"].setdefault("Policies", {})
            policies.setdefault("SignInPolicy", {"AllowedFirstAuthFactors": ["PASSWORD"]})
            for domain in self._backend.user_pool_domains.values():
                if domain.user_pool_id == params["UserPoolId"]:
                    data["UserPool"]["Domain"] = domain.domain
        elif operation == "CreateUserPoolDomain" and "CustomDomainConfig" not in params:
            data.pop("CloudFrontDomain", None)
        elif operation == "DescribeUserPoolDomain" and data["DomainDescription"]:
            data["DomainDescription"]["AWSAccountId"] = self._backend.account_id
        for user in data.get("Users", ()):
            # moto adds what AdminGetUser shows, from settings that it does not keep here.
            for member in ("UserPoolId", "MFAOptions", "UserMFASettingList", "PreferredMfaSetting"):
                user.pop(member, None)
        return data
