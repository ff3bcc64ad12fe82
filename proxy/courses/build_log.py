"""What a build says, for people to read: so much of it, whatever a package prints.

Promises: the beginning and the end are kept, what is between is counted; a line is one printable
line of bounded length; a password in an address is not shown. Must not: keep more in memory than
the last lines.
"""

import re
from collections import deque
from collections.abc import Callable
from typing import Final

from proxy.core.events import clean

Log = Callable[[str], None]
MOST_LINES: Final = 3000
LAST_LINES: Final = 200
MOST_LINE: Final = 500
_PASSWORD: Final = re.compile(r"(\w+://)[^/@\s]+@")


class BuildLog:
    """Hands on the first lines at once, and the last ones when it is closed."""

    def __init__(self, write: Log, most: int = MOST_LINES) -> None:
        self._write = write
        self._left = most
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        self._held = 0

    def line(self, text: str) -> None:
        """Take a line."""
        if self._left > 0:
            self._left -= 1
            self._write(_shown(text))
        else:  # cheaply: there may be millions
            self._held += 1
            self._last.append(text[: 4 * MOST_LINE])

    def close(self) -> None:
        """Write the end, after a word about what is missing."""
        if missing := self._held - len(self._last):
            self._write(f"… {missing} more lines are not kept …")
        for text in self._last:
            self._write(_shown(text))
        self._last.clear()
        self._held = 0


def _shown(text: str) -> str:
    # Before it is cut: half an address would not look like one.
    hidden = _PASSWORD.sub(r"\1****@", text[: 4 * MOST_LINE].rstrip("\r\n"))
    return clean(hidden, MOST_LINE)
