"""What administrators do with the installation as a whole, for pages and scripts alike.

Promises: each act is an event. Must not: answer anybody.
"""

from typing import Final

from aiohttp import web

from proxy.core.events import EventKind
from proxy.servers.accounts import Isolation, isolation_of
from proxy.servers.maintenance import Closed
from proxy.web.audit import note_act
from proxy.web.keys import MAINTENANCE, MANAGER, NOTICES, OBSERVATORY, SETTINGS

DRAIN_SECONDS: Final = 600
MAX_DRAIN_SECONDS: Final = 7 * 24 * 3600


async def change_notice(request: web.Request, message: str) -> None:
    """Tell everybody this; an empty message takes away what was told."""
    notices = request.app[NOTICES]
    if message.strip():
        await notices.post(message)
    else:
        await notices.clear()
    told = "" if notices.current is None else notices.current.message
    note_act(request, EventKind.ADMIN_NOTICE_SET, message=told)


async def begin_maintenance(
    request: web.Request, *, message: str = "", drain: float | None = None
) -> Closed:
    """Start no servers from now on; with `drain` stop those that run, within so many seconds."""
    switch = request.app[MAINTENANCE]
    if drain is None:
        closed = await switch.close_doors(message)
    else:
        closed = await switch.drain(seconds=drain, message=message)
    state = "on" if drain is None else "drain"
    note_act(request, EventKind.ADMIN_MAINTENANCE_SET, state=state)
    return closed


async def end_maintenance(request: web.Request) -> None:
    """Start servers again."""
    await request.app[MAINTENANCE].open_doors()
    note_act(request, EventKind.ADMIN_MAINTENANCE_SET, state="off")


async def stop_idle(request: web.Request) -> int:
    """Stop every server in which nothing happens; return how many."""
    stopped = await request.app[MANAGER].stop_idle()
    note_act(request, EventKind.ADMIN_IDLE_STOPPED, number=str(stopped))
    request.app[OBSERVATORY].forget()
    return stopped


def is_isolated(app: web.Application) -> bool:
    """Has each person an account of the system of their own, where they have files of their own?"""
    return isolation_of(app[SETTINGS]) is not Isolation.NONE
