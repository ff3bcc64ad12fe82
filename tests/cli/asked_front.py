"""Stands for the front: remembers what a command asked, and answers what a test says."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest


class AskedFront:
    """`answers` by method and path."""

    def __init__(self, answers: dict[tuple[str, str], Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, object]] = []

    def ask(self, method: str, path: str, body: object = None) -> Any:
        self.asked.append((method, path, body))
        return self.answers[method, path]

    def stand_in(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
        """Let the commands of a module ask this one."""

        @contextmanager
        def opened() -> Iterator[AskedFront]:
            yield self

        monkeypatch.setattr(module, "open_front", opened)
