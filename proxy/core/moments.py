"""Times as people say and write them. Browsers with scripts keep the words fresh themselves."""

import re
from datetime import UTC, datetime

# What `read_time` takes: seconds since the epoch, a date, or a date and a time.
TIME = (
    r"[0-9]{9,11}(\.[0-9]{1,9})?"
    r"|[0-9]{4}-[01][0-9]-[0-3][0-9]"
    r"([T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{3,6})?)?(Z|[+-][0-2][0-9]:[0-5][0-9])?)?"
)
_TIME = re.compile(TIME)
_STEPS = ((60, "minute"), (3600, "hour"), (86400, "day"))


def say_ago(at: float, now: float) -> str:
    """Say when `at` was, seen from `now` (both in seconds since the epoch)."""
    seconds = now - at
    if seconds < 60:
        return "just now"
    size, unit = next((size, unit) for size, unit in reversed(_STEPS) if seconds >= size)
    count = int(seconds // size)
    return f"{count} {unit}{'' if count == 1 else 's'} ago"


def say_moment(at: float) -> str:
    """Return `3 May 2026, 14:02 UTC`."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def read_time(text: str) -> float | None:
    """Return seconds since the epoch of a date or a time (ISO 8601), or of a number; None if none.

    Without a zone it is UTC; a date alone is its first moment.
    """
    if not _TIME.fullmatch(text):
        return None
    try:
        if "-" not in text:
            return float(text)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
