"""The package that is built: what an index shows of it, and what is in it."""

import re
import subprocess
import sys
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build it with what is installed."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_bytes(wheel.read(name))


def test_no_link_of_the_description_leads_beside_the_package(metadata: Message) -> None:
    """An index has the text of the README, and none of the files that it links to."""
    description = str(metadata.get_payload())
    assert "CognitoAuth.local" in description
    links = re.findall(r"\]\(([^)]+)\)", description)
    assert [link for link in links if not link.startswith("https://")] == []


def test_what_was_linked_is_named(metadata: Message) -> None:
    assert "Go to AWS (`docs/tutorial/6-go-to-aws.md`)" in str(metadata.get_payload())


def test_type_checkers_find_the_types(wheel: zipfile.ZipFile) -> None:
    assert "fastapi_cognito_auth/py.typed" in wheel.namelist()


def test_only_the_package_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0].split("-")[0] for name in wheel.namelist()} == {"fastapi_cognito_auth"}
