"""What a user configures: from `COGNITO_*` environment variables or by keyword.

Region, issuers and the address of the key set follow from the user pool's id. Each can be
replaced by a value; none can be switched off. A missing or wrong setting is one
`ConfigurationError` at construction that names the variable, and never shows a value.
"""

import re
from typing import Annotated, ClassVar, Final, Literal, Self, Unpack

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.settings.faults import PREFIX, describe, warn_of_unknown
from fastapi_cognito_auth.settings.issuers import issuer_hosts, issuers_of, original_issuer, region_of
from fastapi_cognito_auth.settings.keywords import SettingsKeywords
from fastapi_cognito_auth.settings.trusted_pool import TrustedPool
from fastapi_cognito_auth.settings.values import (
    ClientId,
    Listed,
    Resource,
    Secrets,
    UserPoolId,
    as_text,
    decode_json,
    from_environment,
    has_no_blank,
    has_no_password,
    is_bare,
    optional_client_id,
    or_off,
    split_list,
)

_FIELD_NAME: Final = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
"""RFC 9110 section 5.6.2: what may name a header or a cookie."""

_ORIGIN: Final = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d+)?")
_DOMAIN: Final = re.compile(
    r"[a-z0-9][a-z0-9-]{0,62}|[a-z0-9-]+(\.[a-z0-9-]+)+|https?://[A-Za-z0-9.:\[\]-]+(/[^?#\s]*)?"
)
_ENDPOINT: Final = re.compile(
    r".*/(oauth2(/\w+)?|login|logout|signup|forgotPassword|confirmUser|passkeys/add)/*", re.IGNORECASE
)
"""An address that was copied with its path, which would be asked for /login/login."""

_ISSUER: Final = re.compile(r"(https://)?cognito-idp\.", re.IGNORECASE)
_DOMAINS: Final = (
    "a prefix such as my-app, a host such as auth.example.com, or an address such as https://auth.example.com"
    " or that of an emulator by http, without /login or /oauth2"
)

_SHORTEST_SECRET_KEY: Final = 32  # characters
_RECIPE: Final = 'python -c "import secrets; print(secrets.token_urlsafe(48))"'

MISSING_SECRET_KEY: Final = f"COGNITO_SECRET_KEY is missing; make one with: {_RECIPE}"
"""Said where sealing is needed; apps that only verify tokens do without."""


