"""The ring is of fixed size, and rates are right across restarts."""

import pytest

from proxy.core.history import KEPT_SECONDS, SAMPLE_SECONDS, History, Sample, requests_per_second


def sample(at: float) -> Sample:
    return Sample(at, running=1, waiting=0, memory=2**20, requests=0.5)


def test_it_holds_a_day_and_no_more() -> None:
    history = History()
    for number in range(int(KEPT_SECONDS / SAMPLE_SECONDS) + 100):
        history.add(sample(number * SAMPLE_SECONDS))
    assert len(history.since(0.0)) == KEPT_SECONDS / SAMPLE_SECONDS
    assert history.since(0.0)[0].at == 100 * SAMPLE_SECONDS


def test_what_is_asked_for_comes_oldest_first() -> None:
    history = History()
    for at in (1.0, 2.0, 3.0):
        history.add(sample(at))
    assert [each.at for each in history.since(2.0)] == [2.0, 3.0]


def test_a_clock_that_was_put_back_begins_anew() -> None:
    history = History()
    for at in (100.0, 110.0, 50.0):
        history.add(sample(at))
    assert [each.at for each in history.since(0.0)] == [50.0]


@pytest.mark.parametrize(
    ("before", "at", "total", "expected"),
    [
        (None, 10.0, 500.0, 0.0),  # what was before us is no rate
        ((0.0, 100.0), 10.0, 150.0, 5.0),
        ((0.0, 100.0), 10.0, 20.0, 2.0),  # the counters began anew
        ((10.0, 100.0), 10.0, 150.0, 0.0),
    ],
)
def test_requests_a_second(
    before: tuple[float, float] | None, at: float, total: float, expected: float
) -> None:
    assert requests_per_second(before, at, total) == expected
