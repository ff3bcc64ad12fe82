"""Texts that say they are notebooks, and all others."""

import pytest

from proxy.core.text_notebook import is_text_notebook, notebook_of


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.md", "---\njupyter:\n  jupytext:\n    x: 1\n---\n"),
        ("a.md", "\ufeff---\r\njupytext:\r\n  x: 1\r\n---\r\n"),
        ("a.md", "\n---\njupytext : {}\n---\n"),
        ("a.py", "# ---\n# jupyter:\n#   jupytext:\n#     x: 1\n# ---\n"),
        ("a.py", "#!/usr/bin/python\n# -*- coding: utf-8 -*-\n# ---\n# jupytext: {}\n# ---\n"),
    ],
)
def test_those_that_say_so(path: str, text: str) -> None:
    assert is_text_notebook(path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.md", ""),
        ("a.md", "# jupytext: x\n"),
        ("a.md", "---\ntitle: x\n---\njupytext: x\n"),
        ("a.md", "text\n---\njupytext: x\n---\n"),
        ("a.md", "---\nnotjupytext: x\n---\n"),
        ("a.md", "---\n" + "x: 1\n" * 300 + "jupytext: x\n---\n"),
        ("a.py", "---\njupytext: x\n---\n"),
        ("a.py", "import jupytext\n"),
        ("a.py", "# %%\n1\n"),
    ],
)
def test_all_others(path: str, text: str) -> None:
    assert not is_text_notebook(path, text)


def test_the_notebook_has_the_same_name_unless_there_is_one() -> None:
    assert notebook_of("a/b.md", {"a/b.md"}) == "a/b.ipynb"
    assert notebook_of("b.py", {"b.py"}) == "b.ipynb"
    assert notebook_of("b.py", {"b.py", "b.ipynb"}) == ""
    for path in ("b.txt", ".md", "a/.py", "md", "b.ipynb", "b.MD"):
        assert notebook_of(path, set()) == ""
