"""The documentation is true: every block runs, every link leads somewhere, no reference page lags behind."""

import ast
import dataclasses
import os
import re
import tomllib
from collections.abc import Iterator
from inspect import signature
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import pytest
from fastapi import FastAPI

import fastapi_cognito_auth
import fastapi_cognito_auth.local
from fastapi_cognito_auth import CognitoAuth, CognitoAuthError, CognitoSettings, User, exceptions
from fastapi_cognito_auth.dependencies.guards import Guards
from fastapi_cognito_auth.local import LocalUser, LocalUserPool, Message, Outbox
from tests.docs_support import ROOT, Block, DocsError, Page, blocks_of, mismatch
from tests.older import needs

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
WITH_CODE = [path for path in PAGES if "```" in path.read_text()]
NEWER = {"on-behalf-of-users.md": needs("GetDerivedToken")}
"""Pages about what the oldest boto3 that is allowed does not know."""


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=NEWER.get(path.name, ()), id=relative(path)) for path in WITH_CODE],
)
def test_every_block_of_the_page_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Page(tmp_path, monkeypatch) as page:
        page.run(blocks_of(path))
    if page.skipped:
        if os.environ.get("CI"):
            pytest.fail("there is no curl, and CI must have one")
        pytest.skip("curl is missing: its blocks did not run")


# What runs the pages must itself be able to fail.


def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    path = ROOT / "tests" / "a page that is not stored.md"
    blocks = [
        Block(path, 1, language, code)
        for language, code in re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL)
    ]
    with Page(tmp_path, monkeypatch) as page:
        page.run(blocks)


APP = """
```python
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
async def root() -> dict[str, str]:
    return {"a": "bcd"}
```
"""


@pytest.mark.parametrize(
    "text",
    [
        "```python\nassert False\n```",
        "```python\nimport asyncio\nawait asyncio.sleep(0)\n```",
        "```python\nimport warnings\nwarnings.warn('x')\n```",
        "```bash\nfalse\ntrue\n```",
        "```bash\necho $UNSET_VARIABLE\n```",
        "```bash\nmake coffee\n```",
        "```bash\npip install 'fastapi-cognito-auth[unknown]'\n```",
        "```bash\npip install a-package-nobody-has\n```",
        "```bash\nuvicorn main:app\n```",
        "```bash\ncurl -s https://example.com\n```",
        "```bash\ncurl -s localhost:8000/ https://example.com\n```",
        "```bash\ncurl -s localhost:8000/no-such-route\n```",
        "```python\nimport socket\ntry: socket.getaddrinfo('example.com', 443)\nexcept OSError: pass\n```",
        "```python\nprint(1)\n```\n```text\n2\n```",
        "```python\n1\n```\n```json\n1\n```",
        "```json\n1\n```",
        "```text\nwords\n```",
        APP + '```bash\ncurl -s localhost:8000/\n```\n```json\n{"a": "other"}\n```',
        APP + "```bash\ncurl -s localhost:8000/missing\n```",
    ],
)
def test_a_page_that_is_not_true_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with pytest.raises(DocsError):
        run(tmp_path, monkeypatch, text)


def test_blocks_share_names_variables_and_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        APP
        + """
```bash
A=$(curl -s localhost:8000/)
export COGNITO_CLIENT_ID=from-the-shell
```
```bash
echo "$A"
```
```json
{"a": "b…"}
```
```python
import os
assert os.environ["COGNITO_CLIENT_ID"] == "from-the-shell" and app
```
"""
    )
    run(tmp_path, monkeypatch, text)


@pytest.mark.parametrize(
    "text",
    ["```\nx\n```", "```ruby\nx\n```", "```python\nx\n", "  ```python\n  x\n  ```", "~~~python\nx\n~~~"],
)
def test_a_fence_that_nothing_runs_is_refused(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(DocsError):
        blocks_of(page)


@pytest.mark.parametrize(
    ("shown", "real", "same"),
    [
        ({"a": "…"}, {"a": [1]}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1, "…": "…"}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {}, False),
        (["a", "…"], ["a", "b", "c"], True),
        (["a"], ["a", "b"], False),
        (["a", "…"], [], False),
        ("ey…Z", "ey.Z", True),
        ("ey…Z", "ey.", False),
        (1, True, False),
        ("1", 1, False),
        (None, None, True),
        ("…", None, False),
        ("…", 1, False),
        ("…", False, False),
        ("…", "1", True),
        (1_790_000_000, 1_890_000_000, True),
        (1_790_000_000, 3600, False),
        (3600, 1_790_000_000, False),
        (1_790_000_000, "1_790_000_000", False),
        (0.5, 12.25, True),
        (0.5, 12, False),
    ],
)
def test_an_answer_is_compared_by_its_structure(shown: Any, real: Any, same: bool) -> None:
    assert (mismatch(shown, real) is None) is same


