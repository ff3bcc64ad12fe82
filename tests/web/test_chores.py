"""What front does while nobody asks."""

from proxy.core.events import EventKind
from proxy.store import events
from proxy.store.events import Wanted
from proxy.web import keys
from proxy.web.chores import forget_events, list_chores
from tests.web.page_front import Pages

DAY = 86_400.0


async def kept(pages: Pages) -> int:
    return len(await pages.store.read(events.find, Wanted(), limit=100))


async def test_every_chore_can_be_done_once_and_again(pages: Pages) -> None:
    pages.app[keys.EVENTS].note(EventKind.SIGNED_IN)
    chores = list_chores(pages.app)
    for _ in range(2):
        for _, seconds, work in chores:
            assert seconds > 0
            await work()
    assert await kept(pages) == 1
    assert len(pages.app[keys.OBSERVATORY].history.since(0.0)) == 2


async def test_events_go_after_their_days_and_with_none_never(pages: Pages) -> None:
    log = pages.app[keys.EVENTS]
    log.note(EventKind.SIGNED_IN)
    await log.write()
    pages.clock.advance(10 * DAY)
    await forget_events(log, pages.clock, 0)
    await forget_events(log, pages.clock, 11)
    assert await kept(pages) == 1
    await forget_events(log, pages.clock, 9)
    assert await kept(pages) == 0
