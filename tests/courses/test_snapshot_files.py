"""Pages on the disk: whole or not there, and ours alone."""

import os
import stat
import subprocess
from contextlib import suppress

import pytest

from proxy.core.errors import Conflict
from proxy.courses.snapshot_files import SnapshotFiles
from proxy.disk.whole_files import draft_of

TOKEN = "a" * 48
OTHER = "b" * 48


@pytest.fixture
def files(tmp_path):
    return SnapshotFiles(tmp_path / "data" / "snapshots", spare=0)


def test_a_page_is_there_as_it_was_and_nobody_else_may_read_it(files):
    before = os.umask(0)
    try:
        files.write(TOKEN, b"page")
    finally:
        os.umask(before)
    place = files.place(TOKEN)
    assert place.read_bytes() == b"page"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert files.has(TOKEN)
    assert files.names() == {f"{TOKEN}.html"}


@pytest.mark.parametrize("text", ["../../etc/passwd", "", "new", "a" * 48 + "/x"])
def test_no_other_text_becomes_a_path(files, text):
    with pytest.raises(ValueError, match="no snapshot"):
        files.place(text)


def test_a_disk_that_is_nearly_full_takes_nothing(tmp_path):
    files = SnapshotFiles(tmp_path, spare=2**60)
    with pytest.raises(Conflict, match="disk is nearly full"):
        files.write(TOKEN, b"page")
    assert files.names() == set()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes file systems")
def test_a_disk_that_is_full_keeps_nothing_of_it(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "x", folder], check=False
    ).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        files = SnapshotFiles(folder, spare=-(2**40))
        with pytest.raises(Conflict, match="could not be stored"):
            files.write(TOKEN, b"x" * 2**20)
        assert files.names() == set()
        files.write(OTHER, b"small")
        assert files.names() == {f"{OTHER}.html"}
    finally:
        subprocess.run(["umount", folder], check=True)


def test_what_a_killed_writer_left_is_in_nobodys_way(files):
    files.write(OTHER, b"page")
    part = draft_of(files.place(TOKEN))
    part.write_bytes(b"half a")
    assert not files.has(TOKEN)
    assert files.names() == {f"{OTHER}.html", part.name}
    files.clear({part.name})
    assert files.names() == {f"{OTHER}.html"}


def test_a_link_in_its_place_is_not_written_through(files, tmp_path):
    files.write(OTHER, b"page")
    victim = tmp_path / "victim"
    victim.write_text("kept")
    draft_of(files.place(TOKEN)).symlink_to(victim)
    with suppress(Conflict):
        files.write(TOKEN, b"page")
    assert victim.read_text() == "kept"


def test_removing_twice_and_listing_nothing_are_no_errors(files):
    assert files.names() == set()
    files.remove(TOKEN)
    files.write(TOKEN, b"page")
    files.remove(TOKEN)
    files.remove(TOKEN)
    assert not files.has(TOKEN)
