"""Templates: escaped, complete, and without anything inline."""

import re

import pytest
from jinja2 import UndefinedError

from proxy.web import render

TEMPLATES = render._templates()


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_holds_nothing_inline(name: str) -> None:
    text = TEMPLATES[name]
    assert "<style" not in text
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"\son[a-z]+=", text)
    assert "javascript:" not in text
    assert "|safe" not in text.replace(" ", "")
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_form_that_changes_something_posts(name: str) -> None:
    # A search changes nothing, and its address can be kept.
    posting = [tag for tag in _forms(TEMPLATES[name]) if 'class="filters"' not in tag]
    assert all('method="post"' in tag for tag in posting)


def _forms(text: str) -> list[str]:
    return re.findall(r"<form[^>]*>", text)


def test_values_are_escaped() -> None:
    template = render._ENVIRONMENT.from_string("{{ value }}")
    assert template.render(value="<b>\"'") == "&lt;b&gt;&#34;&#39;"


def test_a_forgotten_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render._ENVIRONMENT.from_string("{{ nothing }}").render()
