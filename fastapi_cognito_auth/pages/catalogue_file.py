"""A catalogue as it is written, line by line: gettext's format, of which Babel forgives more than is good.

Babel takes a text whose quotation marks are missing, without its first and its last letter, and of two
messages of one key it takes the first, without a word. Here both are mistakes with a line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.pages.team_file import why_not_read

_LINE: Final = re.compile(r'(?:([a-z_]+)(?:\[([0-9]{1,2})\])? +)?"((?:[^"\\]|\\.)*)"')
_WRITTEN: Final = re.compile(r"\\(.)")
_LETTERS: Final = {"n": "\n", "t": "\t", "r": "\r"}
_CHARSET: Final = re.compile(rb"^(?![ \t]*#).*?charset=([\w.:-]+)", re.MULTILINE)
"""Of the header, and not of what a comment says."""


@dataclass
class Entry:
    """A message of a catalogue; its state is what was read of it so far."""

    key: str
    line: int
    comments: list[str]
    """That stand before it."""

    plural: str | None = None
    """Its second name, if it has a form for each number."""

    forms: dict[int, str] = field(default_factory=dict)
    """Its texts, by the number of the form; 0 is the only one of a message without forms."""


def text_of(file: Path) -> str:
    """Return what stands in a catalogue.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        if (why := why_not_read(file)) is not None:
            msg = f"the catalogue {file} cannot be read: {why}"
            raise ConfigurationError(msg)
        written = file.read_bytes()
        named = _CHARSET.search(written)
        charset = "utf-8" if named is None else named[1].decode()
        # Some editors for Windows put a mark before the first line.
        return written.decode("utf-8-sig" if charset.lower() in {"utf-8", "utf8"} else charset)
    except (OSError, ValueError, LookupError) as exc:
        msg = f"the catalogue {file} cannot be read: {exc}"
        raise ConfigurationError(msg) from exc


def entries_of(file: Path, text: str) -> Iterator[Entry]:
    """Return the messages of a catalogue, the header among them, whose key is empty.

    Args:
        file: its name, for errors.
        text: what stands in it.

    Raises:
        ConfigurationError: a line is none of a catalogue.
    """
    reader = _Reader(file)
    for number, line in enumerate(text.split("\n"), start=1):
        if (ended := reader.take(number, line.strip())) is not None:
            yield ended
    if (last := reader.end()) is not None:
        yield last


def mistake(file: Path, line: int, what: str) -> ConfigurationError:
    """Return the error about a line of a catalogue."""
    return ConfigurationError(f"the catalogue {file} has a mistake in line {line}: {what}")


class _Reader:
    """Reads lines one after the other; its state is the message that has begun.

    Args:
        file: its name, for errors.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._entry: Entry | None = None
        self._last: tuple[str, int] = ("", 0)
        """Of what the last line was, and the form."""

        self._comments: list[str] = []
        self._number = 0

    def take(self, number: int, line: str) -> Entry | None:
        """Read a line, and return the message that ended before it."""
        self._number = number
        if not line:
            return None
        if line.startswith("#"):
            ended = self.end()
            self._comments.append(line)
            return ended
        found = _LINE.fullmatch(line)
        if found is None:
            self._refuse(f'{line[:80]} is no text in quotation marks, as in msgstr "Sign in"')
        word, form, text = found[1], int(found[2] or 0), _read(found[3])
        if word is None:
            self._go_on(text)
            return None
        if (word, found[2] is None) not in {
            ("msgid", True),
            ("msgid_plural", True),
            ("msgstr", True),
            ("msgstr", False),
        }:
            self._refuse(f"{line[:80]} begins with no word that a catalogue of the pages has")
        if word == "msgid":
            ended = self.end()
            self._entry = Entry(text, number, self._comments)
            self._comments, self._last = [], ("msgid", 0)
            return ended
        self._add(word, form, text)
        return None

    def end(self) -> Entry | None:
        """Return the message that has begun, if one has."""
        ended, self._entry = self._entry, None
        if ended is not None and not ended.forms:
            raise mistake(self._file, ended.line, f"{ended.key} has no msgstr")
        return ended

    def _add(self, word: str, form: int, text: str) -> None:
        if self._entry is None:
            self._refuse(f"{word} stands without msgid")
        if word == "msgid_plural":
            if self._last[0] != "msgid":
                self._refuse("msgid_plural stands elsewhere than after msgid")
            self._entry.plural = text
        elif form in self._entry.forms:
            self._refuse(f"{self._entry.key} has two texts, of which one is lost")
        else:
            self._entry.forms[form] = text
        self._last = (word, form)

    def _go_on(self, text: str) -> None:
        """Add a further line to the text before it."""
        word, form = self._last
        if self._entry is None:
            self._refuse("a text stands without msgid")
        if word == "msgid":
            self._entry.key += text
        elif word == "msgid_plural":
            self._entry.plural = f"{self._entry.plural}{text}"
        else:
            self._entry.forms[form] += text

    def _refuse(self, what: str) -> NoReturn:
        raise mistake(self._file, self._number, what)


def _read(text: str) -> str:
    return _WRITTEN.sub(lambda found: _LETTERS.get(found[1], found[1]), text)
