"""A teacher looks at a student's files: whose, what of them, and how they are shown."""

import os

import aiohttp
import pytest

from proxy.core.events import EventKind
from proxy.core.lti_roles import CourseRole
from proxy.store import course_people
from proxy.web import student_files
from tests.courses.notebooks import HOSTILE_HTML, PNG
from tests.web.courses import running_course
from tests.web.page_front import Pages
from tests.web.sharing import QuickRenderer, add_course, home, noted, quicken

BASE = "/courses/stats/people/ada/files"


@pytest.fixture
async def quick(pages: Pages) -> QuickRenderer:
    await add_course(pages)
    folder = home(pages) / "stats"
    (folder / "notes.py").write_text(HOSTILE_HTML)
    (folder / "picture.png").write_bytes(PNG)
    (folder / "drawing.svg").write_text("<svg onload='alert(1)'/>")
    (folder / "data.bin").write_bytes(bytes(range(256)) * 4096)
    (folder / "not text.txt").write_bytes(b"\xff\x00\xfe")
    (folder.parent / "private.txt").write_text("not of the course")
    return quicken(pages)


async def test_a_folder_is_listed_and_noted_once_a_minute(
    pages: Pages, quick: QuickRenderer
) -> None:
    for _ in range(2):
        assert (await pages.ask("GET", BASE + "/", "bob")).status == 200
    answer = await pages.ask("GET", BASE + "/", "bob")
    for name in ("week 1/", "notes.py", "data.bin", "1 MiB"):
        assert name in answer.text
    assert f'href="{BASE}/not%20text.txt"' in answer.text
    assert "private" not in answer.text
    pages.clock.advance(61)
    await pages.ask("GET", BASE, "bob")
    seen = await noted(pages, EventKind.WORKSPACE_VIEWED)
    assert [(each.user, each.course, dict(each.about)) for each in seen] == [
        ("bob", "stats", {"path": "stats", "whom": "ada"})
    ] * 2


async def test_a_notebook_is_a_page_in_which_nothing_runs(
    pages: Pages, quick: QuickRenderer
) -> None:
    answer = await pages.ask("GET", BASE + "/week%201/means.ipynb", "bob")
    assert answer.status == 200
    assert "sandbox allow-popups" in answer.headers["Content-Security-Policy"]
    assert "allow-scripts" not in answer.headers["Content-Security-Policy"]
    ((_, words, who),) = quick.asked
    assert (words.title, words.back, who) == ("means.ipynb", BASE + "/week%201", "bob")
    assert "stats/week 1/means.ipynb" in words.facts


async def test_text_is_text_whatever_it_says(pages: Pages, quick: QuickRenderer) -> None:
    answer = await pages.ask("GET", BASE + "/notes.py", "bob")
    assert "&lt;script&gt;" in answer.text
    assert "<iframe" not in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_long_text_is_shown_in_part_and_saved_whole(
    pages: Pages, quick: QuickRenderer
) -> None:
    (home(pages) / "stats" / "long.txt").write_text("é" * 2**20)
    answer = await pages.ask("GET", BASE + "/long.txt", "bob")
    assert "This is the beginning" in answer.text
    assert "\ufffd" not in answer.text
    saved = await pages.ask("GET", BASE + "/long.txt?download=1", "bob")
    assert saved.text == "é" * 2**20


async def test_a_picture_is_one_and_a_drawing_is_saved(pages: Pages, quick: QuickRenderer) -> None:
    async with pages.client.get(
        f"http://127.0.0.1:13510{BASE}/picture.png",
        headers={"Cookie": f"sifu={pages.secrets['bob']}"},
    ) as got:
        assert await got.read() == PNG
        assert got.headers["Content-Type"] == "image/png"
        assert "sandbox" in got.headers["Content-Security-Policy"]
        assert got.headers["X-Content-Type-Options"] == "nosniff"
    answer = await pages.ask("GET", BASE + "/drawing.svg", "bob")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["data.bin", "not%20text.txt"])
async def test_everything_else_is_saved_as_it_is(
    pages: Pages, quick: QuickRenderer, name: str
) -> None:
    async with pages.client.get(
        f"http://127.0.0.1:13510{BASE}/{name}",
        headers={"Cookie": f"sifu={pages.secrets['bob']}"},
    ) as got:
        content = await got.read()
        assert got.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
        assert "sandbox" in got.headers["Content-Security-Policy"]
    assert content == (home(pages) / "stats" / name.replace("%20", " ")).read_bytes()
    head = await pages.ask("HEAD", f"{BASE}/{name}", "bob")
    assert (head.status, head.text) == (200, "")
    assert int(head.headers["Content-Length"]) == len(content)


