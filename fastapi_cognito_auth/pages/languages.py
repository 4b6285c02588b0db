"""What the pages say, in each language, and which of them a browser is answered in.

A message has a key that stays, `sign_in.title`, so that other words for it change no code; what a
language lacks is English.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import Translations

from fastapi_cognito_auth.exceptions import ConfigurationError

ENGLISH: Final = "en"
_OWN: Final = Path(__file__).parent / "catalogues"
_WANTED: Final = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?"
)
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
            files.append(_OWN / f"{ENGLISH}.po")
        for file in files:
            if file.is_file():
                words = _read(file)
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
        folders = [*([] if more is None else [Path(more)]), _OWN]
        there = {
            file.stem: Language(file.stem, folders) for folder in folders for file in folder.glob("*.po")
        }
        codes = [code.replace("-", "_") for code in wanted] or sorted(
            there, key=lambda code: (code != ENGLISH, code)
        )
        if missing := [code for code in codes if code not in there]:
            msg = f"there is no catalogue of {', '.join(missing)}"
            raise ConfigurationError(msg)
        self.all: Mapping[str, Language] = {code: there[code] for code in codes}
        if more is not None:
            for file in sorted(Path(more).glob("*.po")):
                _try(file)
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


def _read(file: Path) -> Translations:
    compiled = BytesIO()
    write_mo(compiled, _parsed(file))
    compiled.seek(0)
    return Translations(compiled)


def _parsed(file: Path) -> Catalog:
    try:
        with file.open("rb") as opened:
            return read_po(opened, abort_invalid=True)
    except (OSError, ValueError, PoFileError) as exc:
        msg = f"the catalogue {file} cannot be read: {exc}"
        raise ConfigurationError(msg) from exc


def _try(file: Path) -> None:
    """Find mistakes in a catalogue of the team before anybody sees them.

    Raises:
        ConfigurationError: it cannot be read, or has a message or a value in one that there is not.
    """
    english, there = _messages(_OWN / f"{ENGLISH}.po"), _messages(file)
    for key, text in there.items():
        if key not in english:
            msg = f"the catalogue {file} has a message {key}, and the pages have none"
            raise ConfigurationError(msg)
        if more := sorted(_values(text) - _values(english[key])):
            msg = f"the catalogue {file} has {', '.join(more)} in {key}, and the pages do not"
            raise ConfigurationError(msg)


def _messages(file: Path) -> dict[str, str]:
    """Return the texts of a catalogue, all forms of each together."""
    found = {}
    for message in _parsed(file):
        key = message.id if isinstance(message.id, str) else message.id[0]
        text = message.string if isinstance(message.string, str) else " ".join(message.string or ())
        if key:
            found[key] = text
    return found


def _values(text: str) -> set[str]:
    return set(re.findall(r"\{\w*\}", text))
