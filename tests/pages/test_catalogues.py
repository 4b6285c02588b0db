"""Mistakes in the catalogues of a team are told at the start, with file, line and message."""

import os
import re
from pathlib import Path

import pytest

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.pages.languages import Languages
from fastapi_cognito_auth.pages.speech import speaker

POLISH = 'msgid ""\nmsgstr "Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);\\n"\n'
DUTCH = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
LENGTH = 'msgid "policy.length"\nmsgid_plural "policy.length"\n'


def refused(folder: Path, code: str, text: str, encoding: str = "utf-8") -> str:
    """Return what is said of a catalogue."""
    (folder / f"{code}.po").write_text(text, encoding=encoding)
    with pytest.raises(ConfigurationError) as raised:
        Languages(more=folder)
    assert f"{folder / code}.po" in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('msgid "sign_in.title"\nmsgstr "Inloggen\n', 2, 'msgstr "Inloggen is no text in quotation marks'),
        ('msgid "sign_in.title"\nmsgstr Inloggen\n', 2, "msgstr Inloggen is no text in quotation marks"),
        ('msgid "sign_in.title"\nmsgstr "In"loggen"\n', 2, "is no text in quotation marks"),
        ('msgid "sign_in.title"\nmsgstr ""\n"Inloggen\n', 3, "is no text in quotation marks"),
        ("\n\nmsgid sign_in.title\n", 3, "is no text in quotation marks"),
        ('msgid "sign_in.titel"\nmsgstr "x"\n', 1, "the pages have no message sign_in.titel"),
        ('msgid "sign_in."\n"titel"\nmsgstr "x"\n', 1, "the pages have no message sign_in.titel"),
        (
            'msgid "page.help"\nmsgstr "a"\n\n# again\nmsgid "page.help"\nmsgstr "b"\n',
            5,
            "page.help was there before, in line 1",
        ),
        ('msgid "page.help"\nmsgstr "a"\nmsgstr "b"\n', 3, "page.help has two texts"),
        ('msgid "page.help"\n\nmsgid "page.terms"\nmsgstr "b"\n', 1, "page.help has no msgstr"),
        ('msgid "page.help"\n# here?\nmsgstr "b"\n', 1, "page.help has no msgstr"),
        ('msgid "page.help"\n', 1, "page.help has no msgstr"),
        ('msgstr "a"\n', 1, "msgstr stands without msgid"),
        ('"a"\n', 1, "a text stands without msgid"),
        ('msgid "page.help"\nmsgstr "a"\nmsgid_plural "b"\n', 3, "msgid_plural stands elsewhere"),
        ('msgctxt "x"\nmsgid "page.help"\nmsgstr "a"\n', 1, "begins with no word"),
        ('msgid "sign_in.title"\nmsgstr "x {evil}"\n', 1, "{evil} stands in sign_in.title"),
        ('msgid "page.as"\nmsgstr "x {}"\n', 1, "{} stands in page.as"),
        ('msgid "page.as"\nmsgstr "x {username"\n', 1, "in page.as"),
        ('msgid "page.as"\nmsgstr "x {username!r}"\n', 1, "page.as has more than names between its braces"),
        (f'{DUTCH}{LENGTH}msgstr[0] "{{count}} teken"\n', 3, "policy.length lacks msgstr[1]"),
        (f'{DUTCH}{LENGTH}msgstr[0] "{{count}} teken"\nmsgstr[1] ""\n', 3, "policy.length lacks msgstr[1]"),
        (f'{DUTCH}msgid "policy.length"\nmsgstr "{{count}} teken"\n', 3, "needs msgid_plural"),
        (
            f'{DUTCH}{LENGTH}msgstr[0] "a"\nmsgstr[1] "b"\nmsgstr[2] "c"\n',
            3,
            "policy.length has msgstr[2]: the language has 2 forms",
        ),
        (f'{LENGTH}msgstr[0] "a"\nmsgstr[1] "b"\n', 1, "Plural-Forms: nplurals=2; plural=(n != 1);\\n"),
        ('msgid ""\nmsgstr "Language: de\\n"\n', 1, "its language is de, and its name says nl"),
    ],
)
def test_a_line_that_would_be_lost_or_misread_is_told(
    text: str, line: int, words: str, tmp_path: Path
) -> None:
    said = refused(tmp_path, "nl", text)
    assert f"in line {line}: " in said
    assert words in said


def test_the_header_decides_how_many_forms_there_must_be(tmp_path: Path) -> None:
    two = f'{LENGTH}msgstr[0] "a"\nmsgstr[1] "b"\n'
    assert "lacks msgstr[2]: the language has 3 forms" in refused(tmp_path, "pl", POLISH + two)


