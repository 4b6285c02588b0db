"""LocalUserPool: wires the parts, seeds the users, answers the operations."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Literal

from fastapi import APIRouter
from starlette.applications import Starlette

from fastapi_cognito_auth.local import configuration, endpoint, first_pool, options
from fastapi_cognito_auth.local import custom_attributes as custom
from fastapi_cognito_auth.local.attributes import check_values, to_pairs
from fastapi_cognito_auth.local.custom_attributes import CustomAttribute, DataType
from fastapi_cognito_auth.local.domain.router import domain_app, domain_router
from fastapi_cognito_auth.local.domain.server import DomainServer
from fastapi_cognito_auth.local.domain_options import DomainOptions
from fastapi_cognito_auth.local.drawn import new_pool_id
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.first_pool import DEFAULT_FLOWS, Wanted
from fastapi_cognito_auth.local.import_jobs import ImportJob
from fastapi_cognito_auth.local.kept_tables import demand_row
from fastapi_cognito_auth.local.local_machine import LocalMachine
from fastapi_cognito_auth.local.local_user import LocalUser
from fastapi_cognito_auth.local.mfa import PASSKEY
from fastapi_cognito_auth.local.oauth_settings import OIDC_SCOPES, USER_ADMIN
from fastapi_cognito_auth.local.operations import user_import
from fastapi_cognito_auth.local.operations.admin_users import user_of
from fastapi_cognito_auth.local.outbox import Message, Outbox
from fastapi_cognito_auth.local.service import Service
from fastapi_cognito_auth.local.state.file import StateFile, StateFileError
from fastapi_cognito_auth.local.state.seed import Seed
from fastapi_cognito_auth.local.triggers import Trigger, Triggers
from fastapi_cognito_auth.runtime.clock import wall_clock


class LocalUserPool:
    """A user pool inside this process, with one app client to start with.

    SRP proofs, passwords, codes, TOTPs, sessions and secret hashes are really checked, and refused with
    the service's error and message. There is no code or password that always works. CreateUserPool makes
    further pools beside it, which `call` and a bound client reach.

    Bind it to a boto3 client, and to that one only:

        client.meta.events.register_first("before-send.cognito-identity-provider.*", pool.before_send)

    Args:
        users: users to start with.
        groups: groups to start with.
        client_secret: True draws a secret for the app client, a string is one.
        mfa: the pool's MfaConfiguration.
        explicit_auth_flows: the app client's ExplicitAuthFlows; ALLOW_ADMIN_USER_PASSWORD_AUTH has to be
            named to be had.
        allowed_first_factors: the pool's AllowedFirstAuthFactors: PASSWORD, EMAIL_OTP, SMS_OTP, WEB_AUTHN.
        mfa_methods: the second factors that the pool offers: SOFTWARE_TOKEN_MFA, SMS_MFA, EMAIL_OTP.
        username_attributes: sign in with `email` or `phone_number`; Usernames are then generated.
        alias_attributes: sign in with these besides the Username.
        username_case_sensitive: whether `Ada` and `ada` are two users, as in a pool that the API has
            made; pools that the console has made ignore case. It counts for aliases too.
        required_attributes: attributes that every user must have.
        custom_attributes: name, with or without `custom:`, to a type or a `CustomAttribute`; the app
            client may read and write them.
        prevent_user_existence_errors: hide whether a user exists (ENABLED), else LEGACY.
        auth_session_validity: minutes that a challenge stays open, 3 to 15.
        access_token_validity: seconds; ID tokens live as long.
        refresh_token_validity: seconds.
        refresh_token_rotation: switches rotation on; the seconds that a rotated refresh token still
            works, 0 to 60.
        device_tracking: ALWAYS remembers a device when it is confirmed, OPT_IN when the user says so.
        challenge_required_on_new_device: a remembered device stands in for the second factor.
        max_sessions_per_user: switches session tracking on; 1 to 100, the least recently used ends
            when there is one more.
        relying_party_id: switches passkeys on, for pages of this domain and its subdomains.
        user_verification: whether a passkey has to verify who uses it.
        region: of the pool's id and issuer; the id's own where that is given, else us-east-1.
        user_pool_id: drawn unless given, such as `eu-central-1_AbCdEfGhI`.
        client_id: of the app client; drawn unless given.
        issuer: the `iss` of every token, in which `{pool_id}` stands for the pool's id; the service's address
            for the pool unless given. Pools beside the first have the same with their own ids.
        callback_urls: of the app client: where the pool's domain may send a browser with a code. With one
            or more the app client has the code grant.
        logout_urls: of the app client: where the domain may send a browser that has signed out.
        allowed_scopes: of the app client, at the domain.
        resource_servers: identifier to the names of its scopes, such as `{"orders": ["read", "write"]}`.
        machine_clients: more app clients, which sign in for themselves.
        identity_providers: names of providers whose stand-ins the domain has: `Google`, `Facebook`,
            `LoginWithAmazon`, `SignInWithApple`, and any other for OIDC.
        triggers: Lambda triggers as Python callables; CUSTOM_AUTH needs three of them.
        functions: the ARN of a Lambda function to the Python callable that stands for it, in the LambdaConfig
            of any pool; it comes before the pool's own trigger.
        state: a file in which everything is kept, so that the pool goes on after a restart as it was left.
            It holds keys and secrets, and one process has it at a time. What is asked for in another way
            than at the last start is changed; nobody and nothing that was there from the start and was
            deleted comes back.
        clock: epoch seconds; every decision about time and every claim uses it.
        on_message: called with each message of the outbox, for instance to print it.
    """

    def __init__(
        self,
        *,
        users: Iterable[LocalUser] = (),
        groups: Iterable[str] = (),
        client_secret: bool | str = False,
        mfa: Literal["OFF", "OPTIONAL", "ON"] = "OPTIONAL",
        explicit_auth_flows: Sequence[str] = DEFAULT_FLOWS,
        allowed_first_factors: Sequence[str] = ("PASSWORD",),
        mfa_methods: Sequence[str] = ("SOFTWARE_TOKEN_MFA", "SMS_MFA"),
        username_attributes: Sequence[str] = (),
        alias_attributes: Sequence[str] = (),
        username_case_sensitive: bool = True,
        required_attributes: Sequence[str] = (),
        custom_attributes: Mapping[str, CustomAttribute | DataType] | None = None,
        prevent_user_existence_errors: bool = True,
        auth_session_validity: int = 3,
        access_token_validity: int = 3600,
        refresh_token_validity: int = 30 * 86400,
        refresh_token_rotation: int | None = None,
        device_tracking: Literal["OFF", "ALWAYS", "OPT_IN"] = "OFF",
        challenge_required_on_new_device: bool = False,
        max_sessions_per_user: int | None = None,
        relying_party_id: str | None = None,
        user_verification: Literal["preferred", "required"] = "preferred",
        region: str | None = None,
        user_pool_id: str | None = None,
        client_id: str | None = None,
        issuer: str | None = None,
        callback_urls: Iterable[str] = (),
        logout_urls: Iterable[str] = (),
        allowed_scopes: Iterable[str] = (*OIDC_SCOPES, USER_ADMIN),
        resource_servers: Mapping[str, Iterable[str]] | None = None,
        machine_clients: Iterable[LocalMachine] = (),
        identity_providers: Iterable[str] = (),
        triggers: Triggers | None = None,
        functions: Mapping[str, Trigger] | None = None,
        state: str | os.PathLike[str] | None = None,
        clock: Callable[[], float] = wall_clock,
        on_message: Callable[[Message], None] | None = None,
    ) -> None:
        options.one_of("mfa", mfa, "OFF", "OPTIONAL", "ON")
        options.one_of("device_tracking", device_tracking, "OFF", "ALWAYS", "OPT_IN")
        options.one_of("user_verification", user_verification, "preferred", "required")
        options.between("auth_session_validity", auth_session_validity, 3, 15, "minutes")
        options.between("access_token_validity", access_token_validity, 1, 86_400, "seconds")
        options.between("refresh_token_validity", refresh_token_validity, 1, 10 * 366 * 86_400, "seconds")
        options.between("refresh_token_rotation", refresh_token_rotation, 0, 60, "seconds")
        options.between("max_sessions_per_user", max_sessions_per_user, 1, 100)
        options.attributes(
            required_attributes=required_attributes,
            username_attributes=username_attributes,
            alias_attributes=alias_attributes,
        )
        if username_attributes and alias_attributes:
            raise ValueError("username_attributes and alias_attributes exclude each other")
        options.client_secret(client_secret)
        options.triggers(triggers)
        options.functions(functions)
        options.relying_party_id(relying_party_id)
        options.flags(
            prevent_user_existence_errors=prevent_user_existence_errors,
            username_case_sensitive=username_case_sensitive,
        )
        if relying_party_id is not None:
            allowed_first_factors = [*dict.fromkeys((*allowed_first_factors, PASSKEY))]
        options.factors(allowed_first_factors, mfa_methods, mfa)
        options.flows(explicit_auth_flows)
        groups = options.names("groups", groups)
        options.client_id(client_id)
        at_domain = DomainOptions.checked(
            callback_urls=callback_urls,
            logout_urls=logout_urls,
            allowed_scopes=allowed_scopes,
            resource_servers=resource_servers,
            machine_clients=machine_clients,
            identity_providers=identity_providers,
        )
        own_attributes = custom.schemas(custom_attributes or {})
        self.auth_session_validity = auth_session_validity
        self.clock = clock
        self.callback_urls: tuple[str, ...] = at_domain.callback_urls
        self._scopes = at_domain.scopes
        wanted = Wanted(
            pool={
                "PoolName": "local",
                "AutoVerifiedAttributes": ["email", "phone_number"],
                **({"UsernameAttributes": list(username_attributes)} if username_attributes else {}),
                **({"AliasAttributes": list(alias_attributes)} if alias_attributes else {}),
                "UsernameConfiguration": {"CaseSensitive": username_case_sensitive},
                "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": list(allowed_first_factors)}},
                "Schema": [{"Name": name, "Required": True} for name in required_attributes],
                "MfaConfiguration": mfa,
                **configuration.device_tracking(device_tracking, challenged=challenge_required_on_new_device),
            },
            mfa_settings={
                **configuration.mfa_methods(mfa, mfa_methods),
                **configuration.passkeys(relying_party_id, user_verification),
            },
            attributes=own_attributes,
            most_sessions=max_sessions_per_user,
            client_id=client_id,
            client={
                "ClientName": "local",
                **configuration.refresh_flows(explicit_auth_flows, refresh_token_rotation),
                "PreventUserExistenceErrors": "ENABLED" if prevent_user_existence_errors else "LEGACY",
                "AuthSessionValidity": auth_session_validity,
                "AccessTokenValidity": access_token_validity,
                "IdTokenValidity": access_token_validity,
                "RefreshTokenValidity": refresh_token_validity,
                "TokenValidityUnits": dict.fromkeys(("AccessToken", "IdToken", "RefreshToken"), "seconds"),
                **custom.client_permissions(own_attributes),
                **at_domain.client_members(),
            },
            client_secret=client_secret,
            domain=at_domain,
            token_seconds=access_token_validity,
        )
        self.outbox: Outbox = Outbox(on_message)
        book = None if state is None else StateFile(state, demand_row)
        with _closed_after_a_refusal(book):
            self.user_pool_id: str = _pool_id(user_pool_id, region, book)
            self.region: str = options.region_of(self.user_pool_id, region)
            self.service_issuer: str = configuration.service_issuer(self.region, self.user_pool_id)
            self._issuer = issuer
            self.issuer: str = self._issuer_of(self.user_pool_id)
            own_triggers = triggers or Triggers()
            self._service: Service = Service(
                self.region,
                clock,
                self.outbox,
                issuer=self._issuer_of,
                triggers=lambda pool_id: own_triggers if pool_id == self.user_pool_id else Triggers(),
                functions=dict(functions or {}),
                book=book,
            )
            with self._service.set_up():
                first = first_pool.set_up(self._service.pools, self.user_pool_id, wanted)
                self._plane = first.plane
                self.client_id: str = first.client.id
                known = first.client.secrets
                self.client_secret: str | None = known[0].value if known else None
                self.machine_clients: tuple[LocalMachine, ...] = first.machines
                seed = Seed(self._service.pools.facts)
                self._create_groups(seed.new("groups", groups))
                self.kept_users: tuple[str, ...] = self._create_users(seed, options.users(users))

    def _issuer_of(self, pool_id: str) -> str:
        """Return what a pool calls itself: one beside the first does as the first, with its own id."""
        given = self._issuer or ""
        if given.endswith(f"/{self.user_pool_id}"):
            given = given.removesuffix(self.user_pool_id) + "{pool_id}"
        if self._issuer is None or (pool_id != self.user_pool_id and "{pool_id}" not in given):
            return configuration.service_issuer(self.region, pool_id)
        return options.issuer(given.replace("{pool_id}", pool_id))

    def __repr__(self) -> str:
        return f"LocalUserPool({self.user_pool_id!r}, client_id={self.client_id!r})"

    @property
    def secret_key(self) -> str | None:
        """What apps on the pool seal with, unless they have a key of their own; None without a state file."""
        key: str | None = self._service.pools.facts.get("secret_key")
        return key

    def checkpoint(self) -> None:
        """Bring what is in the `-wal` file beside the state file into the state file; it stays open."""
        self._service.checkpoint()

    def close(self) -> None:
        """Let go of the state file, which another process may have then."""
        self._service.close()

    @cached_property
    def domain_app(self) -> Starlette:
        """The pool's domain as an ASGI app: sign-in pages, token endpoint, userInfo, revocation, logout.

        Within the process a client reaches it without a network, by `httpx2.ASGITransport(app=…)`.
        """
        return domain_app(self.domain_router)

    @cached_property
    def domain_router(self) -> APIRouter:
        """The same as a router, for an app that has it under a path."""
        return domain_router(lambda _: self.domain_of(self.user_pool_id))

    def let_app_in(self, callback_url: str, logout_url: str, *, named_by_browser: bool = False) -> None:
        """Register where the app of this process takes browsers back, unless `callback_urls` were given.

        Args:
            callback_url: with a code.
            logout_url: after signing out.
            named_by_browser: whether the host in them is what a browser says, who may say anything; then
                browsers go there from pages of that host alone.
        """
        if not self.callback_urls:
            with self._service.operation():
                self._plane.directory.let_app_in(
                    self.client_id,
                    callback_url,
                    logout_url,
                    self._scopes,
                    named_by_browser=named_by_browser,
                )

    def jwks(self, user_pool_id: str | None = None) -> dict[str, Any]:
        """Return the public keys that verify the tokens of this pool, or of another one beside it.

        Raises:
            ServiceError: there is no such pool.
        """
        return self._service.jwks(user_pool_id or self.user_pool_id)

    def issuer_of(self, user_pool_id: str) -> str:
        """Return what the tokens of this pool, or of another one beside it, call their issuer.

        Raises:
            ServiceError: there is no such pool.
        """
        return self._service.pools.get(user_pool_id).directory.pool.issuer

    def domain_of(self, user_pool_id: str) -> DomainServer:
        """Return what answers at the domain of this pool, or of another one beside it.

        Raises:
            ServiceError: there is no such pool.
        """
        return self._service.domain_of(user_pool_id)

    def create_user(self, user: LocalUser) -> None:
        """Add a user as an administrator would.

        Raises:
            ServiceError: the user exists, or the password or an attribute is not acceptable.
        """
        attributes = dict(user.attributes)
        with self._service.operation():
            directory = self._plane.directory
            check_values(directory.schema, attributes, create=True)
            signs_in_by_email = (
                "email" in directory.config.get("UsernameAttributes", ()) and "@" in user.username
            )
            if "email" in attributes or signs_in_by_email:
                attributes.setdefault("email_verified", "true")
            password = user.password or user.temporary_password
            request: dict[str, Any] = {
                "UserPoolId": self.user_pool_id,
                "Username": user.username,
                "UserAttributes": to_pairs(attributes),
            }
            if password is not None:
                request |= {"TemporaryPassword": password, "MessageAction": "SUPPRESS"}
            self.call("AdminCreateUser", request)
            created = user_of(self._plane, request)
            if user.password is not None:
                self._plane.set_password(created, user.password)
            for group in options.names("groups", user.groups):
                self._ensure_group(group)
                directory.join(created, group)

    def _create_groups(self, groups: Iterable[str]) -> None:
        for group in groups:
            try:
                self._ensure_group(group)
            except ServiceError as exc:
                msg = f"groups: {exc.message}"
                raise ValueError(msg) from exc

    def _ensure_group(self, name: str) -> None:
        if name not in self._plane.directory.groups:
            self.call("CreateGroup", {"UserPoolId": self.user_pool_id, "GroupName": name})

    def _create_users(self, seed: Seed, users: Sequence[LocalUser]) -> tuple[str, ...]:
        """Add those who are new, and return the names of those who are there, however they came."""
        find = self._plane.directory.find
        there = tuple(user.username for user in users if find(user.username, by_sub=False))
        for user in seed.new("users", users, lambda user: user.username):
            if user.username not in there:
                try:
                    self.create_user(user)
                except ServiceError as exc:
                    raise ServiceError(exc.name, f"{user.username}: {exc.message}") from exc
        return there

    def call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """Run an operation of the service without HTTP, in this pool or in one that was made beside it.

        Returns:
            The answer as JSON has it: timestamps are epoch seconds.

        Raises:
            ServiceError: the service's refusal.
        """
        return self._service.call(operation, params)

    def import_upload(self, user_pool_id: str, job_id: str, signature: str) -> Callable[[bytes], None]:
        """Return what keeps the file of a user import job, as its PreSignedUrl does.

        Args:
            user_pool_id: of this pool, or of another one beside it.
            job_id: the JobId.
            signature: the parameter of the address.

        Raises:
            ServiceError: the address is none of a job that waits for its file; keeping it can raise too.
        """

        def job() -> ImportJob:
            return user_import.check_upload(self._service.pools.get(user_pool_id), job_id, signature)

        def keep(content: bytes) -> None:
            with self._service.operation():
                job().content = content

        with self._service.operation():
            job()
        return keep

    def before_send(self, request: Any, **_: Any) -> Any:
        """Answer a request of botocore in place of the network: the `before-send` handler."""
        return endpoint.answer(self.call, request)


def _pool_id(given: str | None, region: str | None, book: StateFile | None) -> str:
    """Return the id of the first pool: that of a state file, the one that is asked for, or another."""
    written = None if book is None else dict(book.rows("", "facts")).get("seed:pool_id")
    if None not in {given, written} and given != written:
        msg = f"the state file is of the pool {written}, not of {given}"
        raise StateFileError(msg)
    if region is not None and written is not None and region != written.partition("_")[0]:
        msg = f"the state file is of a pool in {written.partition('_')[0]}, not in {region}"
        raise StateFileError(msg)
    if given is not None:
        return given
    return written or new_pool_id(options.region_of(None, region))


@contextmanager
def _closed_after_a_refusal(book: StateFile | None) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if book is not None:
            book.close()
        raise
