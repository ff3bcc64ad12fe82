"""A process is known by its number and its beginning."""

import os
import stat
import subprocess
from pathlib import Path

from proxy.notebook import process_record


def test_a_process_finds_itself(tmp_path: Path) -> None:
    path = tmp_path / "record"
    process_record.write(str(path))
    assert process_record.find(str(path)) == os.getpid()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["record"]


def test_a_number_that_was_given_again_is_somebody_else(tmp_path: Path) -> None:
    path = tmp_path / "record"
    path.write_text(f"{os.getpid()} 1\n")
    assert process_record.find(str(path)) is None


def test_who_is_gone_is_not_found(tmp_path: Path) -> None:
    path = tmp_path / "record"
    with subprocess.Popen(["true"]) as ended:
        ticks = process_record.began(ended.pid)
    path.write_text(f"{ended.pid} {ticks}\n")
    assert process_record.find(str(path)) is None


def test_without_a_proper_record_nobody_is_found(tmp_path: Path) -> None:
    path = tmp_path / "record"
    assert process_record.find(str(path)) is None
    for text in ("", "1", "x y", "1 2 3"):
        path.write_text(text)
        assert process_record.find(str(path)) is None
