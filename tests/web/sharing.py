"""A front in which ada has a workspace, with stand-ins for what renders: pages are made at once."""

from pathlib import Path

from proxy.core.course import Course
from proxy.core.events import Event, EventKind
from proxy.core.identity import ServerName
from proxy.core.lti_roles import CourseRole
from proxy.core.snapshot import Snapshot
from proxy.courses.rendering import PageWords, Renderer
from proxy.store import course_people, courses, events, snapshots
from proxy.store.events import Wanted
from proxy.web import keys
from tests.courses.notebooks import honest
from tests.web.page_front import Pages

PATH = "stats/week 1/means.ipynb"
FORM = {"server": "ada/home", "path": PATH, "title": "Means", "lifetime": "never"}


class QuickRenderer(Renderer):
    """Makes a page of the words alone, and remembers for whom."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, PageWords, str]] = []

    async def render(self, notebook: bytes, words: PageWords, *, who: str) -> bytes:
        self.asked.append((notebook, words, who))
        return f"<!DOCTYPE html><title>{words.title}</title>".encode()


def home(pages: Pages, who: str = "ada") -> Path:
    """Return somebody's workspace, with a notebook in it."""
    name = ServerName(who, "home")
    root = pages.settings.notebooks / name.owner / name.workspace
    if not root.exists():
        (root / "stats" / "week 1").mkdir(parents=True)
        (root / PATH).write_bytes(honest())
    return root


def quicken(pages: Pages) -> QuickRenderer:
    """Put the stand-in where the renderer is; an application that runs lets nobody do that."""
    quick = QuickRenderer()
    pages.app._state[keys.RENDERER] = quick
    pages.app[keys.SNAPSHOTS]._files._spare = 0
    return quick


async def add_course(pages: Pages, teacher: str = "bob", student: str = "ada") -> None:
    """“stats”, with somebody who leads it and somebody who learns."""
    people = pages.people
    await pages.store.write(courses.add, Course("stats", "https://git.example.org/stats", 1.0))
    for name, role in ((teacher, CourseRole.TEACHER), (student, CourseRole.STUDENT)):
        await pages.store.write(course_people.set_role, "stats", people[name].id, role, 1.0)
    await pages.store.write(course_people.note_seen, "stats", people[student].id, 2.0)


async def shared(pages: Pages, who: str = "ada", **changes: str) -> Snapshot:
    """Share as this person would; return what is newest then."""
    form = FORM | {"server": f"{who}/home"} | changes
    answer = await pages.ask("POST", "/snapshots/new", who, data=form)
    assert answer.status == 303, answer.text
    return (await pages.store.read(snapshots.list_of_user, pages.people[who].id))[0]


async def noted(pages: Pages, kind: EventKind) -> list[Event]:
    """Return the events of a kind, the newest first."""
    await pages.app[keys.EVENTS].write()
    found = await pages.store.read(events.find, Wanted(kind), limit=50)
    return [each.event for each in found]
