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
from proxy.core.moments import say_ago
from proxy.web.keys import CLOCK, IDENTITY
from proxy.web.static import asset_path


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
    return environment


_ENVIRONMENT = _environment()


def render_page(
    request: web.Request, template: str, values: Mapping[str, object], *, status: int = 200
) -> web.Response:
    """Answer a page; every template also knows `identity` (or None) and `now`."""
    identity: Identity | None = request.get(IDENTITY)
    text = _ENVIRONMENT.get_template(template).render(
        {"identity": identity, "now": request.app[CLOCK]()} | dict(values)
    )
    return web.Response(text=text, status=status, content_type="text/html")
