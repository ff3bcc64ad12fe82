"""The home page: one's own servers, what became of them, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from proxy.core.course_links import course_address
from proxy.core.identity import SHARED, ServerName
from proxy.core.lifecycle import State
from proxy.core.overview import NOTHING_KNOWN, Used
from proxy.core.policy import Workspaces
from proxy.core.queueing import place_sentence
from proxy.store import course_cards
from proxy.store.course_cards import Standing
from proxy.store.help_given import HelpGiven, help_given
from proxy.store.records import ServerRecord
from proxy.web.access import require_identity, server_of
from proxy.web.keys import CLOCK, LIVE, MANAGER, OBSERVATORY, SETTINGS, STORE
from proxy.web.render import render_page, render_text

LOG_LINES = 20


@dataclass(frozen=True, slots=True)
class Card:
    """One server as the page shows it; `advice` is about its disk; `log` its last lines."""

    title: str
    record: ServerRecord
    used: Used
    advice: str
    log: Sequence[str]

    @property
    def name(self) -> ServerName:
        return self.record.name

    @property
    def state(self) -> str:
        return self.record.state.value

    @property
    def waiting(self) -> str:
        return place_sentence(self.record.place)

    @property
    def is_shared(self) -> bool:
        return self.record.name == SHARED


async def show_home(request: web.Request) -> web.Response:
    """The servers of whoever asks, and the courses that they came by."""
    cards = await _cards(request, with_log=True)
    user = require_identity(request).user
    mode, store = request.app[SETTINGS].workspaces, request.app[STORE]
    courses = await store.read(course_cards.cards_of, user, also_open=False)
    helped: Sequence[HelpGiven] = ()
    if mode is Workspaces.PER_USER:
        helped = await store.read(help_given, server_of(user, mode), request.app[CLOCK]())
    active = [each for each in courses if not each.is_archived]
    values = {
        "cards": cards,
        "learning": [each for each in active if each.standing is not Standing.LEADS],
        "leading": [each for each in active if each.standing is Standing.LEADS],
        "course_address": course_address,
        "help_given": helped,
    }
    return render_page(request, "home.html", values)


async def follow_home(request: web.Request) -> web.StreamResponse:
    """The same, whenever it changes."""
    require_identity(request)
    return await request.app[LIVE].follow(request, _render)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get("/", show_home), web.get("/live", follow_home, allow_head=False)]


async def _render(request: web.Request) -> str:
    # The log is kept as it is: the browser fetches it anew when it is unfolded.
    return render_text(request, "home_live.html", {"cards": await _cards(request, with_log=False)})


async def _cards(request: web.Request, *, with_log: bool) -> list[Card]:
    identity = require_identity(request)
    own = server_of(identity.user, request.app[SETTINGS].workspaces)
    manager = request.app[MANAGER]
    record = await manager.get(own) or ServerRecord(own)
    title = "Shared workspace" if own == SHARED else "Your workspace"
    watched = None
    if record.state is State.READY:
        watched = (await request.app[OBSERVATORY].look()).find(own)
    used = NOTHING_KNOWN if watched is None else watched.used
    log: Sequence[str] = ()
    if with_log and record.started is not None:
        log = await manager.log_tail(own, LOG_LINES)
    return [Card(title, record, used, manager.disk_advice(own), log)]
