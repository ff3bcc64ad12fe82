"""Composition root of the front (port 3334): wiring and nothing else.

Started by supervisord with the listening socket as file descriptor 0; by hand it binds itself.
SIGTERM drains: no new connection is taken, every answer says `Connection: close`, event streams
end, requests under way have five seconds, then the store is closed and the program exits with 0.
"""

import asyncio
import secrets
import signal
import socket
import sys

import structlog
from aiohttp import web

from proxy import log
from proxy.auth.attempts import Attempts
from proxy.auth.authenticator import Authenticator
from proxy.auth.bearer import ApiTokens
from proxy.auth.outward import open_client
from proxy.auth.passwords import Passwords
from proxy.auth.providers import ReadyProviders, open_providers
from proxy.auth.sessions import Sessions
from proxy.core.clock import Clock, system_clock
from proxy.core.cookies import CookieStyle
from proxy.core.credentials import RandomText
from proxy.core.errors import InvalidSettings
from proxy.core.hosts import own_hosts
from proxy.limits import raise_open_files
from proxy.listener import listening_socket
from proxy.servers.accounts import Isolation, isolation_of
from proxy.servers.manager import ServerManager
from proxy.servers.opening import open_manager
from proxy.settings import Settings, ensure_secret, read_settings
from proxy.store.database import Store, migrate
from proxy.store.event_log import EventLog
from proxy.tasks import cancel, every, spawn
from proxy.web import (
    api_routes,
    course_environment_wiring,
    course_wiring,
    keys,
    lti_wiring,
    pages,
    provider_wiring,
)
from proxy.web.chores import list_chores
from proxy.web.first_request import ImpatientRunner
from proxy.web.headers import add_headers
from proxy.web.live import LivePages
from proxy.web.local_peers import LocalPeers
from proxy.web.middleware import CHAIN
from proxy.web.notices import Notices
from proxy.web.watching import watch_over

MAX_BODY_BYTES = 64 * 1024
# Room for the cookies that other programs of the same host leave with the browser.
_MAX_FIELD_BYTES = 16 * 1024
_KEEPALIVE_SECONDS = 75
_GRACE_SECONDS = 1.0
_DRAIN_SECONDS = 5.0
_BACKLOG = 1024
# How many connections asyncio accepts at a time; when descriptors run out it also tries that
# often, and logs each try.
_ACCEPT_AT_A_TIME = 4
_log = structlog.get_logger()


def build_app(
    settings: Settings,
    store: Store,
    manager: ServerManager,
    clock: Clock,
    random: RandomText,
    events: EventLog | None = None,
    providers: ReadyProviders | None = None,
) -> web.Application:
    """Put the front together; everything it needs from outside is an argument."""
    style = CookieStyle(secure=settings.front_origin.startswith("https://"))
    own_sessions = Sessions(store, style, clock=clock, random=random)
    app = web.Application(middlewares=CHAIN, client_max_size=MAX_BODY_BYTES)
    app[keys.SETTINGS] = settings
    app[keys.STORE] = store
    app[keys.CLOCK] = clock
    app[keys.RANDOM] = random
    provider_wiring.install(app, style, providers)
    app[keys.LOCAL_PEERS] = local_peers(settings)
    app[keys.MANAGER] = manager
    app[keys.SESSIONS] = own_sessions
    app[keys.PASSWORDS] = Passwords(store, clock=clock)
    app[keys.ATTEMPTS] = Attempts(clock)
    # A token before a cookie: a token is always meant, a cookie comes by itself.
    app[keys.AUTHENTICATOR] = Authenticator(
        [ApiTokens(store, clock=clock).verify, own_sessions.verify]
    )
    app[keys.EVENTS] = events or EventLog(store, clock)
    app[keys.NOTICES] = Notices(store, clock)
    app[keys.MAINTENANCE] = manager.maintenance
    app[keys.OBSERVATORY] = watch_over(manager, store, settings, clock)
    app[keys.LIVE] = LivePages()
    app.on_startup.append(app[keys.NOTICES].load)
    app.on_shutdown.append(app[keys.LIVE].end)
    lti_wiring.install(app)
    course_wiring.install(app)
    course_environment_wiring.install(app)
    app[keys.HOSTS] = own_hosts(
        settings.front_origin,
        setting="SIFU_FRONT_URL",
        is_configured=bool(settings.front_url),
    )
    app.on_response_prepare.append(add_headers(settings))
    app.add_routes(pages.routes())
    api_routes.install(app)
    return app


def local_peers(settings: Settings) -> LocalPeers | None:
    """Return who tells kernels from web servers, where that can be told."""
    is_told = isolation_of(settings) is Isolation.ACCOUNTS
    return LocalPeers(settings.accounts) if is_told else None


async def serve(
    settings: Settings, listener: socket.socket, *, clock: Clock, providers: ReadyProviders
) -> None:
    """Serve until SIGTERM or SIGINT, then drain."""
    store = Store(settings.store_url)
    await asyncio.to_thread(migrate, store)
    events = EventLog(store, clock)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    try:
        async with open_manager(settings, store, clock, note=events.note_server) as manager:
            app = build_app(
                settings, store, manager, clock, secrets.token_urlsafe, events, providers
            )
            chores = [
                spawn(every(seconds, work, name=f"front.{name}"), name=f"front.{name}")
                for name, seconds, work in list_chores(app)
            ]
            await _run(app, listener, stopping)
            await cancel(*chores)
    finally:
        await events.write()
        await asyncio.to_thread(store.close)


async def _run(app: web.Application, listener: socket.socket, stopping: asyncio.Event) -> None:
    async def close_when_stopping(_: web.Request, response: web.StreamResponse) -> None:
        if stopping.is_set():
            response.force_close()
            response.headers["Connection"] = "close"

    app.on_response_prepare.append(close_when_stopping)
    runner = ImpatientRunner(
        app,
        handler_cancellation=True,
        access_log=None,
        keepalive_timeout=_KEEPALIVE_SECONDS,
        max_line_size=_MAX_FIELD_BYTES,
        max_field_size=_MAX_FIELD_BYTES,
        shutdown_timeout=_DRAIN_SECONDS,
    )
    await runner.setup()
    try:
        site = web.SockSite(runner, listener, backlog=_ACCEPT_AT_A_TIME)
        await site.start()
        listener.listen(_BACKLOG)
        _log.info("front.ready", address=listener.getsockname()[:2])
        await stopping.wait()
        _log.info("front.draining")
        await site.stop()
        # A browser that asks again on an open connection just now is answered, not cut off.
        await asyncio.sleep(_GRACE_SECONDS)
    finally:
        await runner.cleanup()
    _log.info("front.stopped")


def main() -> None:
    """`python -m proxy.front_app`."""
    try:
        settings = ensure_secret(read_settings())
        providers = open_providers(settings, system_clock, open_client)
    except InvalidSettings as invalid:
        sys.exit("\n".join(invalid.problems))
    log.configure(program="front", level=settings.log_level)
    raise_open_files()
    listener = listening_socket(settings.bind, settings.front_port, backlog=_BACKLOG)
    asyncio.run(serve(settings, listener, clock=system_clock, providers=providers))


if __name__ == "__main__":
    main()
