"""Fixtures of every ring: a clock that tests move, a real store, a guard on the event loop.

A test whose ring needs a program that is missing is skipped with the reason, or fails with it
where REQUIRE_ALL_RINGS is set.
"""

import importlib.util
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster
from xdist.scheduler import LoadScopeScheduling

from proxy.store.database import Store, migrate

CHROMIUM = Path("/usr/bin/chromium")
# What takes longest comes first, so that of several processes none is left with it in the end. In
# a folder of these, tests share ports, and in the last two an engine.
_COMPANY = {name: name for name in ("system", "browser", "servers", "web", "cli")}
_COMPANY |= dict.fromkeys(("image", "hooks"), "engine")
_ORDER = ["system", "engine", "browser", "servers", "web", "cli"]


def pytest_configure() -> None:
    """Keep the settings of the surrounding shell out, and Jupyter's bytecode on the disk."""
    for name in [name for name in os.environ if name.startswith("SIFU_")]:
        del os.environ[name]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


class _Together(LoadScopeScheduling):  # type: ignore[misc]
    """Where several processes test at once, tests that share ports or an engine stay together."""

    def _split_scope(self, nodeid: str) -> str:
        return _company(nodeid)


def _company(nodeid: str) -> str:
    """Return what the test's module shares with others: a folder's, an engine's, or nothing."""
    path = nodeid.partition("::")[0]
    return _COMPANY.get(path.removeprefix("tests/").partition("/")[0], path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {company: rank for rank, company in enumerate(_ORDER)}
    items.sort(key=lambda item: ranks.get(_company(item.nodeid), len(ranks)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    return _Together(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for ring, find_missing in _RINGS.items():
        if item.get_closest_marker(ring) and (missing := find_missing()):
            pytest.skip(f"the {ring} ring needs {missing}, which this machine does not have")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is required, a skip is a failure, whatever it was skipped for."""
    report = yield
    if report.skipped and os.environ.get("REQUIRE_ALL_RINGS"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}: nothing may be skipped here (REQUIRE_ALL_RINGS)"
    return report


def _missing_servers() -> str:
    needed = ("supervisor", "jupyterlab", "ipykernel")
    return ", ".join(name for name in needed if importlib.util.find_spec(name) is None)


def _missing_browser() -> str:
    if importlib.util.find_spec("playwright") is None:
        return "playwright"
    return "" if shutil.which(CHROMIUM) else str(CHROMIUM)


def _missing_engine() -> str:
    if os.geteuid() != 0:
        return "root, for a Docker daemon of its own"
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    needed = ("dockerd", "mmdebstrap", "nginx", "ip", "nsenter", "iptables", "git", "curl")
    return ", ".join(name for name in needed if shutil.which(name, path=path) is None)


_RINGS = {"system": _missing_servers, "browser": _missing_browser, "image": _missing_engine}


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


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of today's schema, made once."""
    path = tmp_path_factory.mktemp("migrated") / "sifu.db"
    made = Store(f"sqlite:///{path}")
    migrate(made)
    made.close()
    return path


@pytest.fixture
def store(tmp_path: Path, migrated: Path) -> Iterator[Store]:
    shutil.copyfile(migrated, tmp_path / "sifu.db")
    opened = Store(f"sqlite:///{tmp_path / 'sifu.db'}")
    yield opened
    opened.close()
