"""What pages say in a language: messages with what is put into them, names of attributes, moments."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from fastapi_cognito_auth.pages.languages import Language
from fastapi_cognito_auth.pages.messages import AttributeName, Message

_INVISIBLE: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of text: what somebody typed may not turn what stands beside it."""


def plain(text: Any) -> str:
    """Return what somebody typed, without what would turn the direction of the text around it."""
    return _INVISIBLE.sub("", str(text))


def speaker(language: Language) -> Callable[..., Markup]:
    """Return what says messages in a language."""
    words = language.words

    def shown(value: Any) -> Any:
        return called(language, value.name) if isinstance(value, AttributeName) else plain(value)

    def say(message: Message | str, count: int | None = None, **values: Any) -> Markup:
        """Return a message in the language; what is put into it is escaped, and keeps to itself.

        Args:
            message: its key, or what has one.
            count: of things, where the language has a form for each number.
            values: by their names in the message.
        """
        key, given = (message, values) if isinstance(message, str) else (message.key, message.values)
        text = words.gettext(key) if count is None else words.ngettext(key, key, count)
        if count is not None:
            given = {"count": format_decimal(count, locale=language.locale), **given}
        # First strong isolates: a name in another script does not mix with the sentence.
        kept_apart = {name: Markup("<bdi>{}</bdi>").format(shown(value)) for name, value in given.items()}
        return escape(text).format(**kept_apart) if kept_apart else escape(text)

    return say


def called(language: Language, name: str) -> Markup:
    """Return what people call an attribute; one of the pool's own is called as it is named."""
    key = f"attribute.{name}"
    found = language.words.gettext(key)
    return escape(found if found != key else plain(_spaced(name)))


def calendar(language: Language) -> Callable[..., Markup]:
    """Return what writes moments in a language."""

    def when(moment: datetime, *, day: bool = False) -> Markup:
        """Return a moment as the language writes it, for machines too.

        Args:
            moment: with its time zone; where somebody is, no request tells.
            day: whether the day alone is of interest.
        """
        there = moment.astimezone(UTC)
        date = format_date(there, "medium", locale=language.locale)
        machine = there.isoformat(timespec="seconds")
        if day:
            return Markup('<time datetime="{}">{}</time>').format(machine, date)
        time = format_time(there, "short", tzinfo=UTC, locale=language.locale)
        both = str(get_datetime_format("medium", locale=language.locale))
        text = both.replace("{1}", date).replace("{0}", time)
        # A script writes it in the time of the browser.
        return Markup('<time datetime="{}" data-moment>{} UTC</time>').format(machine, text)

    return when


def _spaced(name: str) -> str:
    bare = name.removeprefix("custom:").replace("_", " ").replace("-", " ")
    return bare[:1].upper() + bare[1:]
