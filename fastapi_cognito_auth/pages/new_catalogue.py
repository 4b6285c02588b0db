"""A catalogue to begin a language with: every message, with what it says in English beside it."""

from collections.abc import Iterable, Iterator
from gettext import c2py
from itertools import chain, islice
from pathlib import Path
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.messages.plurals import get_plural

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.pages.catalogue_file import Entry, text_of
from fastapi_cognito_auth.pages.languages import NUMBERS, OWN_CATALOGUES, english_messages, values_of

_SHOWN: Final = 5
"""Numbers that are named of those for which a form is."""


def new_catalogue(code: str, more: str | Path | None = None) -> str:
    """Return the catalogue of a language: the one that there is, or else one to be filled in.

    Args:
        code: of the language, such as `nl` or `pt-BR`.
        more: a folder of catalogues beside ours, which comes first.

    Raises:
        ConfigurationError: it is no language.
    """
    try:
        locale = Locale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as exc:
        msg = f"{code} is no language such as nl or pt-BR"
        raise ConfigurationError(msg) from exc
    name = _as_file(code)
    for folder in [*([] if more is None else [Path(more)]), OWN_CATALOGUES]:
        if (folder / f"{name}.po").is_file():
            return text_of(folder / f"{name}.po")
    return "\n".join(chain(_header(name, locale), *_messages(locale)))


def _as_file(code: str) -> str:
    """Return the name of a catalogue, as browsers' tags are written but for the line: `pt_BR`, `zh_Hant`."""
    language, *rest = code.replace("-", "_").split("_")
    cased = {2: str.upper, 4: str.title}
    return "_".join([language.lower(), *(cased.get(len(part), str)(part) for part in rest)])


def _header(name: str, locale: Locale) -> Iterator[str]:
    yield f"# The words of the pages in {locale.get_display_name('en') or name}."
    yield "# Each text is written between the quotation marks after msgstr; one that stays empty is English."
    yield "# What stands in braces stays as it is: something is put in there."
    yield f"# This file is {name}.po, in UTF-8, in the folder that Look(catalogues=...) names."
    yield 'msgid ""'
    yield 'msgstr ""'
    yield '"Content-Type: text/plain; charset=utf-8\\n"'
    yield '"Content-Transfer-Encoding: 8bit\\n"'
    yield f'"Language: {name}\\n"'
    yield f'"Plural-Forms: {get_plural(locale)}\\n"'
    yield ""


def _messages(locale: Locale) -> Iterator[Iterable[str]]:
    forms = get_plural(locale)
    form_of = c2py(forms.plural_expr)
    # The numbers for which each form is, which no formula tells at a glance.
    numbers = [
        list(islice((n for n in NUMBERS if form_of(n) == form), _SHOWN + 1))
        for form in range(forms.num_plurals)
    ]
    for entry in english_messages().values():
        yield _message(entry, numbers)


def _message(entry: Entry, numbers: list[list[int]]) -> Iterator[str]:
    yield from entry.comments
    for text in entry.forms.values():
        yield from (f"#. {line}" for line in text.split("\n"))
    if values := sorted(values_of(entry)):
        yield f"#. Put in: {', '.join(f'{{{name}}}' for name in values)}"
    if entry.plural is None:
        yield f'msgid "{entry.key}"'
        yield 'msgstr ""'
    else:
        for form, found in enumerate(numbers):
            told = [str(number) for number in found[:_SHOWN]] + ["…"] * (len(found) > _SHOWN)
            yield f"#. msgstr[{form}] is for {', '.join(told) or 'no whole number'}"
        yield f'msgid "{entry.key}"'
        yield f'msgid_plural "{entry.plural}"'
        yield from (f'msgstr[{form}] ""' for form in range(len(numbers)))
    yield ""
