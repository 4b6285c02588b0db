"""What `make stubs` writes from botocore's description is up to date."""

import ast
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from tests import pool_routes_page
from tests.stubs import FILE, first_words, stub

LOCK = Path(__file__).parent.parent / "requirements.lock"
LOCKED = re.search(r"^botocore==(\S+)", LOCK.read_text(), re.MULTILINE)


of_the_locked_botocore = pytest.mark.skipif(
    LOCKED is None or version("botocore") != LOCKED[1], reason="it is written from the locked botocore"
)


@of_the_locked_botocore
def test_the_stub_says_what_botocore_describes_else_make_stubs_writes_it() -> None:
    assert ast.dump(ast.parse(FILE.read_text())) == ast.dump(ast.parse(stub()))


@of_the_locked_botocore
def test_the_routes_page_has_every_endpoint_of_the_pool_else_make_stubs_writes_it() -> None:
    assert pool_routes_page.parted()[1] == pool_routes_page.table()


def test_what_is_said_of_an_operation_is_its_first_sentence_without_markup() -> None:
    text = "<p>Gets <code>X</code>, e.g. &quot;x&quot;. Needs no more.</p> <note><p>More.</p></note>"
    assert first_words(text) == 'Gets X, e.g. "x".'
