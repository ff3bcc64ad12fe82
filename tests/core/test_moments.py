"""How long ago, in words."""

import pytest

from proxy.core.moments import read_time, say_ago, say_moment


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),  # clocks of two machines differ
        (0, "just now"),
        (59.9, "just now"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (3600, "1 hour ago"),
        (86399, "23 hours ago"),
        (86400, "1 day ago"),
        (30 * 86400, "30 days ago"),
    ],
)
def test_words_for_a_span(seconds: float, words: str) -> None:
    assert say_ago(1e9 - seconds, 1e9) == words


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-02", 86400.0),
        ("2027-01-15T08:00", 1_800_000_000.0),
        ("2027-01-15T08:00:00Z", 1_800_000_000.0),
        ("2027-01-15T09:00+01:00", 1_800_000_000.0),
        ("1800000000", 1_800_000_000.0),
        ("1800000000.5", 1_800_000_000.5),
        ("", None),
        ("yesterday", None),
        ("1e9", None),
        ("nan", None),
        ("2027-13-01", None),
        ("9" * 400, None),
        ("٢٠٢٧-01-01", None),
    ],
)
def test_times_that_people_write(text: str, seconds: float | None) -> None:
    assert read_time(text) == seconds


def test_a_moment_is_said_with_its_day_and_zone() -> None:
    assert say_moment(1_800_000_000.0) == "15 January 2027, 08:00 UTC"
