"""A workspace is somebody's, and they may have put anything there."""

import os
import socket
import threading
from pathlib import Path

import pytest

from proxy.courses import looking
from proxy.courses.looking import Listing, OpenFile, look, look_at_file

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs accounts of others")


@pytest.fixture
def root(tmp_path):
    home = tmp_path / "home"
    (home / "stats" / "week 1").mkdir(parents=True)
    (home / "stats" / "b.ipynb").write_bytes(b"{}")
    (home / "stats" / "A.py").write_bytes(b"x = 1")
    (home / "stats" / ".hidden").write_bytes(b"h")
    return home


def content(found):
    assert isinstance(found, OpenFile)
    with found.file:
        return found.read(100)


def test_a_folder_is_listed_folders_first_without_hidden_names(root):
    found = look(root, "stats")
    assert isinstance(found, Listing)
    assert [(each.name, each.is_folder, each.size) for each in found.entries] == [
        ("week 1", True, 0),
        ("A.py", False, 5),
        ("b.ipynb", False, 2),
    ]
    assert found.is_whole


def test_a_file_is_read_up_to_what_was_asked(root):
    assert content(look(root, "stats/A.py")) == b"x = 1"
    found = look_at_file(root, "stats/A.py")
    assert found is not None
    with found.file:
        assert found.read(2) == b"x ="
    assert look_at_file(root, "stats") is None


@pytest.mark.parametrize(
    "path", ["", ".", "..", "../secret", "stats/../../secret", "/etc/passwd", "stats//A.py", "x\0"]
)
def test_nothing_is_found_outside(root, path):
    (root.parent / "secret").write_text("s")
    assert look(root, path) is None


def test_no_link_is_followed_at_any_step(root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.ipynb").write_text("s")
    (root / "stats" / "folder").symlink_to(outside)
    (root / "stats" / "file.ipynb").symlink_to(outside / "secret.ipynb")
    (root / "linked").symlink_to(root / "stats")
    for path in ("stats/folder", "stats/folder/secret.ipynb", "stats/file.ipynb", "linked/A.py"):
        assert look(root, path) is None, path
    listed = look(root, "stats")
    assert isinstance(listed, Listing)
    assert not {"folder", "file.ipynb"} & {each.name for each in listed.entries}


def test_a_workspace_that_is_a_link_is_none(root, tmp_path):
    (tmp_path / "link").symlink_to(root)
    assert look(tmp_path / "link", "stats") is None
    assert look(tmp_path / "nothing", "stats") is None


def test_pipes_and_sockets_keep_nobody_waiting(root):
    os.mkfifo(root / "stats" / "pipe.ipynb")
    with socket.socket(socket.AF_UNIX) as listener:
        before = Path.cwd()
        os.chdir(root / "stats")
        try:
            listener.bind("sock.ipynb")
        finally:
            os.chdir(before)
    assert look(root, "stats/pipe.ipynb") is None
    assert look(root, "stats/sock.ipynb") is None
    listed = look(root, "stats")
    assert isinstance(listed, Listing)
    assert {each.name for each in listed.entries} == {"week 1", "A.py", "b.ipynb"}


@AS_ROOT
def test_a_second_name_of_somebody_elses_file_is_not_read(root, tmp_path):
    """Where the kernel lets people make one."""
    secret = tmp_path / "secret"
    secret.write_text("s")
    os.chown(secret, 100_001, 100_001)
    secret.chmod(0o644)
    for folder in (root, root / "stats"):
        os.chown(folder, 100_000, 100_000)
    os.link(secret, root / "stats" / "mine.ipynb")
    assert look(root, "stats/mine.ipynb") is None
    assert content(look(root, "stats/mine.ipynb", is_shared=True)) == b"s"


@AS_ROOT
def test_a_file_of_somebody_else_is_read_if_everybody_may(root):
    for folder in (root, root / "stats"):
        os.chown(folder, 100_000, 100_000)
    placed = root / "stats" / "b.ipynb"
    placed.chmod(0o644)
    assert content(look(root, "stats/b.ipynb")) == b"{}"
    placed.chmod(0o600)
    assert look(root, "stats/b.ipynb") is None


def test_a_folder_of_very_many_is_listed_in_part(root, monkeypatch):
    monkeypatch.setattr(looking, "MOST_ENTRIES", 2)
    found = look(root, "stats")
    assert isinstance(found, Listing)
    assert not found.is_whole
    assert len(found.entries) <= 2


def test_folders_that_are_swapped_meanwhile_lead_nowhere_else(root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "A.py").write_text("secret")
    ended = threading.Event()

    def swap():
        while not ended.is_set():
            (root / "stats").rename(root / "away")
            (root / "stats").symlink_to(outside)
            (root / "stats").unlink()
            (root / "away").rename(root / "stats")

    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        found = [look(root, "stats/A.py") for _ in range(500)]
    finally:
        ended.set()
        swapper.join()
    assert {content(each) for each in found if each is not None} <= {b"x = 1"}
