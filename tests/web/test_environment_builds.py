"""Builds as jobs: what is noted, and what begins by itself."""

from proxy.core.errors import Conflict
from proxy.core.events import EventKind
from proxy.courses.environments import Environments, Updated
from proxy.store import events
from proxy.store.database import Store
from proxy.store.event_log import EventLog
from proxy.store.events import Wanted
from proxy.web.environment_builds import EnvironmentBuilds, Wisher
from tests.conftest import FakeClock
from tests.web.environment_front import HeldJobs


class Pretended(Environments):
    """Answers as a test says."""

    def __init__(self, outcome: Updated | Exception, outdated: list[str] | Exception) -> None:
        self.outcome, self.found = outcome, outdated
        self.asked: list[tuple[str, bool, bool]] = []

    async def open(self) -> list[str]:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    async def update(
        self, name: str, log: object, *, anew: bool = False, by_hand: bool = True
    ) -> Updated:
        self.asked.append((name, anew, by_hand))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


async def outcome_of(
    store: Store, outcome: Updated | Exception, by: Wisher
) -> list[tuple[EventKind, str, dict[str, str]]]:
    log = EventLog(store, FakeClock())
    jobs = HeldJobs()
    builds = EnvironmentBuilds(Pretended(outcome, []), jobs, log)
    await builds.begin("stats", by)
    await jobs.release()
    await log.write()
    found = await store.read(events.find, Wanted(), limit=9)
    return [(each.event.kind, each.event.user, dict(each.event.about)) for each in found]


async def test_each_build_that_changed_something_or_failed_is_noted(store: Store) -> None:
    by = Wisher("bob", "token")
    assert await outcome_of(store, Updated("Nothing to do."), by) == []
    (built,) = await outcome_of(store, Updated("Built.", "v1", has_changed=True), by)
    assert built == (EventKind.COURSE_BUILT, "bob", {"version": "v1", "by": "token"})
    failed, _ = await outcome_of(store, Conflict("No room."), Wisher())
    assert failed == (EventKind.COURSE_BUILD_FAILED, "", {"reason": "No room."})


async def test_what_was_made_for_another_python_is_built_when_front_starts(
    store: Store, clock: FakeClock
) -> None:
    jobs = HeldJobs()
    pretended = Pretended(Updated("Built.", "v1", has_changed=True), ["one", "two"])
    await EnvironmentBuilds(pretended, jobs, EventLog(store, clock)).open()
    await jobs.release()
    assert pretended.asked == [("one", False, False), ("two", False, False)]


async def test_a_disk_that_cannot_be_read_keeps_front_from_nothing(
    store: Store, clock: FakeClock
) -> None:
    jobs = HeldJobs()
    pretended = Pretended(Updated(""), OSError(5, "Input/output error"))
    await EnvironmentBuilds(pretended, jobs, EventLog(store, clock)).open()
    assert jobs.jobs == {}
