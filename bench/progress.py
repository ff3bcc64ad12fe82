"""Says on stderr what is being done and how long it will take."""

import sys
import time


class Progress:
    """One line that is written over on a terminal, and a line a step elsewhere."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._done = 0
        self._began = time.monotonic()
        self._is_terminal = sys.stderr.isatty()
        self._said = ""

    def say(self, what: str) -> None:
        """Name the step that begins now, without the time left unless it can be told."""
        took = time.monotonic() - self._began
        left = took / self._done * (self._steps - self._done) if self._done else None
        self._done += 1
        time_left = "" if left is None else f", {_minutes(left)} left"
        line = f"{min(self._done, self._steps)} of {self._steps}{time_left}: {what}"
        if self._is_terminal:
            sys.stderr.write("\r\x1b[K" + line[:100])
            sys.stderr.flush()
        elif (topic := what.partition(":")[0]) != self._said:
            self._said = topic
            sys.stderr.write(line + "\n")

    def end(self) -> None:
        if self._is_terminal:
            sys.stderr.write("\r\x1b[K")
        sys.stderr.write(f"Measured in {_minutes(time.monotonic() - self._began)}.\n")


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
