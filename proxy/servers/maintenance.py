"""The maintenance switch: while the doors are closed no server is started, running ones go on.

Promises: the switch outlives every restart (it is a file in `SIFU_DATA`, whole or not there); a
file that cannot be understood means closed. Must not: stop or start anything.
"""

import asyncio
import json
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from proxy.core.clock import Clock

FILE: Final = "maintenance.json"
MOST_TEXT: Final = 500


@dataclass(frozen=True, slots=True)
class Closed:
    """Since when, what people are told, and (of a drain) when the last server is stopped."""

    since: float
    message: str = ""
    stop_all_at: float | None = None

    @property
    def sentence(self) -> str:
        """What somebody is told who wants to start a server."""
        told = f" {self.message}" if self.message else ""
        return (
            f"No servers are started just now, because of maintenance.{told} Servers that run go "
            "on for the time being. Try again later."
        )


class Maintenance:
    """Reads and turns the switch; `closed` is what the last look saw."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self.closed: Closed | None = None

    async def look(self) -> Closed | None:
        """Return what holds now; None while the doors are open."""
        self.closed = await asyncio.to_thread(read_switch, self._file)
        return self.closed

    async def close_doors(self, message: str = "") -> Closed:
        """Start nothing from now on. A drain that was under way is called off."""
        return await self._write(message, None)

    async def drain(self, *, seconds: float, message: str = "") -> Closed:
        """Close the doors; stop who does nothing now, and everybody when `seconds` are over."""
        return await self._write(message, self._clock() + seconds)

    async def open_doors(self) -> None:
        """Start servers again, those who wait first."""
        await asyncio.to_thread(write_switch, self._file, None)
        self.closed = None

    async def _write(self, message: str, stop_all_at: float | None) -> Closed:
        before = await self.look()
        since = self._clock() if before is None else before.since
        closed = Closed(since, " ".join(message.split())[:MOST_TEXT], stop_all_at)
        await asyncio.to_thread(write_switch, self._file, closed)
        self.closed = closed
        return closed


def read_switch(file: Path) -> Closed | None:
    """Return what the file says; None if there is none. Blocks."""
    try:
        text = file.read_text()
    except FileNotFoundError:
        return None
    except (OSError, ValueError):  # it is there, so somebody closed the doors
        return Closed(0.0)
    try:
        return _from_json(json.loads(text))
    except (ValueError, TypeError, KeyError, RecursionError):
        return Closed(0.0)


def write_switch(file: Path, closed: Closed | None) -> None:
    """Write the file whole, or remove it; raises `OSError`. Blocks."""
    if closed is None:
        file.unlink(missing_ok=True)
        return
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        json.dump(asdict(closed), opened)
    fresh.replace(file)


def _from_json(value: Any) -> Closed:
    stop_all_at = value["stop_all_at"]
    return Closed(
        _finite(value["since"]),
        str(value["message"])[:MOST_TEXT],
        None if stop_all_at is None else _finite(stop_all_at),
    )


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number
