"""The documentation names the versions that the tests run."""

import re
from pathlib import Path

import pytest

from tests.interop import environments
from tests.interop.ministack import run as ministack
from tests.interop.suites import cognito_local, runs, sources
from tests.interop.suites.__main__ import SUITES

ROOT = Path(__file__).parents[2]
EMULATOR = {
    "boto3",
    "awscli",
    "pycognito",
    "aws-amplify",
    "amazon-cognito-identity-js",
    "@aws-sdk/client-cognito-identity-provider",
    "cognito-srp-helper",
    "aws-jwt-verify",
    "openid-client",
    "oidc-client-ts",
    "authlib",
    "moto",
    "cognito-local",
    "ministack",
}
WIRE = EMULATOR - {"moto", "cognito-local", "ministack", "oidc-client-ts", "authlib"}


def locked(name: str) -> str:
    if name == "ministack":
        return ministack.REQUIREMENTS[0].removeprefix("ministack==")
    if name == "boto3":
        found = re.search(r"^boto3==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
        assert found is not None
        return found[1]
    return environments.version(name)


def test_the_page_counts_the_tests_of_other_emulators_as_they_are_listed() -> None:
    text = (ROOT / "docs" / "how-to" / "emulator.md").read_text()
    rows = re.findall(r"^\| (\S+), `\S*tests/\S+`.* \| ([0-9.]+) \| (\d+) \| (\d+) \|", text, re.MULTILINE)
    wanted = set()
    for suite in SUITES:
        version = cognito_local.VERSION if suite == "cognito-local" else sources.version(suite)
        listed = runs.known(suite)
        wanted.add((suite, version, str(listed["passed"]), str(runs.failures(listed))))
    assert {*rows} == wanted


@pytest.mark.parametrize(("page", "names"), [("emulator", EMULATOR), ("wire-endpoint", WIRE)])
def test_the_page_names_the_versions_that_are_run(page: str, names: set[str]) -> None:
    text = (ROOT / "docs" / "how-to" / f"{page}.md").read_text()
    rows = dict(re.findall(r"^\| (\S+) \| ([0-9.]+) \|", text, re.MULTILINE))
    assert rows == {name: locked(name) for name in names}
