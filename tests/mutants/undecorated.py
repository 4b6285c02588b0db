"""Write decorators as calls: the tool leaves functions with decorators alone."""

import ast
from typing import Final

_LEFT: Final = {"staticmethod", "classmethod", "cache"}
"""Two that the tool knows; what a cache has seen once would be no mutant's any more."""


def without_decorators(source: str) -> str:
    """Return a module whose decorated functions and methods are decorated after their definition."""
    lines = source.splitlines()
    for node in sorted(ast.walk(ast.parse(source)), key=lambda each: -getattr(each, "lineno", 0)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or len(node.decorator_list) != 1:
            continue
        [decorator] = node.decorator_list
        name = ast.unparse(decorator)
        if name.rpartition(".")[2] in _LEFT or node.end_lineno is None:
            continue
        lines.insert(node.end_lineno, f"{' ' * node.col_offset}{node.name} = {name}({node.name})")
        del lines[decorator.lineno - 1]
    return "\n".join([*lines, ""])
