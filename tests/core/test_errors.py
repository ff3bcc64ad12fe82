import re
from http import HTTPStatus

import pytest

from proxy.core import errors
from proxy.core.errors import InvalidSettings, SifuError, TooManyAttempts


def tree(kind):
    """Every error of the module; those that other floors add are theirs to test."""
    children = [child for child in kind.__subclasses__() if child.__module__ == errors.__name__]
    return [kind, *(each for child in children for each in tree(child))]


def make(kind):
    if kind is TooManyAttempts:
        return TooManyAttempts(retry_after=1)
    return InvalidSettings(["SIFU_X is wrong."]) if kind is InvalidSettings else kind()


@pytest.mark.parametrize("kind", tree(SifuError))
def test_every_error_has_a_status_and_a_sentence(kind):
    problem = make(kind)
    assert 400 <= HTTPStatus(problem.status) < 600
    assert problem.title[0].isupper()
    assert not problem.title.endswith(".")
    assert problem.public.endswith(".")


def test_the_detail_is_not_what_people_see():
    problem = SifuError("Try again.", detail="/srv/secret")
    assert (str(problem), problem.public) == ("Try again.", "Try again.")
    assert problem.detail == "/srv/secret"


def test_all_problems_of_the_settings_are_told():
    problem = InvalidSettings(["one is wrong.", "two is wrong."])
    assert problem.problems == ("one is wrong.", "two is wrong.")
    assert problem.public == "one is wrong.\ntwo is wrong."


def test_too_many_attempts_say_how_long_to_wait():
    assert TooManyAttempts(retry_after=12.5).retry_after == 12.5


def test_the_table_in_the_docstring_is_the_tree():
    described = dict(re.findall(r"[├└]── (\w+) (\d+)", errors.__doc__ or ""))
    assert described == {kind.__name__: str(kind.status) for kind in tree(SifuError)[1:]}
