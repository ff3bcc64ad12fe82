"""`python -I -S course_python.py INDEX KEY ARGUMENT…` becomes the Python of a course's kernel.

Which one that is stands in a small file that front writes, and is looked up each time a kernel
starts or is restarted: an environment that was just built or rolled back is used at once. Promises:
a file that is missing, damaged or out of date costs nobody a kernel: the server's own Python takes
its place. Must not: import anything that Python does not start with, but for `json`.
"""

import json
import os
import sys

_MOST_BYTES = 4 << 20


def interpreter_of(index: str, key: str) -> str:
    """Return the Python of the course with this key; empty if it has none that can be run."""
    try:
        with open(index, "rb") as file:  # noqa: PTH123 (few imports)
            found = json.loads(file.read(_MOST_BYTES))[key]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    is_one = isinstance(found, str) and os.path.isabs(found)  # noqa: PTH117
    return found if is_one and os.access(found, os.X_OK) else ""


def main(index: str, key: str, arguments: list[str]) -> None:
    """Never returns: the kernel has this process, so that it is interrupted and ended as any."""
    python = interpreter_of(index, key) or sys.executable
    os.execv(python, [python, *arguments])  # noqa: S606 (becoming it is the point)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
