"""What courses need stands on the application, and what died with the last program goes on."""

from pathlib import Path

from proxy.core.course_job import JobKind, JobState
from proxy.store import course_jobs, courses
from proxy.store.database import Store
from proxy.web import course_wiring, keys
from proxy.web.chores import list_chores
from tests.conftest import FakeClock
from tests.web.page_front import Pages, run_pages


async def test_shelf_jobs_changes_and_updates_are_there(pages: Pages) -> None:
    for key in (
        keys.COURSE_SHELF,
        keys.COURSE_JOBS,
        keys.COURSE_CHANGES,
        keys.COURSE_UPDATES,
        keys.HOOK_RATES,
        keys.HOOK_BODIES,
    ):
        assert key in pages.app
    assert course_wiring.end in pages.app.on_cleanup
    assert "update_courses" in {name for name, _, _ in list_chores(pages.app)}


async def test_a_start_marks_what_died_and_reads_the_file(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    # A build that was interrupted begins again, so that there would be two of them at times.
    await store.write(course_jobs.add, "stats", JobKind.EXPORT, "ada", 1.0)
    file = '[[course]]\nname = "maths"\nurl = "https://git.invalid/maths.git"\n'
    (tmp_path / "courses.toml").write_text(file)
    async with run_pages(store, clock, tmp_path) as pages:
        (job,) = await pages.app[keys.COURSE_JOBS].list_of("stats")
        assert job.state is JobState.INTERRUPTED
        found = await store.read(courses.find, "maths")
        assert found is not None
        assert found.url == "https://git.invalid/maths.git"
        (begun,) = await pages.app[keys.COURSE_JOBS].list_of("maths")
        assert begun.kind is JobKind.UPDATE


async def test_an_end_interrupts_what_is_under_way(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    async with run_pages(store, clock, tmp_path) as pages:
        jobs = pages.app[keys.COURSE_JOBS]

        async def work(_log: object) -> str:
            await jobs.wait(job)
            return "never"

        job = await jobs.begin("stats", JobKind.BUILD, "", work)
    found = await store.read(course_jobs.find, "stats", job.id)
    assert found is not None
    assert found.state is JobState.INTERRUPTED
