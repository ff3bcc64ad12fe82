"""The fixtures of courses that come from repositories."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from proxy.store.database import Store
from tests.conftest import FakeClock
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
async def updated(
    store: Store, clock: FakeClock, tmp_path: Path, service: GitService, upstream: Upstream
) -> AsyncIterator[Updated]:
    """The course “stats” of that repository, never updated yet."""
    async with running_updates(store, clock, tmp_path) as running:
        await running.add("stats", service.url(upstream))
        yield running
