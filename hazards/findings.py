"""What a fuzz found: the first case of each kind is kept, the others are counted."""

import sys
from collections import Counter
from pathlib import Path
from typing import Protocol

FOLDER = Path("build/fuzz")


def say(text: str) -> None:
    """Print a line of progress, or of a result, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Savable(Protocol):
    """An input that can be kept in a file."""

    def save(self, path: Path, reason: str) -> None: ...


class Findings:
    """Of one program, which `--replay` makes run a kept input again."""

    def __init__(self, program: str) -> None:
        self._program = program
        self.kinds: Counter[str] = Counter()

    def __bool__(self) -> bool:
        return bool(self.kinds)

    def add(self, kind: str, case: Savable) -> None:
        """Count it; keep the first input of a kind, and print how to run it again."""
        self.kinds[kind] += 1
        if self.kinds[kind] == 1:
            path = FOLDER / f"{_file_name(kind)}.json"
            case.save(path, kind)
            say(f"FOUND {kind}\n  python -m {self._program} --replay {path}")

    def table(self) -> str:
        return "\n".join(f"{number:>9,}  {kind}" for kind, number in self.kinds.most_common())


def _file_name(kind: str) -> str:
    kept = "".join(char if char.isalnum() else "-" for char in kind.lower())
    return "-".join(part for part in kept.split("-") if part)[:80]
