"""Administration, first page: the installation at a glance, its last day, message, maintenance."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from proxy.core.history import SAMPLE_SECONDS, Sample
from proxy.core.limits import MIB
from proxy.core.plots import Plot, Point, draw
from proxy.core.sizes import say_bytes, say_number
from proxy.web.access import require_admin
from proxy.web.forms import read_form
from proxy.web.installation import (
    DRAIN_SECONDS,
    begin_maintenance,
    change_notice,
    end_maintenance,
    is_isolated,
)
from proxy.web.keys import LIVE, OBSERVATORY
from proxy.web.machine import versions
from proxy.web.notices import MAX_MESSAGE
from proxy.web.problems import see_other
from proxy.web.render import render_page, render_text

_HERE: Final = "/admin"
_HOURS: Final = {"1": 1, "6": 6, "24": 24}
_ROWS: Final = 12


@dataclass(frozen=True, slots=True)
class Curve:
    """A plot and its words."""

    title: str
    plot: Plot
    say: Callable[[float], str]

    @property
    def latest(self) -> str:
        return self.say(self.plot.latest)

    @property
    def highest(self) -> str:
        return self.say(self.plot.highest)

    @property
    def lowest(self) -> str:
        return self.say(self.plot.lowest)

    @property
    def ceiling(self) -> str:
        return self.say(self.plot.ceiling)


@dataclass(frozen=True, slots=True)
class Row:
    """The same as numbers: one part of the time."""

    at: float
    cells: tuple[str, ...]


_Value = Callable[[Sample], float]
# What a curve is called, what it shows, how that is said, what a thousand is, and the least scale.
_CURVES: Final[tuple[tuple[str, _Value, Callable[[float], str], float, float], ...]] = (
    ("Servers that run", lambda sample: sample.running, say_number, 1000, 1),
    ("Memory of servers", lambda sample: sample.memory, say_bytes, 1024, MIB),
    ("Requests a second", lambda sample: sample.requests, say_number, 1000, 1),
)


async def show_overview(request: web.Request) -> web.Response:
    """How it is, and how it was."""
    require_admin(request)
    values = await _values(request)
    more = {
        "section": _HERE,
        "told": "",
        "versions": await asyncio.to_thread(versions),
        "isolated": is_isolated(request.app),
    }
    return render_page(request, "admin_overview.html", values | more)


async def follow_overview(request: web.Request) -> web.StreamResponse:
    """The same, whenever it changes."""
    require_admin(request)
    return await request.app[LIVE].follow(request, _render)


async def post_notice(request: web.Request) -> web.Response:
    """Tell everybody something, or nothing any more."""
    require_admin(request)
    form = await read_form(request)
    await change_notice(request, "" if "clear" in form else form.get("message", ""))
    return see_other(_HERE)


async def post_maintenance(request: web.Request) -> web.Response:
    """Start no servers from now on."""
    require_admin(request)
    form = await read_form(request)
    drain = DRAIN_SECONDS if "drain" in form else None
    await begin_maintenance(request, message=form.get("message", "")[:MAX_MESSAGE], drain=drain)
    return see_other(_HERE)


async def post_maintenance_end(request: web.Request) -> web.Response:
    """Start servers again."""
    require_admin(request)
    await end_maintenance(request)
    return see_other(_HERE)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [
        web.get(_HERE, show_overview),
        web.get("/admin/live", follow_overview, allow_head=False),
        web.post("/admin/notice", post_notice),
        web.post("/admin/maintenance", post_maintenance),
        web.post("/admin/maintenance/end", post_maintenance_end),
    ]


async def _render(request: web.Request) -> str:
    return render_text(request, "admin_overview_live.html", await _values(request))


async def _values(request: web.Request) -> dict[str, object]:
    observatory = request.app[OBSERVATORY]
    view = await observatory.look()
    hours = _HOURS.get(request.query.get("hours", ""), 1)
    begin = view.at - hours * 3600
    samples = observatory.history.since(begin)
    return {
        "view": view,
        "hours": hours,
        "curves": curves(samples, begin, view.at),
        "rows": rows(samples, begin, view.at),
    }


def curves(samples: Sequence[Sample], begin: float, end: float) -> list[Curve]:
    """Draw each of `_CURVES`."""
    return [
        Curve(
            title,
            draw(
                _points(samples, value),
                begin=begin,
                end=end,
                gap=4 * SAMPLE_SECONDS,
                thousand=thousand,
                least=least,
            ),
            say,
        )
        for title, value, say, thousand, least in _CURVES
    ]


def rows(samples: Sequence[Sample], begin: float, end: float) -> list[Row]:
    """Return the highest values of each part of the time in which something was measured."""
    width = (end - begin) / _ROWS
    found = []
    for part in range(_ROWS):
        first = begin + part * width
        inside = [each for each in samples if first <= each.at < first + width]
        if inside:
            cells = tuple(say(max(value(each) for each in inside)) for _, value, say, *_ in _CURVES)
            found.append(Row(first, cells))
    return found


def _points(samples: Sequence[Sample], value: _Value) -> list[Point]:
    return [(sample.at, value(sample)) for sample in samples]
