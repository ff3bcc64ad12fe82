"""From which day to which day: as people write it, and as it is counted.

Promises: days are dates (UTC), both included, and at most `MOST_DAYS`; without dates it is the last
`USUAL_DAYS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from proxy.core.errors import UnprocessableInput
from proxy.core.moments import read_time
from proxy.core.openings import DAY_SECONDS, day_and_minute

USUAL_DAYS: Final = 30
MOST_DAYS: Final = 366
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ADVICE: Final = "Write a day like 2027-01-31."


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day to the last one, both included; days since the epoch."""

    first: int
    last: int

    @property
    def days(self) -> int:
        return self.last - self.first + 1


def read_span(query: Mapping[str, str], now: float) -> Span:
    """Return the days that are asked for; raises `UnprocessableInput`."""
    today, _ = day_and_minute(now)
    until = _day(query.get("until", ""), "until")
    begin = _day(query.get("from", ""), "from")
    if until is None:
        until = today if begin is None else max(begin, min(today, begin + MOST_DAYS - 1))
    span = Span(until - USUAL_DAYS + 1 if begin is None else begin, until)
    if span.days < 1:
        raise UnprocessableInput("The first day is after the last one.")
    if span.days > MOST_DAYS:
        raise UnprocessableInput(f"That is more than {MOST_DAYS} days. Ask for fewer at a time.")
    return span


def say_day(day: int) -> str:
    """Return the date (ISO 8601) of so many days since the epoch."""
    return (_EPOCH + timedelta(days=day)).strftime("%Y-%m-%d")


def _day(text: str, name: str) -> int | None:
    if not text:
        return None
    at = read_time(text)
    if at is None or not 0 <= at < 10**11:
        raise UnprocessableInput(f"{name}: {_ADVICE}")
    return int(at // DAY_SECONDS)
