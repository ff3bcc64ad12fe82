"""Page and row together: whenever we are killed, a link shows a whole page or nothing."""

import asyncio
import secrets

import pytest

from proxy.core.errors import Conflict
from proxy.core.snapshot import MOST_SNAPSHOTS, Lifetime
from proxy.courses.snapshots import Snapshots
from proxy.store import snapshots as rows
from proxy.store import users


@pytest.fixture
def ada(store):
    return store.write_now(users.add, "ada", is_admin=False, password_hash=None, now=1.0)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "snapshots"


@pytest.fixture
def kept(folder, store, clock):
    return Snapshots(folder, store, clock, secrets.token_urlsafe, spare=0)


async def make(kept, owner, lifetime=Lifetime.NEVER, page=b"page"):
    return await kept.create(owner, page, course="", path="a.ipynb", title="A", lifetime=lifetime)


def files(folder):
    return {each.name for each in folder.iterdir()} if folder.exists() else set()


async def test_a_link_shows_the_page_until_it_is_removed(kept, ada):
    made = await make(kept, ada)
    found = await kept.page_of(made.token)
    assert found is not None
    assert found.read_bytes() == b"page"
    assert await kept.remove(made)
    assert not await kept.remove(made)
    assert await kept.page_of(made.token) is None
    assert not found.exists()


async def test_no_other_text_is_looked_up(kept, ada):
    await make(kept, ada)
    for text in ("", "new", "../x", "a" * 48, "\0"):
        assert await kept.page_of(text) is None


async def test_it_ends_at_its_time_and_its_page_goes(kept, ada, clock, folder):
    made = await make(kept, ada, Lifetime.DAY)
    clock.advance(86_400 - 1)
    assert await kept.page_of(made.token) is not None
    clock.advance(1)
    assert await kept.page_of(made.token) is None
    for _ in range(2):
        await kept.clear()
    assert files(folder) == set()


async def test_two_at_once_are_two(kept, ada):
    one, other = await asyncio.gather(make(kept, ada), make(kept, ada))
    assert one.token != other.token
    assert await kept.page_of(one.token) != await kept.page_of(other.token)


async def test_who_may_have_no_other_leaves_no_page_behind(kept, ada, folder, store):
    async def attempt():
        try:
            return await make(kept, ada)
        except Conflict:
            return None

    made = await asyncio.gather(*(attempt() for _ in range(MOST_SNAPSHOTS + 5)))
    assert sum(each is not None for each in made) == MOST_SNAPSHOTS
    assert len(files(folder)) == MOST_SNAPSHOTS
    with pytest.raises(Conflict):
        await kept.refuse_too_many(ada)


async def test_what_a_sudden_end_left_is_cleared_but_nothing_that_is_under_way(
    kept, ada, folder, store
):
    """Killed after the page and before the row; or after the row was removed."""
    made, lost = await make(kept, ada), await make(kept, ada)
    (folder / f"{'a' * 48}.html").write_bytes(b"no row")
    (folder / f"{'b' * 48}.html.new").write_bytes(b"half")
    (folder / f"{lost.token}.html").unlink()
    await kept.clear()
    assert len(files(folder)) == 3  # one may be a page whose row comes in a moment
    assert await store.read(rows.tokens) == {made.token}
    (folder / f"{'c' * 48}.html").write_bytes(b"just now")
    await kept.clear()
    assert files(folder) == {f"{made.token}.html", f"{'c' * 48}.html"}
    assert await kept.page_of(made.token) is not None
    assert await kept.page_of(lost.token) is None


async def test_a_row_without_its_page_shows_nothing_before_it_is_cleared(kept, ada, folder):
    made = await make(kept, ada)
    (folder / f"{made.token}.html").unlink()
    assert await kept.page_of(made.token) is None


async def test_a_folder_that_cannot_be_read_costs_no_row(kept, ada, folder, store):
    made = await make(kept, ada)
    moved = folder.rename(folder.with_name("away"))
    folder.write_text("no folder")
    with pytest.raises(OSError, match="Not a directory"):
        await kept.clear()
    assert await store.read(rows.tokens) == {made.token}
    folder.unlink()
    moved.rename(folder)
    assert await kept.page_of(made.token) is not None
