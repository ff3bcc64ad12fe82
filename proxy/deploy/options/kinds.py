"""What the value of an option may be, as `table.toml` writes it down.

Pure. Must not: know any option.
"""

import re
from dataclasses import dataclass
from functools import cache

from proxy.deploy.configs.problem import suggest

_TRUTHS = ("true", "false")
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_PATTERN = re.compile(r"/(?P<expression>(\\.|[^/\\])+)/ (?P<meaning>.+)")
_RANGE = re.compile(r"(?P<low>[\d.]+?)\.\.(?P<high>[\d.]+)")


@dataclass(frozen=True, slots=True)
class Kind:
    """One of: any text, a boolean, a number from low to high, one of some words, a pattern."""

    meaning: str
    pattern: re.Pattern[str] | None = None
    words: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@cache
def parse_kind(written: str) -> Kind:
    """Return the kind that the table's words describe; raise `ValueError` if they do not."""
    if written == "text":
        return Kind("any text")
    if written == "bool":
        return Kind("true or false", words=_TRUTHS)
    if written == "number":
        return Kind("a whole number", _WHOLE)
    if pattern := _PATTERN.fullmatch(written):
        return Kind(pattern["meaning"], re.compile(pattern["expression"]))
    if bounds := _RANGE.fullmatch(written):
        low, high = bounds["low"], bounds["high"]
        numbers, noun = (_DECIMAL, "a") if "." in low else (_WHOLE, "a whole")
        meaning = f"{noun} number from {low} to {high}"
        return Kind(meaning, numbers, low=float(low), high=float(high))
    words = tuple(word.strip() for word in written.split("|"))
    if not all(words):
        raise ValueError(f"{written!r} describes no kind of value")
    return Kind(f"one of {', '.join(words)}" if words[1:] else words[0], words=words)


def accepts(kind: Kind, text: str) -> bool:
    """Tell whether a value is of the kind; booleans may be written with capitals."""
    text = text.strip()
    if kind.words:
        return text in kind.words or (kind.words == _TRUTHS and text.lower() in kind.words)
    if kind.pattern is None:
        return True
    if kind.pattern.fullmatch(text) is None:
        return False
    return kind.low is None or kind.high is None or kind.low <= float(text) <= kind.high


def advise(kind: Kind, text: str) -> str:
    """Return what the value should be, and the closest word if there are words."""
    nearest = suggest(text.strip(), kind.words, listing=0) if len(kind.words) > 1 else ""
    return f"it should be {kind.meaning}.{nearest}"
