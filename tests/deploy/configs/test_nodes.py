"""What a node says, as it is written."""

import pytest

from proxy.deploy.configs import nodes as config_nodes
from proxy.deploy.configs.nodes import entries_of, entry_of, items_of, text_of
from tests.deploy.sections import entry_in, root_of


def value(text):
    return entry_in(f"a: {text}\n", "a").value


@pytest.mark.parametrize(
    "text",
    ["!Ref x", "{Ref: x}", "{'Fn::Join': [a, b]}", "'`{\"Ref\": 1}`'", "'{{resolve:ssm:x}}'"],
)
def test_values_made_later_are_known(text):
    assert config_nodes.is_function(value(text))


@pytest.mark.parametrize("text", ["x", "{a: b}", "{Ref: x, a: b}", "[Ref]", "'`'", "x`y`"])
def test_other_values_are_not_taken_for_functions(text):
    assert not config_nodes.is_function(value(text))


@pytest.mark.parametrize(("text", "expected"), [("0755", True), ("1_0", True), ("755", False)])
def test_numbers_that_yaml_changes_are_known(text, expected):
    assert config_nodes.is_other_number(value(text)) is expected
    assert not config_nodes.is_other_number(value(f"'{text}'"))


@pytest.mark.parametrize("text", ["", "null", "~"])
def test_nothing_is_known(text):
    assert config_nodes.is_null(value(text))


def test_only_unquoted_words_are_booleans():
    assert config_nodes.is_boolean(value("yes"))
    assert not config_nodes.is_boolean(value("'yes'"))


def test_texts_are_as_they_are_written():
    assert text_of(value("0x10")) == "0x10"
    assert text_of(value("[a]")) is None


def test_other_kinds_have_no_entries_and_no_items():
    assert entries_of(value("[a]")) == []
    assert items_of(value("{a: b}")) == []
    assert entry_of(value("x"), "a") is None


def test_a_node_is_walked_once_however_often_it_is_used():
    root = root_of("a: &x [1, 2]\nb: [*x, *x]\n")
    nodes = list(config_nodes.walk(root))
    assert len(nodes) == len({id(node) for node in nodes}) == 7


def test_lines_count_from_one():
    assert config_nodes.line_of(value("x")) == 1