@pytest.mark.parametrize(
    "path", ["/../private.txt", "/..%2fprivate.txt", "/%2e%2e/private.txt", "/nothing", "/a%00b"]
)
async def test_nothing_outside_the_course_is_found(
    pages: Pages, quick: QuickRenderer, path: str
) -> None:
    answer = await pages.ask("GET", BASE + path, "bob")
    assert answer.status in {400, 404}
    assert "not of the course" not in answer.text


async def test_links_and_pipes_of_the_student_lead_nowhere(
    pages: Pages, quick: QuickRenderer
) -> None:
    folder = home(pages) / "stats"
    (folder / "link.txt").symlink_to("/etc/passwd")
    (folder / "up").symlink_to("/etc")
    os.mkfifo(folder / "pipe.txt")
    for path in ("link.txt", "up", "up/passwd", "pipe.txt"):
        assert (await pages.ask("GET", f"{BASE}/{path}", "bob")).status == 404, path
    listed = (await pages.ask("GET", BASE, "bob")).text
    assert "link.txt" not in listed
    assert "pipe.txt" not in listed


async def test_only_who_looks_after_a_student_sees_their_files(
    pages: Pages, quick: QuickRenderer
) -> None:
    eve = await pages.add("eve")
    await pages.sign_in("eve")
    assert (await pages.ask("GET", BASE, "root")).status == 200
    assert (await pages.ask("GET", BASE, "ada")).status == 403  # a student, though their own
    assert (await pages.ask("GET", BASE, "eve")).status == 404
    for slug in (eve.slug, "root", "nobody", "..%2fada"):
        answer = await pages.ask("GET", f"/courses/stats/people/{slug}/files/", "bob")
        assert answer.status == 404, slug
    seen = await noted(pages, EventKind.WORKSPACE_VIEWED)
    assert [each.user for each in seen] == ["root"]


async def test_a_teacher_by_a_platform_sees_the_people_of_their_places(pages: Pages) -> None:
    home(pages)
    home(pages, "root")
    async with running_course(pages) as course:
        await course.arrive("root", context="course-8", link="link-2")
        assert (await pages.ask("GET", BASE, "bob")).status == 200
        other = await pages.ask("GET", "/courses/stats/people/root/files", "bob")
        assert other.status == 404


async def test_who_has_no_files_yet_is_no_error_and_gets_no_workspace(pages: Pages) -> None:
    await add_course(pages)
    answer = await pages.ask("GET", BASE, "bob")
    assert answer.status == 200
    assert "no files of this course yet" in answer.text
    assert not pages.settings.notebooks.exists()


async def test_a_file_that_shrinks_meanwhile_breaks_off(
    pages: Pages, quick: QuickRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = home(pages) / "stats" / "data.bin"
    monkeypatch.setattr(student_files, "_CHUNK", 1000)
    kept = os.fstat

    def longer(descriptor: int) -> os.stat_result:
        told = kept(descriptor)
        if told.st_size != large.stat().st_size:
            return told
        values = list(told)
        values[6] += 5000
        return os.stat_result(values)

    monkeypatch.setattr("proxy.courses.looking.os.fstat", longer)
    with pytest.raises(aiohttp.ClientPayloadError):
        await pages.ask("GET", BASE + "/data.bin", "bob")


async def test_a_list_alone_opens_nobodys_files(pages: Pages, quick: QuickRenderer) -> None:
    """A teacher lists whom they like, and a folder of that name may be anybody's own."""
    max_ = await pages.add("max")
    (home(pages, "max") / "stats" / "diary.txt").write_text("nobody's business")
    await pages.store.write(course_people.set_role, "stats", max_.id, CourseRole.STUDENT, 1.0)
    person = "/courses/stats/people/max"
    for path in ("/files", "/files/diary.txt", "/files.zip"):
        answer = await pages.ask("GET", person + path, "bob")
        assert answer.status == 409, path
        assert "has not opened a notebook of this course" in answer.text
        assert "diary" not in answer.text
    assert (await pages.ask("POST", person + "/clear", "bob")).status == 409
    assert (home(pages, "max") / "stats" / "diary.txt").exists()
    assert await noted(pages, EventKind.WORKSPACE_VIEWED) == []
    await pages.store.write(course_people.note_seen, "stats", max_.id, 2.0)
    assert "diary.txt" in (await pages.ask("GET", person + "/files", "bob")).text
