"""Sharing a notebook as a page that is only read: what pages and scripts ask for alike.

Promises: one shares from one's own workspace, or from the one that all share; what is shared is the
notebook as it was last saved, outputs too; each sharing and each end is an event.
"""

from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.errors import Forbidden, NotFound
from proxy.core.events import EventKind
from proxy.core.identity import ServerName
from proxy.core.moments import say_moment
from proxy.core.policy import Action
from proxy.core.snapshot import FOLDER, Lifetime, Snapshot, folder_of, title_of
from proxy.courses.rendering import PageWords
from proxy.store import course_members, courses, snapshots
from proxy.web.access import admit, require_identity, server_of
from proxy.web.audit import note_act
from proxy.web.keys import RENDERER, SETTINGS, SNAPSHOTS, STORE
from proxy.web.workspace_reading import read_notebook

_FOOT: Final = "It is as its author shared it: what they change afterwards is not shown here."


async def require_own_server(request: web.Request, text: str) -> ServerName:
    """Return the server that is meant (empty: one's own), if one may share from it."""
    identity = require_identity(request)
    if not text:
        return server_of(identity.user, request.app[SETTINGS].workspaces)
    owner, _, workspace = text.partition("/")
    name = await admit(request, identity, Action.OPEN, ServerName.parse(owner, workspace))
    # Whoever may open somebody else's, to help them, does not share it.
    if name != server_of(identity.user, request.app[SETTINGS].workspaces):
        raise Forbidden("You can share notebooks of your own workspace alone.")
    return name


async def share(
    request: web.Request, server: ServerName, path: str, title: str, lifetime: Lifetime
) -> Snapshot:
    """Make a snapshot; raises a `SifuError` with a sentence where it cannot be made."""
    owner = require_identity(request).user
    kept = request.app[SNAPSHOTS]
    await kept.refuse_too_many(owner)
    notebook = await read_notebook(request, server, path)
    title = title_of(title, path)
    facts = f"{path} · saved on {say_moment(notebook.saved)}"
    words = PageWords(title, facts=facts, foot=_FOOT)
    page = await request.app[RENDERER].render(notebook.content, words, who=owner.slug)
    course = await request.app[STORE].read(_course_of, owner.id, path)
    made = await kept.create(owner, page, course=course, path=path, title=title, lifetime=lifetime)
    note_act(request, EventKind.SNAPSHOT_SHARED, server=server, course=course, path=path)
    return made


async def end(request: web.Request, number: str) -> None:
    """Delete one's own, or as an administrator anybody's; raises `NotFound`."""
    identity = require_identity(request)
    found = await request.app[STORE].read(snapshots.find, _number(number))
    is_theirs = found is not None and found.owner.id == identity.user.id
    if found is None or not (is_theirs or identity.user.is_admin):
        raise NotFound("You share no such notebook any more.")
    if await request.app[SNAPSHOTS].remove(found):
        whom = "" if is_theirs else found.owner.slug
        note_act(
            request, EventKind.SNAPSHOT_REMOVED, course=found.course, path=found.path, whom=whom
        )


def link_of(request: web.Request, snapshot: Snapshot) -> str:
    """Return the address that shows it."""
    return f"{request.app[SETTINGS].front_origin}{FOLDER}{snapshot.token}"


def _course_of(connection: Connection, user_id: int, path: str) -> str:
    """Return the course that the notebook's first folder is; empty if it is none."""
    folder = folder_of(path)
    if not folder:
        return ""
    is_course = courses.find(connection, folder) is not None
    return folder if is_course or course_members.is_member(connection, user_id, folder) else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