# Links and style.


def prose(path: Path) -> Iterator[str]:
    """Return the lines that are neither code nor tables."""
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    return (line for line in text.splitlines() if not line.startswith("|"))


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as they are commonly made."""
    headings = [line.lstrip("# ") for line in prose(path) if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text()):
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_the_index_lists_every_page() -> None:
    listed = {
        (DOCS / target).resolve() for target in re.findall(r"\]\(([^)#]+)\)", (DOCS / "index.md").read_text())
    }
    assert {path for path in DOCS.rglob("*.md") if path.name != "index.md"} <= listed


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_a_line_holds_one_sentence(path: Path) -> None:
    for line in prose(path):
        words = re.sub(r"`[^`]*`", "code", line)
        assert not re.search(r"[a-z)][.!?] [A-Z]", words), line


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) < 150


@pytest.mark.parametrize("folder", ["tutorial", "how-to"])
def test_pages_end_with_the_api_they_used(folder: str) -> None:
    for path in (DOCS / folder).glob("*.md"):
        headings = [line for line in prose(path) if line.startswith("## ")]
        assert headings[-1] == "## API used", path


def test_the_newest_entry_of_the_changelog_is_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == project["version"]


# Reference pages are compared with the code.


def rows(page: str, section: str | None = None) -> list[list[str]]:
    """Return the cells of the tables of a page, or of one of its sections, without heads and rules."""
    text = (DOCS / "reference" / page).read_text()
    if section is not None:
        text = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    found = []
    lines = text.splitlines()
    for before, line in zip(["", *lines], lines, strict=False):
        if line.startswith("|") and not line.startswith("|---") and before.startswith("|"):
            cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            found.append(cells)
    assert found, f"{page} has no table {section or ''}"
    return found


def code(cell: str) -> str:
    assert re.fullmatch(r"`[^`]+`", cell), cell
    return cell.strip("`")


def type_name(annotation: Any) -> str:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) is tuple:
        return f"tuple[{type_name(get_args(annotation)[0])}, ...]"
    name = annotation.__name__ if isinstance(annotation, type) and annotation.__module__ == "builtins" else ""
    plain = str(annotation) if not name or "[" in str(annotation) else name
    return re.sub(
        r"<class '([\w.]+)'>", r"\1", re.sub(r"\b(typing|[a-z_]+(\.[a-z_]+)*)\.(?=[A-Z])", "", plain)
    )


def test_the_settings_page_has_every_setting_as_it_is() -> None:
    shown = {code(cells[0]): cells[1:] for cells in rows("settings.md") if len(cells) == 6}
    assert shown.keys() == CognitoSettings.model_fields.keys()
    for name, field in CognitoSettings.model_fields.items():
        variable, kind, default = shown[name][:3]
        assert code(variable) == f"COGNITO_{name.upper()}"
        assert code(kind) == type_name(field.annotation), name
        if field.is_required():
            assert default == "required"
        else:
            real = field.get_default(call_default_factory=True)
            assert (ast.literal_eval(code(default)), repr(real)) == (real, code(default)), name


def test_the_settings_page_names_every_list() -> None:
    text = (DOCS / "reference" / "settings.md").read_text().partition("## Lists and objects\n")[2]
    (line,) = [line for line in text.splitlines() if "hold one value, several separated by commas" in line]
    lists = {
        f"COGNITO_{name.upper()}"
        for name, field in CognitoSettings.model_fields.items()
        if "split_list" in f"{field.annotation!r}{field.metadata!r}"
    }
    assert {*re.findall(r"`(COGNITO_\w+)`", line)} == lists


def public_errors() -> dict[str, type[CognitoAuthError]]:
    found = [CognitoAuthError]
    for error in found:
        found += error.__subclasses__()
    return {
        error.__name__: error
        for error in found
        if error.__module__ == exceptions.__name__ and not error.__name__.startswith("_")
    }


def test_the_errors_page_has_every_error_as_it_is() -> None:
    shown = {code(cells[0]): (code(cells[1]), int(cells[2]), bool(cells[3])) for cells in rows("errors.md")}
    assert shown == {name: (error.code, error.status_code, True) for name, error in public_errors().items()}


def test_errors_carry_the_headers_that_the_page_says() -> None:
    for error in public_errors().values():
        headers = error().headers or {}
        asks = error.status_code == 401 or error is exceptions.PermissionDeniedError
        assert ("WWW-Authenticate" in headers) is asks, error
        unavailable = (
            exceptions.KeysUnavailableError,
            exceptions.RevocationUnavailableError,
            exceptions.SessionsUnavailableError,
            exceptions.UserPoolUnavailableError,
        )
        assert ("Retry-After" in headers) is (error.status_code == 429 or issubclass(error, unavailable)), (
            error
        )


def schema(router: str) -> dict[str, Any]:
    # The description of an API needs its address.
    auth = CognitoAuth.local(settings={"resource": ("https://api.example.com",)})
    app = FastAPI()
    app.include_router(getattr(auth, router), prefix="/prefix")
    openapi = app.openapi()
    # What is at the prefix itself has an empty path.
    openapi["paths"] = {path.removeprefix("/prefix") or "/": what for path, what in openapi["paths"].items()}
    return openapi


# The table of the pool's configuration has a test of its own.
ROUTERS = sorted({name for name in vars(CognitoAuth) if name.endswith("router")} - {"pool_router"})


def component(openapi: dict[str, Any], reference: str) -> dict[str, Any]:
    found: dict[str, Any] = openapi["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def members(openapi: dict[str, Any], reference: str) -> set[str]:
    """Return the members of a body, with a question mark where one may be left out."""
    body = component(openapi, reference)
    return {name if name in body.get("required", ()) else f"{name}?" for name in body["properties"]}


def codes_of(operation: dict[str, Any]) -> set[str]:
    refusals = (answer for status, answer in operation["responses"].items() if status >= "400")
    return {
        code
        for answer in refusals
        if "application/json" in answer.get("content", {})
        for code in re.findall(r"`(\w+)`: ", answer["description"])
    }


@pytest.mark.parametrize("router", ROUTERS)
def test_the_routes_page_has_every_endpoint_as_it_is(router: str) -> None:
    openapi = schema(router)
    text = (DOCS / "reference" / "routes.md").read_text()
    section = text.partition(f"\n## `auth.{router}`\n")[2].partition("\n## ")[0] + "\n##"
    shown = dict(re.findall(r"^### (\w+ \S+)\n(.*?)(?=^##)", section, re.MULTILINE | re.DOTALL))
    real = {
        f"{method.upper()} {path}": operation
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    }
    assert shown.keys() == real.keys()
    for endpoint, operation in real.items():
        entry = dict(re.findall(r"^- (\w+): (.*)$", shown[endpoint], re.MULTILINE))
        named = set(re.findall(r"`([^`]+)`", entry.get("Errors", "")))
        assert named == codes_of(operation) - {"invalid_request", "request_too_large"}, endpoint
        assert entry["Answer"], endpoint
        if endpoint != "POST /challenge":
            bodies = [
                schema["$ref"]
                for body in operation.get("requestBody", {}).get("content", {}).values()
                # Older FastAPIs write a reference with a default as one of its own.
                for schema in (
                    body["schema"],
                    *body["schema"].get("allOf", []),
                    *body["schema"].get("anyOf", []),
                )
                if "$ref" in schema
            ]
            wanted = set().union(*(members(openapi, body) for body in bodies))
            assert set(re.findall(r"`([^`]+)`", entry.get("Body", ""))) == wanted, endpoint


def test_the_routes_page_has_every_challenge_as_it_is() -> None:
    openapi = schema("router")
    answers = openapi["paths"]["/challenge"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    challenges = {
        model["properties"]["challenge"]["const"]: model
        for model in openapi["components"]["schemas"].values()
        if "parameters" in model.get("properties", {}) and "challenge" in model["properties"]
    }
    shown = {code(cells[0]): cells[1:] for cells in rows("routes.md", "Challenges")}
    assert shown.keys() == challenges.keys() == answers["discriminator"]["mapping"].keys()
    for name, reference in answers["discriminator"]["mapping"].items():
        parameters = challenges[name]["properties"]["parameters"]
        named = component(openapi, parameters["$ref"]).get("properties", {}) if "$ref" in parameters else {}
        assert set(re.findall(r"`([^`]+)`", shown[name][1])) == set(named), name
        wanted = members(openapi, reference) - {"challenge", "challenge?", "session", "client_metadata?"}
        assert set(re.findall(r"`([^`]+)`", shown[name][2])) == wanted, name


def public(thing: object) -> set[str]:
    """Return the public members of an object, those of its base classes left out."""
    names = set(vars(type(thing))) | set(getattr(thing, "__dict__", {}))
    return {name for name in names if not name.startswith("_")}


def test_the_api_page_has_every_public_member() -> None:
    auth = CognitoAuth.local()
    pool = auth.local_pool
    wanted = {
        "CognitoAuth": public(auth) | public(Guards(auth.current_user)),
        "User": {field.name for field in dataclasses.fields(User)}
        | {"claims", "from_claims", "profile", "with_claims", "with_profile"},
        "TokenVerifier": public(auth.verifier),
        "UserPool": public(auth.pool),
        "LocalUserPool": public(pool),
        "LocalUser": {field.name for field in dataclasses.fields(LocalUser)},
        "Outbox": public(Outbox()),
        "Message": {field.name for field in dataclasses.fields(Message)},
    }
    for name, members_of in wanted.items():
        table = [cells for cells in rows("api.md", name) if len(cells) == 2]
        assert {code(cells[0]).partition("(")[0] for cells in table} == members_of, name


def test_the_api_page_has_every_argument() -> None:
    shown = {code(cells[0]) for cells in rows("api.md", "CognitoAuth.local")}
    assert shown == {name for name in signature(CognitoAuth.local).parameters if not name.startswith("_")}
    shown = {code(cells[0]) for cells in rows("api.md", "LocalUserPool") if len(cells) == 3}
    assert shown == set(signature(LocalUserPool).parameters)


def test_the_api_page_has_every_exported_name() -> None:
    text = (DOCS / "reference" / "api.md").read_text()
    for name in [*fastapi_cognito_auth.__all__, *fastapi_cognito_auth.local.__all__]:
        assert f"`{name}`" in text, name


def test_the_versions_page_has_every_floor_as_it_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {"": project["dependencies"], **project["optional-dependencies"]}
    floors = {
        (found[1], found[2], extra)
        for extra, requirements in wanted.items()
        for requirement in requirements
        if (found := re.match(r"([\w-]+)(?:\[\w+\])?>=([\d.]+)", requirement))
    }
    assert len(floors) == sum(map(len, wanted.values()))
    text = (DOCS / "reference" / "versions.md").read_text()
    rows = re.findall(r"^\| ([\w-]+) \| ([\d.]+) \| (?:`(\w+)` )?\|$", text, re.MULTILINE)
    assert {*rows} == floors


def test_troubleshooting_knows_the_codes_it_names() -> None:
    text = (DOCS / "how-to" / "troubleshooting.md").read_text()
    named = set(re.findall(r"^### `(.*)`$", text, re.MULTILINE))
    assert named
    assert named <= {error.code for error in public_errors().values()}


def test_the_attacks_page_names_tests_that_exist() -> None:
    lines = [
        line for line in (DOCS / "reference" / "attacks.md").read_text().splitlines() if "`test_" in line
    ]
    assert lines
    for line in lines:
        for part in re.findall(r"((?:`test_\w+`(?:, | and )?)+) in `(tests/[\w/]+\.py)`", line):
            source = (DOCS.parent / part[1]).read_text()
            for name in re.findall(r"`(test_\w+)`", part[0]):
                assert f"def {name}(" in source, name
        assert len(re.findall(r"`test_\w+`", line)) == sum(
            part.count("`test_")
            for part, _ in re.findall(r"((?:`test_\w+`(?:, | and )?)+) in `(tests/[\w/]+\.py)`", line)
        ), line


def test_the_logging_page_has_every_logger() -> None:
    package = ROOT / "fastapi_cognito_auth"
    named = {
        name
        for path in package.rglob("*.py")
        for name in re.findall(r'getLogger\("(fastapi[\w.]*)"\)', path.read_text())
    }
    page = (DOCS / "reference" / "logging.md").read_text()
    assert named == set(re.findall(r"^\| `(fastapi[\w.]*)` \|", page, re.MULTILINE))
