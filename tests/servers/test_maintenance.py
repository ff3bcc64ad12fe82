"""The switch, on the disk."""

from pathlib import Path

import pytest

from proxy.servers.maintenance import MOST_TEXT, Closed, Maintenance, read_switch, write_switch
from tests.conftest import FakeClock


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "maintenance.json"


async def test_the_switch_outlives_whoever_turned_it(file: Path, clock: FakeClock) -> None:
    maintenance = Maintenance(file, clock)
    assert await maintenance.look() is None
    await maintenance.close_doors("Back at\nnoon.")
    again = Maintenance(file, clock)
    assert again.closed is None  # not looked yet
    assert await again.look() == Closed(clock.now, "Back at noon.") == maintenance.closed
    await again.open_doors()
    assert again.closed is None
    assert await maintenance.look() is None
    await again.open_doors()


async def test_a_drain_closes_and_keeps_since_when(file: Path, clock: FakeClock) -> None:
    maintenance = Maintenance(file, clock)
    await maintenance.close_doors()
    began = clock.now
    clock.advance(100)
    closed = await maintenance.drain(seconds=60, message="Update.")
    assert closed == Closed(began, "Update.", clock.now + 60) == await maintenance.look()
    assert (await maintenance.close_doors()).stop_all_at is None  # called off


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"since": "x"}', "\x00", '{"since": 1e999}', "[" * 5000]
)
def test_a_file_that_is_not_understood_means_closed(file: Path, text: str) -> None:
    file.write_text(text)
    assert read_switch(file) == Closed(0.0)


def test_a_file_that_cannot_be_read_means_closed(file: Path) -> None:
    file.mkdir()
    assert read_switch(file) == Closed(0.0)
    file.rmdir()
    file.write_bytes(b"\xff\xfe")
    assert read_switch(file) == Closed(0.0)


def test_nobody_else_may_write_it_and_a_half_written_one_is_in_nobodys_way(file: Path) -> None:
    file.with_suffix(".new").write_text("half")
    write_switch(file, Closed(1.0))
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == [file.name]


async def test_the_message_is_bounded_and_stands_in_the_sentence(
    file: Path, clock: FakeClock
) -> None:
    closed = await Maintenance(file, clock).close_doors("x" * 10_000)
    assert len(closed.message) == MOST_TEXT
    assert "Back at noon." in Closed(0.0, "Back at noon.").sentence
    assert "later" in Closed(0.0).sentence
