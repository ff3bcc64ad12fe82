"""How long ago, as people say it. Browsers with scripts keep the words up to date themselves."""

_STEPS = ((60, "minute"), (3600, "hour"), (86400, "day"))


def say_ago(at: float, now: float) -> str:
    """Say when `at` was, seen from `now` (both in seconds since the epoch)."""
    seconds = now - at
    if seconds < 60:
        return "just now"
    size, unit = next((size, unit) for size, unit in reversed(_STEPS) if seconds >= size)
    count = int(seconds // size)
    return f"{count} {unit}{'' if count == 1 else 's'} ago"
