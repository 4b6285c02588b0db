"""Clients that others' generators make of the document: they compile, and sign in."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.docs_support import ROOT, blocks_of
from tests.openapi.conftest import HERE, Served

TSC = ("--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "nodenext")


def run(*command: str, folder: Path, **environment: str) -> str:
    """Run a command, and return what it prints."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def typed(node: str, document: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make types for TypeScript of the document, beside the modules that use them."""
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    generator = HERE / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    run(node, str(generator), str(document), "-o", str(folder / "api.d.ts"), folder=folder)
    return folder


def compile_typescript(node: str, source: Path) -> None:
    compiler = HERE / "node_modules" / "typescript" / "bin" / "tsc"
    types = ("--types", "node", "--skipLibCheck")
    run(node, str(compiler), *TSC, *types, source.name, folder=source.parent)


def test_an_app_in_typescript_knows_tokens_from_challenges_and_signs_in(
    node: str, typed: Path, example: Served
) -> None:
    source = typed / "usage.ts"
    source.write_text((HERE / "usage.ts").read_text())
    compile_typescript(node, source)
    told = json.loads(run(node, "usage.js", example.address, folder=typed))
    assert told == {
        "challenge": "SOFTWARE_TOKEN_MFA",
        "username": "grace",
        "required": [],
        "code": "not_authorized",
        "unknown": "RIDDLE",
    }


def test_the_typescript_of_the_documentation_compiles(node: str, typed: Path) -> None:
    page = ROOT / "docs" / "how-to" / "api-documentation.md"
    found = [block.code for block in blocks_of(page) if block.language == "typescript"]
    assert found
    for number, code in enumerate(found):
        source = typed / f"page{number}.ts"
        source.write_text(code)
        compile_typescript(node, source)


def test_an_app_in_python_signs_in_and_reads_refusals(
    python: Path, document: Path, example: Served, tmp_path: Path
) -> None:
    generator = str(python / "openapi-python-client")
    # Its formatter is beside it.
    path = f"{python}{os.pathsep}{os.environ['PATH']}"
    into = ("--meta", "none", "--output-path", str(tmp_path / "generated"))
    said = run(generator, "generate", "--path", str(document), *into, folder=tmp_path, PATH=path)
    assert "warning" not in said.lower(), said
    script = str(HERE / "usage.py")
    told: Any = json.loads(
        run(str(python / "python"), script, example.address, folder=tmp_path, PYTHONPATH=str(tmp_path))
    )
    assert told == {
        "username": "grace",
        "refused": "not_authorized",
        "challenge": "NEW_PASSWORD_REQUIRED",
        "wrong": "code_mismatch",
    }
