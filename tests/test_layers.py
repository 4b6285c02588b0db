"""The rules of the import graph, kept by reading the imports."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "fastapi_cognito_auth"
OURS = "fastapi_cognito_auth."
ROOMS = [
    "runtime",
    "schemas",
    "exceptions",
    "formats",
    "profile",
    "sealing",
    "srp",
    "settings",
    "keys",
    "tokens",
    "never_from_input",
    "user",
    "redis_connections",
    "redis_lookups",
    "revocation",
    "cookie_sessions",
    "cognito",
    "dependencies",
    "routers",
    "pages",
    "misuse",
    "assembly",
    "auth",
    "__init__",
    "local",
    "cli",
    "__main__",
]
"""The packages and modules of the root, bottom up: each imports only what stands before it."""

A_ROOM = {f"{OURS}{room}" for room in ROOMS}

SHARED_BY_FLOWS = {
    "answer_shape",
    "answers",
    "api_shapes",
    "app_client",
    "attempt",
    "bearer_auth",
    "boto_errors",
    "boto_logs",
    "client",
    "csv_rows",
    "configuration_methods",
    "domain_client",
    "factors",
    "formulas",
    "given",
    "import_file",
    "import_schema",
    "import_upload",
    "kept_tokens",
    "known_groups",
    "limits",
    "merged",
    "models",
    "names",
    "otpauth",
    "pacing",
    "pages",
    "parameters",
    "password_proof",
    "password_rules",
    "pool_operations",
    "records",
    "remedies",
    "row_text",
    "service_model",
    "software_token",
    "temporary_passwords",
    "text",
    "threads",
    "token_lifetime",
    "token_refresh",
    "token_requests",
    "turns",
    "typed",
    "user_filter",
    "user_rows",
    "user_session",
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix().split("/")[0]


def imports(path: Path, *, top_level_only: bool = False) -> set[str]:
    """Return the absolute names of all modules that a file imports."""
    package = ["fastapi_cognito_auth", *path.relative_to(PACKAGE).parts[:-1]]
    tree = ast.parse(path.read_text())
    found = set()
    for node in ast.iter_child_nodes(tree) if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found.add(module)
            # A room itself, as in `from fastapi_cognito_auth import srp`.
            found |= {f"{OURS}{alias.name}" for alias in node.names if f"{module}." == OURS} & A_ROOM
    return found


def uses(path: Path, *names: str) -> bool:
    return any(module.split(".")[0] in names for module in imports(path))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_its_own_room_and_from_those_below(path: Path) -> None:
    mine = name_of(path)
    below = {mine, *ROOMS[: ROOMS.index(mine)]}
    ours = [name.split(".")[1:] for name in imports(path, top_level_only=True) if name.startswith(OURS)]
    assert {parts[0] for parts in ours} <= below


@pytest.mark.parametrize("path", [*(PACKAGE / "cognito").glob("*.py")], ids=lambda path: path.name)
def test_flows_do_not_know_each_other(path: Path) -> None:
    if path.stem in {"pool", "users", "__init__"}:
        return
    siblings = {module.rpartition(".")[2] for module in imports(path) if ".cognito." in module}
    assert siblings <= SHARED_BY_FLOWS


@pytest.mark.parametrize("path", [*(PACKAGE / "routers").glob("*.py")], ids=lambda path: path.name)
def test_routers_do_not_know_each_other(path: Path) -> None:
    if path.stem == "assembled":
        return
    siblings = {module.rpartition(".")[2] for module in imports(path) if ".routers." in module}
    assert siblings <= {
        "route",
        "admin_aliases",
        "admin_changes",
        "admin_errors",
        "admin_events",
        "admin_import_jobs",
        "admin_pages",
        "admin_paths",
        "admin_remaining",
        "legacy_mfa",
        "admin_standing",
        "admin_superiors",
        "bodies",
        "challenge_request",
        "client_address",
        "operations",
        "pool_answers",
        "pool_models",
        "pool_refusals",
        "pool_routes",
        "queries",
        "session_end",
        "session_flow",
        "sign_in_request",
        "user_sessions",
    }


def reached(arrows: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return who reaches whom by any way."""
    ways = set(arrows)
    while more := {(a, d) for a, b in ways for c, d in arrows if b == c} - ways:
        ways |= more
    return ways


