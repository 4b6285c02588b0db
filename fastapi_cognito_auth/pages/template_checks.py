"""What is wrong with a team's templates, found by reading them, before a page is made of any."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, TemplateSyntaxError, nodes

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.pages.catalogue_file import Entry
from fastapi_cognito_auth.pages.languages import english_messages, values_of
from fastapi_cognito_auth.pages.team_file import why_not_read

OURS: Final = "ours/"
"""What the names of our templates begin with, wherever a team has one in the place of ours."""

_BLOCK: Final = re.compile(r"\{%-? *block (\w+)")
_EXTENDS: Final = re.compile(r'\{%-? *extends "([\w./]+)"')
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
"""Of HTML; without an end it is all that follows, as to browsers."""

_MADE_FROM: Final = re.compile(r"^debug_info = '([0-9=&]*)'", re.MULTILINE)
"""The lines of a template, and those of Python that are made of them, as Jinja writes them down."""

_SOMETIMES: Final = (nodes.If, nodes.For, nodes.Macro, nodes.CallBlock, nodes.CondExpr)


def try_templates(environment: Environment, folder: Path, ours: Path) -> list[str]:
    """Find mistakes in the templates of a team, and return what is none but has no effect.

    Args:
        environment: that compiles them.
        folder: of the team.
        ours: the folder of ours, none of which is compiled here.

    Raises:
        ConfigurationError: a template cannot be read, extends or includes itself, names a template, a block
            or a message that there is not, or leaves out a value of a message.
    """
    names = [name for name in FileSystemLoader(str(folder)).list_templates() if not _is_hidden(name)]
    found = _Templates(folder, ours, {name: _read(environment, folder, name) for name in names})
    # First what they are made of, since the rest goes along it.
    for name in names:
        found.try_references(name)
    for name in names:
        found.try_content(name)
    return found.without_effect()


def _is_hidden(name: str) -> bool:
    """Return whether an editor or a file manager has left it."""
    return any(part.startswith(".") for part in name.split("/"))


class _Reference(NamedTuple):
    """A template that another is made of."""

    line: int
    names: tuple[str, ...] | None
    """Of which the first that is there counts; none where what is computed decides."""

    is_base: bool
    """Whether it is extended."""

    must_be: bool
    """Whether a template that is missing is a mistake."""

    sometimes: bool
    """Whether a condition decides about it, or who calls a macro."""


class _Said(NamedTuple):
    """A message that a template says."""

    line: int
    key: str
    values: frozenset[str] | None
    """What is put into it; none where what is computed decides."""

    counted: bool


@dataclass
class _Text:
    """What a template has; its state is what was found in it so far."""

    references: list[_Reference] = field(default_factory=list)
    blocks: set[str] = field(default_factory=set)
    outer_blocks: list[tuple[int, str]] = field(default_factory=list)
    """Those within no other, with their lines."""

    said: list[_Said] = field(default_factory=list)
    loose: int | None = None
    """The first line that has something outside of all blocks, if another template is extended."""


class _Templates:
    """The templates of a team, and ours below them.

    Args:
        folder: of the team.
        ours: the folder of ours.
        texts: what is in those of the team, by their names.
    """

    def __init__(self, folder: Path, ours: Path, texts: Mapping[str, _Text]) -> None:
        self._folder = folder
        self._ours = ours
        self._names_of_ours = {path.name for path in ours.glob("*.html")}
        self._texts = texts

    def try_references(self, name: str) -> None:
        """Find mistakes in what a template of the team is made of."""
        for reference in self._texts[name].references:
            self._try_reference(name, reference)

    def try_content(self, name: str) -> None:
        """Find blocks and messages in it that there are not."""
        text = self._texts[name]
        for base in text.references:
            if base.is_base and not base.sometimes:
                self._try_blocks(name, text, base)
        for said in text.said:
            self._try_said(name, said)

    def without_effect(self) -> list[str]:
        """Return which templates nothing is made of, and what stands where nothing shows it."""
        used: set[str] = set()
        for name, text in self._texts.items():
            for reference in text.references:
                if reference.names is None:
                    # Any of them may be meant.
                    used |= self._texts.keys()
                used |= {_plain(other) for other in reference.names or ()} - {name}
        found = []
        for name, text in self._texts.items():
            if name not in used and name not in self._names_of_ours:
                hint = _hint(name, self._names_of_ours)
                found.append(
                    f"the template {self._folder / name} has the name of none of ours, and none of the"
                    f" others uses it{hint}"
                )
            if text.loose is not None:
                found.append(
                    f"the template {self._folder / name} extends another, and what stands outside of its"
                    f" blocks, in line {text.loose}, is not shown"
                )
        return found

    def _try_reference(self, name: str, reference: _Reference) -> None:
        places = [self._place(other) for other in reference.names or ()]
        hidden = any(self._is_hidden_file(other) for other in reference.names or ())
        if reference.names and reference.must_be and not any(places) and not hidden:
            known = self._names_of_ours | self._texts.keys()
            what = f"there is no template {', '.join(reference.names)}{_hint(reference.names[0], known)}"
            raise self._mistake(name, reference.line, what)
        itself = any(place is not None and self._leads_to(place, name, set()) for place in places)
        if (itself and reference.is_base) or ((name in places) and not reference.sometimes):
            what = "extends" if reference.is_base else "includes"
            hint = f"; ours is {OURS}{name}" if name in self._names_of_ours else ""
            raise self._mistake(name, reference.line, f"it {what} itself{hint}")
        for other in self._for_sure(reference):
            if self._has_in_it(other, name, set()):
                raise self._mistake(name, reference.line, f"it includes itself, by way of {other}")

    def _is_hidden_file(self, name: str) -> bool:
        plain = _plain(name)
        # As loaders see it, which never leave their folder; a name may be longer than any file has.
        return ".." not in plain.split("/") and os.path.isfile(self._folder / plain)

    def _for_sure(self, reference: _Reference) -> Iterator[str]:
        """Return what is included whatever a page is given; what is extended may lose what it includes."""
        if not reference.is_base and not reference.sometimes and len(reference.names or ()) == 1:
            yield from filter(None, map(self._place, reference.names or ()))

    def _has_in_it(self, place: str, name: str, seen: set[str]) -> bool:
        """Return whether a template includes another for sure, over however many."""
        if place == name:
            return True
        if place in seen or place not in self._texts:
            return False
        seen.add(place)
        further = [other for each in self._texts[place].references for other in self._for_sure(each)]
        return any(self._has_in_it(other, name, seen) for other in further)

    def _try_blocks(self, name: str, text: _Text, base: _Reference) -> None:
        there = self._blocks_of(base.names)
        if there is None:
            return
        for line, block in text.outer_blocks:
            if block not in there:
                what = f"{', '.join(base.names or ())} has no block {block}{_hint(block, there)}"
                raise self._mistake(name, line, what)

    def _try_said(self, name: str, said: _Said) -> None:
        message = english_messages().get(said.key)
        if message is None:
            what = f"the pages have no message {said.key}{_hint(said.key, english_messages())}"
            raise self._mistake(name, said.line, what)
        if said.counted and message.plural is None:
            raise self._mistake(name, said.line, f"{said.key} has no forms for numbers")
        if said.values is not None and (missing := sorted(_lacks(message, said))):
            raise self._mistake(name, said.line, f"{said.key} needs {', '.join(missing)}")

    def _place(self, name: str) -> str | None:
        """Return where a template is: its name for one of the team, and with `ours/` for one of ours."""
        plain = _plain(name)
        is_ours = plain.startswith(OURS) and plain.removeprefix(OURS) in self._names_of_ours
        if is_ours or plain in self._texts:
            return plain
        return f"{OURS}{plain}" if plain in self._names_of_ours else None

    def _bases(self, place: str) -> Sequence[tuple[str, ...] | None]:
        """Return what a template extends."""
        if place in self._texts:
            return [reference.names for reference in self._texts[place].references if reference.is_base]
        return [(name,) for name in _EXTENDS.findall(self._source(place))]

    def _leads_to(self, place: str, name: str, seen: set[str]) -> bool:
        """Return whether a template is extended by another, over however many."""
        if place == name:
            return True
        if place in seen:
            return False
        seen.add(place)
        further = [self._place(other) for names in self._bases(place) for other in names or ()]
        return any(each is not None and self._leads_to(each, name, seen) for each in further)

    def _blocks_of(self, names: tuple[str, ...] | None) -> set[str] | None:
        """Return the blocks of templates and of all that they extend; none where what is computed decides."""
        if names is None:
            return None
        found: set[str] = set()
        for place in filter(None, map(self._place, names)):
            text = self._texts.get(place)
            found |= set(_BLOCK.findall(self._source(place))) if text is None else text.blocks
            for base in self._bases(place):
                further = self._blocks_of(base)
                if further is None:
                    return None
                found |= further
        return found

    def _source(self, place: str) -> str:
        return (self._ours / place.removeprefix(OURS)).read_text(encoding="utf-8")

    def _mistake(self, name: str, line: int, what: str) -> ConfigurationError:
        return _mistake(self._folder / name, line, what)


def _mistake(file: Path, line: int | None, what: str) -> ConfigurationError:
    where = "" if line is None else f" in line {line}"
    return ConfigurationError(f"the template {file} has a mistake{where}: {what}")


def _unread(file: Path, why: str | None) -> ConfigurationError:
    return ConfigurationError(f"the template {file} cannot be read: {why}")


def _read(environment: Environment, folder: Path, name: str) -> _Text:
    file = folder / name
    try:
        if (why := why_not_read(file)) is not None:
            raise _unread(file, why)
        source, _, _ = FileSystemLoader(str(folder)).get_source(environment, name)
    except UnicodeDecodeError as exc:
        line = exc.object[: exc.start].count(b"\n") + 1
        raise _mistake(file, line, "it is no text in UTF-8") from exc
    except OSError as exc:
        raise _unread(file, exc.strerror) from exc
    try:
        text = _text_of(environment, source)
        # What cannot be seen before it is compiled, such as a filter that there is not.
        environment.get_template(name)
    except TemplateSyntaxError as exc:
        raise _mistake(file, exc.lineno, str(exc.message)) from exc
    except SyntaxError as exc:
        raise _mistake(file, _line_of(exc, environment, source), exc.msg) from exc
    except RecursionError as exc:
        raise _mistake(file, None, "it is nested too deeply, or an expression in it is too long") from exc
    except ValueError as exc:
        raise _mistake(file, None, str(exc)) from exc
    return text


def _line_of(error: SyntaxError, environment: Environment, source: str) -> int | None:
    """Return the line of a template from which the line of Python was made that Python does not take."""
    made = _MADE_FROM.search(environment.compile(source, raw=True))
    pairs = [pair.partition("=") for pair in ("" if made is None else made[1]).split("&")]
    found = [int(line) for line, _, of_python in pairs if of_python and int(of_python) <= (error.lineno or 0)]
    return found[-1] if found else None


@lru_cache(maxsize=256)
def _text_of(environment: Environment, source: str) -> _Text:
    """Return what a template has; once for many apps that have it."""
    tree, text = environment.parse(source), _Text()
    _look_through(tree, text, in_block=False, sometimes=False)
    extends = False
    for node in tree.body:
        extends = extends or isinstance(node, nodes.Extends)
        if extends and text.loose is None and isinstance(node, nodes.Output):
            text.loose = next(_shown_lines(node), None)
    return text


def _look_through(node: nodes.Node, text: _Text, *, in_block: bool, sometimes: bool) -> None:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Block):
            text.blocks.add(child.name)
            if not in_block:
                text.outer_blocks.append((child.lineno, child.name))
        elif isinstance(child, nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport):
            must_be = not getattr(child, "ignore_missing", False)
            is_base = isinstance(child, nodes.Extends)
            names = _constants(child.template)
            text.references.append(_Reference(child.lineno, names, is_base, must_be, sometimes))
        elif isinstance(child, nodes.Call):
            text.said += _said(child)
        _look_through(
            child,
            text,
            in_block=in_block or isinstance(child, nodes.Block),
            sometimes=sometimes or isinstance(child, _SOMETIMES),
        )


def _said(call: nodes.Call) -> Iterator[_Said]:
    if not isinstance(call.node, nodes.Name) or call.node.name != "say" or not call.args:
        return
    given = frozenset(each.key for each in call.kwargs)
    computed = call.dyn_args is not None or call.dyn_kwargs is not None
    counted = len(call.args) > 1 or "count" in given
    for key in _constants(call.args[0]) or ():
        yield _Said(call.lineno, key, None if computed else given, counted)


def _lacks(message: Entry, said: _Said) -> frozenset[str]:
    return values_of(message) - (said.values or frozenset()) - ({"count"} if said.counted else frozenset())


def _constants(expression: nodes.Expr) -> tuple[str, ...] | None:
    """Return the texts of which an expression is one; none where what is computed decides."""
    if isinstance(expression, nodes.Const):
        return (expression.value,) if isinstance(expression.value, str) else None
    parts: Sequence[nodes.Expr | None] = ()
    if isinstance(expression, nodes.List | nodes.Tuple):
        parts = expression.items
    elif isinstance(expression, nodes.CondExpr):
        parts = (expression.expr1, expression.expr2)
    found = [None if part is None else _constants(part) for part in parts]
    if not found or None in found:
        return None
    return tuple(text for texts in found for text in texts or ())


def _shown_lines(output: nodes.Output) -> Iterator[int]:
    """Return the lines of what is shown by a piece of a template, but for blanks and comments of HTML."""
    for node in output.nodes:
        if not isinstance(node, nodes.TemplateData):
            yield node.lineno
            continue
        bare = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), node.data)
        if bare.strip():
            yield node.lineno + bare[: len(bare) - len(bare.lstrip())].count("\n")


def _plain(name: str) -> str:
    """Return a name as loaders take it."""
    return "/".join(part for part in name.split("/") if part not in {"", "."})


def _hint(name: str, known: Mapping[str, object] | set[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f": is it {close[0]}?" if close else ""
