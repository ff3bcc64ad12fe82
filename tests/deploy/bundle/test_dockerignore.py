"""The build gets what `.dockerignore` lets through, as Docker understands it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.deploy.bundle.dockerignore import is_ignored


@pytest.mark.parametrize(
    ("lines", "path", "expected"),
    [
        ([], "a", False),
        (["a"], "a", True),
        (["a"], "b/a", False),
        (["a"], "a/b", True),
        (["/a/"], "a/b", True),
        (["*"], "a/b", True),
        (["*", "!proxy"], "proxy/core/x.py", False),
        (["*", "!proxy", "**/__pycache__"], "proxy/core/__pycache__/x.pyc", True),
        (["**/*.pyc"], "x.pyc", True),
        (["**/*.pyc"], "a/b/x.pyc", True),
        (["*.pyc"], "a/x.pyc", False),
        (["a/**"], "a/b/c", True),
        (["*.py[co]"], "a.pyc", True),
        (["*.py[co]"], "a.py", False),
        (["[^a-c]"], "d", True),
        (["[^a-c]"], "b", False),
        (["["], "[", True),
        (["?.py"], "a.py", True),
        (["?.py"], "ab.py", False),
        (["# a", "", "a"], "a", True),
        (["#a"], "#a", False),
        (["a", "!a"], "a", False),
        (["!a", "a"], "a", True),
        (["a.b"], "axb", False),
        (["\\*"], "*", True),
        (["\\*"], "a", False),
    ],
)
def test_the_last_line_that_matches_decides(lines, path, expected):
    assert is_ignored(path, lines) is expected


@given(st.lists(st.text(st.sampled_from("ab/*?!.\\ #"), max_size=6)), st.text("ab/.", max_size=6))
def test_no_line_makes_the_reader_fail(lines, path):
    assert is_ignored(path, lines) in {True, False}
