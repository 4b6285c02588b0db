"""Mutants that no test kills, and the reasons why they are no faults."""

import ast
import difflib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mutants.rooms import AT_IMPORT
from tests.mutants.words import only_words_differ

_LIST: Final = Path(__file__).with_name("survivors.toml")
_MANGLED: Final = re.compile(r".+__mutmut_(\d+|orig)")


@dataclass(frozen=True, order=True)
class Mutant:
    """A change, told by its lines: the numbers that the tool gives mutants move with the code."""

    module: str
    """Such as `tokens/jws.py`."""

    function: str
    """Such as `TokenVerifier.verify`."""

    was: str
    becomes: str
    nth: int = 1
    """Where a function has this change more than once."""

    def __str__(self) -> str:
        """Show it as the list has it."""
        lines = ["[[survivor]]"]
        for name in ("module", "function", "was", "becomes"):
            text = getattr(self, name)
            plain = text.isprintable() and "'" not in text
            lines.append(f"{name} = '{text}'" if plain else f"{name} = {json.dumps(text)}")
        if self.nth > 1:
            lines.append(f"nth = {self.nth}")
        return "\n".join([*lines, 'reason = ""'])


def listed() -> dict[Mutant, str]:
    """Return the survivors that were looked at, each with the reason why it may live."""
    found = {}
    for each in tomllib.loads(_LIST.read_text()).get("survivor", []):
        reason = each.pop("reason")
        assert reason, each
        found[Mutant(**each)] = reason
    return found


def read_mutants(module: str, mutated: str, exit_codes: Mapping[str, int]) -> dict[Mutant, int]:
    """Return the mutants of a module that count, each with how its tests ended.

    Args:
        module: such as `tokens/jws.py`.
        mutated: the module as the tool writes it, with all variants of its functions.
        exit_codes: by the tool's names of the mutants.
    """
    variants = _variants(mutated)
    seen: Counter[tuple[str, str, str]] = Counter()
    mutants = {}
    for key, code in exit_codes.items():
        name = key.rpartition(".")[2]
        original, variant = variants[_original(name)], variants[name]
        if not _counts(module, name, original, variant):
            continue
        change = (_function(name), *_changed_lines(ast.unparse(original), ast.unparse(variant)))
        seen[change] += 1
        mutants[Mutant(module, *change, seen[change])] = code
    return mutants


def counting(module: str, mutated: str) -> set[str]:
    """Return the tool's names of the mutants of a module that count.

    Args:
        module: such as `tokens/jws.py`.
        mutated: as for `read_mutants`.
    """
    variants = _variants(mutated)
    return {
        name
        for name, variant in variants.items()
        if name != _original(name) and _counts(module, name, variants[_original(name)], variant)
    }


_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _variants(mutated: str) -> dict[str, _Function]:
    """Return the functions that the tool has varied, by its names for them."""
    found = {}
    for node in ast.walk(ast.parse(mutated)):
        if isinstance(node, _Function) and _MANGLED.fullmatch(node.name):
            found[node.name] = node
            # What it is called is no difference.
            node.name = _function(node.name).rpartition(".")[2]
    return found


def _original(name: str) -> str:
    return f"{name.rpartition('__mutmut_')[0]}__mutmut_orig"


def _function(name: str) -> str:
    return re.sub(r"^x_|^xǁ", "", name.rpartition("__mutmut_")[0]).replace("ǁ", ".")


def _counts(module: str, name: str, original: _Function, variant: _Function) -> bool:
    return (module, _function(name)) not in AT_IMPORT and not only_words_differ(original, variant)


def _changed_lines(was: str, becomes: str) -> tuple[str, str]:
    """Return the lines of one text that are not the other's, and those of the other."""
    lines = list(difflib.ndiff(was.splitlines(), becomes.splitlines()))
    gone, come = (" ".join(line[2:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return gone, come
