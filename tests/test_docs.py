"""The documentation is true: every block runs, and every reference page is complete."""

from pathlib import Path

import pytest

from tests.docs_support import ROOT, Page, blocks_of

PAGES = sorted(
    path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if path.name != "CHANGELOG.md"
)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


WITH_CODE = [path for path in PAGES if "```" in path.read_text()]


@pytest.mark.parametrize("path", WITH_CODE, ids=relative)
def test_every_block_of_the_page_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = blocks_of(path)
    with Page(tmp_path, monkeypatch) as page:
        page.run(blocks)
    if page.skipped:
        pytest.skip("curl is missing: its blocks did not run")
