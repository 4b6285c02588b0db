"""Mistakes in the templates of a team are told at the start, with file and line."""

import logging
import os
import shutil
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.pages import Look
from fastapi_cognito_auth.pages.rendering import Rendering
from fastapi_cognito_auth.pages.template_checks import _BLOCK, _EXTENDS, _text_of

OURS = Path(__file__).parents[2] / "fastapi_cognito_auth" / "pages" / "templates"


def written(folder: Path, **templates: str) -> Rendering:
    """Return what makes pages of templates, by their names without an end."""
    for name, text in templates.items():
        (folder / f"{name}.html").write_text(text)
    return Rendering(Look(templates=folder), cookie="c")


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("sign_up", '\n{{ say("page.hlp") }}', 2, "the pages have no message page.hlp: is it page.help?"),
        (
            "sign_up",
            '{{ say("page.help" if look else "page.hlp") }}',
            1,
            "the pages have no message page.hlp",
        ),
        ("sign_up", '{% if x %}\n{{ f(say("no")) }}{% endif %}', 2, "the pages have no message no"),
        ("sign_up", '{{ say("page.as") }}', 1, "page.as needs username"),
        ("sign_up", '{{ say("policy.length") }}', 1, "policy.length needs count"),
        ("sign_up", '{{ say("page.help", 2) }}', 1, "page.help has no forms for numbers"),
        (
            "sign_up",
            '{% extends "ours/sign_up.html" %}\n\n{% block introo %}{% endblock %}',
            3,
            "ours/sign_up.html has no block introo: is it intro?",
        ),
        ("sign_up", '{% extends "sign_up.html" %}', 1, "it extends itself; ours is ours/sign_up.html"),
        ("entrance", '{% extends "sign_in.html" %}', 1, "it extends itself; ours is ours/entrance.html"),
        (
            "elements",
            '{% import "elements.html" as e %}',
            1,
            "it includes itself; ours is ours/elements.html",
        ),
        ("sign_up", '{% include "sign_up.html" %}', 1, "it includes itself; ours is ours/sign_up.html"),
        ("sign_up", '{% extends "layuot.html" %}', 1, "there is no template layuot.html: is it layout.html?"),
        ("sign_up", '{% include ["a.html", "b.html"] %}', 1, "there is no template a.html, b.html"),
        ("sign_up", "<p>\n{% if %}", 2, "Expected an expression"),
        ("sign_up", "\n\n{{ x|nofilter }}", 3, "No filter named 'nofilter'"),
        ("mine", "\n{% endblock %}", 2, "endblock"),
        ("mine", "<p>\n\n{{ say('page.as', username=1, username=2) }}", 3, "keyword argument repeated"),
        ("mine", "\n{% macro f(a, a) %}{% endmacro %}", 2, "duplicate argument"),
        ("mine", "\n" + "{% for a in [1] %}" * 25 + "x" + "{% endfor %}" * 25, 2, "too many"),
        ("mine", '{% include "../outside.html" %}', 1, "there is no template ../outside.html"),
        ("mine", f'{{% include "{"x" * 5000}" %}}', 1, "there is no template xxx"),
    ],
)
def test_a_mistake_is_told_with_its_line(name: str, text: str, line: int, words: str, tmp_path: Path) -> None:
    (tmp_path.parent / "outside.html").write_text("x")
    with pytest.raises(ConfigurationError) as raised:
        written(tmp_path, **{name: text})
    assert f"{tmp_path / name}.html has a mistake in line {line}: " in str(raised.value)
    assert words in str(raised.value)


def test_a_template_that_is_no_text_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "sign_in.html").write_bytes(b"<p>\n\xff")
    with pytest.raises(ConfigurationError, match=r"sign_in\.html has a mistake in line 2: .* UTF-8"):
        written(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ " + "+".join(["1"] * 5000) + " }}", "nested too deeply"),
        ("{{ " + "9" * 5000 + " }}", "digits"),
        ("x" * 1_100_000, "larger than 1 MB"),
    ],
)
def test_a_template_that_is_too_much_is_told(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=rf"mine\.html.*{words}"):
        written(tmp_path, mine=text)


def test_a_template_that_is_no_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "sign_in.html")
    with pytest.raises(ConfigurationError, match=r"sign_in\.html cannot be read: it is no file"):
        written(tmp_path)


def test_comments_that_do_not_end_are_read_in_no_time(tmp_path: Path) -> None:
    text = '{% extends "ours/sign_up.html" %}{% block intro %}{% endblock %}'
    assert written(tmp_path, sign_up=text + "<!--" * 100_000).without_effect == []


