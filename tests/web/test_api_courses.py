"""Courses over the API: added, changed, updated, put away and removed by who may."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proxy.core.events import EventKind
from proxy.core.lti_roles import CourseRole
from proxy.store import course_people, events
from proxy.store.events import Wanted
from proxy.web import keys
from tests.courses.upstream import GitService, Upstream, running_service
from tests.web.page_front import Pages

TOKEN = "very-secret-token-of-the-course"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[GitService]:
    with running_service(tmp_path / "upstream", token=TOKEN) as running:
        yield running


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    made = Upstream.make(tmp_path / "upstream" / "stats")
    made.commit({"week 1/means.ipynb": "{}\n"})
    return made


@pytest.fixture
async def led(pages: Pages) -> Pages:
    """Bob is listed as the teacher of “stats”."""
    user = pages.people["bob"]
    await pages.store.write(course_people.set_role, "stats", user.id, CourseRole.TEACHER, 1.0)
    return pages


async def ask(pages: Pages, method: str, path: str, who: str, body: object = None) -> Any:
    options = {} if body is None else {"json": body}
    got = await pages.ask(method, path, who, **options)
    return got.status, json.loads(got.text)


async def finished(pages: Pages, job: dict[str, Any]) -> Any:
    """Follow a job by asking, as a script does; return how it ended, with its lines."""
    path, after, lines = f"/api/courses/{job['course']}/jobs/{job['id']}", 0, []
    async with asyncio.timeout(30):
        while True:
            asked = f"{path}/log?after={after}" if after else f"{path}/log"
            status, found = await ask(pages, "GET", asked, "root")
            assert status == 200, found
            lines += found["lines"]
            after = found["next"]
            if found["job"]["state"] not in {"waiting", "running"} and not found["lines"]:
                return found["job"] | {"lines": lines}
            await asyncio.sleep(0.05)


async def test_an_administrator_adds_one_and_everybody_finds_its_notebooks(
    pages: Pages, upstream: Upstream, service: GitService
) -> None:
    new = {"name": "stats", "url": service.url(upstream), "token": TOKEN, "open": True}
    status, job = await ask(pages, "POST", "/api/courses", "root", new)
    assert (status, job["kind"], job["by"]) == (202, "update", "root")
    done = await finished(pages, job)
    assert done["state"] == "done", done
    assert done["lines"][-1] == done["summary"]
    status, shown = await ask(pages, "GET", "/api/courses/stats", "root")
    assert (status, shown["enrolment"], shown["secrets"]) == (200, "open", ["token"])
    assert TOKEN not in json.dumps([done, shown])
    catalog = await pages.app[keys.COURSE_SHELF].catalog()
    assert [course.paths for course in catalog.courses] == [["stats/week 1/means.ipynb"]]
    _, listed = await ask(pages, "GET", "/api/courses", "root")
    assert [each["name"] for each in listed] == ["stats"]
    assert (await ask(pages, "GET", "/api/courses", "ada"))[1] == []


async def test_who_is_listed_for_the_name_adds_it_and_leads_it(led: Pages) -> None:
    new = {"name": "stats", "url": "https://git.invalid/stats.git"}
    assert (await ask(led, "POST", "/api/courses", "ada", new))[0] == 403
    assert (await ask(led, "POST", "/api/courses", "bob", new | {"name": "other"}))[0] == 403
    loopback = new | {"url": "http://127.0.0.1:80/stats.git"}
    assert (await ask(led, "POST", "/api/courses", "bob", loopback))[0] == 403
    status, job = await ask(led, "POST", "/api/courses", "bob", new)
    assert (status, job["by"]) == (202, "bob")
    assert (await ask(led, "POST", "/api/courses", "bob", new))[0] == 409
    path = "/api/courses/stats"
    assert (await ask(led, "PATCH", path, "bob", {"url": loopback["url"]}))[0] == 403
    assert (await ask(led, "PATCH", path, "bob", {"title": "Stats"}))[1]["title"] == "Stats"
    assert (await ask(led, "DELETE", path, "bob"))[0] == 403
    assert [each["name"] for each in (await ask(led, "GET", "/api/courses", "bob"))[1]] == ["stats"]


@pytest.mark.parametrize(
    ("method", "below", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"title": "x"}),
        ("PUT", "/archived", {"archived": True}),
        ("POST", "/update", None),
        ("POST", "/export", None),
        ("POST", "/webhook", None),
        ("GET", "/jobs", None),
        ("GET", "/jobs/1", None),
        ("GET", "/jobs/1/log", None),
    ],
)
async def test_nobody_else_sees_or_changes_anything(
    led: Pages, method: str, below: str, body: object
) -> None:
    new = {"name": "stats", "url": "https://git.invalid/stats.git"}
    await ask(led, "POST", "/api/courses", "root", new)
    assert (await ask(led, method, f"/api/courses/stats{below}", "ada", body))[0] == 404
    # A student who may have the course learns that there is one, and nothing more.
    await led.store.write(
        course_people.set_role, "stats", led.people["ada"].id, CourseRole.STUDENT, 1.0
    )
    assert (await ask(led, method, f"/api/courses/stats{below}", "ada", body))[0] == 403
    assert (await ask(led, method, f"/api/courses/stats{below}", "bob", body))[0] < 300


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "../x"},
        {"name": "-x"},
        {"name": ""},
        {"url": "ext::sh -c touch% /tmp/x"},
        {"url": "file:///etc"},
        {"url": "/etc"},
        {"url": "http://git.example.org/x.git"},
        {"url": "https://user:pass@git.example.org/x.git"},
        {"url": "-uhttps://git.example.org/x.git"},
        {"branch": "--upload-pack=x"},
        {"branch": "a..b"},
        {"directory": "../x"},
        {"directory": "/etc"},
        {"update_every": 1},
        {"token": "two\nlines of it"},
        {"deploy_key": "no key"},
        {"title": "a\u202eb"},
        {"more": 1},
    ],
)
async def test_odd_wishes_are_refused_with_a_sentence(
    pages: Pages, changes: dict[str, object]
) -> None:
    new = {"name": "stats", "url": "https://git.invalid/stats.git"}
    status, told = await ask(pages, "POST", "/api/courses", "root", new | changes)
    assert (status, bool(told["detail"])) == (422, True)
    assert "pass@" not in told["detail"]
    assert (await ask(pages, "GET", "/api/courses", "root"))[1] == []


async def test_put_away_brought_back_exported_and_removed(
    pages: Pages, upstream: Upstream, service: GitService
) -> None:
    new = {"name": "stats", "url": service.url(upstream), "token": TOKEN}
    await finished(pages, (await ask(pages, "POST", "/api/courses", "root", new))[1])
    path = "/api/courses/stats"
    _, shown = await ask(pages, "PUT", f"{path}/archived", "root", {"archived": True})
    assert shown["archived"] is not None
    assert (await pages.app[keys.COURSE_SHELF].catalog()).courses == ()
    _, job = await ask(pages, "POST", f"{path}/update", "root")
    assert "archived" in (await finished(pages, job))["summary"]
    await ask(pages, "PUT", f"{path}/archived", "root", {"archived": False})
    status, job = await ask(pages, "DELETE", path, "root")
    assert (status, job["kind"]) == (202, "remove")
    done = await finished(pages, job)
    assert (done["state"], "The export is " in done["summary"]) == ("done", True)
    assert (await ask(pages, "GET", path, "root"))[0] == 404
    assert (await ask(pages, "DELETE", path, "root"))[0] == 404
    await pages.app[keys.EVENTS].write()
    found = await pages.store.read(events.find, Wanted(), before=None, limit=50)
    kinds = [each.event.kind for each in reversed(found) if each.event.course == "stats"]
    assert kinds == [
        EventKind.COURSE_ADDED,
        EventKind.COURSE_UPDATED,
        EventKind.COURSE_ARCHIVED,
        EventKind.COURSE_UPDATE_FAILED,
        EventKind.COURSE_ARCHIVED,
        EventKind.COURSE_REMOVED,
    ]


async def test_the_secret_of_the_webhook_is_shown_once(led: Pages) -> None:
    new = {"name": "stats", "url": "https://git.invalid/stats.git"}
    await ask(led, "POST", "/api/courses", "root", new)
    status, made = await ask(led, "POST", "/api/courses/stats/webhook", "bob")
    assert (status, made["secret"][:6]) == (201, "whsec_")
    assert made["url"].endswith("/hooks/courses/stats")
    _, shown = await ask(led, "GET", "/api/courses/stats", "bob")
    assert shown["secrets"] == ["webhook"]
    assert made["secret"] not in json.dumps(shown)


async def test_another_address_forgets_what_opens_the_old_one(
    pages: Pages, upstream: Upstream, service: GitService
) -> None:
    new = {"name": "stats", "url": service.url(upstream), "token": TOKEN}
    await finished(pages, (await ask(pages, "POST", "/api/courses", "root", new))[1])
    url = "https://git.invalid/stats.git"
    _, shown = await ask(pages, "PATCH", "/api/courses/stats", "root", {"url": url})
    assert shown["secrets"] == []
    newest = (await ask(pages, "GET", "/api/courses/stats/jobs", "root"))[1][0]
    assert (await finished(pages, newest))["state"] == "failed"
    assert (await ask(pages, "GET", "/api/courses/stats", "root"))[1]["problem"]


@pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 30, "4711"])
async def test_jobs_that_are_not_there(pages: Pages, number: str) -> None:
    for below in ("", "/log"):
        path = f"/api/courses/stats/jobs/{number}{below}"
        assert (await ask(pages, "GET", path, "root"))[0] == 404
