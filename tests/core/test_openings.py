"""What JupyterLab 4.6 and Notebook 7.6 were seen to ask for, and what others may send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.openings import (
    MOST_A_DAY,
    MOST_TEXT,
    DayLog,
    Place,
    day_and_minute,
    name_of_notebook,
    opened_notebook,
)

OPENED = "?type=notebook&content=1&hash=1&contentProviderId=undefined&1795899589735"
NOTEBOOK = "api/contents/python/w1/intro.ipynb"


def test_an_opening_is_the_one_request_that_fetches_the_notebook():
    assert opened_notebook(NOTEBOOK, OPENED) == Place("python", "w1/intro")


@pytest.mark.parametrize(
    ("rest", "query"),
    [
        (NOTEBOOK, "?content=0&hash=0&1795899589660"),
        (NOTEBOOK, "?content=0&hash=1&contentProviderId=undefined&1795899602929"),
        (NOTEBOOK, "?type=notebook&content=0"),
        (NOTEBOOK, "?type=notebook&content=10"),
        (NOTEBOOK, "?xtype=notebook&content=1"),
        (NOTEBOOK, "?type=file&content=1"),
        (NOTEBOOK, ""),
        ("api/contents/python/w1", "?content=1&hash=0&1795899589673"),
        (f"{NOTEBOOK}/checkpoints", "?1795899589944"),
        ("api/contents", OPENED),
        ("api/contents/", OPENED),
        ("api/contents/untitled.ipynb", OPENED),
        ("files/python/w1/intro.ipynb", OPENED),
        ("lab/tree/python/w1/intro.ipynb", OPENED),
    ],
)
def test_saving_polling_and_listing_are_none(rest, query):
    assert opened_notebook(rest, query) is None


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("python/w1/zwei%20%C3%A9.ipynb", Place("python", "w1/zwei é")),
        ("python//w1///intro.ipynb", Place("python", "w1/intro")),
        ("python%2Fw1%2Fintro.ipynb", Place("python", "w1/intro")),
        ("python/notes.v2.ipynb", Place("python", "notes.v2")),
        ("python/w1/text.md", Place("python", "w1/text")),
        ("python/w1/.ipynb", Place("python", "w1/.ipynb")),
        ("python/.ipynb", Place("python", ".ipynb")),
        ("python/Chapter 1. Begin", Place("python", "Chapter 1. Begin")),
        ("python/%3Cscript%3E.ipynb", Place("python", "<script>")),
        ("python/a%0Ab%E2%80%AE.ipynb", Place("python", "a b ")),
    ],
)
def test_a_notebook_is_the_same_however_its_address_is_written(path, place):
    assert opened_notebook(f"api/contents/{path}", OPENED) == place


def test_bytes_that_are_no_text_are_no_notebook():
    assert opened_notebook("api/contents/python/%FF%FE.ipynb", OPENED) is None


def test_a_name_without_end_is_cut():
    place = opened_notebook("api/contents/python/" + "n" * 3000 + ".ipynb", OPENED)
    assert place is not None
    assert len(place.notebook) == MOST_TEXT
    assert opened_notebook("api/contents/" + "c" * 101 + "/a.ipynb", OPENED) is None


def test_the_course_lists_a_notebook_by_the_name_that_is_counted():
    place = opened_notebook(NOTEBOOK, OPENED)
    assert place is not None
    assert name_of_notebook("w1/intro.ipynb") == place.notebook


def test_a_day_ends_at_midnight_in_utc():
    assert day_and_minute(86_400 * 20_000 - 0.001) == (19_999, 1439)
    assert day_and_minute(86_400 * 20_000) == (20_000, 0)


def test_a_page_that_is_loaded_again_is_the_same_opening():
    log = DayLog().with_opening(7, 600)
    assert log is not None
    assert log.with_opening(7, 614) is None
    later = log.with_opening(7, 615)
    assert later is not None
    assert list(later) == [(7, 600), (7, 615)]


def test_a_clock_that_was_set_back_counts_nothing_twice():
    log = DayLog().with_opening(7, 600)
    assert log is not None
    assert log.with_opening(7, 590) is None


def test_a_day_has_an_end():
    log = DayLog()
    for number in range(MOST_A_DAY):
        longer = log.with_opening(number, 0)
        assert longer is not None
        log = longer
    assert log.with_opening(MOST_A_DAY, 0) is None


@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 1439)), max_size=30))
def test_what_a_log_holds_comes_out_of_it(openings):
    log, told = DayLog(), []
    for notebook, minute in openings:
        longer = log.with_opening(notebook, minute)
        if longer is not None:
            log = longer
            told.append((notebook, minute))
    assert list(log) == told
    assert not {":", ";"} & {*log.notebooks, *log.times}
