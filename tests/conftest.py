"""Fixtures of every ring: a clock that tests move, a real store, a guard on the event loop."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster

from proxy.store.database import Store, migrate


class FakeClock:
    """A clock that a test winds: call it for the time, `advance` it by seconds."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def no_blocking() -> Iterator[None]:
    """A blocking call of our package inside an event loop fails the test."""
    guard = BlockBuster(scanned_modules=["proxy"])
    guard.activate()
    yield
    guard.deactivate()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'sifu.db'}")
    migrate(opened)
    yield opened
    opened.close()
