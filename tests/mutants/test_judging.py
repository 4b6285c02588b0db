"""How mutants are told apart, and which of them count."""

import ast

import pytest

from tests.mutants.rooms import ROOMS
from tests.mutants.survivors import Mutant, counting, listed, read_mutants
from tests.mutants.undecorated import without_decorators
from tests.mutants.words import only_words_differ

CHECKED = """
def x_check__mutmut_orig(age):
    if age > 60:
        return False
    return False

def x_check__mutmut_1(age):
    if age >= 60:
        return False
    return False

def x_check__mutmut_2(age):
    if age > 60:
        return True
    return False

def x_check__mutmut_3(age):
    if age > 60:
        return False
    return True
"""


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('raise KeyError("no such key")', 'raise KeyError("NO SUCH KEY")'),
        ('raise KeyError("no such key")', "raise KeyError(None)"),
        ('msg = f"no {name} here"', 'msg = f"no {name} HERE"'),
        ('msg = f"no {name} here"', "msg = None"),
        ('raise late("nbf", "not valid yet", now)', 'raise late("nbf", "NOT VALID YET", now)'),
        ("raise KeyError(msg)", "raise KeyError(None)"),
        ('logger.warning("no key: %s", kid)', 'logger.warning("XXno key: %sXX", kid)'),
    ],
)
def test_what_is_said_to_people_does_not_count(was: str, becomes: str) -> None:
    assert only_words_differ(ast.parse(was), ast.parse(becomes))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('raise late("nbf", "not valid yet", now)', 'raise late("NBF", "not valid yet", now)'),
        ('raise late("nbf", "not valid yet", now)', 'raise late("nbf", "not valid yet", None)'),
        ('raise KeyError("kid")', 'raise KeyError("KID")'),
        ('raise error.about("kid", found=kid)', 'raise error.about("kid", found=None)'),
        ('msg = f"no {name[1:]} here"', 'msg = f"no {name[2:]} here"'),
        ('logger.warning("no key: %s", kid)', 'logger.warning("no key: %s", None)'),
        ('logger.warning("no key: %s", kid)', 'logger.warning("no key: %s")'),
        ('scopes = "a b"', 'scopes = "A B"'),
        ('if a: raise KeyError("no key")', 'if not a: raise KeyError("NO KEY")'),
    ],
)
def test_all_else_counts(was: str, becomes: str) -> None:
    assert not only_words_differ(ast.parse(was), ast.parse(becomes))


def test_a_mutant_is_told_by_its_change_and_where_it_occurs_twice_by_its_place() -> None:
    codes = {f"package.tokens.age.x_check__mutmut_{number}": number for number in (1, 2, 3)}
    assert read_mutants("tokens/age.py", CHECKED, codes) == {
        Mutant("tokens/age.py", "check", "if age > 60:", "if age >= 60:"): 1,
        Mutant("tokens/age.py", "check", "return False", "return True"): 2,
        Mutant("tokens/age.py", "check", "return False", "return True", 2): 3,
    }


def test_a_decorator_is_applied_after_the_definition() -> None:
    source = "class A:\n    @property\n    def b(self):\n        return 1\n\n    c = 2\n"
    rewritten = "class A:\n    def b(self):\n        return 1\n    b = property(b)\n\n    c = 2\n"
    assert without_decorators(source) == rewritten


def test_each_survivor_of_the_list_is_of_a_room_and_has_a_reason() -> None:
    assert all(mutant.module in ROOMS or mutant.module.partition("/")[0] in ROOMS for mutant in listed())
    assert all(listed().values())


def test_what_does_not_count_is_known_before_any_test_runs() -> None:
    said = "def x_f__mutmut_{}(a):\n    raise KeyError('{}')\n"
    mutated = CHECKED + "".join(
        said.format(number, words)
        for number, words in (("orig", "no such key"), ("1", "NO SUCH KEY"), ("2", "XX"))
    )
    assert counting("keys/x.py", mutated) == {f"x_check__mutmut_{number}" for number in (1, 2, 3)}
    read = read_mutants("keys/x.py", mutated, dict.fromkeys(["a.x_check__mutmut_2", "a.x_f__mutmut_1"], 1))
    assert [mutant.function for mutant in read] == ["check"]
