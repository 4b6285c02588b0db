"""The table of challenges and flows, compared with the service model and with the tests."""

import re
from pathlib import Path

import botocore.session
import pytest

ROOT = Path(__file__).parent.parent
ROWS = re.findall(
    r"^\| `([A-Z_]+)` \|.*\| `(tests/[\w/.]+\.py)::(\w+)` \|$",
    (ROOT / "docs" / "reference" / "challenges.md").read_text(),
    flags=re.MULTILINE,
)
MODEL = botocore.session.get_session().get_service_model("cognito-idp")


@pytest.mark.parametrize("shape", ["ChallengeNameType", "AuthFlowType"])
def test_every_value_of_the_service_model_is_in_the_table(shape: str) -> None:
    assert set(MODEL.shape_for(shape).enum) <= {name for name, _, _ in ROWS}


@pytest.mark.parametrize(("name", "file", "test"), ROWS)
def test_every_row_names_a_test_that_exists(name: str, file: str, test: str) -> None:
    assert f"def {test}(" in (ROOT / file).read_text()
