"""What the machine has left, and what runs on it."""

from pathlib import Path

from proxy import __version__
from proxy.web.machine import look_at_machine, versions


def test_a_look_at_this_machine(tmp_path: Path) -> None:
    machine = look_at_machine([tmp_path / "not" / "there yet", tmp_path])
    assert machine.memory_total > machine.memory_free > 0
    assert machine.cores >= 1
    assert 0 <= machine.cpu <= 100
    (disk,) = machine.disks  # two folders on one file system are one
    assert disk.path.endswith("there yet")
    assert disk.total > disk.free > 0


def test_what_runs_here_is_told_by_name() -> None:
    found = versions()
    assert found["Sifu"] == __version__
    assert found["aiohttp"]
    assert all(found.values())
