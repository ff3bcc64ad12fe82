"""What front does again and again while nobody asks: writes, looks, and forgets what is over."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from aiohttp import web

from proxy.auth.sessions import IDLE
from proxy.core.clock import Clock
from proxy.core.history import SAMPLE_SECONDS
from proxy.store import api_tokens, changes, helping, sessions
from proxy.store.database import Store
from proxy.store.event_log import WRITE_SECONDS, EventLog
from proxy.web import keys
from proxy.web.score_delivery import DELIVERY_SECONDS
from proxy.web.statistics_wiring import list_statistics_chores

_HOUSEKEEPING_SECONDS: Final = 60.0
_DAY: Final = 86_400.0
Chore = Callable[[], Awaitable[object]]


def list_chores(app: web.Application) -> list[tuple[str, float, Chore]]:
    """Return what is done again and again: a name, seconds between, the work."""
    store, clock = app[keys.STORE], app[keys.CLOCK]
    forget = partial(forget_events, app[keys.EVENTS], clock, app[keys.SETTINGS].events_kept)
    return [
        ("sweep", _HOUSEKEEPING_SECONDS, partial(sweep, store, clock)),
        ("write_events", WRITE_SECONDS, app[keys.EVENTS].write),
        ("forget_events", _HOUSEKEEPING_SECONDS, forget),
        ("sample", SAMPLE_SECONDS, app[keys.OBSERVATORY].sample),
        ("clear_snapshots", _HOUSEKEEPING_SECONDS, app[keys.SNAPSHOTS].clear),
        ("deliver_scores", DELIVERY_SECONDS, app[keys.SCORE_DELIVERY].deliver),
        ("update_courses", _HOUSEKEEPING_SECONDS, app[keys.COURSE_UPDATES].begin_due),
        *list_statistics_chores(app),
    ]


async def forget_events(events: EventLog, clock: Clock, days: int) -> None:
    """Delete what is older than so many days; 0 keeps everything."""
    if days:
        await events.forget(clock() - days * _DAY)


async def sweep(store: Store, clock: Clock) -> None:
    """End what is over, forget what nobody asks for any more."""
    now = clock()
    await store.write(helping.end_unfounded, now)
    await store.write(sessions.end_idle, now - IDLE, now)
    await store.write(api_tokens.end_expired, now)
    await store.write(sessions.forget_ended, now - 7 * _DAY)
    await store.write(changes.prune, now - _DAY)