class CognitoSettings(BaseModel):
    """The settings of one user pool and one app client.

    Every field is read from the environment variable of its name with the prefix `COGNITO_`,
    unless it is given by keyword. Durations are in seconds and sizes in bytes unless said
    otherwise.

    Raises:
        ConfigurationError: a setting is missing or wrong; the message names its variable.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        allow_inf_nan=False,
        defer_build=True,
    )

    def __init__(self, **settings: Unpack[SettingsKeywords]) -> None:
        try:
            super().__init__(**from_environment(type(self).model_fields, PREFIX) | settings)
        except ValidationError as exc:
            faults = describe(exc, type(self).model_fields)
        else:
            warn_of_unknown(type(self).model_fields)
            return
        # Not within the handler, where what is wrong would be the context: it holds the values.
        raise ConfigurationError(faults)

    user_pool_id: UserPoolId
    """The user pool's id, such as `eu-central-1_AbCdEfGhI`."""

    client_id: ClientId
    """The app client's id. Tokens of other app clients are refused, but for `accepted_client_ids`."""

    accepted_client_ids: Annotated[tuple[ClientId, ...], BeforeValidator(split_list)] = ()
    """More app clients of the pool whose tokens are accepted, such as those of machines."""

    trusted_pools: Annotated[tuple[TrustedPool, ...], BeforeValidator(decode_json)] = ()
    """More user pools whose tokens are accepted; in the environment a JSON array of objects."""

    resource: Annotated[tuple[Resource, ...], BeforeValidator(split_list)] = ()
    """This API's own resource identifiers (RFC 8707): absolute URIs. An access token that is bound
    to resources by `aud` is accepted only if one of them is among these."""

    client_secret: SecretStr | None = None
    """The app client's secret, if it has one. It never leaves the app."""

    secret_key: Secrets = ()
    """Keys of at least 32 characters that seal what the app gives into a client's hands: one, or
    several with the newest first. All workers need the same. `auth.router` cannot do without."""

    endpoint_url: str | None = Field(default=None, pattern=r"^https?://[^/?#]+(/[^?#]*)?$")
    """The address of a Cognito-compatible endpoint instead of AWS's own."""

    jwks_uri: str | None = Field(default=None, pattern=r"^https?://")
    """The address of the key set; by default the pool's own."""

    key_set: str | None = None
    """The key set itself, as JSON, where its address cannot be reached. Only one of `jwks_uri`,
    `key_set` and `key_set_file` is given."""

    key_set_file: Annotated[str | None, BeforeValidator(as_text)] = None
    """The path of a file that holds the key set. It is read again when a key is unknown or the
    set is due, so replacing the file rotates the keys."""

    issuer: Listed = ()
    """The accepted values of `iss`; by default the pool's original and updated forms."""

    dns_suffix: str | None = Field(default=None, pattern=r"^[a-z0-9.-]+$")
    """The end of AWS's host names; by default the one of the Region's partition."""

    replica_region: str | None = Field(default=None, pattern=r"^[a-z0-9-]+$", max_length=32)
    """The Region of the pool's replica that this app calls, and fetches keys from. The issuer stays
    the one of the pool's primary Region, which its id begins with."""

    auth_flow: Literal["USER_SRP_AUTH", "USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH"] = "USER_SRP_AUTH"
    """How a password is proved to Cognito. By SRP it never leaves the app; the admin flow needs
    AWS credentials that allow `AdminInitiateAuth` and `AdminRespondToAuthChallenge`."""

    forward_client_address: bool = False
    """Whether Cognito is told the client's address, for threat protection. An app client with a
    secret must have `EnablePropagateAdditionalUserContextData` on."""

    trusted_proxies: int = Field(default=0, ge=0, le=10)
    """How many proxies stand before the app, each adding to `X-Forwarded-For`. What is further
    left in that header is the client's own saying, and not believed."""

    max_body_size: int = Field(default=131_072, ge=4096, le=16_777_216)
    """How long the body of a request to the routers may be. A longer one is given up where it gets too
    long. The largest honest one, a sign-up with every attribute, has some 20 KB."""

    group_scopes: Annotated[dict[str, frozenset[str]], BeforeValidator(decode_json)] = {}
    """Scopes that membership in a group grants, as `{"analysts": {"reports/read"}}`."""

    auth_session_validity: int | None = Field(default=None, ge=3, le=15)
    """The app client's `AuthSessionValidity`, in **minutes** as in the API. Left out, a sealed
    session lives for the 15 minutes that Cognito allows at most, and Cognito decides."""

    totp_issuer: str = Field(default="Cognito", min_length=1, max_length=64)
    """The name that authenticator apps show beside the user's."""

    fresh_sign_in_max_age: Annotated[float | None, BeforeValidator(or_off)] = Field(default=300.0, ge=1)
    """How long ago the user may have signed in when `auth.account_router` is asked for something
    sensitive. `None`, or `off` in the environment, asks for no recent sign-in."""

    admin_groups: Listed = ("admins",)
    """The groups whose members administer users and groups at `auth.admin_router`."""

    admin_read_groups: Listed = ()
    """The groups whose members see there what administrators see, and change nothing."""

    pool_admin_groups: Listed = ()
    """The groups whose members configure the pool at `auth.pool_router`; without any, nobody does."""

    admin_fresh_sign_in_max_age: Annotated[float | None, BeforeValidator(or_off)] = Field(default=900.0, ge=1)
    """How long ago an administrator may have signed in when `auth.admin_router` or `auth.pool_router`
    is asked for a change. `None`, or `off` in the environment, asks for no recent sign-in."""

    token_url: Annotated[str | None, BeforeValidator(or_off)] = "auto"  # noqa: S105 - a word
    """Where `POST /token` is, so that Swagger's Authorize button signs in: `auto` finds it among
    the routes of the app, an address is shown as it is, and `None`, or `off` in the environment,
    leaves the pasting of a token."""

    scheme_name: str = Field(default="Cognito", pattern=r"^[A-Za-z0-9._-]{1,64}$")
    """What the names of the security schemes in OpenAPI begin with, to tell several pools apart."""

    resource_name: str | None = None
    """The API's name, for people who are asked to let a client use it."""

    resource_documentation: str | None = Field(default=None, pattern=r"^https?://")
    """The address of what developers should read about the API."""

    scopes_supported: Listed = ()
    """The scopes that clients of the API may ask for."""

    access_token_cookie: str | None = Field(default=None, pattern=_FIELD_NAME)
    """The name of a cookie in which a browser sends the access token, beside the `Authorization`
    header. The app sets the cookie itself."""

    access_token_header: str | None = Field(default=None, pattern=_FIELD_NAME)
    """The name of a header in which a gateway hands on the access token, such as
    `x-amzn-oidc-accesstoken` of an Application Load Balancer."""

    websocket_subprotocol: bool = False
    """Whether a page may send the access token as the subprotocol behind `bearer`, which is all that
    browsers let it add to a WebSocket."""

    trusted_origins: Listed = ()
    """Origins beside the app's own, as `https://host`, whose pages may use the user's cookie or
    session at a gateway for what changes something, and open WebSockets."""

    domain: str | None = None
    """The pool's domain, for managed login: its prefix, such as `my-app`, its own host, such as
    `auth.example.com`, or an address."""

    login_scopes: Annotated[tuple[str, ...], BeforeValidator(split_list)] = ()
    """The scopes that managed login asks for; all that the app client has unless given."""

    machine_client_id: Annotated[str | None, AfterValidator(optional_client_id)] = None
    """The app client with which the app gets tokens for itself; `client_id` unless given. A pool gives
    such tokens to no app client that signs users in."""

    machine_client_secret: SecretStr | None = None
    """The secret of `machine_client_id`."""

    session_store: Literal["cookie", "redis"] = "cookie"
    """Where cookie sessions are kept: encrypted in the cookies themselves, or in Redis, encrypted as well."""

    session_cookie: str = Field(default="cognito-session", pattern=r"^[A-Za-z0-9-][A-Za-z0-9_-]{0,63}$")
    """What the cookies of a session are called; over TLS with `__Host-` before it."""

    session_max_age: int = Field(default=2_592_000, ge=60, le=34_560_000)
    """How long a cookie session lasts at most, however it is used: the app client's
    `RefreshTokenValidity`, beyond which nothing refreshes it. Browsers keep no cookie for more than
    400 days."""

    session_idle_timeout: Annotated[int | None, BeforeValidator(or_off)] = Field(default=None, ge=60)
    """After how long without a request a cookie session ends; `None`, or `off` in the environment,
    for no such limit."""

    session_same_site: Literal["lax", "none"] = "lax"
    """`none` lets pages of the `trusted_origins` that are on another site use the session."""

    session_clear_site_data: Annotated[
        tuple[Literal["cache", "cookies", "storage", "*"], ...], BeforeValidator(split_list)
    ] = ()
    """What a browser is asked to forget of the app when it signs out (`Clear-Site-Data`)."""

    alb_arns: Listed = ()
    """The ARNs of the Application Load Balancers whose `x-amzn-oidc-data` is believed."""

    alb_keys_uri: str | None = Field(default=None, pattern=r"^https?://[^?#]+[^/?#]$")
    """Where the load balancers' public keys are, without the key id; by default where AWS
    publishes those of the Region."""

    clock_skew: float = Field(default=10.0, ge=0, le=300)
    """How far the clocks of Cognito and of the app may differ when `exp`, `nbf` and `iat` are judged."""

    max_token_size: int = Field(default=32_768, ge=1024, le=65_536)
    """How many bytes a token may have; a larger one is refused before any work."""

    verified_token_cache: int = Field(default=4096, ge=0, le=1_000_000)
    """How many verified tokens are remembered until they expire, so that a signature is checked
    once and not for each request. 0 checks it each time."""

    profile_max_age: float = Field(default=30.0, ge=0, le=3600)
    """How long an answer of `user.profile()` is kept."""

    jwks_max_age: float = Field(default=86_400.0, gt=0)
    """How long a key set is used before it is fetched again."""

    jwks_timeout: float = Field(default=5.0, gt=0)
    """How long one fetch of the key set may take as a whole."""

    revocation: Literal["off", "local", "redis", "probe"] = "off"
    """Who is asked whether a token is revoked: nobody (`off`), a list in the memory of this worker
    (`local`), a list in Redis that all workers share, or Cognito itself by GetUser (`probe`)."""

    redis_url: SecretStr | None = None
    """The address of Redis, such as `rediss://:password@host:6379/0`, for `revocation="redis"` and
    `session_store="redis"`."""

    redis_key_prefix: str = Field(default="fastapi_cognito_auth:", max_length=128)
    """What every key in Redis starts with."""

    redis_timeout: float = Field(default=0.5, gt=0, le=60)
    """How long one question to Redis may take, connecting included."""

    revocation_when_unavailable: Literal["refuse", "accept"] = "refuse"
    """What happens while Redis, or Cognito for `probe`, does not answer: every token is refused with
    503, or those are accepted that are good otherwise."""

    probe_ttl: float = Field(default=60.0, ge=1, le=3600)
    """How long an answer of GetUser counts."""

    connect_timeout: float = Field(default=3.0, gt=0)
    """How long connecting to Cognito may take."""

    read_timeout: float = Field(default=10.0, gt=0)
    """How long Cognito may keep silent."""

    max_attempts: int = Field(default=3, ge=1, le=10)
    """How often a throttled or failed (5xx) call is made in all."""

    max_connections: int = Field(default=128, ge=1, le=1024)
    """How many calls to Cognito may be under way at once, each in a thread and on a connection."""

    max_wait: float = Field(default=5.0, gt=0, le=60)
    """How long a call may wait until one of those is free. Then it is refused with 503."""

    _no_password = field_validator("endpoint_url", "jwks_uri", "alb_keys_uri")(has_no_password)
    _no_blank = field_validator("endpoint_url", "jwks_uri", "alb_keys_uri", "resource_documentation")(
        has_no_blank
    )

    @field_validator("client_secret", "machine_client_secret")
    @classmethod
    def _is_bare(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None:
            is_bare(secret.get_secret_value())
        return secret

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(key.get_secret_value()) < _SHORTEST_SECRET_KEY for key in keys):
            msg = f"a key needs {_SHORTEST_SECRET_KEY} characters or more and no comma; try: {_RECIPE}"
            raise ValueError(msg)
        return keys

    @field_validator("key_set", "key_set_file")
    @classmethod
    def _one_source(cls, source: str | None, info: ValidationInfo) -> str | None:
        others = [info.data.get(name) for name in ("jwks_uri", "key_set")]
        if source is not None and any(other is not None for other in others):
            raise ValueError(
                "only one of COGNITO_JWKS_URI, COGNITO_KEY_SET and COGNITO_KEY_SET_FILE may be given"
            )
        return source

    @field_validator("redis_url")
    @classmethod
    def _is_a_redis(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not re.match(r"(rediss?|unix)://\S+$", url.get_secret_value()):
            raise ValueError("it starts with redis://, rediss:// or unix://")
        return url

    @model_validator(mode="after")
    def _says_where_revocations_are(self) -> Self:
        # Raised as it is, to name both variables: pydantic would only know that something is wrong.
        if self.revocation == "redis" and self.redis_url is None:
            raise ConfigurationError("COGNITO_REDIS_URL is missing: COGNITO_REVOCATION is redis")
        if self.session_store == "redis" and self.redis_url is None:
            raise ConfigurationError("COGNITO_REDIS_URL is missing: COGNITO_SESSION_STORE is redis")
        if self.redis_url is not None and "redis" not in (self.revocation, self.session_store):
            msg = (
                f"COGNITO_REDIS_URL is given, but COGNITO_REVOCATION is {self.revocation}: set it to redis,"
                " or COGNITO_SESSION_STORE"
            )
            raise ConfigurationError(msg)
        if self.revocation == "probe" and any(
            pool.user_pool_id.partition("_")[0] != self.region for pool in self.trusted_pools
        ):
            raise ConfigurationError(
                "COGNITO_REVOCATION is probe: COGNITO_TRUSTED_POOLS must be of this Region"
            )
        return self

    @model_validator(mode="after")
    def _names_a_machine_by_both(self) -> Self:
        if (self.machine_client_id is None) != (self.machine_client_secret is None):
            missing = "ID" if self.machine_client_id is None else "SECRET"
            msg = f"COGNITO_MACHINE_CLIENT_{missing} is missing: a machine has an id and a secret"
            raise ConfigurationError(msg)
        return self

    @field_validator("domain")
    @classmethod
    def _is_a_domain(cls, domain: str | None) -> str | None:
        if domain is not None and _ISSUER.match(domain):
            msg = f"that is the issuer of tokens, and the pool's pages are at its domain: {_DOMAINS}"
            raise ValueError(msg)
        if domain is not None and (_DOMAIN.fullmatch(domain) is None or _ENDPOINT.fullmatch(domain)):
            msg = f"it is {_DOMAINS}"
            raise ValueError(msg)
        return domain

    @field_validator("access_token_header")
    @classmethod
    def _no_header_that_means_something_else(cls, name: str | None) -> str | None:
        if name is not None and name.lower() in {"authorization", "cookie"}:
            raise ValueError("this header is read in its own way already")
        return name

    @field_validator("trusted_origins")
    @classmethod
    def _as_browsers_write_them(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_ORIGIN.fullmatch(origin) for origin in origins):
            raise ValueError(
                "an origin is https://host or https://host:port, in lower case and without a path"
            )
        return origins

    @property
    def region(self) -> str:
        """The AWS Region that is called: of the replica, or from the pool's id."""
        return self.replica_region or region_of(self.user_pool_id)

    @property
    def domain_url(self) -> str | None:
        """The address of the pool's domain, without a slash at its end."""
        if self.domain is None:
            return None
        if self.domain.startswith(("https://", "http://")):
            return self.domain.rstrip("/")
        if "." in self.domain:
            return f"https://{self.domain}"
        return f"https://{self.domain}.auth.{self.region}.amazoncognito.com"

    @property
    def machine_client(self) -> tuple[str, str] | None:
        """The id and the secret of the app client that is the app's own machine, if one has a secret."""
        own = self.machine_client_id is None
        secret = self.client_secret if own else self.machine_client_secret
        return (
            None if secret is None else (self.machine_client_id or self.client_id, secret.get_secret_value())
        )

    @property
    def issuers(self) -> frozenset[str]:
        """The accepted issuers: the pool's original form, and the updated one that replicas share."""
        return frozenset(self.issuer) or issuers_of(self.user_pool_id, self.dns_suffix)

    @property
    def authorization_servers(self) -> tuple[str, ...]:
        """The issuers to send clients to: those that are given, or the original form of each pool."""
        own = self.issuer or (original_issuer(self.user_pool_id, self.dns_suffix),)
        others = (
            sorted(pool.issuer) or [original_issuer(pool.user_pool_id, pool.dns_suffix)]
            for pool in self.trusted_pools
        )
        return (*own, *(issuer for issuers in others for issuer in issuers))

    @property
    def client_ids(self) -> frozenset[str]:
        """The app clients of the pool whose tokens are accepted."""
        return frozenset({self.client_id, *self.accepted_client_ids})

    @property
    def key_set_uri(self) -> str:
        """Where the key set is."""
        if self.jwks_uri:
            return self.jwks_uri
        original, updated = issuer_hosts(self.region, self.dns_suffix)
        base = f"https://{updated if self.replica_region else original}"
        if self.endpoint_url:
            base = self.endpoint_url.rstrip("/")
        return f"{base}/{self.user_pool_id}/.well-known/jwks.json"
