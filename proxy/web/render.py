"""Pages from templates.

Promises: every value is escaped, an unknown name in a template is an error, and all templates are
read when the program starts. Must not: mark anything as safe, or decide anything.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files

from aiohttp import web
from jinja2 import DictLoader, Environment, StrictUndefined

from proxy.core.identity import Identity
from proxy.core.moments import say_ago, say_moment
from proxy.core.sizes import counted, say_bytes, say_number, say_points
from proxy.web.keys import CLOCK, HELPED, IDENTITY, MAINTENANCE, NOTICES
from proxy.web.static import asset_path


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M UTC")


def _templates() -> dict[str, str]:
    folder = files("proxy.web") / "templates"
    return {
        item.name: item.read_text("utf-8")
        for item in folder.iterdir()
        if item.name.endswith(".html")
    }


def _environment() -> Environment:
    environment = Environment(
        loader=DictLoader(_templates()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset_path
    environment.filters["iso"] = _iso
    environment.filters["ago"] = say_ago
    environment.filters["clock"] = _clock
    environment.filters["moment"] = say_moment
    environment.filters["bytes"] = say_bytes
    environment.filters["number"] = say_number
    environment.filters["points"] = say_points
    environment.filters["counted"] = counted
    return environment


_ENVIRONMENT = _environment()


def render_page(
    request: web.Request, template: str, values: Mapping[str, object], *, status: int = 200
) -> web.Response:
    """Answer a page."""
    text = render_text(request, template, values)
    return web.Response(text=text, status=status, content_type="text/html")


def render_text(request: web.Request, template: str, values: Mapping[str, object]) -> str:
    """Return a page, or a part of one, as text.

    Every template also knows `identity`, the `notice` to all and the `maintenance` (each may be
    None), whom one `helped` (or nobody, an empty text), and `now`.
    """
    identity: Identity | None = request.get(IDENTITY)
    known = {
        "identity": identity,
        "now": request.app[CLOCK](),
        "notice": request.app[NOTICES].current,
        "maintenance": request.app[MAINTENANCE].closed,
        "helped": request.get(HELPED, ""),
    }
    return _ENVIRONMENT.get_template(template).render(known | dict(values))
