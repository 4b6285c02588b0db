"""Where a key set comes from: an address, a file, or a setting."""

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.keys.key_set import LARGEST_KEY_SET, Fetch, FetchError, parse_key_set
from fastapi_cognito_auth.runtime.forks import in_each_process


def key_set_fetch(
    *, uri: str, key_set: str | None, file: str | None, timeout: float, setting: str = "COGNITO_KEY_SET"
) -> Fetch:
    """Return a function that gets the key set from where the settings say.

    Args:
        uri: the address, unless one of the others is given.
        key_set: the key set itself, as JSON.
        file: the path of a file that holds it.
        timeout: seconds for one fetch as a whole.
        setting: the variable that `key_set` is from.

    Raises:
        ConfigurationError: `key_set` holds no usable key.
    """
    if key_set is not None:
        return fixed_fetch(key_set, setting=setting)
    if file is not None:
        return file_fetch(file, timeout=timeout)
    return http_fetch(uri, timeout=timeout)


def fixed_fetch(key_set: str, *, setting: str = "COGNITO_KEY_SET") -> Fetch:
    """Return a function that returns this key set.

    Args:
        key_set: as JSON.
        setting: the variable that it is from.

    Raises:
        ConfigurationError: it holds no usable key.
    """
    answer = key_set.encode()
    try:
        parse_key_set(answer)
    except FetchError as exc:
        msg = f"{setting} is wrong: {exc}"
        raise ConfigurationError(msg) from exc

    async def fetch() -> bytes:
        return answer

    return fetch


def file_fetch(path: str, *, timeout: float) -> Fetch:
    """Return a function that reads the key set from a file, anew each time.

    Args:
        path: of the file; replacing the file rotates the keys.
        timeout: seconds; a file on another machine may hang. While it does, it is not read again.
    """
    reader = _FileReader(path)

    async def fetch() -> bytes:
        try:
            async with asyncio.timeout(timeout):
                return await reader.read()
        except OSError as exc:
            msg = f"cannot read {path}: {type(exc).__name__}"
            raise FetchError(msg) from exc

    return fetch


class _FileReader:
    """Reads a file in a thread of its own; its state is the reading under way.

    Not in the event loop's threads: each reading that hangs would take one away from the app. A
    thread that hangs does not hold up the end of the process either.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        self._lock = threading.Lock()
        self._reading: Future[bytes] | None = None
        self._given_up: Future[bytes] | None = None

    async def read(self) -> bytes:
        """Return the beginning of the file: enough to tell that it is too large."""
        while (mine := self._start()) is None:
            before = self._reading
            if before is None or before is self._given_up:
                msg = f"cannot read {self._path}: an earlier try still hangs"
                raise FetchError(msg)
            # Of another event loop. What it reads may be older than what is asked for now.
            with suppress(OSError):
                await asyncio.wrap_future(before)
        try:
            return await asyncio.wrap_future(mine)
        except asyncio.CancelledError:
            self._given_up = mine
            raise

    def _start(self) -> Future[bytes] | None:
        with self._lock:
            if self._reading is not None and not self._reading.done():
                return None
            reading: Future[bytes] = Future()
            # It cannot be cancelled: whoever goes away leaves it to the thread.
            reading.set_running_or_notify_cancel()
            threading.Thread(target=self._read, args=(reading,), name="key-set-file", daemon=True).start()
            self._reading = reading
            return reading

    def _read(self, reading: Future[bytes]) -> None:
        try:
            with Path(self._path).open("rb") as file:
                beginning = file.read(LARGEST_KEY_SET + 1)
        except Exception as exc:  # noqa: BLE001 - raised where it is waited for
            reading.set_exception(exc)
        else:
            reading.set_result(beginning)


def http_fetch(uri: str, *, timeout: float) -> Fetch:
    """Return a function that fetches the key set over HTTP.

    Args:
        uri: the address; redirects are not followed.
        timeout: seconds for everything, however slowly the answer drips.
    """
    # Now, and not in the event loop; whoever is given the key set fetches nothing.
    from fastapi_cognito_auth.keys.download import key_download  # noqa: PLC0415

    download = key_download(timeout=timeout, largest=LARGEST_KEY_SET)

    async def fetch() -> bytes:
        return await download(uri) or b""

    return fetch
