"""Tell a mutant of what is said to people: it is prose, free to change, and counts neither way."""

import ast
from collections.abc import Iterator
from itertools import zip_longest


def only_words_differ(was: ast.AST, becomes: ast.AST) -> bool:
    """Whether two functions differ in nothing but the prose of an error or of a line of the log.

    Prose has a space in it. Codes, names and values of claims have none, so they are no prose even
    where an error is made of them.
    """
    return all(_is_prose(node) and _is_text(other) for node, other in _differences(was, becomes, said=False))


def _differences(was: object, becomes: object, *, said: bool) -> Iterator[tuple[object, object]]:
    """Find the smallest parts that differ; for one that is not said to people, a pair of nothings."""
    if isinstance(was, ast.AST) and isinstance(becomes, ast.AST):
        said = said or _says(was)
        if type(was) is type(becomes) and not isinstance(was, ast.Constant):
            for (_, mine), (_, other) in zip(ast.iter_fields(was), ast.iter_fields(becomes), strict=True):
                yield from _differences(mine, other, said=said)
        elif ast.dump(was) != ast.dump(becomes):
            yield (was, becomes) if said else (None, None)
    elif isinstance(was, list) and isinstance(becomes, list):
        for mine, other in zip_longest(was, becomes):
            yield from _differences(mine, other, said=said)
    elif was != becomes:
        yield None, None


def _says(node: ast.AST) -> bool:
    match node:
        case ast.Raise() | ast.Assign(targets=[ast.Name(id="msg")]):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name.endswith("Error")
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
            return name == "logger" or method == "about"
    return False


def _is_prose(node: object) -> bool:
    match node:
        case ast.Constant(value=str(text)):
            return " " in text
        case ast.JoinedStr(values=parts):
            return any(_is_prose(part) for part in parts)
        case ast.Name(id="msg"):
            return True
    return False


def _is_text(node: object) -> bool:
    match node:
        case ast.Constant(value=str() | None) | ast.JoinedStr():
            return True
    return False
