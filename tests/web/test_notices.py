"""The message to all outlives a restart, and is one printable line."""

import asyncio
from pathlib import Path

from proxy.store.database import Store
from proxy.web.notices import MAX_MESSAGE, Notices
from tests.conftest import FakeClock
from tests.web.page_front import Pages


async def test_the_next_front_shows_it_too(pages: Pages) -> None:
    notices = Notices(pages.store, pages.clock)
    await notices.load(pages.app)
    assert notices.current is None
    posted = await notices.post("Updates at 18:00.")
    after = Notices(pages.store, pages.clock)
    await after.load(pages.app)
    assert after.current == posted
    await after.clear()
    await notices.load(pages.app)
    assert Notices(pages.store, pages.clock).current is None


async def test_without_a_store_there_is_none_and_front_starts(
    pages: Pages, clock: FakeClock, tmp_path: Path
) -> None:
    broken = await asyncio.to_thread(Store, f"sqlite:///{tmp_path / 'without tables.db'}")
    notices = Notices(broken, clock)
    await notices.load(pages.app)
    assert notices.current is None
    await asyncio.to_thread(broken.close)


async def test_it_is_a_line(store: Store, clock: FakeClock) -> None:
    notices = Notices(store, clock)
    assert (await notices.post("  a\nb\x00\u202ec  ")).message == "a b  c"
    assert len((await notices.post("x" * 5000)).message) == MAX_MESSAGE
