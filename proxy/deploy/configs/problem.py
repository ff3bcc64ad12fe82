"""A fault in a file of the bundle: where it is, what is wrong, what it should be.

Must not: hold more of the file than the words that are wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from proxy.core.errors import SifuError


class InvalidBundle(SifuError):
    """The source bundle has faults; `problems` lists them all, as sentences."""

    title = "The bundle cannot be used"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A sentence about one line (from 1) of one file; line 0 means the file as a whole."""

    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Remark:
    """A problem whose file its finder does not know."""

    line: int
    reason: str

    def within(self, path: str) -> Problem:
        return Problem(path, self.line, self.reason)


def suggest(word: str, known: Iterable[str], *, listing: int = 12) -> str:
    """Return ` Did you mean “…”?` for the closest known word, else what there is to choose from.

    A choice of more than `listing` words is not listed: the result is then empty.
    """
    choices = sorted(set(known))
    lowered = {choice.lower(): choice for choice in choices}
    close = get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    if close:
        return f" Did you mean “{lowered[close[0]]}”?"
    return f" Known here: {', '.join(choices)}." if len(choices) <= listing else ""


def quote(text: str, *, most: int = 60) -> str:
    """Return what a file says, on one line, shortened, printable, in quotation marks."""
    shown = "".join(char if char.isprintable() else "·" for char in text[: most + 1])
    return f"“{shown[:most]}…”" if len(text) > most else f"“{shown}”"
