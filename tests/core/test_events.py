"""An event holds what belongs to it, in bounded lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.events import FACTS, MAX_TEXT, EventKind, clean, make_event


def test_every_kind_has_its_facts_and_a_name_that_fits_the_table() -> None:
    assert set(FACTS) == set(EventKind)
    assert all(len(kind.value) <= 32 for kind in EventKind)


def test_a_fact_that_does_not_belong_is_refused() -> None:
    with pytest.raises(ValueError, match="signed_out has no fact password"):
        make_event(EventKind.SIGNED_OUT, 1.0, about={"password": "x"})


def test_empty_facts_are_left_out() -> None:
    event = make_event(EventKind.SERVER_STOPPED, 1.0, server="ada/home", about={"reason": ""})
    assert event.about == {}


def test_a_long_text_is_cut_and_says_so() -> None:
    about = {"reason": "x" * 5000}
    reason = make_event(EventKind.SERVER_FAILED, 1.0, about=about).about["reason"]
    assert len(reason) == MAX_TEXT
    assert reason.endswith("…")


@given(st.text(st.characters(codec=None), max_size=400))
def test_every_text_becomes_a_line_that_every_database_takes(text: str) -> None:
    line = clean(text, MAX_TEXT)
    assert len(line) <= MAX_TEXT
    assert line.encode().decode() == line
    assert len(line.splitlines()) <= 1
    assert "\0" not in line
