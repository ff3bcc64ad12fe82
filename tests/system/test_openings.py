"""Two notebooks opened as JupyterLab opens them, by a student, through real relays: counted once.

The requests are those that JupyterLab 4.6 was seen to make; that it still makes them is what
`tests/browser/test_openings.py` asks a browser.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from proxy.core.course import Course, Enrolment
from proxy.core.events import Event, EventKind
from proxy.core.openings import day_and_minute
from proxy.store import courses, events, statistics
from proxy.store.database import Store
from proxy.store.events import Wanted
from proxy.store.statistics import WantedStatistics
from tests.system.installation import Installation
from tests.system.person import Person

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

_PASSWORD = "a long enough password"
_NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
_NAMES = ("w1/intro", "w1/zwei é")
_SAVED = "content=0&hash=1&contentProviderId=undefined"
_OPENED = "type=notebook&content=1&hash=1&contentProviderId=undefined"


@pytest.fixture
async def running() -> AsyncIterator[Installation]:
    installation = Installation(SIFU_RELAY_WORKERS="2")
    await asyncio.to_thread(installation.start)
    yield installation
    await asyncio.to_thread(installation.stop)
    installation.folder.cleanup()


def begin_course(running: Installation) -> Store:
    """Write the notebooks of a course that is open to all; return the installation's store."""
    for name in _NAMES:
        file = running.root / f"notebooks/python/{name}.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(_NOTEBOOK))
    running.sifu("user", "add", "ada", "--password-stdin", text=f"{_PASSWORD}\n")
    store = Store(f"sqlite:///{running.root}/data/sifu.db")
    entry = Course("python", "https://git.example.org/p", 1.0, enrolment=Enrolment.OPEN)
    store.write_now(courses.add, entry)
    return store


async def told(store: Store, kind: EventKind, number: int, seconds: float = 60) -> list[Event]:
    """Return what happened, as soon as it is so much."""
    async with asyncio.timeout(seconds):
        while True:
            found = await store.read(events.find, Wanted(kind=kind, user="ada"), limit=99)
            seen = [each.event for each in found if each.event.course]
            if len(seen) >= number:
                return seen
            await asyncio.sleep(0.2)


async def test_two_notebooks_of_a_student_are_two_openings_and_one_closing(
    running: Installation,
) -> None:
    store = await asyncio.to_thread(begin_course, running)
    async with Person(running) as person:
        await person.post("/sign-in", name="ada", password=_PASSWORD)
        base = (await person.start_server())["base_url"]
        await person.open_server(base)
        url = f"{running.notebooks}{base}api/events/subscribe"
        async with person.browser.ws_connect(url, headers={"Origin": running.notebooks}):
            for _ in range(2):
                for name in _NAMES:
                    await open_notebook(person, f"{base}api/contents/python/{quote(name)}.ipynb")
            opened = await told(store, EventKind.OPENED, 2)
        closed = await told(store, EventKind.CLOSED, 1)
    assert sorted((each.course, each.about["notebook"]) for each in opened) == [
        ("python", name) for name in _NAMES
    ]
    assert [each.course for each in closed] == ["python"]
    assert closed[0].at >= max(each.at for each in opened)
    await asyncio.sleep(6)  # what is noted is written within five
    assert len(await told(store, EventKind.OPENED, 2)) == 2
    day, _ = day_and_minute(opened[0].at)
    wanted = WantedStatistics("python", day - 1, day + 1, None)
    found = await store.read(statistics.look, wanted)
    assert [(each.name, each.people, each.openings) for each in found.notebooks] == [
        (name, 1, 1) for name in _NAMES
    ]
    await asyncio.to_thread(store.close)


async def open_notebook(person: Person, path: str) -> None:
    """Ask for everything that JupyterLab asks for, in its order."""
    for query in ("content=0&hash=0&1795", f"{_OPENED}&1796", f"{_SAVED}&1797"):
        status, _ = await person.jupyter("GET", f"{path}?{query}")
        assert status == 200
    await person.jupyter("GET", f"{path}/checkpoints?1798")
    status, _ = await person.jupyter("GET", f"{path}-gone?{_OPENED}")
    assert status == 404
