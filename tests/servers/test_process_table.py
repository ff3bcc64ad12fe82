"""The process table, of this machine and of none."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from proxy.servers.process_table import Row, assign, read_row, read_table, read_uid

# Its name holds what ends a field in `/proc/…/stat`.
ODD_NAME = "import ctypes, time; ctypes.CDLL(None).prctl(15, b') S 1 (', 0, 0, 0)"


@contextmanager
def program(*code: str) -> Iterator[subprocess.Popen[bytes]]:
    text = "; ".join([*code, "print(1, flush=True)", "time.sleep(60)"])
    process = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def row(pid: int, parent: int = 1) -> Row:
    return Row(pid, parent, born=1, cpu_seconds=0.0, rss_bytes=0)


def table(*rows: Row) -> dict[int, Row]:
    return {each.pid: each for each in rows}


def test_a_process_is_found_with_what_it_uses() -> None:
    busy = "x = [bytes(1000) for _ in range(20000)]; [hash(str(i)) for i in range(300000)]"
    with program("import time", busy) as process:
        found = read_table()[process.pid]
        again = read_row(process.pid)
    assert again is not None
    assert (found.parent, found.born) == (os.getpid(), again.born)
    assert found.cpu_seconds > 0.01
    assert found.rss_bytes > 20_000_000
    assert read_uid(os.getpid()) == os.getuid()


def test_a_name_full_of_brackets_confuses_nobody() -> None:
    with program(ODD_NAME) as process:
        found = read_row(process.pid)
    assert found is not None
    assert found.parent == os.getpid()


def test_the_dead_are_gone_though_nobody_has_fetched_them() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    deadline = time.monotonic() + 10
    while read_row(process.pid) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert process.pid not in read_table()
    process.wait()
    assert read_row(process.pid) is None
    assert read_uid(2**22 + 1) is None


def test_what_descends_from_a_server_is_its() -> None:
    rows = table(row(10), row(11, 10), row(12, 11), row(20), row(21, 20), row(99))
    found = assign(rows, {"ada": 10, "bob": 20, "eve": 30}, {})
    assert {name: [each.pid for each in found[name]] for name in found} == {
        "ada": [10, 11, 12],
        "bob": [20, 21],
        "eve": [],
    }


def test_a_server_below_a_server_is_its_own() -> None:
    found = assign(table(row(10), row(11, 10), row(12, 11)), {"ada": 10, "bob": 11}, {})
    assert {name: [each.pid for each in found[name]] for name in found} == {
        "ada": [10],
        "bob": [11, 12],
    }


def test_who_left_its_parents_is_found_by_the_account() -> None:
    rows = table(row(10), row(11, 10), row(50), row(60), row(70))
    uids = {10: 1001, 11: 1001, 50: 1001, 60: 1002}
    found = assign(rows, {"ada": 10, "ada-too": 70}, uids | {70: 1001})
    assert [each.pid for each in found["ada"]] == [10, 11, 50]
    assert [each.pid for each in found["ada-too"]] == [70]


def test_a_ring_of_parents_ends() -> None:
    assert len(assign(table(row(10, 11), row(11, 10)), {"ada": 10}, {})["ada"]) == 2


@pytest.mark.parametrize("pid", [0, -1])
def test_no_process_is_no_process(pid: int) -> None:
    assert read_row(pid) is None
