"""A course is brought to its newest version, and stays as it was where that fails."""

import asyncio
import json
from pathlib import Path

import pytest

from proxy.core.course import Course, Interface
from proxy.core.course_job import JobKind, JobState
from proxy.core.events import EventKind
from proxy.courses.changes import Wish
from proxy.courses.versions import KEPT, version_name
from proxy.store import course_jobs, courses, events
from proxy.store.events import Wanted
from tests.courses.updated import Updated
from tests.courses.upstream import GitService, Upstream, git

TEXT = (
    "---\njupyter:\n  jupytext:\n    text_representation:\n      extension: .md\n---\n\n# Plots\n"
)


async def test_a_course_comes_and_follows_its_repository(
    updated: Updated, upstream: Upstream
) -> None:
    assert await updated.shelf.source_of("stats") is None
    job = await updated.update()
    first = git(upstream.folder, "rev-parse", "HEAD")
    assert (job.state, job.summary) == (JobState.DONE, f"The course is at {first[:10]} now.")
    assert (await updated.course()).version == version_name(first, "")
    assert await updated.served() == {"README.md": "# Stats\n", "week1/means.ipynb": "{}\n"}
    upstream.commit({"week1/means.ipynb": "{1}\n", "README.md": None, "b/c d.ipynb": "{}\n"})
    await updated.update()
    assert await updated.served() == {"b/c d.ipynb": "{}\n", "week1/means.ipynb": "{1}\n"}
    # A history that was written anew is followed, too.
    git(upstream.folder, "reset", "--quiet", "--hard", first)
    job = await updated.update()
    assert (await updated.served())["week1/means.ipynb"] == "{}\n"
    assert "README.md" in await updated.served()


async def test_the_log_can_be_read(updated: Updated) -> None:
    job = await updated.update()
    lines = (await updated.log(job)).splitlines()
    assert lines[0].startswith("Looking at http://127.0.0.1:")
    assert lines[-2] == "The version has 2 files."
    assert lines[-1] == job.summary


async def test_nothing_new_is_told_and_fetches_nothing(
    updated: Updated, service: GitService
) -> None:
    await updated.update()
    before = len(service.asked)
    job = await updated.update()
    assert job.summary.startswith("There is nothing new")
    # ls-remote's two questions, and none for content.
    assert len(service.asked) == before + 2


async def test_a_failed_update_leaves_the_version_before(
    updated: Updated, upstream: Upstream, service: GitService
) -> None:
    await updated.update()
    served = await updated.served()
    upstream.commit({"sifu.toml": 'interface = "emacs"\n', "new.ipynb": "{}"})
    job = await updated.update()
    assert job.state is JobState.FAILED
    course = await updated.course()
    told = "sifu.toml, interface: this is one of lab, notebook, single."
    assert (course.problem, job.summary) == (told, told)
    assert await updated.served() == served
    upstream.commit({"sifu.toml": 'interface = "notebook"\ntitle = "Stats"\n'})
    assert (await updated.update()).state is JobState.DONE
    course = await updated.course()
    assert (course.problem, course.outline.interface) == ("", Interface.NOTEBOOK)
    assert course.shown_title == "Stats"
    service.redirect = "http://127.0.0.1:9"
    job = await updated.update()
    assert "The repository has moved" in job.summary
    assert (await updated.course()).problem == job.summary
    assert "new.ipynb" in await updated.served()


async def test_events_tell_of_both(updated: Updated, upstream: Upstream) -> None:
    await updated.update()
    upstream.commit({"sifu.toml": "x"})
    await updated.update()
    await updated.events.write()
    found = await updated.store.read(events.find, Wanted(), before=None, limit=10)
    assert [(each.event.kind, each.event.course, each.event.user) for each in found] == [
        (EventKind.COURSE_UPDATE_FAILED, "stats", "ada"),
        (EventKind.COURSE_UPDATED, "stats", "ada"),
    ]


async def test_a_branch_a_tag_and_a_directory(
    updated: Updated, upstream: Upstream, service: GitService
) -> None:
    git(upstream.folder, "checkout", "--quiet", "-b", "autumn")
    upstream.commit({"week1/autumn.ipynb": "{}"})
    git(upstream.folder, "tag", "-a", "v1", "-m", "One")
    upstream.commit({"week1/later.ipynb": "{}"})
    git(upstream.folder, "checkout", "--quiet", "main")
    url = service.url(upstream)
    await updated.add("autumn", url, branch="autumn", directory="week1")
    await updated.add("tagged", url, branch="v1")
    for name in ("autumn", "tagged"):
        assert (await updated.update(name)).state is JobState.DONE
    assert set(await updated.served("autumn")) == {
        "autumn.ipynb",
        "means.ipynb",
        "later.ipynb",
    }
    assert set(await updated.served("tagged")) == {
        "README.md",
        "week1/autumn.ipynb",
        "week1/means.ipynb",
    }
    # The same commit, another directory: another version.
    await updated.changes.change("autumn", Wish(directory=""))
    await updated.update("autumn")
    assert "week1/later.ipynb" in await updated.served("autumn")


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"branch": "winter"}, "no branch or tag “winter”"),
        ({"directory": "week2"}, "There is no folder “week2” in the repository."),
    ],
)
async def test_what_is_not_there_is_told(updated: Updated, wish: dict[str, str], told: str) -> None:
    await updated.changes.change("stats", Wish(**wish))  # type: ignore[arg-type]
    job = await updated.update()
    assert job.state is JobState.FAILED
    assert told in job.summary


