"""Where and as whom a front builds, and what it hands on."""

import pytest

from proxy.core.course_job import JobKind, JobState
from proxy.settings import Settings
from proxy.web import keys
from proxy.web.course_environment_wiring import workshop_of
from tests.courses.environments import Ground
from tests.web.environment_front import Schoolroom
from tests.web.page_front import Pages


def test_as_root_it_builds_as_an_account_that_no_person_gets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = Settings(uid_range="200000-200009")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    workshop = workshop_of(settings)
    assert workshop.uid == 200009
    assert workshop.uid not in settings.uids
    assert workshop.uid in settings.accounts
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert workshop_of(settings).uid is None


def test_only_what_is_said_of_indexes_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    handed = {"PIP_INDEX_URL": "https://index.example.org", "https_proxy": "http://proxy:3128"}
    kept = {"SIFU_SECRET": "x", "AWS_SECRET_ACCESS_KEY": "x", "PIP_TARGET": "/etc", "HOME": "/h"}
    for name, value in (handed | kept).items():
        monkeypatch.setenv(name, value)
    workshop = workshop_of(Settings())
    assert handed.items() <= dict(workshop.environment).items()
    assert not set(kept) & set(workshop.environment)
    assert "example.org" not in repr(workshop)


async def test_a_front_clears_away_what_was_left_when_it_starts(school: Schoolroom) -> None:
    builds = school.pages.app[keys.ENVIRONMENTS]
    (school.ground.top / "half").mkdir(parents=True)
    await builds.open()
    assert not (school.ground.top / "half").exists()


async def test_an_update_of_a_course_has_it_built(pages: Pages) -> None:
    ground = Ground(pages.settings.data, pages.store, pages.clock, data=".")
    await ground.add()
    course = await ground.serve("v1", {"requirements.txt": "# none\n"})
    (hook,) = pages.app[keys.COURSE_UPDATES].after_update
    await hook(course)
    jobs = pages.app[keys.COURSE_JOBS]
    (job,) = await jobs.list_of("stats")
    job = await jobs.wait(job)
    assert (job.kind, job.state, job.by) == (JobKind.BUILD, JobState.DONE, "")
    assert "no packages" in job.summary
