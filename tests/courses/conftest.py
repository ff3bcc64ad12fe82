"""The fixtures of courses that come from repositories."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from proxy.store.database import Store
from tests.conftest import FakeClock
from tests.courses.environments import Ground
from tests.courses.updated import Updated, running_updates
from tests.courses.upstream import GitService, Upstream, running_service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[GitService]:
    with running_service(tmp_path / "upstream") as running:
        yield running


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    """A repository with a notebook."""
    made = Upstream.make(tmp_path / "upstream" / "stats")
    made.commit({"week1/means.ipynb": "{}\n", "README.md": "# Stats\n"}, "First")
    return made


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Somebody's workspace."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
async def ground(tmp_path: Path, store: Store) -> Ground:
    """Where packages are built, for the course “stats”."""
    made = Ground(tmp_path, store)
    await made.add()
    return made


@pytest.fixture
async def updated(
    store: Store, clock: FakeClock, tmp_path: Path, service: GitService, upstream: Upstream
) -> AsyncIterator[Updated]:
    """The course “stats” of that repository, never updated yet."""
    async with running_updates(store, clock, tmp_path) as running:
        await running.add("stats", service.url(upstream))
        yield running
