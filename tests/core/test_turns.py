"""Who takes the next connection: whoever follows the rule, whichever the kernel wakes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.turns import leaves_next

COUNTS = st.integers(0, 100_000)


@pytest.mark.parametrize(
    ("own", "least", "leaves"),
    [
        (0, None, False),
        (10_000, None, False),
        (0, 0, False),
        (8, 0, False),
        (9, 0, True),
        (38, 30, False),
        (39, 30, True),
        (125, 100, False),
        (126, 100, True),
        (5, 100, False),
    ],
)
def test_who_has_many_more_than_another_leaves_the_next_one(
    own: int, least: int | None, leaves: bool
) -> None:
    assert leaves_next(own, least) is leaves


@given(COUNTS, COUNTS)
def test_two_never_wait_for_each_other(one: int, other: int) -> None:
    assert not (leaves_next(one, other) and leaves_next(other, one))


@given(st.lists(COUNTS, min_size=2, max_size=64))
def test_who_has_fewest_never_leaves_one(counts: list[int]) -> None:
    fewest = counts.index(min(counts))
    assert not leaves_next(counts[fewest], _least_of_others(counts, fewest))


@given(st.integers(2, 8), st.lists(st.integers(0, 7), max_size=400))
def test_they_stay_together_whoever_is_quickest(processes: int, quickest: list[int]) -> None:
    counts = [0] * processes
    for choice in quickest:
        takers = _takers(counts)
        counts[takers[choice % len(takers)]] += 1
        fewest = min(counts)
        assert max(counts) <= fewest + max(8, fewest // 4) + 1


@given(st.lists(COUNTS, min_size=2, max_size=8), st.integers(0, 7))
def test_from_wherever_they_begin_none_gets_further_away(counts: list[int], choice: int) -> None:
    takers = _takers(counts)
    taker = takers[choice % len(takers)]
    fewest = _least_of_others(counts, taker)
    assert counts[taker] + 1 <= fewest + max(8, fewest // 4) + 1


def _takers(counts: list[int]) -> list[int]:
    numbers = range(len(counts))
    return [n for n in numbers if not leaves_next(counts[n], _least_of_others(counts, n))]


def _least_of_others(counts: list[int], own: int) -> int:
    return min(count for n, count in enumerate(counts) if n != own)
