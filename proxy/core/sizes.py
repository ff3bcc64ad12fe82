"""Amounts as people read them."""

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def say_bytes(number: float) -> str:
    """Return an amount of memory or disk with three figures at most: `412 MiB`, `1.2 GiB`."""
    unit = 0
    while number >= 999.5 and unit < len(_UNITS) - 1:
        number /= 1024
        unit += 1
    figures = f"{number:.1f}" if unit > 2 and number < 9.95 else f"{number:.0f}"
    return f"{figures} {_UNITS[unit]}"


def say_number(number: float) -> str:
    """Return a small amount with as many figures as matter: `0.4`, `12`, `1,250`."""
    return f"{number:.1f}" if 0 < number < 9.95 and number != int(number) else f"{number:,.0f}"


def say_points(number: float) -> str:
    """Return a score with three decimals at most: `0.8`, `12`, `66.667`."""
    return f"{number:,.3f}".rstrip("0").rstrip(".")


def counted(number: int, noun: str) -> str:
    """Return `1 server`, `2 servers`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