def test_other_words_for_a_language_of_ours_have_the_forms_of_ours(tmp_path: Path) -> None:
    two = f'{LENGTH}msgstr[0] "{{count}} signe"\nmsgstr[1] "{{count}} signes"\n'
    (tmp_path / "fr.po").write_text(two)
    say = speaker(Languages(more=tmp_path).all["fr"])
    assert [re.sub("<.*?>", "", say("policy.length", count)) for count in (1, 8)] == ["1 signe", "8 signes"]
    assert "lacks msgstr[2], msgstr[3], msgstr[4], msgstr[5]" in refused(tmp_path, "ar", two)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Plural-Forms: nplurals=2; plural=__import__;", "Plural-Forms"),
        ("Plural-Forms: nplurals=x; plural=0;", "cannot be read"),
        ("Content-Type: text/plain; charset=nothing", "cannot be read"),
        (
            "Plural-Forms: nplurals=1000000000; plural=0;",
            "in line 2: it says that there are 1000000000 forms",
        ),
        ("Plural-Forms: nplurals=2; plural=n%0;", "in line 2: plural= has no form for 0"),
        ("Plural-Forms: nplurals=2; plural=n;", "in line 2: plural= has no form for 2"),
    ],
)
def test_a_header_that_cannot_be_read_is_told(header: str, words: str, tmp_path: Path) -> None:
    assert words in refused(tmp_path, "nl", f'msgid ""\nmsgstr "{header}\\n"\n')


def test_of_two_charsets_the_one_of_the_header_counts(tmp_path: Path) -> None:
    for charset, words in {"ascii": "'ascii' codec", "foo": "unknown encoding"}.items():
        header = f'# charset=utf-8\nmsgid ""\nmsgstr "Content-Type: text/plain; charset={charset}\\n"\n'
        assert words in refused(tmp_path, "nl", header + 'msgid "page.help"\nmsgstr "\xe9"\n')


@pytest.mark.parametrize(
    ("name", "words"), [("nl-BE", "it is called nl_BE.po"), ("nl@euro", "such as"), ("root", "such as")]
)
def test_a_name_that_no_browser_asks_for_is_told(name: str, words: str, tmp_path: Path) -> None:
    assert words in refused(tmp_path, name, 'msgid "page.help"\nmsgstr "Hulp"\n')


def test_a_catalogue_that_is_no_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "nl.po")
    with pytest.raises(ConfigurationError, match=r"nl\.po cannot be read: it is no file"):
        Languages(more=tmp_path)


def test_a_catalogue_that_is_too_large_is_told(tmp_path: Path) -> None:
    assert "larger than 1 MB" in refused(tmp_path, "nl", "#" * 1_100_000)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path, "nl", 'msgid "page.help"\nmsgstr "\xff"\n', "latin-1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_catalogue_of_any_editor_is_read(encoding: str, end: str, tmp_path: Path) -> None:
    text = 'msgid "sign_in.title"\nmsgstr ""\n"Melde "\n"dich \\"an\\""\n\n#~ msgid "gone"\n#~ msgstr Weg\n'
    (tmp_path / "eo.po").write_bytes(text.replace("\n", end).encode(encoding))
    assert Languages(more=tmp_path).all["eo"].words.gettext("sign_in.title") == 'Melde dich "an"'


def test_a_catalogue_in_the_charset_of_its_header_is_read(tmp_path: Path) -> None:
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=latin-1\\n"\n'
    text = header + 'msgid "page.help"\nmsgstr "\xe9"\n'
    (tmp_path / "eo.po").write_text(text, encoding="latin-1")
    assert Languages(more=tmp_path).all["eo"].words.gettext("page.help") == "\xe9"


def test_a_message_whose_texts_are_empty_is_english(tmp_path: Path) -> None:
    empty = f'{LENGTH}msgstr[0] ""\nmsgstr[1] ""\n\nmsgid "page.help"\nmsgstr ""\n'
    (tmp_path / "nl.po").write_text(empty)
    say = speaker(Languages(more=tmp_path).all["nl"])
    assert re.sub("<.*?>", "", say("policy.length", 8)) == "At least 8 characters"
    assert say("page.help") == "Help"


def test_a_language_has_the_forms_of_its_header(tmp_path: Path) -> None:
    (tmp_path / "pl.po").write_text(
        f'{POLISH}{LENGTH}msgstr[0] "{{count}} znak"\n'
        'msgstr[1] "{count} znaki"\nmsgstr[2] "{count} znak."\n'
    )
    say = speaker(Languages(more=tmp_path).all["pl"])
    said = [re.sub("<.*?>", "", say("policy.length", count)) for count in (1, 3, 8)]
    assert said == ["1 znak", "3 znaki", "8 znak."]


def test_a_brace_is_a_brace_where_nothing_is_put_in(tmp_path: Path) -> None:
    (tmp_path / "nl.po").write_text('msgid "page.help"\nmsgstr "Hulp :-{"\n')
    assert speaker(Languages(more=tmp_path).all["nl"])("page.help") == "Hulp :-{"
