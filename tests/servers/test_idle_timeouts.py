"""After how long a server is stopped where courses say something about it."""

from dataclasses import replace

import pytest

from proxy.core.course import Course, Outline
from proxy.core.events import Event, EventKind
from proxy.servers.idle_timeouts import IdleTimeouts, longest
from proxy.store import courses, events, servers
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from tests.conftest import FakeClock
from tests.servers.fakes import ADA, BOB

DEFAULT = 7200


@pytest.mark.parametrize(
    ("opened", "seconds"),
    [
        ([], DEFAULT),
        (["quick"], 600),
        (["quick", "slow"], 20_000),
        (["quick", "other"], DEFAULT),
        (["quick", "endless"], 0),
    ],
)
def test_the_longest_of_what_was_opened_holds(opened: list[str], seconds: int) -> None:
    own = {"quick": 600, "slow": 20_000, "endless": 0}
    assert longest(opened, own, DEFAULT) == seconds


async def add(store: Store, name: str, seconds: int | None, archived: float | None = None) -> None:
    course = Course(name, "https://git.example.org/x", 1.0, archived=archived)
    await store.write(courses.add, replace(course, outline=Outline(idle_timeout=seconds)))


async def opened(store: Store, at: float, course: str, server: object = ADA) -> None:
    event = Event(at, EventKind.OPENED, "ada", str(server), course)
    await store.write(events.add_all, [event])


async def test_what_was_opened_since_the_start_counts_and_nothing_before(
    store: Store, clock: FakeClock
) -> None:
    await add(store, "quick", 600)
    await add(store, "slow", 20_000)
    await add(store, "gone", 90_000, archived=1.0)
    await store.write(servers.put, ServerRecord(ADA, started=clock() - 100), clock())
    timeouts = IdleTimeouts(store, clock, DEFAULT)
    await opened(store, clock() - 200, "slow")
    await opened(store, clock() - 5, "slow", BOB)
    assert await timeouts.of(ADA) == DEFAULT
    await opened(store, clock() - 60, "")
    await opened(store, clock() - 50, "quick")
    assert await timeouts.of(ADA) == 600
    await opened(store, clock() - 40, "slow")
    assert await timeouts.of(ADA) == 20_000
    await opened(store, clock() - 30, "gone")
    assert await timeouts.of(ADA) == 20_000


async def test_a_course_that_changes_its_mind_is_heard_within_a_minute(
    store: Store, clock: FakeClock
) -> None:
    timeouts = IdleTimeouts(store, clock, DEFAULT)
    assert await timeouts.of(ADA) == DEFAULT
    await add(store, "quick", 600)
    await opened(store, clock(), "quick")
    assert await timeouts.of(ADA) == DEFAULT
    clock.advance(61)
    assert await timeouts.of(ADA) == 600
