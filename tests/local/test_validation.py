"""Texts are held against the patterns of the service's model in linear time, and length comes first."""

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.local import validation
from fastapi_cognito_auth.local.delivery import EMAIL
from fastapi_cognito_auth.local.validation import LINEAR, service_model
from tests.local.kit import ALICE, Kit, refused

SEVERAL_REPETITIONS = re.compile(r"(?:\.|\])[+*].*(?:\.|\])[+*]")
SHORT = 256
"""Characters: what is not longer may be read in quadratic time."""

# Few kinds of characters, so that random texts meet the delimiters: a blank, a line end, a control
# character, letters of which one is not ASCII, marks.
TEXTS = st.text("{#}@ \n\t\x1c\x00aé.", max_size=14)


def string_shapes() -> list[tuple[str, int | None]]:
    model = service_model()
    shapes = (model.shape_for(name) for name in model.shape_names)
    return sorted(
        {
            (shape.metadata["pattern"], shape.metadata.get("max"))
            for shape in shapes
            if shape.type_name == "string" and "pattern" in shape.metadata and shape.name != "PasswordType"
        },
        key=str,
    )


def test_every_pattern_of_long_texts_whose_repetitions_overlap_is_matched_by_hand() -> None:
    long = {pattern for pattern, most in string_shapes() if most is None or most > SHORT}
    overlapping = {pattern for pattern in long if SEVERAL_REPETITIONS.search(pattern)}
    # In an ARN the repeated characters leave out the colon between them.
    arns = {pattern for pattern in overlapping if "arn:" in pattern.replace("\\", "")}
    assert all(":" not in group for pattern in arns for group in re.findall(r"\[[^]]*\]", pattern))
    assert overlapping - arns == LINEAR.keys() - {r"^[\S]+.*[\S]+$"}


@pytest.mark.parametrize("pattern", LINEAR)
@given(text=TEXTS)
def test_what_is_matched_by_hand_is_matched_as_the_pattern_does(pattern: str, text: str) -> None:
    assert LINEAR[pattern](text) is (validation._pattern(pattern, sys.maxunicode).fullmatch(text) is not None)


@pytest.mark.parametrize("pattern", sorted({pattern for pattern, _ in string_shapes() if r"\p" in pattern}))
@given(text=st.text(st.characters(max_codepoint=127), max_size=14))
def test_what_is_ascii_is_matched_as_if_there_were_nothing_else(pattern: str, text: str) -> None:
    ascii_alone, all_there_is = (
        validation._pattern(pattern, last).fullmatch(text) is not None for last in (127, sys.maxunicode)
    )
    assert ascii_alone is all_there_is


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^[\S]+.*[\S]+$", "Correct horse-7"),
        (r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+", "é@a"),
        (r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*", "Code {####}\n"),
        (
            r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{##[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*##\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*",
            "{##Click here##}",
        ),
    ],
)
def test_what_is_right_is_matched_by_hand(pattern: str, text: str) -> None:
    assert LINEAR[pattern](text)


def test_a_text_that_is_too_long_is_read_by_no_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    kit = Kit()
    read: list[str] = []

    def follows(_: str, text: str) -> bool:
        read.append(text)
        return True

    monkeypatch.setattr(validation, "_follows", follows)
    with refused("InvalidParameterException"):
        kit.aws.sign_up(ClientId=kit.id, Username="u" * 129, Password="p" * 300 + "\n")
    assert max(len(text) for text in read) <= 128
    assert len(read) == 1  # the app client's id


@pytest.mark.parametrize("length", [300, 100_000])
def test_a_long_password_with_a_line_end_is_refused_for_its_length_alone(length: int) -> None:
    kit = Kit()
    with refused(
        "InvalidParameterException",
        "1 validation error detected: Value at 'password' failed to satisfy constraint: "
        "Member must have length less than or equal to 256",
    ):
        kit.aws.sign_up(ClientId=kit.id, Username="eve", Password="a" * length + "\n")


def test_a_new_password_in_a_map_is_held_against_the_same_rules() -> None:
    kit = Kit(users=(ALICE,))
    kit.admin("AdminSetUserPassword", Password="Temporary-1!", Permanent=False)
    session = kit.password(password="Temporary-1!")["Session"]
    for password in ("a" * 5000 + "\n", "Battery-staple-8\n"):
        with refused("InvalidParameterException"):
            kit.answer("NEW_PASSWORD_REQUIRED", session, USERNAME="alice", NEW_PASSWORD=password)


@pytest.mark.parametrize("control", ["\0", "\x1f", "\x7f", " ", "\n"])
def test_an_email_address_holds_no_control_character(control: str) -> None:
    assert not EMAIL.fullmatch(f"eve{control}@example.com")
    kit = Kit(users=())
    pairs = [{"Name": "email", "Value": f"eve{control}@example.com"}]
    # No text of the protocol holds a NUL.
    with refused("SerializationException" if control == "\0" else "InvalidParameterException"):
        kit.aws.sign_up(ClientId=kit.id, Username="eve", Password="Correct-horse-7", UserAttributes=pairs)
