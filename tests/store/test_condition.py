from pathlib import Path

import pytest

from proxy.core.errors import StoreUnavailable
from proxy.core.identity import SHARED, ServerName
from proxy.store import condition, servers
from proxy.store.database import Store
from proxy.store.records import ServerRecord


def test_a_migrated_database_is_at_the_newest_known_revision(store):
    known = condition.known_revisions()
    assert known[0] == "0001"
    assert store.read_now(condition.schema_revision) == known[-1]


def test_an_empty_database_has_no_revision(tmp_path):
    empty = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    try:
        assert empty.read_now(condition.schema_revision) is None
    finally:
        empty.close()


def test_a_sound_file_has_no_damage(store):
    assert store.read_now(condition.find_damage) == ""


def test_a_file_that_is_no_database_cannot_be_read(tmp_path):
    path = Path(tmp_path / "broken.db")
    path.write_bytes(b"this is not a database" * 100)
    broken = Store(f"sqlite:///{path}")
    try:
        with pytest.raises(StoreUnavailable):
            broken.read_now(condition.find_damage)
    finally:
        broken.close()


def test_a_damaged_page_is_told(store, tmp_path):
    path = Path(tmp_path / "sifu.db")
    for number in range(3):
        record = ServerRecord(ServerName("ann", f"w{number}"))
        store.write_now(servers.put, record, 1.0)
    root = store.read_now(page_of_servers)
    store.close()
    content = bytearray(path.read_bytes())
    first_cell_pointer = (root - 1) * 4096 + 8
    content[first_cell_pointer : first_cell_pointer + 2] = b"\xff\xff"
    path.write_bytes(content)
    damaged = Store(f"sqlite:///{path}")
    try:
        assert damaged.read_now(condition.find_damage) != ""
    finally:
        damaged.close()


def page_of_servers(connection) -> int:
    question = "SELECT rootpage FROM sqlite_master WHERE name = 'servers'"
    return int(connection.exec_driver_sql(question).scalar_one())


def test_the_newest_time_is_that_of_the_newest_row(store):
    assert store.read_now(condition.newest_time) is None
    store.write_now(servers.put, ServerRecord(SHARED), 1000.0)
    store.write_now(servers.put, ServerRecord(SHARED), 2000.0)
    assert store.read_now(condition.newest_time) == 2000.0
