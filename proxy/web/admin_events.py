"""Administration: what happened, filtered, a page at a time, and the way to the exports."""

from typing import Final
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiDict

from proxy.core.events import EventKind
from proxy.store import events
from proxy.web.access import require_admin
from proxy.web.api_audit import MAX_NUMBER, number_of, wanted_of
from proxy.web.keys import EVENTS, SETTINGS, STORE
from proxy.web.render import render_page

_HERE: Final = "/admin/events"
_FILTERS: Final = ("kind", "user", "server", "since", "until")
PAGE: Final = 50


async def show_events(request: web.Request) -> web.Response:
    """The newest, or those before `?before=`."""
    require_admin(request)
    # A form sends its empty fields too; they are no wishes.
    query = MultiDict((name, value) for name, value in request.query.items() if value)
    wanted, before = wanted_of(query), number_of(query, "before", most=MAX_NUMBER)
    await request.app[EVENTS].write()
    found = await request.app[STORE].read(events.find, wanted, before=before, limit=PAGE)
    chosen = {name: query.get(name, "") for name in _FILTERS}
    set_ones = {name: value for name, value in chosen.items() if value}
    older = {**set_ones, "before": found[-1].number} if len(found) == PAGE else None
    return render_page(
        request,
        "admin_events.html",
        {
            "section": _HERE,
            "told": "",
            "found": found,
            "chosen": chosen,
            "kinds": sorted(kind.value for kind in EventKind),
            "is_first": before is None,
            "older": f"{_HERE}?{urlencode(older)}" if older else "",
            "query": f"?{urlencode(set_ones)}" if set_ones else "",
            "kept": request.app[SETTINGS].events_kept,
        },
    )


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get(_HERE, show_events)]
