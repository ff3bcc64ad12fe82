"""What people decide about a course: checked, one at a time, and nothing left of a removed one."""

import asyncio

import pytest

from proxy.core.course import Enrolment
from proxy.core.course_job import JobState
from proxy.core.errors import Conflict, NotFound, UnprocessableInput
from proxy.courses import changes as course_changes
from proxy.courses.changes import Wish
from proxy.store import courses
from tests.courses.updated import Updated

URL = "https://git.example.org/maths.git"
KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n"


async def nothing() -> None:
    pass


async def test_a_new_one_keeps_what_was_said(updated: Updated) -> None:
    wish = {"branch": "main", "enrolment": Enrolment.OPEN, "update_every": 600, "token": "abc"}
    added = await updated.add("maths", URL, **wish)
    assert await updated.course("maths") == added
    assert (added.branch, added.enrolment, added.created) == (
        "main",
        Enrolment.OPEN,
        updated.clock(),
    )
    assert await updated.changes.secrets_of("maths") == {"token"}
    assert "abc" not in repr(Wish(token="abc", deploy_key="abc"))


async def test_of_two_of_one_name_one_is_added_with_its_own_token(updated: Updated) -> None:
    results = await asyncio.gather(
        *(updated.add("maths", URL, token=f"t{number}") for number in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Conflict) for each in results) == 4
    (number,) = [n for n, each in enumerate(results) if not isinstance(each, Conflict)]
    assert (updated.places.secrets("maths") / "token").read_text() == f"t{number}"


async def test_every_problem_is_told_at_once(updated: Updated) -> None:
    wish = Wish(url="x", branch="-b", directory="..", update_every=1, title="a\nb")
    with pytest.raises(UnprocessableInput) as raised:
        await updated.changes.add("a/b", wish)
    for told in ("no name for a course", "no address", "branch or tag", "no part of it", "title"):
        assert told in raised.value.public
    assert "every 300 seconds" in raised.value.public


async def test_what_opens_one_origin_is_not_shown_to_another(updated: Updated) -> None:
    await updated.add("maths", URL, token="abc", deploy_key=KEY)
    await updated.changes.change("maths", Wish(url="https://git.example.org/other.git"))
    assert await updated.changes.secrets_of("maths") == {"token", "deploy-key"}
    await updated.changes.change("maths", Wish(url="https://evil.example/maths.git"))
    assert await updated.changes.secrets_of("maths") == frozenset()
    await updated.changes.change("maths", Wish(url=URL, token="new"))
    assert await updated.changes.secrets_of("maths") == {"token"}
    await updated.changes.change("maths", Wish(token=""))
    assert await updated.changes.secrets_of("maths") == frozenset()


async def test_a_removed_one_leaves_nothing_but_its_export(updated: Updated) -> None:
    await updated.changes.change("stats", Wish(token="abc"))
    await updated.update()
    job = await updated.jobs.wait(await updated.changes.begin_removal("stats", "", nothing))
    assert job.state is JobState.DONE
    assert await updated.store.read(courses.find, "stats") is None
    for place in ("secrets", "repository", "versions"):
        assert not getattr(updated.places, place)("stats").exists()
    assert len(list(updated.places.exports("stats").iterdir())) == 1
    await updated.add("stats", "https://evil.example/stats.git")
    assert await updated.changes.secrets_of("stats") == frozenset()


async def test_leftovers_of_a_killed_removal_are_not_the_next_ones(updated: Updated) -> None:
    """The row was gone already, its token not yet."""
    await updated.add("maths", URL, token="abc")
    await updated.store.write(courses.remove, "maths")
    await updated.add("maths", "https://evil.example/maths.git")
    assert await updated.changes.secrets_of("maths") == frozenset()


async def test_without_an_export_nothing_is_removed(
    updated: Updated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(course_changes, "export_course", fail)
    job = await updated.jobs.wait(await updated.changes.begin_removal("stats", "", nothing))
    assert job.state is JobState.FAILED
    assert (await updated.course()).name == "stats"


async def test_the_archive_and_back(updated: Updated) -> None:
    archived = await updated.changes.archive("stats", archived=True)
    assert archived.archived == updated.clock()
    updated.clock.advance(5)
    assert await updated.changes.archive("stats", archived=True) == archived
    assert (await updated.changes.archive("stats", archived=False)).archived is None


async def test_a_course_that_is_not_there(updated: Updated) -> None:
    changes = updated.changes
    for asked in (
        changes.change("none", Wish(title="x")),
        changes.archive("none", archived=True),
        changes.begin_export("none", ""),
        changes.begin_removal("none", "", nothing),
        changes.new_webhook_secret("none"),
    ):
        with pytest.raises(NotFound):
            await asked
    assert await changes.webhook_secret("none") == ""


async def test_whoever_leads_a_course_fills_no_disk_with_exports(
    updated: Updated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course_changes, "MOST_EXPORTS", 2)
    jobs = []
    for _ in range(3):
        updated.clock.advance(1)
        jobs.append(await updated.jobs.wait(await updated.changes.begin_export("stats", "ann")))
    assert [each.state for each in jobs] == [JobState.DONE, JobState.DONE, JobState.FAILED]
    assert "Whoever runs this Sifu" in jobs[-1].summary
    updated.clock.advance(1)
    removal = await updated.changes.begin_removal("stats", "", nothing)
    assert (await updated.jobs.wait(removal)).state is JobState.DONE
