import asyncio
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, inspect, select

from proxy.core.errors import Conflict, InvalidSettings, StoreUnavailable
from proxy.store import database, users
from proxy.store.database import Store, migrate
from proxy.store.tables import metadata, used_codes
from tests import feed


def add(connection: Connection, number: int) -> None:
    connection.execute(insert(used_codes).values(id=f"c{number}", expires=0.0))


def count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(used_codes)).scalar_one())


def count_and_add(connection: Connection) -> None:
    add(connection, count(connection))


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_two_writers_at_once_lose_nothing(store, second_store):
    # Each reads before it writes: without an exclusive transaction two would see one number.
    await asyncio.gather(*(each.write(count_and_add) for each in (store, second_store) * 40))
    assert await second_store.read(count) == 80


async def test_readers_are_not_held_up_by_a_writer(store):
    inside, leave = threading.Event(), threading.Event()

    def write_slowly(connection: Connection) -> None:
        add(connection, 1)
        inside.set()
        assert leave.wait(10)

    writing = asyncio.ensure_future(store.write(write_slowly))
    assert await asyncio.to_thread(inside.wait, 10)
    async with asyncio.timeout(2):
        assert await store.read(count) == 0
    leave.set()
    await writing
    assert await store.read(count) == 1


def test_a_locked_database_is_given_up_after_the_bounded_wait(store, tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.3)
    waiting = Store(f"sqlite:///{tmp_path / 'sifu.db'}")
    holder = sqlite3.connect(tmp_path / "sifu.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    try:
        with pytest.raises(StoreUnavailable) as caught:
            waiting.write_now(add, 1)
        assert 0.2 < time.monotonic() - began < 3
        assert "locked" in caught.value.detail
        assert "locked" not in caught.value.public
        assert waiting.read_now(count) == 0
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    waiting.write_now(add, 1)
    waiting.close()
    assert store.read_now(count) == 1


async def test_a_failure_in_the_middle_leaves_nothing_behind(store):
    def fail(connection: Connection) -> None:
        add(connection, 1)
        raise Conflict

    with pytest.raises(Conflict):
        await store.write(fail)
    assert await store.read(count) == 0


async def test_a_client_that_goes_away_does_not_cut_a_change_in_half(store):
    inside = threading.Event()

    def write_two(connection: Connection) -> None:
        add(connection, 1)
        inside.set()
        time.sleep(0.1)
        add(connection, 2)

    task = asyncio.ensure_future(store.write(write_two))
    assert await asyncio.to_thread(inside.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        while await store.read(count) != 2:
            await asyncio.sleep(0.01)


def test_a_change_that_meets_a_row_of_another_runs_again(store):
    """As on PostgreSQL, where the other's row was not there yet when ours looked for it."""
    store.write_now(add, 1)
    numbers = [1, 1, 2]

    def look_and_add(connection: Connection) -> None:
        number = numbers.pop(0)
        add(connection, number + 10)
        add(connection, number)

    store.write_now(look_and_add)
    assert not numbers
    assert store.read_now(count) == 3


def test_a_change_that_never_fits_is_given_up(store):
    store.write_now(add, 1)
    tries = []

    def add_again(connection: Connection) -> None:
        tries.append(1)
        add(connection, 1)

    with pytest.raises(StoreUnavailable):
        store.write_now(add_again)
    assert len(tries) == 3


def test_a_refusal_is_not_asked_for_again(store):
    tries = []

    def add_ada(connection: Connection) -> None:
        tries.append(1)
        users.add(connection, "ada", is_admin=False, password_hash=None, now=1.0)

    store.write_now(add_ada)
    with pytest.raises(Conflict):
        store.write_now(add_ada)
    assert len(tries) == 2


async def test_every_fault_of_the_database_is_one_error_without_its_text(store):
    await store.write(add, 1)
    for work in (lambda c: c.exec_driver_sql("SELECT * FROM nothing"), lambda c: add(c, 1)):
        with pytest.raises(StoreUnavailable) as caught:
            await store.write(work)
        assert "nothing" not in caught.value.public
        assert "used_codes" not in caught.value.public
        assert caught.value.detail


def test_the_file_and_its_companions_are_unreadable_to_others(tmp_path):
    path = tmp_path / "new" / "sifu.db"
    fresh = Store(f"sqlite:///{path}")
    migrate(fresh)
    names = {file.name: mode_of(file) for file in path.parent.iterdir()}
    assert names.pop("sifu.db") == 0o600
    assert names
    assert set(names.values()) == {0o600}
    assert mode_of(path.parent) == 0o700
    fresh.close()


def test_migrating_from_empty_makes_the_tables_of_the_program(tmp_path):
    fresh = Store(f"sqlite:///{tmp_path / 'new.db'}")
    migrate(fresh)
    inspector = inspect(fresh.engine)
    for table in metadata.sorted_tables:
        made = {column["name"]: column for column in inspector.get_columns(table.name)}
        assert set(made) == set(table.columns.keys()), table.name
        for column in table.columns:
            assert made[column.name]["nullable"] == column.nullable, column
        assert {index["name"] for index in inspector.get_indexes(table.name)} == {
            index.name for index in table.indexes
        }
    assert set(inspector.get_table_names()) == {*metadata.tables, "alembic_version"}
    fresh.close()


def test_migrating_twice_keeps_what_is_there(store):
    store.write_now(users.add, "ada", is_admin=False, password_hash=None, now=1.0)
    migrate(store)
    assert [user.name for user in store.read_now(users.list_all)] == ["ada"]


def test_programs_that_start_at_once_migrate_once(tmp_path):
    code = (
        "import sys; from proxy.store.database import Store, migrate;"
        "store = Store(sys.argv[1]); migrate(store); store.close()"
    )
    url = f"sqlite:///{tmp_path / 'new.db'}"
    starts = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(4)]
    assert [start.wait(60) for start in starts] == [0, 0, 0, 0]
    opened = Store(url)
    assert opened.read_now(feed.latest) == 0
    opened.close()


@pytest.mark.parametrize(
    "url",
    ["nonsense", "nodatabase://host/x", "postgresql+nodriver://ada:hunter2@host/x", "sq lite://"],
)
def test_a_url_that_cannot_be_used_is_a_problem_of_the_settings(url):
    with pytest.raises(InvalidSettings) as caught:
        Store(url)
    assert "SIFU_DATABASE_URL" in caught.value.problems[0]
    assert "hunter2" not in caught.value.problems[0]


def test_a_folder_that_cannot_be_made_is_a_problem_of_the_settings(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidSettings) as caught:
        Store(f"sqlite:///{tmp_path / 'file' / 'sifu.db'}")
    assert str(tmp_path) in caught.value.problems[0]


def test_foreign_keys_are_enforced(store):
    assert store.read_now(lambda c: c.exec_driver_sql("PRAGMA foreign_keys").scalar_one()) == 1
    mode = store.read_now(lambda c: c.exec_driver_sql("PRAGMA journal_mode").scalar_one())
    assert mode == "wal"
