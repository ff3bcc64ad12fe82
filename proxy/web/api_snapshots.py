"""Snapshots over the control API. Who may share and end what is decided in `sharing`.

Promises: a link is told to whom it belongs and to nobody else, administrators included.
"""

from typing import Final

from aiohttp import web

from proxy.core.identity import User
from proxy.core.snapshot import Snapshot
from proxy.store import snapshots
from proxy.web import sharing
from proxy.web.access import require_identity
from proxy.web.api_bodies import answer, read_body
from proxy.web.keys import CLOCK, STORE
from proxy.web.schemas import Message
from proxy.web.snapshot_schemas import NewSnapshot, SnapshotInfo

_MOST: Final = 1000


async def list_snapshots(request: web.Request) -> web.Response:
    """One's own; for an administrator everybody's."""
    user = require_identity(request).user
    store, now = request.app[STORE], request.app[CLOCK]()
    if user.is_admin:
        found = await store.read(snapshots.list_all, _MOST)
    else:
        found = await store.read(snapshots.list_of_user, user.id)
    return answer([_describe(request, user, each) for each in found if not each.is_over(now)])


async def create_snapshot(request: web.Request) -> web.Response:
    """Share one."""
    wish = await read_body(request, NewSnapshot)
    server = await sharing.require_own_server(request, wish.server)
    made = await sharing.share(request, server, wish.path, wish.title, wish.expires)
    told = _describe(request, made.owner, made)
    return answer(told, status=201, headers={"Location": told.url})


async def remove_snapshot(request: web.Request) -> web.Response:
    """End one."""
    await sharing.end(request, request.match_info["id"])
    return answer(Message(message="The link shows nothing any more."))


def _describe(request: web.Request, asker: User, each: Snapshot) -> SnapshotInfo:
    return SnapshotInfo(
        id=each.id,
        user=each.owner.name,
        course=each.course,
        path=each.path,
        title=each.title,
        size=each.size,
        created=each.created,
        expires=each.expires,
        url=sharing.link_of(request, each) if each.owner.id == asker.id else "",
    )