def arrows(*, top_level_only: bool) -> set[tuple[str, str]]:
    """Return which room imports which."""
    return {
        (name_of(path), room)
        for path in MODULES
        for room in {
            name.split(".")[1]
            for name in imports(path, top_level_only=top_level_only)
            if name.startswith(OURS)
        }
        if room != name_of(path)
    }


def test_the_drawing_of_the_architecture_shows_the_imports() -> None:
    """A direct arrow beside a longer way may be left out, and so may what is imported late."""
    page = (PACKAGE.parent / "docs" / "explanation" / "architecture.md").read_text()
    drawn = reached(set(re.findall(r"^    (\w+) --> (\w+)$", page, re.MULTILINE)))
    assert reached(arrows(top_level_only=True)) <= drawn
    assert drawn <= reached(arrows(top_level_only=False))


def test_only_the_client_and_the_local_pool_know_boto3() -> None:
    users = {path.relative_to(PACKAGE).as_posix() for path in MODULES if uses(path, "boto3", "botocore")}
    assert {path for path in users if not path.startswith("local/")} == {
        "cognito/boto_errors.py",
        "cognito/client.py",
        "cognito/service_model.py",
    }


def test_nothing_knows_moto() -> None:
    assert not [path for path in MODULES if uses(path, "moto")]


def test_only_the_web_edge_and_above_know_fastapi() -> None:
    edge = ROOMS[ROOMS.index("dependencies") :]
    assert {name_of(path) for path in MODULES if uses(path, "fastapi")} <= {*edge}


def test_only_the_facade_and_above_read_the_settings() -> None:
    readers = {
        name_of(path) for path in MODULES if any(name.startswith(f"{OURS}settings") for name in imports(path))
    }
    assert readers <= {"settings", "misuse", "assembly", "auth", "__init__", "local", "cli"}


def test_nothing_uses_the_annotations_import_that_breaks_closure_dependencies() -> None:
    assert not [path for path in MODULES if "__future__" in imports(path)]


def test_importing_the_package_and_verifying_a_token_loads_no_aws_library() -> None:
    script = """
import asyncio, sys
from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from tests.support import CLIENT_ID, POOL_ID, SIGNER, Clock, KeyServer, access_claims
auth = CognitoAuth(
    CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID),
    fetch_keys=KeyServer(SIGNER.jwk()),
    clock=Clock(),
)
assert asyncio.run(auth.verifier.access_token(SIGNER.sign(access_claims()))).username == "ada"
print([name for name in sys.modules if name.split(".")[0] in {"boto3", "botocore", "moto"}])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=PACKAGE.parent, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_importing_the_package_loads_nothing_that_verifying_tokens_does_not_need() -> None:
    """Endpoints, flows, the HTTP client and sealing come with their first use."""
    script = """
import sys
import fastapi_cognito_auth
names = "cognito", "keys.download", "routers.assembled.parts", "sealing", "srp"
own = {f"fastapi_cognito_auth.{name}" for name in names}
others = {"h11", "httpx2", "jwt", "segno", "itsdangerous", "gmpy2", "redis"}
print(sorted((own | others) & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=PACKAGE.parent, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_a_given_key_set_loads_nothing_that_fetches_one() -> None:
    script = """
import asyncio
import json
import sys
from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from tests.support import CLIENT_ID, POOL_ID, SIGNER, Clock, access_claims
auth = CognitoAuth(
    CognitoSettings(
        user_pool_id=POOL_ID, client_id=CLIENT_ID, key_set=json.dumps({"keys": [SIGNER.jwk()]})
    ),
    clock=Clock(),
)
assert asyncio.run(auth.verifier.access_token(SIGNER.sign(access_claims()))).username == "ada"
print([name for name in sys.modules if name == "fastapi_cognito_auth.keys.download"])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=PACKAGE.parent, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_signing_in_loads_nothing_that_accounts_alone_need() -> None:
    """A process with `auth.router` starts without what draws QR codes, and without the flows of accounts."""
    script = """
import sys
from fastapi import FastAPI
from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from tests.support import CLIENT_ID, POOL_ID, SECRET_KEY
auth = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, secret_key=SECRET_KEY))
FastAPI().include_router(auth.router, prefix="/auth")
names = "account", "factors", "mfa", "passkeys", "sessions", "user_session", "groups", "users"
own = {f"fastapi_cognito_auth.cognito.{name}" for name in names}
print(sorted((own | {"segno", "boto3", "httpx2"}) & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=PACKAGE.parent, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
