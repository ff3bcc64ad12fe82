"""Rows as text in columns, for `list` commands."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime


def align_rows(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return one line per row, cells padded to their column's widest, two spaces between.

    Control characters become dots: a label that somebody chose may not steer this terminal.
    """
    table = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def format_time(seconds: float | None) -> str:
    """Return UTC to the minute, `-` for never."""
    if seconds is None:
        return "-"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%MZ")


def printable(text: str) -> str:
    """Return it with a dot for whatever could steer a terminal."""
    return "".join(char if char.isprintable() else "·" for char in text)