def test_a_circle_of_includes_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"b\.html has a mistake in line 2: it includes itself"):
        written(
            tmp_path, b='\n{% include "c.html" %}', c='{% import "d.html" as d %}', d='{% include "b.html" %}'
        )


def test_a_circle_of_includes_that_ends_is_none(tmp_path: Path) -> None:
    made = written(
        tmp_path,
        sign_up='{% extends "ours/sign_up.html" %}{% block intro %}{% include "b.html" %}{% endblock %}',
        b='{% if look.logo %}{% include "sign_up.html" %}{% endif %}{% include ["c.html", "d.html"] %}',
        c='{% extends "sign_up.html" %}{% block intro %}{% endblock %}',
    )
    assert made.without_effect == []


def test_a_circle_of_templates_of_the_team_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="it extends itself"):
        written(tmp_path, a='{% extends "b.html" %}', b='{% extends "c.html" %}', c='{% extends "b.html" %}')


def test_a_block_of_any_template_in_the_chain_can_be_replaced(tmp_path: Path) -> None:
    made = written(
        tmp_path,
        frame='{% extends "layout.html" %}{% block main %}{% block mine %}{% endblock %}{% endblock %}',
        sign_up='{% extends "frame.html" %}{% block mine %}{% block inner %}{% endblock %}{% endblock %}'
        "{% block footer %}{% endblock %}",
        layout='{% extends "ours/layout.html" %}{% block head %}{% endblock %}',
    )
    assert made.without_effect == []


@pytest.mark.parametrize(
    "text",
    [
        "{% extends look.frame %}{% block any %}{% endblock %}",
        '{% if look.logo %}{% extends "layout.html" %}{% endif %}{% block any %}{% endblock %}',
        '{% extends "ours/sign_up.html" if look.logo else "layout.html" %}{% block heading %}{% endblock %}',
        '{{ say("x." ~ look.name) }}{{ say(message) }}{{ say("page.as", **look) }}{{ say() }}',
        '{{ say("policy.length", 3) }}{{ say("page.as", username=look.name) }}{{ speak.say("x") }}',
        '{% include "nothing.html" ignore missing %}',
        '{% if look.logo %}{% include "sign_up.html" %}{% endif %}',
        '{% include "./elements.html" %}{% include ".hidden.html" %}',
    ],
)
def test_what_is_decided_later_is_no_mistake(text: str, tmp_path: Path) -> None:
    (tmp_path / ".hidden.html").write_text("{% if %}")
    assert written(tmp_path, sign_up=text).without_effect == []


def test_a_template_that_takes_no_place_is_told_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "fastapi_cognito_auth"):
        made = written(tmp_path, signup="x", sign_up='{% include "part.html" %}', part="y")
    [said] = made.without_effect
    assert f"{tmp_path}/signup.html has the name of none of ours" in said
    assert said.endswith("is it sign_up.html?")
    assert caplog.messages == [said]


def test_a_template_that_may_be_meant_is_not_told(tmp_path: Path) -> None:
    made = written(tmp_path, part_x="y", sign_up='{% include "part_" ~ look.name ~ ".html" %}')
    assert made.without_effect == []


def test_what_stands_outside_of_the_blocks_is_told(tmp_path: Path) -> None:
    made = written(
        tmp_path,
        sign_up='{% extends "ours/sign_up.html" %}\n<!-- ours -->\n\n<p>{% block intro %}x{% endblock %}',
        sign_in='{% extends "ours/sign_in.html" %}\n{% block intro %}\nx\n{% endblock %}\n',
    )
    [said] = made.without_effect
    assert f"{tmp_path}/sign_up.html extends another" in said
    assert "in line 4" in said


def test_ours_have_no_mistake_in_the_place_of_ours(tmp_path: Path) -> None:
    shutil.copytree(OURS, tmp_path, dirs_exist_ok=True)
    assert written(tmp_path).without_effect == []


def test_ours_are_read_without_compiling_them_as_jinja_reads_them() -> None:
    environment = Environment(loader=FileSystemLoader(str(OURS)), autoescape=True)
    for path in sorted(OURS.glob("*.html")):
        source = path.read_text()
        text = _text_of(environment, source)
        bases = {name for reference in text.references if reference.is_base for name in reference.names or ()}
        assert (set(_BLOCK.findall(source)), set(_EXTENDS.findall(source))) == (text.blocks, bases)
