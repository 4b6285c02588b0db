"""A forked child starts anew: no connection, thread, lock or task of its parent is used in it."""

import ast
import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.local.emulator import emulator
from tests.interop.kit import running
from tests.local.kit import signing_keys
from tests.redis_server import RedisServer

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "fastapi_cognito_auth"
PASSWORD = "Correct-horse-1!"

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

KIT = """
import asyncio, base64, json, os, threading, time
from fastapi_cognito_auth import CognitoAuth, CognitoSettings

def in_child(work):
    # Return what `work` returns in a forked child, or the name of what it raised.
    r, w = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            got = work()
        except BaseException as exc:
            got = type(exc).__name__
        os.write(w, json.dumps(got).encode())
        os._exit(0)
    os.close(w)
    def result():
        with os.fdopen(r, "rb") as pipe:
            answer = json.loads(pipe.read())
        os.waitpid(pid, 0)
        return answer
    return result

def soon(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 20))

async def name_of(auth, user):
    tokens = await auth.pool.sign_in.with_password(user, "Correct-horse-1!", auth_flow="USER_PASSWORD_AUTH")
    part = tokens.access_token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["username"]
"""


def run(script: str, **environment: str) -> Any:
    """Run a script after the kit in a process of its own, and return what it prints as JSON."""
    done = subprocess.run(
        # From Python 3.12 on a fork beside threads is warned of, which is what happens here.
        [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-c", KIT + script],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | environment,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def pool() -> Iterator[dict[str, str]]:
    """Serve a user pool with two users, and return the settings that name it."""
    users = [LocalUser(name, password=PASSWORD) for name in ("ada", "bob")]
    local = LocalUserPool(users=users)
    local._plane.tokens.keys = signing_keys()
    with socket.create_server(("127.0.0.1", 0)) as listening, running(emulator(local), listening):
        yield {
            "COGNITO_ENDPOINT_URL": f"http://127.0.0.1:{listening.getsockname()[1]}/",
            "COGNITO_ISSUER": local.issuer,
            "COGNITO_USER_POOL_ID": local.user_pool_id,
            "COGNITO_CLIENT_ID": local.client_id,
            "COGNITO_SECRET_KEY": "a sealing key for tests and long enough",
        }


def test_children_of_a_process_that_has_called_cognito_get_their_own_answers(pool: dict[str, str]) -> None:
    outcomes = run(
        """
auth = CognitoAuth()
outcomes = []
for _ in range(20):
    soon(name_of(auth, "ada"))  # the check at boot: a connection is open now
    start = time.time() + 0.05

    def both(user):
        async def twice():
            return await asyncio.gather(name_of(auth, user), name_of(auth, user))
        time.sleep(max(0, start - time.time()))
        return soon(twice())

    children = [(user, in_child(lambda: both(user))) for user in ("ada", "bob")]
    for user, result in children:
        got = result()
        names = got if isinstance(got, list) else [got, got]
        outcomes += ["right" if name == user else f"{user} got {name}" for name in names]
print(json.dumps(outcomes))
""",
        **pool,
    )
    assert Counter(outcomes) == {"right": 80}


def test_the_parent_goes_on_after_its_children(pool: dict[str, str]) -> None:
    names = run(
        """
auth = CognitoAuth()
names = [soon(name_of(auth, "ada"))]
children = [in_child(lambda: soon(name_of(auth, "bob"))) for _ in range(2)]
names += [soon(name_of(auth, "ada"))]
names += [result() for result in children]
names += [soon(name_of(auth, "ada"))]
print(json.dumps(names))
""",
        **pool,
    )
    assert names == ["ada", "ada", "bob", "bob", "ada"]


def test_a_child_of_a_process_in_the_middle_of_a_call_calls_for_itself(pool: dict[str, str]) -> None:
    """The parent's call holds a connection and its thread, and its caller waits in an event loop."""
    names = run(
        """
auth = CognitoAuth()
soon(name_of(auth, "ada"))  # what a thread is about to import when it is lost nobody can import
async def test():
    calls = [asyncio.ensure_future(name_of(auth, "ada")) for _ in range(8)]
    await asyncio.sleep(0)
    def outside():  # a loop runs in this thread, so the child's own needs another
        names = []
        thread = threading.Thread(target=lambda: names.append(soon(name_of(auth, "bob"))))
        thread.start()
        thread.join(20)
        return names
    child = in_child(outside)
    names = await asyncio.gather(*calls)
    return [*names, await asyncio.to_thread(child)]
print(json.dumps(asyncio.run(test())))
""",
        **pool,
    )
    assert names == ["ada"] * 8 + [["bob"]]


def test_a_fetch_of_the_keys_that_was_under_way_does_not_hold_up_a_child(pool: dict[str, str]) -> None:
    kids = run(
        """
from fastapi_cognito_auth.keys.sources import file_fetch, http_fetch
auth = CognitoAuth()
fetched = []
real = http_fetch(auth.settings.key_set_uri, timeout=10)
async def fetch():
    fetched.append(os.getpid())
    if len(fetched) == 1:
        await asyncio.sleep(60)  # the parent's never ends
    return await real()
auth = CognitoAuth(fetch_keys=fetch)
async def test():
    task = asyncio.ensure_future(auth.keys.refresh())
    while not fetched:
        await asyncio.sleep(0)
    def outside():
        thread = threading.Thread(target=lambda: soon(auth.keys.refresh()))
        thread.start()
        thread.join(20)
        return [len(auth.keys.status().kids), fetched[1:] == [os.getpid()]]
    result = in_child(outside)
    got = await asyncio.to_thread(result)
    task.cancel()
    return got
print(json.dumps(asyncio.run(test())))
""",
        **pool,
    )
    assert kids == [2, True]


def test_a_key_file_that_hangs_in_the_parent_is_read_by_a_child(tmp_path: Path) -> None:
    """The parent's thread waits for a pipe that nobody writes to; in the child there is no such thread."""
    path = tmp_path / "jwks.json"
    os.mkfifo(path)
    read = run(
        f"""
from fastapi_cognito_auth.keys.sources import file_fetch
path = {str(path)!r}
fetch = file_fetch(path, timeout=0.2)
def hang():
    try:
        soon(fetch())
    except Exception as exc:
        return type(exc).__name__
outcomes = [hang()]
os.unlink(path)
with open(path, "w") as file:
    file.write("keys")
outcomes += [hang(), in_child(lambda: soon(fetch()).decode())()]
print(json.dumps(outcomes))
"""
    )
    assert read == ["FetchError", "FetchError", "keys"]


def test_known_keys_go_on_verifying_in_a_child(pool: dict[str, str]) -> None:
    """What is plain data needs no second fetch."""
    fetches = run(
        """
auth = CognitoAuth()
async def token():
    tokens = await auth.pool.sign_in.with_password("ada", "Correct-horse-1!", auth_flow="USER_PASSWORD_AUTH")
    return tokens.access_token
token = soon(token())
soon(auth.verifier.access_token(token))
def verify():
    return [soon(auth.verifier.access_token(token)).username, auth.keys.status().fetches]
print(json.dumps([verify(), in_child(verify)()]))
""",
        **pool,
    )
    assert fetches == [["ada", 1], ["ada", 1]]


def test_locks_that_a_thread_of_the_parent_holds_are_open_in_a_child(pool: dict[str, str]) -> None:
    names = run(
        """
import gc
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
auth = CognitoAuth(CognitoSettings(revocation="probe"))
local = CognitoAuth.local(users=[LocalUser("ada", password="Correct-horse-1!")])
soon(name_of(auth, "ada")), soon(name_of(local, "ada"))
async def everything():
    tokens = await auth.pool.sign_in.with_password("ada", "Correct-horse-1!", auth_flow="USER_PASSWORD_AUTH")
    for _ in range(2):
        claims = await auth.verifier.access_token(tokens.access_token)
    await auth.pool.profiles.get(tokens.access_token)
    await auth.revocations.revoke_sign_in(claims)
    return [claims.username, await name_of(local, "ada"), len(local.local_pool.outbox)]
kinds = type(threading.Lock()), type(threading.RLock())
held = [
    value
    for thing in gc.get_objects() if str(type(thing).__module__).startswith("fastapi_cognito_auth.")
    for value in getattr(thing, "__dict__", {}).values() if isinstance(value, kinds)
]
def hold():
    for lock in held:
        lock.acquire()
    ready.set()
    done.wait()
    for lock in held:
        lock.release()
ready, done = threading.Event(), threading.Event()
thread = threading.Thread(target=hold)
thread.start()
ready.wait()
result = in_child(lambda: soon(everything()))
answer = result()
done.set()
thread.join()
print(json.dumps([len(held) >= 8, answer, soon(everything())]))
""",
        **pool,
    )
    assert names == [True, ["ada", "ada", 0], ["ada", "ada", 0]]


def test_a_child_gets_tokens_of_its_own_to_call_others_with() -> None:
    """A thread of the parent looks at those that it keeps while the child is forked."""
    outcome = run(
        """
from fastapi_cognito_auth.local import LocalMachine, LocalUserPool
pool = LocalUserPool(resource_servers={"a": ["b"]}, machine_clients=[LocalMachine(scopes=["a/b"])])
auth = CognitoAuth.local(pool)
tokens = auth.machine_tokens
first = soon(tokens.get())
with tokens._tokens._lock:
    child = in_child(lambda: [soon(tokens.get()), soon(tokens.get())])
again = child()
print(json.dumps([first == soon(tokens.get()), again[0] == again[1], first == again[0]]))
"""
    )
    assert outcome == [True, True, False]


def test_what_was_revoked_before_a_fork_stays_revoked_in_a_child(pool: dict[str, str]) -> None:
    outcome = run(
        """
auth = CognitoAuth(CognitoSettings(revocation="local"))
async def token():
    tokens = await auth.pool.sign_in.with_password("ada", "Correct-horse-1!", auth_flow="USER_PASSWORD_AUTH")
    await auth.revocations.revoke_sign_in(await auth.verifier.access_token(tokens.access_token))
    return tokens.access_token
token = soon(token())
print(json.dumps(in_child(lambda: soon(auth.verifier.access_token(token)).username)()))
""",
        **pool,
    )
    assert outcome == "TokenRevokedError"


def test_redis_that_was_used_before_a_fork_is_asked_on_connections_of_the_childs_own(
    pool: dict[str, str], redis_server: RedisServer
) -> None:
    """Also while the parent's event loop, and with it the parent's connection, is open."""
    answers = run(
        """
from fastapi_cognito_auth.redis_connections import RedisConnections
from fastapi_cognito_auth.revocation.redis_store import RedisStore
connections = RedisConnections(os.environ["REDIS_URL"], timeout=10, setting="COGNITO_REVOCATION=redis")
store = RedisStore(connections, prefix="forks:")
async def use(own):
    for number in range(50):
        await store.deny(f"{own}-{number}", number, 600)
        assert await store.find(f"{own}-{number}", ["none"]) == (number, False)
    return own
loop = asyncio.new_event_loop()
loop.run_until_complete(use("parent"))
children = [in_child(lambda own=own: soon(use(own))) for own in ("a", "b")]
loop.run_until_complete(use("parent"))
answers = [result() for result in children]
loop.run_until_complete(use("parent"))
loop.run_until_complete(loop.shutdown_asyncgens())
loop.close()
print(json.dumps(answers))
""",
        REDIS_URL=redis_server.url,
    )
    assert answers == ["a", "b"]


def test_what_must_not_be_shared_with_a_child_is_made_where_a_child_starts_anew() -> None:
    """A lock, an executor or a task in the package has to be replaced after a fork."""
    kinds = {"Lock", "RLock", "Condition", "Semaphore", "Event", "ThreadPoolExecutor", "Queue", "local"}
    shared = {
        "KnownGroups.__init__",  # lives as long as one import, on its event loop
        "Gallery.__init__",  # of a command that serves in one process
        "Place.__init__",  # makes a CognitoAuth.local, and no threading.local
        "RedisConnections._connections",
        "RedisConnections.__init__",
        "Threads._submit",
        "CognitoClient.__init__",
    }
    found = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for owner in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
            starts = {
                f"{owner.name}.{method.name}"
                for method in owner.body
                if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
                for call in ast.walk(method)
                if isinstance(call, ast.Call)
                and getattr(call.func, "attr", getattr(call.func, "id", "")) in kinds
            }
            found |= {name for name in starts if not name.endswith("._start_anew")}
    assert found == shared, "these are replaced by `_start_anew` of their class"


WSGI = """
import asyncio
from fastapi import FastAPI
from fastapi_cognito_auth import CognitoAuth

auth = CognitoAuth()
app = FastAPI()
app.include_router(auth.router, prefix="/auth")
asyncio.run(auth.pool.sign_in.with_password("ada", "Correct-horse-1!", auth_flow="USER_PASSWORD_AUTH"))


@app.get("/pid")
async def pid() -> int:
    import os
    return os.getpid()
"""


def test_the_first_sign_in_of_each_worker_of_gunicorn_answers_after_a_check_at_boot(
    pool: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "preloaded.py").write_text(WSGI)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", "2", "--worker-class", "asgi"]
    command += ["--bind", f"127.0.0.1:{port}", "preloaded:app"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=os.environ | pool | {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = ""
        while said.count("Booting worker") < 2:
            line = process.stdout.readline()
            assert line, said
            said += line
        answers = {}
        base = f"http://127.0.0.1:{port}"
        for _ in range(50):
            # Each on a connection of its own, so that either worker may take it.
            worker = httpx2.get(f"{base}/pid", timeout=10).json()
            for name in ("ada", "bob"):
                body = {"username": name, "password": PASSWORD, "auth_flow": "USER_PASSWORD_AUTH"}
                answers[worker] = httpx2.post(f"{base}/auth/sign-in", json=body, timeout=10).status_code
            if len(answers) == 2:
                break
        assert set(answers.values()) == {200}
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


COLLECTED = """
import gc, os
from fastapi_cognito_auth.runtime.forks import in_each_child

class Thing:
    def __init__(self):
        self.itself = self
        self.new = False
        in_each_child(self.start)

    def start(self):
        self.new = True

gc.collect()
gc.set_threshold(100_000)
things = [Thing() for _ in range(500)]
first, last = things[0], things[-1]
# The next collection comes while the child looks for what has to start anew.
gc.set_threshold(gc.get_count()[0] + 200)
del things
if (pid := os.fork()) == 0:
    os._exit(0 if first.new and last.new else 1)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def test_what_is_collected_in_the_middle_holds_nothing_up() -> None:
    """Whatever makes a container may collect others, and those that are gone leave the list."""
    done = subprocess.run([sys.executable, "-c", COLLECTED], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("0\n", "")
