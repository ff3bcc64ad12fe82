"""What the front needs for those who vouch for people, put on the application."""

from aiohttp import web

from proxy.auth.outward import open_client
from proxy.auth.providers import ReadyProviders
from proxy.core.buckets import Buckets
from proxy.core.cookies import CookieStyle
from proxy.web import keys
from proxy.web.audit import REFUSAL_RATE


def install(app: web.Application, style: CookieStyle, providers: ReadyProviders | None) -> None:
    """Put it there; without providers nobody vouches for anybody."""
    app[keys.COOKIE_STYLE] = style
    app[keys.OPEN_CLIENT] = open_client
    app[keys.PROVIDERS] = providers or ReadyProviders()
    app[keys.REFUSALS_NOTED] = Buckets(REFUSAL_RATE)
