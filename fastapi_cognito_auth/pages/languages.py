"""What the pages say, in each language, and which of them a browser is answered in.

A message has a key that stays, `sign_in.title`, so that other words for it change no code; what a
language lacks is English.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from io import BytesIO, StringIO
from pathlib import Path
from string import Formatter
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import PoFileError, read_po
from babel.support import Translations

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.pages.catalogue_file import Entry, entries_of, mistake, text_of

ENGLISH: Final = "en"
OWN_CATALOGUES: Final = Path(__file__).parent / "catalogues"
_WANTED: Final = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?"
)
_NAME: Final = re.compile(r"[A-Za-z]{2,3}(?:_[A-Za-z0-9]{1,8})*")
"""Of a catalogue, without its end: what browsers ask for, with other lines."""

_MOST_FORMS: Final = 10
"""For numbers; no language that Babel knows has more than six."""

NUMBERS: Final = (*range(1000), *range(1_000_000, 6_000_001, 1_000_000))
"""That have to have a form: those about which languages differ."""

_LONGEST: Final = 500
"""Characters of what a browser says that it wants."""


class Language:
    """One language.

    Args:
        code: as in the name of its catalogue, such as `pt` or `pt_BR`.
        folders: where its catalogues are; what stands first counts.
    """

    def __init__(self, code: str, folders: Sequence[Path]) -> None:
        try:
            self.locale: Locale = Locale.parse(code.replace("-", "_"))
        except (UnknownLocaleError, ValueError) as exc:
            msg = f"{code} is the name of a catalogue, and no language"
            raise ConfigurationError(msg) from exc
        self.code = code
        self._folders = folders

    @property
    def tag(self) -> str:
        """The name of the language for HTML (BCP 47)."""
        return self.code.replace("_", "-")

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return self.locale.text_direction

    @property
    def name(self) -> str:
        """What it is called by those who speak it."""
        own = self.locale.get_display_name(self.locale) or self.code
        return own[:1].upper() + own[1:]

    @cached_property
    def words(self) -> Translations:
        """All messages; read when the first page is asked for in it.

        Raises:
            ConfigurationError: a catalogue cannot be read.
        """
        found: Translations | None = None
        files = [folder / f"{self.code}.po" for folder in self._folders]
        if self.code != ENGLISH:
            files.append(OWN_CATALOGUES / f"{ENGLISH}.po")
        for file in files:
            if file.is_file():
                words = _read(file, self.locale)
                if found is None:
                    found = words
                else:
                    found.add_fallback(words)
        if found is None:
            msg = f"there is no catalogue of {self.code}"
            raise ConfigurationError(msg)
        return found


class Languages:
    """The languages that there are.

    Args:
        wanted: their codes, the first where a browser wants none of them; all of them for none.
        more: a folder of catalogues beside those that come with the package.

    Raises:
        ConfigurationError: there is no catalogue of one that is wanted, or the folder has a mistake.
    """

    def __init__(self, wanted: Sequence[str] = (), more: str | Path | None = None) -> None:
        folders = [*([] if more is None else [Path(more)]), OWN_CATALOGUES]
        files = [] if more is None else sorted(Path(more).glob("*.po"))
        for file in files:
            _try_name(file)
        there = {
            file.stem: Language(file.stem, folders) for folder in folders for file in folder.glob("*.po")
        }
        codes = [code.replace("-", "_") for code in wanted] or sorted(
            there, key=lambda code: (code != ENGLISH, code)
        )
        if missing := [code for code in codes if code not in there]:
            msg = f"there is no catalogue of {', '.join(missing)}, which languages of the pages names"
            raise ConfigurationError(msg)
        self.all: Mapping[str, Language] = {code: there[code] for code in codes}
        for file in files:
            _try(file, there[file.stem].locale)
        self.first: Language = there[codes[0]]

    def find(self, tags: Iterable[str | None]) -> Language:
        """Return the language that is asked for first, of those that there are.

        Args:
            tags: what asks for one, the most important first: a tag, several with blanks between them
                (`ui_locales`, OpenID Connect Core section 3.1.2.1), or an `Accept-Language`.
        """
        for text in tags:
            for tag in _in_order(text or ""):
                found = self._one(tag)
                if found is not None:
                    return found
        return self.first

    def _one(self, tag: str) -> Language | None:
        parts = tag.lower().split("-")
        # RFC 4647 section 3.4: from the whole tag to its language alone.
        while parts:
            for code, language in self.all.items():
                if code.lower().split("_") == parts:
                    return language
            parts.pop()
        return None


def _in_order(text: str) -> list[str]:
    wanted = []
    for place, part in enumerate(re.split(r"[,\s]+(?![qQ]=)", text[:_LONGEST].replace("_", "-"))):
        match = _WANTED.fullmatch(part)
        if match is not None and match[1] != "*" and float(match[2] or 1) > 0:
            wanted.append((-float(match[2] or 1), place, match[1]))
    return [tag for _, _, tag in sorted(wanted)]


def _read(file: Path, locale: Locale) -> Translations:
    catalogue = _parsed(file, text_of(file), locale)
    for message in list(catalogue):
        # A form that is missing is English like all that is: gettext would show the key in its place.
        if isinstance(message.string, tuple) and not all(message.string):
            catalogue.delete(message.id)
    # Whatever its header says: it is read, and what follows is of no file.
    catalogue.charset = "utf-8"
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    try:
        return Translations(compiled)
    except ValueError as exc:
        msg = f"the catalogue {file} has Plural-Forms that cannot be read: {exc}"
        raise ConfigurationError(msg) from exc


def _parsed(file: Path, text: str, locale: Locale) -> Catalog:
    if not _says_forms(text):
        text = f"{_header_of_ours(file.name)}{text}"
    try:
        return read_po(StringIO(text), locale=locale, abort_invalid=True)
    except (ValueError, PoFileError) as exc:
        msg = f"the catalogue {file} cannot be read: {exc}"
        raise ConfigurationError(msg) from exc


def _says_forms(text: str) -> bool:
    """Return whether a catalogue says which forms for numbers it has."""
    return "Plural-Forms:" in text


def _header_of_ours(name: str) -> str:
    """Return the forms for numbers of a language of ours, for a catalogue that has other words for some."""
    file = OWN_CATALOGUES / name
    if not file.is_file():
        return ""
    found = re.search(r'^"Plural-Forms:.*$', text_of(file), re.MULTILINE)
    return "" if found is None else f'msgid ""\nmsgstr ""\n{found[0]}\n\n'


def _try_name(file: Path) -> None:
    """Refuse a name by which no browser that asks for the language is given the catalogue."""
    if _NAME.fullmatch(file.stem) is None:
        other = file.stem.replace("-", "_")
        name = f"it is called {other}.po" if _NAME.fullmatch(other) else "such as nl.po or pt_BR.po"
        msg = f"the catalogue {file} has a name that is found for no language: {name}"
        raise ConfigurationError(msg)


def _try(file: Path, locale: Locale) -> None:
    """Find mistakes in a catalogue of the team before anybody sees them.

    Raises:
        ConfigurationError: it cannot be read, says something twice or not in full, is of another
            language, or has a message or a value in one that there is not.
    """
    text = text_of(file)
    entries = list(entries_of(file, text))
    english, there = english_messages(), dict[str, int]()
    for entry in entries:
        if entry.key in there:
            first = there[entry.key]
            raise mistake(file, entry.line, f"{entry.key or 'the header'} was there before, in line {first}")
        there[entry.key] = entry.line
        if not entry.key:
            _try_header(file, entry, locale)
        elif entry.key not in english:
            raise mistake(file, entry.line, f"the pages have no message {entry.key}")
        else:
            _try_values(file, entry, english[entry.key])
    forms = _forms(file, text, entries, locale)
    # Babel knows forms for every language, and other ones with a new version.
    says_forms = _says_forms(text) or bool(_header_of_ours(file.name))
    for entry in entries:
        if entry.key and english[entry.key].plural is not None and any(entry.forms.values()):
            if not says_forms:
                what = f'the header has to say which forms there are: "Plural-Forms: {get_plural(locale)}\\n"'
                raise mistake(file, entry.line, what)
            _try_forms(file, entry, forms)
    _try_numbers(file, text, _read(file, locale), forms)


def _forms(file: Path, text: str, entries: Sequence[Entry], locale: Locale) -> int:
    """Return how many forms for numbers a catalogue has to have, by its header or by its language."""
    lines = text.split("\n")
    ends = [*(entry.line - 1 for entry in entries[1:]), len(lines)]
    head = next(
        (lines[entry.line - 1 : end] for entry, end in zip(entries, ends, strict=False) if not entry.key), []
    )
    forms = _parsed(file, "\n".join(head), locale).num_plurals
    # Before all else is read, which Babel makes room for.
    if not 0 < forms <= _MOST_FORMS:
        raise mistake(file, _line_of_forms(text), f"it says that there are {forms} forms for numbers")
    return forms


def _line_of_forms(text: str) -> int:
    return text.partition("Plural-Forms:")[0].count("\n") + 1


def _try_numbers(file: Path, text: str, words: Translations, forms: int) -> None:
    """Refuse Plural-Forms by which a number has a form that there is not, or none."""
    for number in NUMBERS:
        try:
            is_there = words.plural(number) in range(forms)
        except ArithmeticError:
            is_there = False
        if not is_there:
            raise mistake(file, _line_of_forms(text), f"plural= has no form for {number}")


def _try_header(file: Path, header: Entry, locale: Locale) -> None:
    """Refuse the header of another language: with it came that one's forms for numbers."""
    named = re.search(r"^Language: *([A-Za-z]+)", header.forms.get(0, ""), re.MULTILINE)
    if named is not None and named[1].lower() != locale.language:
        raise mistake(file, header.line, f"its language is {named[1]}, and its name says {locale.language}")


