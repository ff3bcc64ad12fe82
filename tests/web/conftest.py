"""The fixture of the pages' tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from proxy.store.database import Store
from tests.conftest import FakeClock
from tests.core.launches import TARGET
from tests.web.environment_front import Schoolroom, running_schoolroom
from tests.web.lti_platform import Classroom, running_platform
from tests.web.page_front import Pages, run_pages


@pytest.fixture
async def pages(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Pages]:
    """A front whose people have a workspace each."""
    async with run_pages(store, clock, tmp_path) as running:
        yield running


@pytest.fixture
async def room(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Classroom]:
    """A front on https, and a learning platform that is registered there."""
    settings = {
        "front_url": "https://sifu.example.org",
        "notebook_url": "https://notebooks.example.org",
        "lms_origins": ("https://lms.example.org",),
    }
    async with (
        run_pages(store, clock, tmp_path, **settings) as pages,
        running_platform(clock, TARGET) as platform,
    ):
        yield Classroom(pages, platform, await platform.register(store))


@pytest.fixture
async def school(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Schoolroom]:
    """A front with a course that may ask for packages."""
    async with running_schoolroom(store, clock, tmp_path) as running:
        yield running
