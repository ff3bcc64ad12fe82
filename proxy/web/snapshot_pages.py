"""Sharing a notebook, the list of what one shares, and the page that the link shows.

Promises: the page is for anybody who has the link, needs no cookie, and runs nothing; a link that
is over, deleted or nobody's is answered alike; GET shares nothing.
"""

from typing import Final

from aiohttp import web

from proxy.core.errors import NotFound, SifuError, UnprocessableInput
from proxy.core.snapshot import MOST_TITLE, Lifetime, name_of
from proxy.store import snapshots
from proxy.web import sharing
from proxy.web.access import require_identity
from proxy.web.forms import read_form
from proxy.web.keys import CLOCK, SNAPSHOTS, STORE
from proxy.web.problems import see_other
from proxy.web.render import render_page
from proxy.web.still_pages import still_file
from proxy.web.workspace_reading import when_saved

_GONE: Final = (
    "This page is not shared any more, or the link is not complete. Ask whoever sent it to you."
)
_LIFETIMES: Final = {
    Lifetime.NEVER: "until I delete it",
    Lifetime.DAY: "for a day",
    Lifetime.WEEK: "for a week",
    Lifetime.MONTH: "for a month",
}


async def ask_to_share(request: web.Request) -> web.Response:
    """Say what would be shared, and ask for how long."""
    require_identity(request)
    wish = {name: request.query.get(name, "") for name in ("server", "path", "window")}
    return await _ask(request, wish)


async def post_share(request: web.Request) -> web.Response:
    """Share it."""
    require_identity(request)
    wish = await read_form(request)
    try:
        server = await sharing.require_own_server(request, wish.get("server", ""))
        lifetime = _lifetime(wish.get("lifetime", ""))
        made = await sharing.share(
            request, server, wish.get("path", ""), wish.get("title", ""), lifetime
        )
    except SifuError as problem:
        return await _ask(request, wish, told=problem)
    window = "&window=1" if wish.get("window") else ""
    return see_other(f"/snapshots?made={made.id}{window}")


async def list_own(request: web.Request) -> web.Response:
    """What one shares; `made` is the number of the one that was just made."""
    user = require_identity(request).user
    now = request.app[CLOCK]()
    found = await request.app[STORE].read(snapshots.list_of_user, user.id)
    shown = [each for each in found if not each.is_over(now)]
    made = next((each for each in shown if str(each.id) == request.query.get("made")), None)
    values = {
        "snapshots": shown,
        "links": {each.id: sharing.link_of(request, each) for each in shown},
        "made": made,
        "window": bool(request.query.get("window")) and made is not None,
    }
    return render_page(request, "snapshots.html", values)


async def post_remove(request: web.Request) -> web.Response:
    """Delete one."""
    require_identity(request)
    await sharing.end(request, request.match_info["id"])
    return see_other("/snapshots")


async def show_snapshot(request: web.Request) -> web.StreamResponse:
    """The page, for whoever has the link."""
    page = await request.app[SNAPSHOTS].page_of(request.match_info["token"])
    if page is None:
        raise NotFound(_GONE)
    return still_file(page)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [
        web.get("/snapshots", list_own),
        web.get("/snapshots/new", ask_to_share),
        web.post("/snapshots/new", post_share),
        web.get("/snapshots/{token}", show_snapshot),
        web.post("/snapshots/{id}/remove", post_remove),
    ]


async def _ask(
    request: web.Request, wish: dict[str, str], *, told: SifuError | None = None
) -> web.Response:
    path, saved, may_share = wish.get("path", ""), None, True
    try:
        server = await sharing.require_own_server(request, wish.get("server", ""))
        saved = await when_saved(request, server, path)
        await request.app[SNAPSHOTS].refuse_too_many(require_identity(request).user)
    except SifuError as problem:
        told, may_share = told or problem, False
    values = {
        "wish": wish,
        "path": path,
        "name": name_of(path),
        "saved": saved,
        "told": "" if told is None else told.public,
        "may_share": may_share,
        "lifetimes": {each.value: words for each, words in _LIFETIMES.items()},
        "most_title": MOST_TITLE,
        "window": bool(wish.get("window")),
    }
    status = 200 if told is None else told.status
    return render_page(request, "snapshot_new.html", values, status=status)


def _lifetime(word: str) -> Lifetime:
    try:
        return Lifetime(word)
    except ValueError:
        raise UnprocessableInput("Choose for how long the link shows it.") from None
