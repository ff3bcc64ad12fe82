"""When a course is updated by itself."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from proxy.core.course import Course
from proxy.core.update_schedule import (
    LONGEST,
    SHORTEST,
    UpdateHistory,
    is_due,
    problem_of_interval,
)

COURSE = Course("stats", "https://git.example.org/a", 1.0, update_every=600)
BY_HAND = replace(COURSE, update_every=0)


def test_a_new_one_is_due_whatever_its_interval() -> None:
    assert is_due(COURSE, UpdateHistory(), 1.0)
    assert is_due(BY_HAND, UpdateHistory(), 1.0)
    assert not is_due(replace(COURSE, archived=1.0), UpdateHistory(), 1.0)


def test_the_interval_begins_with_the_latest() -> None:
    assert not is_due(COURSE, UpdateHistory(1000.0), 1599.0)
    assert is_due(COURSE, UpdateHistory(1000.0), 1600.0)
    assert not is_due(BY_HAND, UpdateHistory(1000.0), 10**9)
    assert not is_due(COURSE, UpdateHistory(1000.0, is_open=True), 10**9)


def test_failures_make_it_wait_longer_but_not_for_ever() -> None:
    assert not is_due(COURSE, UpdateHistory(0.0, failures=2), 2399.0)
    assert is_due(COURSE, UpdateHistory(0.0, failures=2), 2400.0)
    assert is_due(COURSE, UpdateHistory(0.0, failures=10**6), 86_400.0)
    weekly = replace(COURSE, update_every=7 * 86_400)
    assert not is_due(weekly, UpdateHistory(0.0, failures=3), 6 * 86_400.0)
    assert is_due(weekly, UpdateHistory(0.0, failures=3), 7 * 86_400.0)


@given(st.integers(SHORTEST, LONGEST), st.integers(0, 100))
def test_it_is_due_within_a_day_or_its_interval(interval: int, failures: int) -> None:
    course = replace(COURSE, update_every=interval)
    history = UpdateHistory(0.0, failures)
    assert not is_due(course, history, interval - 1.0)
    assert is_due(course, history, max(interval, 86_400.0))


def test_intervals_have_bounds() -> None:
    assert problem_of_interval(0) == ""
    assert problem_of_interval(SHORTEST) == ""
    for seconds in (-1, 1, SHORTEST - 1, LONGEST + 1):
        assert problem_of_interval(seconds)
