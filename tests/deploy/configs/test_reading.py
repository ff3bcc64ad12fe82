"""Any text gives a root or a remark with its line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.deploy.configs.nodes import entry_of, walk
from proxy.deploy.configs.reading import MOST_CHARACTERS, read_config, read_json


def remark(text, read=read_config):
    reading = read(text)
    assert reading.root is None
    (only,) = reading.remarks
    return only.line, only.reason


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("a: 1\nb:\n\tc: 1\n", 3, "a tab"),
        ("a: 1\nb: `x`\n", 2, "quotation marks"),
        ("a: 1\nb: c: d\n", 2, "colon"),
        ("a: 1\nb\nc: 2\n", 2, "colon"),
        ("a: *gone\n", 1, "anchor"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: 1\nb: \x00\n", 2, "U+0000"),
        ('a: 1\nb: "\\UFFFFFFFF"\n', 2, "does not exist"),
        ("a: &x [*x]\n", 1, "a part of"),
        ("a: {b: 1\n", 2, "is not YAML"),
        ("[" * 3000, 0, "too deeply"),
        ("# only a comment\n", 0, "holds nothing"),
        ("a" * (MOST_CHARACTERS + 1), 0, "256 KiB"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text, line, part):
    found, reason = remark(text)
    assert (found, part in reason) == (line, True), reason


def test_a_duplicate_key_is_found_at_any_depth():
    reading = read_config("a:\n  b: 1\n  c: 2\n  b: 3\n")
    assert [(each.line, "line 2" in each.reason) for each in reading.remarks] == [(4, True)]


def test_an_alias_used_often_is_judged_once():
    reading = read_config("a: &x {b: 1, b: 2}\nc: [*x, *x, *x]\n")
    assert len(reading.remarks) == 1


def test_carriage_returns_are_told_once():
    reading = read_config("a: 1\nb: 2\r\nc: 3\r\n")
    assert [each.line for each in reading.remarks] == [2]


def test_json_may_be_indented_with_tabs():
    reading = read_config('{\n\t"a":\t1\n}\n')
    assert reading.root is not None
    assert reading.remarks == ()


def test_braces_that_are_yaml_only_are_read_as_yaml():
    reading = read_config("{a: 1}")
    assert reading.root is not None


def test_python_tags_make_no_objects():
    reading = read_config("a: !!python/object/apply:os.system ['true']\n")
    assert reading.root is not None


def test_yaml_is_no_json():
    line, reason = remark('{\n  "a": 1,\n}\n', read_json)
    assert (line, "is not JSON" in reason) == (3, True)


def test_numbers_of_thousands_of_digits_are_refused():
    assert "too long" in remark("[" + "9" * 5000 + "]", read_json)[1]


def test_lines_of_json_are_known():
    reading = read_json('{\n  "a": {\n    "b": 1\n  }\n}')
    assert reading.root is not None
    entry = entry_of(reading.root, "a")
    assert entry is not None
    assert entry.line == 2


@given(st.text(st.sampled_from("a: -[]{}\n\t'\"`&*!#|>%@?,\r\\u0"), max_size=60))
def test_no_text_is_too_strange(text):
    for read in (read_config, read_json):
        reading = read(text)
        assert (reading.root is None) <= bool(reading.remarks)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=20,
    )
)
def test_every_json_document_is_read_or_told_of(document):
    reading = read_json(json.dumps(document, indent="\t"))
    if reading.root is not None:
        assert list(walk(reading.root))
    else:
        assert reading.remarks