def _try_values(file: Path, entry: Entry, english: Entry) -> None:
    """Refuse a text that names a value that the message does not have, or braces that do not close."""
    values = values_of(english)
    for text in entry.forms.values():
        try:
            named = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
            plain = all(not how and not other for _, _, how, other in Formatter().parse(text))
        except ValueError as exc:
            if not values:
                continue  # nothing is put into it, and so a brace is a brace
            raise mistake(file, entry.line, f"{exc} in {entry.key}") from exc
        if more := sorted(named - values):
            what = ", ".join(f"{{{name}}}" for name in more)
            raise mistake(file, entry.line, f"{what} stands in {entry.key}, and the pages have no such value")
        if not plain:
            raise mistake(file, entry.line, f"{entry.key} has more than names between its braces")


def _try_forms(file: Path, entry: Entry, forms: int) -> None:
    """Refuse a message that lacks a form."""
    if entry.plural is None:
        raise mistake(file, entry.line, f"{entry.key} has forms for numbers, and needs msgid_plural")
    there = {number for number, text in entry.forms.items() if text}
    if missing := sorted({*range(forms)} - there):
        what = ", ".join(f"msgstr[{number}]" for number in missing)
        raise mistake(file, entry.line, f"{entry.key} lacks {what}: the language has {forms} forms")
    if more := sorted(there - {*range(forms)}):
        what = ", ".join(f"msgstr[{number}]" for number in more)
        raise mistake(file, entry.line, f"{entry.key} has {what}: the language has {forms} forms")


@cache
def english_messages() -> Mapping[str, Entry]:
    """Return the messages that the pages have, by their keys, with their English texts."""
    file = OWN_CATALOGUES / f"{ENGLISH}.po"
    return {entry.key: entry for entry in entries_of(file, text_of(file)) if entry.key}


def values_of(entry: Entry) -> frozenset[str]:
    """Return the names of what is put into a message."""
    return frozenset(re.findall(r"\{(\w+)\}", " ".join(entry.forms.values())))
