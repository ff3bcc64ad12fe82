"""A launch leads into the person's own workspace, or the one that all share."""

from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request

from proxy.core.course import Course, Interface, Outline
from proxy.core.errors import Forbidden
from proxy.core.lti_roles import CourseRole
from proxy.core.policy import Workspaces
from proxy.store import course_people, courses, portal_members
from proxy.store.database import Store
from proxy.web.launch_destination import destination_of
from tests.conftest import FakeClock
from tests.web.page_front import Pages, run_pages


async def test_ones_own_home(pages: Pages) -> None:
    request = make_mocked_request("GET", "/x", app=pages.app)
    way = await destination_of(request, pages.people["ada"], "stats", "a b")
    assert way == "/open/ada/home/lab/tree/stats/a%20b.ipynb"


async def test_where_workspaces_are_shared(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    async with run_pages(store, clock, tmp_path, workspaces=Workspaces.SHARED) as pages:
        request = make_mocked_request("GET", "/x", app=pages.app)
        assert (
            await destination_of(request, pages.people["ada"], "", "")
            == "/open/everyone/shared/lab"
        )


async def test_the_course_is_there_when_they_arrive(pages: Pages) -> None:
    source = pages.settings.data / "courses/stats"
    source.mkdir(parents=True)
    (source / "a b.ipynb").write_text("original")
    request = make_mocked_request("GET", "/x", app=pages.app)
    ada, home = pages.people["ada"], pages.settings.notebooks / "ada/home"
    await destination_of(request, ada, "stats", "a b")
    # Whoever guesses the name of a course does not get it.
    assert not (home / "stats").exists()
    await pages.store.write(portal_members.remember_student, "p", ada.id, "stats", 1.0)
    await destination_of(request, ada, "stats", "a b")
    assert (home / "stats/a b.ipynb").read_text() == "original"


@pytest.mark.parametrize(
    ("interface", "notebook", "folder"),
    [
        (Interface.LAB, "lab/tree/stats/a.ipynb", "lab/tree/stats"),
        (Interface.NOTEBOOK, "notebooks/stats/a.ipynb", "tree/stats"),
        (Interface.SINGLE, "doc/tree/stats/a.ipynb", "lab/tree/stats"),
    ],
)
async def test_it_opens_in_what_the_course_wants(
    pages: Pages, interface: Interface, notebook: str, folder: str
) -> None:
    course = Course("stats", "https://git.example.org/s", 1.0, outline=Outline(interface=interface))
    await pages.store.write(courses.add, course)
    request = make_mocked_request("GET", "/x", app=pages.app)
    ada = pages.people["ada"]
    assert await destination_of(request, ada, "stats", "a") == f"/open/ada/home/{notebook}"
    assert await destination_of(request, ada, "stats", "") == f"/open/ada/home/{folder}"
    assert (
        await destination_of(request, ada, "other", "a") == "/open/ada/home/lab/tree/other/a.ipynb"
    )


async def test_a_course_that_was_put_away_leads_nowhere_but_for_its_teachers(pages: Pages) -> None:
    archived = Course("stats", "https://git.example.org/s", 1.0, title="Statistics", archived=2.0)
    await pages.store.write(courses.add, archived)
    request = make_mocked_request("GET", "/x", app=pages.app)
    ada, bob = pages.people["ada"], pages.people["bob"]
    with pytest.raises(Forbidden, match="This course is over"):
        await destination_of(request, ada, "stats", "a")
    await pages.store.write(portal_members.remember_student, "p", ada.id, "stats", 1.0)
    with pytest.raises(Forbidden, match=r"Statistics is over\. Your copy"):
        await destination_of(request, ada, "stats", "a")
    await pages.store.write(course_people.set_role, "stats", bob.id, CourseRole.TEACHER, 1.0)
    assert "stats/a" in await destination_of(request, bob, "stats", "a")
