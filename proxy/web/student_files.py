"""A teacher's look at a student's files of a course: to read, and nothing else.

Promises: a teacher sees the people whom they look after, and of those the course's folder alone;
nothing is changed by looking, and each look is an event, one a minute for the same person and path.
What a student wrote is shown as text, as a picture, or as a page in which nothing runs.
"""

import asyncio
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from aiohttp import web

from proxy.core.buckets import Rate
from proxy.core.course_links import course_address
from proxy.core.errors import NotFound, PayloadTooLarge
from proxy.core.events import EventKind
from proxy.core.file_kinds import FileKind, image_type, kind_of
from proxy.core.identity import User
from proxy.core.moments import say_moment
from proxy.core.sizes import say_bytes
from proxy.courses.looking import Listing, OpenFile
from proxy.courses.rendering import MOST_NOTEBOOK_BYTES, PageWords
from proxy.web.access import server_of
from proxy.web.audit import note_act
from proxy.web.course_access import CourseView, require_teacher
from proxy.web.course_students import require_copy_owner
from proxy.web.keys import CLOCK, LOOKS_NOTED, RENDERER, SETTINGS
from proxy.web.render import render_page
from proxy.web.still_pages import STILL, headers_to_save, still_page
from proxy.web.workspace_reading import find

LOOK_RATE: Final = Rate(burst=1, seconds_each=60.0)
_MOST_TEXT: Final = 512 * 2**10
_MOST_IMAGE: Final = 20 * 2**20
_CHUNK: Final = 256 * 2**10
_CHUNK_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Look:
    """Who looks, at whose; `path` is below the course and may be empty."""

    view: CourseView
    student: User
    path: str

    @property
    def full_path(self) -> str:
        return f"{self.view.course}/{self.path}" if self.path else self.view.course

    @property
    def name(self) -> str:
        return self.full_path.rpartition("/")[2]

    def address(self, path: str) -> str:
        here = course_address(self.view.course)
        return f"{here}/people/{self.student.slug}/files/{quote(path)}"

    @property
    def above(self) -> str:
        return self.address(self.path.rpartition("/")[0])


async def show_files(request: web.Request) -> web.StreamResponse:
    """A folder of the student's, or a file."""
    view = await require_teacher(request, request.match_info["course"])
    student = await require_copy_owner(request, view, request.match_info["slug"])
    look = _Look(view, student, request.match_info.get("path", "").strip("/"))
    server = server_of(student, request.app[SETTINGS].workspaces)
    found = await find(request, server, look.full_path)
    if found is None and look.path:
        raise NotFound(f"{student.name} has nothing of that name in this course.")
    _note(request, look)
    if not isinstance(found, OpenFile):
        return _show_folder(request, look, found)
    with found.file:
        return await _show_file(request, look, found)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    files = "/courses/{course}/people/{slug}/files"
    return [web.get(files, show_files), web.get(files + "/{path:.*}", show_files)]


def _note(request: web.Request, look: _Look) -> None:
    noted, now = request.app[LOOKS_NOTED], request.app[CLOCK]()
    key = f"{look.view.user.slug}/{look.student.slug}/{look.full_path}"
    if noted.wait_for(key, now):
        return
    noted.take(key, now)
    note_act(
        request,
        EventKind.WORKSPACE_VIEWED,
        course=look.view.course,
        whom=look.student.slug,
        path=look.full_path,
    )


def _show_folder(request: web.Request, look: _Look, found: Listing | None) -> web.Response:
    below = f"{look.path}/" if look.path else ""
    entries = () if found is None else found.entries
    values = _around(look) | {
        "is_there": found is not None,
        "is_whole": found is None or found.is_whole,
        "entries": [(each, look.address(below + each.name)) for each in entries],
    }
    return render_page(request, "student_files.html", values)


async def _show_file(request: web.Request, look: _Look, found: OpenFile) -> web.StreamResponse:
    kind = kind_of(look.name)
    if request.query.get("download") or kind is FileKind.OTHER:
        return await _send(request, look, found)
    if kind is FileKind.NOTEBOOK:
        return await _show_notebook(request, look, found)
    if kind is FileKind.IMAGE:
        return await _show_image(request, look, found)
    return await _show_text(request, look, found)


async def _show_notebook(request: web.Request, look: _Look, found: OpenFile) -> web.Response:
    notebook = await asyncio.to_thread(found.read, MOST_NOTEBOOK_BYTES)
    who, saved = look.student.name, say_moment(found.modified)
    words = PageWords(
        look.name,
        facts=f"{who} · {look.full_path} · saved on {saved}",
        foot="It is shown as it was last saved, and cannot be changed here.",
        back=look.above,
        back_to=f"Files of {who}",
    )
    page = await request.app[RENDERER].render(notebook, words, who=look.view.user.slug)
    return still_page(page)


async def _show_image(request: web.Request, look: _Look, found: OpenFile) -> web.Response:
    picture = await asyncio.to_thread(found.read, _MOST_IMAGE)
    if len(picture) > _MOST_IMAGE:
        most = say_bytes(_MOST_IMAGE)
        raise PayloadTooLarge(
            f"A picture of more than {most} is not shown: save it, with ?download=1 at its address."
        )
    return web.Response(body=picture, content_type=image_type(look.name), headers=STILL)


async def _show_text(request: web.Request, look: _Look, found: OpenFile) -> web.StreamResponse:
    start = await asyncio.to_thread(found.read, _MOST_TEXT)
    is_whole = len(start) <= _MOST_TEXT
    text = _text_of(start[:_MOST_TEXT], is_whole=is_whole)
    if text is None:
        return await _send(request, look, found)
    values = _around(look) | {"text": text, "is_whole": is_whole, "file": found}
    return render_page(request, "student_file.html", values)


def _text_of(content: bytes, *, is_whole: bool) -> str | None:
    """Return what it says; None if that is no text. One that was cut may end within a letter."""
    try:
        text = content.decode("utf-8", "strict" if is_whole else "ignore")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


async def _send(request: web.Request, look: _Look, found: OpenFile) -> web.StreamResponse:
    """Send the file as long as it was when it was opened, whatever is done to it meanwhile."""
    response = web.StreamResponse(headers=headers_to_save(look.name))
    response.content_length = left = found.size
    await asyncio.to_thread(found.file.seek, 0)
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    while left and (chunk := await asyncio.to_thread(found.file.read, min(left, _CHUNK))):
        async with asyncio.timeout(_CHUNK_SECONDS):
            await response.write(chunk)
        left -= len(chunk)
    if left:
        response.force_close()  # it is shorter now: the connection's end says so
    else:
        await response.write_eof()
    return response


def _around(look: _Look) -> dict[str, object]:
    """What the templates of a folder and of a text need alike: the way to it, above all."""
    steps = look.path.split("/") if look.path else []
    ways = [look.address("/".join(steps[:number])) for number in range(len(steps) + 1)]
    return {
        "course": look.view.course,
        "course_page": course_address(look.view.course),
        "student": look.student,
        "steps": list(zip([look.view.course, *steps], ways, strict=True)),
        "address": look.address(look.path),
    }
