"""What others see of a process: its command line and its environment.

A process that was forked shows those of its parent. The kernel reads both from memory that the
program was given at exec, so that memory is written over, in place. Promises: nothing beyond it is
touched; what does not fit is cut. Does nothing where there is no /proc.
"""

import ctypes
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Fields 48 to 51 of proc_pid_stat(5), counted from the one that follows the name.
_FIRST = 45
# Given to a program as an argument and as a variable, so that there is space to write to.
ROOM = "-" * 1024


@dataclass(frozen=True, slots=True)
class ProcessTitle:
    """Two areas of memory, each a first address and the one after its last."""

    arguments: tuple[int, int]
    environment: tuple[int, int]

    def show(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Write both; Python's own copies stay as they are."""
        _write(self.arguments, [os.fsencode(each) for each in arguments])
        pairs = [os.fsencode(f"{name}={value}") for name, value in environment.items()]
        _write(self.environment, pairs)


def find_title() -> ProcessTitle:
    """Return the areas of this process and its children to be; empty ones without /proc."""
    try:
        fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return ProcessTitle((0, 0), (0, 0))
    starts = [int(field) for field in fields[_FIRST : _FIRST + 4]]
    return ProcessTitle((starts[0], starts[1]), (starts[2], starts[3]))


def _write(area: tuple[int, int], words: Sequence[bytes]) -> None:
    size = area[1] - area[0]
    if size <= 0:
        return
    # The last byte stays zero: otherwise the kernel reads on, into what follows.
    text = b"".join(word + b"\0" for word in words)[: size - 1]
    ctypes.memmove(area[0], text.ljust(size, b"\0"), size)
