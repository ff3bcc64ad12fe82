"""The home page: one's own server, and for an administrator everybody's."""

from dataclasses import dataclass

from aiohttp import web

from proxy.core.identity import SHARED, ServerName
from proxy.core.lifecycle import State
from proxy.core.policy import Workspaces
from proxy.store import users
from proxy.store.records import ServerRecord
from proxy.web.access import require_identity, server_of
from proxy.web.keys import MANAGER, SETTINGS, STORE
from proxy.web.render import render_page


@dataclass(frozen=True, slots=True)
class Card:
    """One server as the page shows it."""

    title: str
    record: ServerRecord

    @property
    def name(self) -> ServerName:
        return self.record.name

    @property
    def state(self) -> str:
        return self.record.state.value


async def show_home(request: web.Request) -> web.Response:
    """Own card first; the others only for administrators of an installation with many."""
    identity = require_identity(request)
    mode = request.app[SETTINGS].workspaces
    own = server_of(identity.user, mode)
    record = await request.app[MANAGER].get(own) or ServerRecord(own)
    title = "Shared workspace" if own == SHARED else "Your workspace"
    others: list[Card] = []
    if identity.user.is_admin and mode is Workspaces.PER_USER:
        others = await _others(request, own)
    return render_page(
        request,
        "home.html",
        {"card": Card(title, record), "others": others, "is_shared": own == SHARED},
    )


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get("/", show_home)]


async def _others(request: web.Request, own: ServerName) -> list[Card]:
    people = {user.slug: user.name for user in await request.app[STORE].read(users.list_all)}
    records = await request.app[MANAGER].list_all()
    cards = [
        Card(people[record.name.owner], record)
        for record in records
        if record.name != own and record.name.owner in people
    ]
    # What runs first; then by name.
    return sorted(cards, key=lambda card: (card.record.state is State.STOPPED, card.title.lower()))