async def test_an_empty_repository_is_told(
    updated: Updated, service: GitService, tmp_path: Path
) -> None:
    empty = Upstream.make(tmp_path / "upstream" / "empty")
    await updated.add("empty", service.url(empty))
    assert "nothing in it yet" in (await updated.update("empty")).summary


async def test_texts_become_notebooks_the_same_each_time(
    updated: Updated, upstream: Upstream
) -> None:
    track = '[[track]]\ntitle = "One"\nnotebooks = ["plots.md"]\n'
    upstream.commit({"plots.md": TEXT, "sifu.toml": track, "NOTES.md": "# No notebook\n"})
    job = await updated.update()
    assert job.state is JobState.DONE, await updated.log(job)
    first = await updated.served()
    assert json.loads(first["plots.ipynb"])["cells"][0]["source"] == "# Plots"
    assert "NOTES.ipynb" not in first
    assert (await updated.course()).outline.tracks[0].notebooks[0].path == "plots.ipynb"
    upstream.commit({"other.txt": "1"})
    await updated.update()
    assert (await updated.served())["plots.ipynb"] == first["plots.ipynb"]


async def test_a_few_versions_are_kept(updated: Updated, upstream: Upstream) -> None:
    for number in range(KEPT + 2):
        upstream.commit({"a.ipynb": str(number)})
        await updated.update()
        updated.clock.advance(1)
    kept = {path.name for path in updated.places.versions("stats").iterdir()}
    assert len(kept) == KEPT
    assert (await updated.course()).version in kept


async def test_hooks_are_told_of_a_new_version_alone(updated: Updated, upstream: Upstream) -> None:
    told: list[str] = []

    async def note(course: Course) -> None:
        told.append(course.version)
        raise ValueError("a hook that fails")

    updated.updates.after_update.append(note)
    assert (await updated.update()).state is JobState.DONE
    await updated.update()
    assert told == [(await updated.course()).version]


async def test_schedules_begin_what_is_due(updated: Updated, upstream: Upstream) -> None:
    async def rounds() -> int:
        await updated.updates.begin_due()
        for job in await updated.jobs.list_of("stats"):
            await updated.jobs.wait(job)
        return len(await updated.jobs.list_of("stats"))

    assert await rounds() == 1  # never updated
    assert await rounds() == 1
    await updated.changes.change("stats", Wish(update_every=600))
    updated.clock.advance(599)
    assert await rounds() == 1
    updated.clock.advance(1)
    assert await rounds() == 2
    upstream.commit({"sifu.toml": "x"})
    updated.clock.advance(600)
    assert await rounds() == 3
    updated.clock.advance(600)
    assert await rounds() == 3  # it failed: twice as long
    updated.clock.advance(600)
    assert await rounds() == 4
    await updated.changes.archive("stats", archived=True)
    updated.clock.advance(10**6)
    assert await rounds() == 4


async def test_what_died_with_the_program_is_begun_anew_but_not_for_ever(
    updated: Updated,
) -> None:
    await updated.store.write(course_jobs.add, "stats", JobKind.UPDATE, "ada", 1.0)
    await updated.updates.begin_interrupted()
    newest, oldest = await updated.jobs.list_of("stats")
    assert oldest.state is JobState.INTERRUPTED
    assert (await updated.jobs.wait(newest)).state is JobState.DONE
    await updated.store.write(course_jobs.add, "stats", JobKind.UPDATE, "", 2.0)
    await updated.store.write(course_jobs.interrupt_open, "Gone.", 3.0)
    await updated.store.write(course_jobs.add, "stats", JobKind.UPDATE, "", 4.0)
    await updated.updates.begin_interrupted()
    assert len(await updated.jobs.list_of("stats")) == 4


async def test_archived_and_removed_ones_are_refused(updated: Updated) -> None:
    await updated.changes.archive("stats", archived=True)
    assert "archived" in (await updated.update()).summary
    await updated.store.write(courses.remove, "stats")
    assert (await updated.update()).summary == "This course is not there any more."


async def test_many_at_once_are_two_jobs(updated: Updated) -> None:
    begun = await asyncio.gather(*(updated.updates.begin("stats", "") for _ in range(20)))
    assert len({job.id for job in begun}) <= 2
    for job in begun:
        assert (await updated.jobs.wait(job)).state is JobState.DONE
