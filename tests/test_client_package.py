"""The client is what it is published as: one file, with types that say what the app takes and answers."""

import json
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.client_types import CLIENT, JS, SERVED, TYPES, document, types

ROOT = JS.parent
CODE = CLIENT.read_text()
DECLARED = CLIENT.with_suffix(".d.ts").read_text()
LOCK = (ROOT / "requirements.lock").read_text()


def locked(package: str) -> bool:
    found = re.search(rf"^{package}==(\S+)", LOCK, re.MULTILINE)
    return found is not None and found[1] == version(package)


@pytest.mark.skipif(
    not (locked("fastapi") and locked("pydantic")),
    reason="they are written by the locked FastAPI and pydantic",
)
def test_the_types_say_what_the_document_says_else_make_client_writes_them() -> None:
    assert TYPES.read_text() == types(document())


def test_the_pages_serve_the_very_client_that_is_published_else_make_client_copies_it() -> None:
    assert SERVED.read_bytes() == CLIENT.read_bytes()


def test_the_client_knows_every_challenge_of_the_document() -> None:
    told = re.search(r"CHALLENGES = Object\.freeze\(\[(.*?)\]\)", CODE, re.DOTALL)
    assert told is not None
    mapping = document()["paths"]["/auth/challenge"]["post"]["requestBody"]["content"]["application/json"]
    assert set(re.findall(r'"(\w+)"', told[1])) == set(mapping["schema"]["discriminator"]["mapping"])


def test_what_is_exported_is_declared() -> None:
    exported = set(re.findall(r"^export (?:class|const|function) (\w+)", CODE, re.MULTILINE))
    assert exported
    assert exported == set(re.findall(r"^export (?:class|const|function) (\w+)", DECLARED, re.MULTILINE))


def test_every_method_that_is_not_hidden_is_declared() -> None:
    for name in ("Attempt", "Client", "SessionClient", "BearerClient"):
        written = re.search(rf"^(?:export )?class {name}\b.*?^}}", CODE, re.MULTILINE | re.DOTALL)
        declared = re.search(rf"class {name}\b.*?^}}", DECLARED, re.MULTILINE | re.DOTALL)
        base = re.search(r"class Client\b.*?^}", DECLARED, re.MULTILINE | re.DOTALL)
        assert written
        assert declared
        assert base
        methods = set(re.findall(r"^  (?:async |get )?([a-z]\w+)\(", written[0], re.MULTILINE)) - {
            "constructor"
        }
        known = set(re.findall(r"^  (?:readonly )?(\w+)[(:<]", f"{declared[0]}\n{base[0]}", re.MULTILINE))
        assert methods <= known


def test_the_types_name_every_code_that_is_the_clients_own() -> None:
    named = re.search(r"ClientCode =(.*?);", DECLARED, re.DOTALL)
    assert named is not None
    pattern = r'"(unreachable|unknown_challenge|attempt_\w+|passkeys?_(?!added)\w+)"'
    assert set(re.findall(r'"(\w+)"', named[1])) == set(re.findall(pattern, CODE))


def test_the_package_is_ready_to_be_published() -> None:
    package = json.loads((JS / "package.json").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (package["version"], package["license"]) == (project["version"], project["license"])
    assert package.keys().isdisjoint({"dependencies", "peerDependencies", "scripts"})
    entry = package["exports"]["."]
    files = [*entry.values(), package["types"], *package["files"]]
    assert all((JS / name).is_file() for name in files)
    assert {Path(name).name for name in entry.values()} <= set(package["files"])
    assert (JS / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_client_needs_nothing_but_itself() -> None:
    assert not re.search(r"^\s*(?:import\s|export .* from)|\bimport\(|\brequire\(", CODE, re.MULTILINE)
    assert not re.search(r"https?://", CODE)
