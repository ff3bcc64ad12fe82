"""Values that Beanstalk would refuse, or take and ignore, are told from those that it takes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.deploy.options.kinds import accepts, advise, parse_kind
from proxy.deploy.options.table import read_table

WRITTEN = sorted({kind for options in read_table().values() for kind in options.values()})


@pytest.mark.parametrize(
    ("written", "good", "bad"),
    [
        ("text", ["", "x"], []),
        ("bool", ["true", "False", " true "], ["yes", "1", ""]),
        ("1..300", ["1", "300", "+5"], ["0", "301", "5s", "", "1.5", "٣"]),
        ("0.1..20.0", ["0.1", "20", "3.25"], ["0", "20.1", "cheap"]),
        ("number", ["-1", "7"], ["1.5", "many"]),
        ("HTTP | TCP", ["HTTP"], ["http", "UDP", ""]),
        ("/\\d+\\/\\d+/ two numbers with / between", ["1/2"], ["1", "1/2/3"]),
    ],
)
def test_a_kind_takes_what_it_says(written, good, bad):
    kind = parse_kind(written)
    assert [text for text in good if not accepts(kind, text)] == []
    assert [text for text in bad if accepts(kind, text)] == []


def test_the_closest_word_is_named():
    assert "Did you mean “HTTPS”?" in advise(parse_kind("HTTP | HTTPS | TCP"), "https")


def test_a_pattern_is_explained_in_words():
    assert advise(parse_kind("/x+/ some x"), "y") == "it should be some x."


def test_a_kind_without_words_is_refused():
    with pytest.raises(ValueError, match="describes no kind"):
        parse_kind("a | | b")


@pytest.mark.parametrize("written", WRITTEN)
def test_every_kind_of_the_table_is_understood(written):
    assert parse_kind(written).meaning


@given(st.sampled_from(WRITTEN), st.text(max_size=40))
def test_any_value_can_be_judged(written, text):
    kind = parse_kind(written)
    if not accepts(kind, text):
        assert re.fullmatch(r"it should be .+[.?]", advise(kind, text), re.DOTALL)
