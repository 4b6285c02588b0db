"""Profiles of signed-in users, kept for a short while."""

import hashlib
import threading
from collections.abc import Callable

from cachetools import TTLCache

from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.text import check_text
from fastapi_cognito_auth.profile import Profile
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.runtime.forks import in_each_process
from fastapi_cognito_auth.runtime.single_flight import SingleFlight

_MOST_PROFILES = 1024


class Profiles:
    """Gets profiles by access token; its state is those it got lately.

    Args:
        client: speaks to Cognito.
        max_age: seconds for which a profile is kept; 0 keeps none.
        clock: seconds since the epoch.
    """

    def __init__(
        self, client: CognitoClient, *, max_age: float = 30.0, clock: Callable[[], float] = wall_clock
    ) -> None:
        self._client = client
        self._max_age = max_age
        self._clock = clock
        self._flights: SingleFlight[bytes, Profile] = SingleFlight()
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        self._recent: TTLCache[bytes, Profile] = TTLCache(
            _MOST_PROFILES, ttl=self._max_age, timer=self._clock
        )
        # Event loops in several threads may share one app; reading drops what is too old.
        self._lock = threading.Lock()

    async def get(self, access_token: str) -> Profile:
        """Return the profile of the token's user (GetUser), at most `max_age` seconds old.

        Raises:
            NotAuthorizedError: the token is revoked, lacks the scope
                `aws.cognito.signin.user.admin`, or the user is disabled.
            UserNotFoundError: the user is deleted.
            UserPoolUnavailableError: Cognito does not answer.
            InvalidRequestError: the token is no text.
        """
        check_text(access_token)
        key = hashlib.sha256(access_token.encode()).digest()
        with self._lock:
            known = self._recent.get(key)
        return known or await self._flights.run(key, lambda: self._load(key, access_token))

    async def _load(self, key: bytes, access_token: str) -> Profile:
        profile = parse(Profile, await self._client.call("GetUser", AccessToken=access_token))
        with self._lock:
            self._recent[key] = profile
        return profile
