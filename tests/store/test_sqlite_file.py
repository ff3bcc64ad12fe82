import asyncio
import sqlite3
import time

import pytest

from proxy.core.errors import Conflict, StoreUnavailable
from proxy.core.identity import ServerName
from proxy.store import facts, sqlite_file
from proxy.store.database import Store, migrate
from proxy.store.sqlite_file import SqliteFile


@pytest.fixture
def file(store, path):
    opened = SqliteFile(path)
    yield opened
    opened.close()


@pytest.fixture
def second_file(store, path):
    opened = SqliteFile(path)
    yield opened
    opened.close()


def add(execute, number):
    execute("INSERT INTO used_codes (id, expires) VALUES (:id, 0)", id=f"c{number}")


def count(execute) -> int:
    ((number,),) = execute("SELECT count(*) FROM used_codes").fetchall()
    return int(number)


def is_unavailable(work, *args, says: str) -> bool:
    with pytest.raises(StoreUnavailable) as caught:
        work(*args)
    return says in caught.value.detail and says not in caught.value.public


async def test_writers_at_once_lose_nothing(file, second_file):
    # Each reads before it writes: without an exclusive transaction two would see one number.
    def count_and_add(execute):
        add(execute, count(execute))

    await asyncio.gather(*(each.write(count_and_add) for each in (file, second_file) * 40))
    assert await file.read(count) == 80


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 1), ("foreign_keys", 1), ("busy_timeout", 5000)],
)
def test_the_file_is_used_as_the_other_programs_use_it(file, store, pragma, value):
    statement = f"PRAGMA {pragma}"
    assert file.read_now(lambda execute: execute(statement).fetchall()) == [(value,)]
    assert store.read_now(lambda c: c.exec_driver_sql(statement).scalar_one()) == value


async def test_a_locked_database_is_given_up_and_asked_meanwhile(file, path, monkeypatch):
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.3)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    writing = [asyncio.ensure_future(file.write(add, number)) for number in range(2)]
    # Those who write wait in a thread of their own; nobody who asks stands behind them.
    async with asyncio.timeout(0.25):
        assert await file.read(count) == 0
    refusals = await asyncio.gather(*writing, return_exceptions=True)
    assert 0.5 < time.monotonic() - began < 3
    for refusal in refusals:
        assert isinstance(refusal, StoreUnavailable)
        assert "locked" in refusal.detail
    holder.execute("ROLLBACK")
    holder.close()
    await file.write(add, 1)
    assert await file.read(count) == 1


def test_a_missing_file_is_not_made(tmp_path):
    path = tmp_path / "nowhere" / "sifu.db"
    file = SqliteFile(path)
    for _ in range(2):
        assert is_unavailable(file.read_now, count, says="No such file")
    path.parent.mkdir()
    assert is_unavailable(file.read_now, count, says="No such file")
    assert list(path.parent.iterdir()) == []
    file.close()


def test_a_file_without_our_tables_is_unavailable_and_stays_so(tmp_path):
    (tmp_path / "sifu.db").touch()
    file = SqliteFile(tmp_path / "sifu.db")
    assert is_unavailable(file.read_now, facts.newest_change, says="no such table")
    file.close()


@pytest.mark.parametrize(
    "content", [b"no database at all\n" * 400, b"SQLite format 3\0" + b"x" * 8192]
)
def test_a_file_that_is_no_database_is_unavailable(tmp_path, content):
    path = tmp_path / "sifu.db"
    path.write_bytes(content)
    file = SqliteFile(path)
    assert is_unavailable(file.read_now, count, says="not a database")
    assert is_unavailable(file.write_now, add, 1, says="not a database")
    assert path.read_bytes() == content
    file.close()


def test_a_damaged_page_is_unavailable(store, path):
    store.read_now(lambda c: c.exec_driver_sql("SELECT 1"))
    store.close()  # the last connection: what the log held is in the file now
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    file = SqliteFile(path)
    assert is_unavailable(file.read_now, facts.find_session, "s", says="malformed")
    file.close()


def test_a_full_disk_is_unavailable_and_leaves_nothing_behind(file):
    def fill(execute):
        execute("PRAGMA max_page_count = 1")  # SQLite takes it as “as large as it is now”
        for number in range(10_000):
            add(execute, number)

    assert is_unavailable(file.write_now, fill, says="full")
    assert file.read_now(count) == 0
    file.write_now(add, 1)
    assert file.read_now(count) == 1


async def test_a_failure_in_the_middle_leaves_nothing_behind(file):
    def fail(execute):
        add(execute, 1)
        raise Conflict

    with pytest.raises(Conflict):
        await file.write(fail)
    assert await file.read(count) == 0
    await file.write(add, 1)


def test_a_database_that_was_replaced_is_noticed(file, store, path):
    file.write_now(add, 1)
    assert file.read_now(count) == 1
    store.close()
    restored = Store(f"sqlite:///{path}.backup")
    migrate(restored)
    restored.close()
    for log in ("sifu.db-wal", "sifu.db-shm"):
        path.with_name(log).unlink()  # of the old file; as an operator who restores does
    path.with_name("sifu.db.backup").replace(path)
    assert file.read_now(count) == 0
    file.write_now(add, 2)
    path.unlink()
    assert is_unavailable(file.read_now, count, says="No such file")


def test_a_path_with_signs_of_urls_is_a_path(tmp_path):
    path = tmp_path / "a b%20c#d?e&mode=memory" / "sifu.db"
    path.parent.mkdir()
    sqlite3.connect(path).close()
    path.write_bytes(b"")
    file = SqliteFile(path)
    assert file.read_now(lambda execute: execute("SELECT 1").fetchall()) == [(1,)]
    ((_, _, opened),) = file.read_now(lambda execute: execute("PRAGMA database_list").fetchall())
    assert opened == str(path)
    file.close()


def test_values_are_never_part_of_the_statement(file):
    hostile = ServerName("ada", "home")
    file.write_now(facts.consume_code, "'); DROP TABLE users; --", 1.0, 0.0)
    assert file.read_now(facts.find_server, hostile) is None
    assert file.read_now(lambda execute: execute("SELECT id FROM used_codes").fetchall()) == [
        ("'); DROP TABLE users; --",)
    ]


async def test_few_connections_are_kept_and_all_are_given_back(file, path):
    await asyncio.gather(*(file.read(count) for _ in range(50)))
    await asyncio.gather(*(file.write(add, number) for number in range(50)))
    assert len(file._resting) <= 2
    opened = list(file._resting)
    await asyncio.to_thread(file.close)
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            await asyncio.to_thread(connection.execute, "SELECT 1")
