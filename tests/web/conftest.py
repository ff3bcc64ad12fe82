"""The fixture of the pages' tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from proxy.store.database import Store
from tests.conftest import FakeClock
from tests.web.page_front import Pages, run_pages


@pytest.fixture
async def pages(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Pages]:
    """A front whose people have a workspace each."""
    async with run_pages(store, clock, tmp_path) as running:
        yield running
