"""Fixtures of every ring: a clock that tests move, a real store, a guard on the event loop.

A test whose ring needs a program that is missing is skipped with the reason, or fails with it
where REQUIRE_ALL_RINGS is set.
"""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster

from proxy.store.database import Store, migrate

CHROMIUM = Path("/usr/bin/chromium")


def pytest_configure() -> None:
    """Keep the settings of the surrounding shell out, and Jupyter's bytecode on the disk."""
    for name in [name for name in os.environ if name.startswith("SIFU_")]:
        del os.environ[name]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for ring, find_missing in (("system", _missing_servers), ("browser", _missing_browser)):
        if item.get_closest_marker(ring) and (missing := find_missing()):
            refuse = pytest.fail if os.environ.get("REQUIRE_ALL_RINGS") else pytest.skip
            refuse(f"the {ring} ring needs {missing}, which this machine does not have")


def _missing_servers() -> str:
    needed = ("supervisor", "jupyterlab", "ipykernel")
    return ", ".join(name for name in needed if importlib.util.find_spec(name) is None)


def _missing_browser() -> str:
    if importlib.util.find_spec("playwright") is None:
        return "playwright"
    return "" if shutil.which(CHROMIUM) else str(CHROMIUM)


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
