"""The courses become what the file says, and no more than that."""

from pathlib import Path

import pytest

from proxy.core.course_job import JobState
from proxy.core.events import EventKind
from proxy.courses.changes import Wish
from proxy.courses.reconciling import reconcile
from proxy.store import courses, events
from proxy.store.events import Wanted
from tests.courses.updated import Updated
from tests.courses.upstream import GitService, Upstream


async def bring(updated: Updated, folder: Path, text: str) -> None:
    path = folder / "courses.toml"
    path.write_text(text)
    await reconcile(path, updated.shelf, updated.changes, updated.updates, updated.events)


async def test_missing_ones_are_added_and_others_stay(
    updated: Updated, service: GitService, upstream: Upstream, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("abc\n")
    url = service.url(upstream)
    text = f'[[course]]\nname = "maths"\nurl = "{url}"\ntoken_file = "{tmp_path}/token"\n'
    await bring(updated, tmp_path, text)
    (job,) = await updated.jobs.list_of("maths")
    assert (await updated.jobs.wait(job)).state is JobState.DONE
    assert await updated.changes.secrets_of("maths") == {"token"}
    assert (await updated.course("stats")).url == url
    # A second start changes nothing, and asks nobody.
    await bring(updated, tmp_path, text)
    assert len(await updated.jobs.list_of("maths")) == 1
    await updated.events.write()
    found = await updated.store.read(events.find, Wanted(), before=None, limit=9)
    added = [each.event for each in found if each.event.kind is EventKind.COURSE_ADDED]
    assert [(each.course, each.about["by"]) for each in added] == [("maths", "courses.toml")]


async def test_one_that_differs_is_changed(
    updated: Updated, service: GitService, upstream: Upstream, tmp_path: Path
) -> None:
    url = service.url(upstream)
    await updated.changes.change("stats", Wish(title="By hand", directory="week1"))
    await bring(updated, tmp_path, f'[[course]]\nname = "stats"\nurl = "{url}"\ntitle = "T"\n')
    course = await updated.course()
    assert (course.title, course.directory) == ("T", "")
    (job,) = await updated.jobs.list_of("stats")
    assert (await updated.jobs.wait(job)).state is JobState.DONE
    # A title alone is no reason to fetch.
    await bring(updated, tmp_path, f'[[course]]\nname = "stats"\nurl = "{url}"\n')
    assert len(await updated.jobs.list_of("stats")) == 1


async def test_a_wrong_file_changes_nothing_and_is_told(
    updated: Updated, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await updated.store.read(courses.list_all)
    await bring(updated, tmp_path, '[[course]]\nname = "a"\nurl = "x"\n')
    assert await updated.store.read(courses.list_all) == before
    assert "courses.toml, course 1" in capsys.readouterr().out


async def test_one_that_cannot_be_stops_no_other(
    updated: Updated, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        '[[course]]\nname = "a"\nurl = "https://git.invalid/a"\ntoken_file = "/none/token"\n'
        '[[course]]\nname = "b"\nurl = "https://git.invalid/b"\n'
    )
    await bring(updated, tmp_path, text)
    assert await updated.shelf.find("a") is None
    assert await updated.shelf.find("b") is not None
    assert "/none/token cannot be read" in capsys.readouterr().out
