"""What a notebook becomes: honest ones are readable, hostile ones harmless by themselves."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup

from proxy.courses.notebook_page import PageMaker, shown_html
from tests.courses.notebooks import cell, code, honest, hostile, notebook, shown

# The process that renders writes none of these anywhere.
pytestmark = [
    pytest.mark.filterwarnings("ignore:No lexer found"),
    pytest.mark.filterwarnings("ignore:Your element with mimetype"),
]
WORDS = {"title": "A title", "facts": "stats/means.ipynb", "foot": "The end."}


@pytest.fixture(scope="module")
def maker() -> PageMaker:
    return PageMaker()


def page(maker: PageMaker, content: bytes, **words: str) -> str:
    return maker.make(content.decode(), WORDS | words)


def test_code_text_outputs_and_math_are_there(maker):
    made = page(maker, honest())
    assert "<h1>Means</h1>" in made
    assert '<code class="math">\\bar x</code>' in made
    assert '<code class="math block">\\frac{1}{n}\\sum x_i</code>' in made
    assert "2.0" in made
    assert 'src="data:image/png;base64,' in made
    assert "The end." in made


def test_no_page_names_another_address(maker):
    made = page(maker, honest())
    assert "://" not in made
    assert "<script" not in made
    assert "<link" not in made


def test_words_around_it_are_text_whatever_they_hold(maker):
    made = page(maker, honest(), title="{{ 7 * 7 }}<script>x</script>", facts="{% raw %}<b>")
    assert "<title>{{ 7 * 7 }}&lt;script&gt;x&lt;/script&gt;</title>" in made
    assert "{% raw %}&lt;b&gt;" in made


def test_a_cell_is_no_template(maker):
    text = cell("markdown", "{{ 7 * 7 }} {% for x in y %}")
    made = page(maker, notebook(text, code("{{ 8*8 }}")))
    assert "{{ 7 * 7 }} {% for x in y %}" in made
    assert "49" not in made
    assert "64" not in made


def test_the_policy_of_a_saved_copy_comes_before_anything_hostile(maker):
    made = page(maker, hostile())
    policy = made.index("Content-Security-Policy")
    assert policy < made.index("<title>")
    assert made.index("default-src 'none'") < made.index("evil.example")
    assert "script-src" not in made[:2000]


def test_no_script_element_and_no_script_link_of_markdown_is_left(maker):
    made = page(maker, hostile())
    assert "<script" not in made.lower()
    assert BeautifulSoup(made, "html.parser").select("body :is(script, meta, base, link)") == []
    assert 'href="javascript:alert(1)"' not in made


def test_javascript_and_widgets_are_not_what_is_shown_of_an_output(maker):
    output = shown(application_javascript="ran()", text_plain="plain")
    made = page(maker, notebook(code("x", output)))
    assert "ran()" not in made
    assert "plain" in made


def test_an_output_that_needs_scripts_is_told():
    told = shown_html("<div></div><script>1</script>")
    assert "left out" in told
    assert shown_html("<b>1</b>") == "<b>1</b>"
    assert shown_html("<b>1</b><SCRIPT>2</SCRIPT >") == "<b>1</b>"
    assert shown_html("<table></table><script>2") == "<table></table>"
    assert "left out" in shown_html("<style>x</style><script>2")


@pytest.mark.parametrize("version", [1, 2, 3])
def test_notebooks_of_old_formats_are_shown(maker, version):
    content: dict[str, Any]
    if version == 1:
        content = {"cells": [{"cell_type": "code", "code": "print 1", "prompt_number": 1}]}
    else:
        old: dict[str, Any] = {
            "cell_type": "code",
            "input": "print 1",
            "language": "python",
            "outputs": [],
        }
        sheet: dict[str, Any] = {
            "cells": [old | {"collapsed": False, "metadata": {}}],
            "metadata": {},
        }
        content = {"worksheets": [sheet], "metadata": {"name": "old"}}
    whole = content | {"nbformat": version, "nbformat_minor": 0}
    made = page(maker, json.dumps(whole).encode())
    assert "print" in made


def test_an_empty_notebook_says_so(maker):
    assert "There is nothing in this notebook yet." in page(maker, notebook())


def test_what_was_loaded_is_enough_for_the_usual_languages(maker):
    maker.warm_up()
    for language in ("python", "r", "julia", "no-such-language"):
        made = page(maker, notebook(code("x <- 1"), language_info={"name": language}))
        assert "x" in made


@pytest.mark.parametrize(
    "text",
    [
        "<me<meta>ta http-equiv=refresh content='0;url=https://x.example'>x",
        "<META http-equiv=refresh content='0;url=https://x.example'",
        "<ba<base>se href=https://x.example>x",
        "<sc<script></script>ript>alert(1)</script>x",
        "<me<script></script>ta http-equiv=refresh>x",
    ],
)
def test_what_is_taken_away_leaves_no_other_tag(text):
    found = BeautifulSoup(shown_html(text), "html.parser")
    assert not found.find(["meta", "base", "script", "link"])
