"""When a score is sent again."""

import math

import pytest

from proxy.core.score_retry import (
    GIVE_UP,
    LONGEST,
    is_final,
    next_try,
    problem_of_score,
)

NOW = 1_800_000_000.0


def pause(attempts: int, jitter: float = 0.5) -> float | None:
    until = next_try(attempts, waiting_since=NOW, now=NOW, jitter=jitter)
    return None if until is None else until - NOW


def test_the_pause_doubles_from_ten_seconds_to_an_hour() -> None:
    assert [pause(number) for number in range(1, 6)] == [10, 20, 40, 80, 160]
    assert pause(9) == 2560
    assert [pause(number) for number in (10, 11, 1000, 10**9)] == [LONGEST] * 4
    assert pause(0) == 10


def test_a_part_of_it_is_chance() -> None:
    assert (pause(1, 0.0), pause(1, 1.0)) == (7.5, 12.5)


def test_after_a_day_it_is_given_up() -> None:
    assert next_try(30, waiting_since=NOW, now=NOW + GIVE_UP - 1, jitter=0.5) is not None
    assert next_try(30, waiting_since=NOW, now=NOW + GIVE_UP, jitter=0.5) is None


def test_in_a_day_a_platform_is_asked_a_few_dozen_times() -> None:
    now, attempts = NOW, 0
    while (later := next_try(attempts, waiting_since=NOW, now=now, jitter=0.5)) is not None:
        now, attempts = later, attempts + 1
    assert 25 < attempts < 40


@pytest.mark.parametrize(
    ("status", "final"),
    [
        *((status, True) for status in (400, 403, 404, 422, 499)),
        *((status, False) for status in (200, 301, 401, 408, 409, 429, 500)),
    ],
)
def test_final_statuses(status: int, final: bool) -> None:
    assert is_final(status) is final


@pytest.mark.parametrize(
    ("given", "most"), [(0, 1), (1, 1), (0.8, 1.0), (100, 100), (0.0001, 1_000_000)]
)
def test_scores(given: float, most: float) -> None:
    assert problem_of_score(given, most, "") is None


@pytest.mark.parametrize(
    ("given", "most", "comment"),
    [
        (-0.1, 1, ""),
        (1.1, 1, ""),
        (0, 0, ""),
        (0, -1, ""),
        (math.nan, 1, ""),
        (math.inf, math.inf, ""),
        (1, math.nan, ""),
        (1, 1_000_001, ""),
        (1, 1, "a" * 501),
    ],
)
def test_no_scores(given: float, most: float, comment: str) -> None:
    assert problem_of_score(given, most, comment)
