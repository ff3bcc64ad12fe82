"""The file system as it can be: links, pipes, slow disks, and a kill in the middle."""

import os
import stat

import pytest

from proxy.deploy.bundle.files import list_checkout, read_files, write_whole


def test_hidden_files_and_bytecode_are_not_listed(tmp_path):
    for name in ("proxy/a.py", "proxy/.env", "proxy/__pycache__/a.pyc", "proxy/b/.git/config"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    listing = list_checkout(tmp_path, ["proxy", "gone"], ["Dockerfile"])
    assert listing.files == ("proxy/a.py",)
    assert listing.irregular == ()


def test_links_and_pipes_are_listed_and_not_followed(tmp_path):
    (tmp_path / "proxy").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.py").touch()
    (tmp_path / "proxy" / "link.py").symlink_to(tmp_path / "outside" / "a.py")
    (tmp_path / "proxy" / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "proxy" / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "nginx").symlink_to(tmp_path / "outside")
    (tmp_path / "Dockerfile").symlink_to(tmp_path / "outside" / "a.py")
    os.mkfifo(tmp_path / "proxy" / "pipe")
    listing = list_checkout(tmp_path, ["proxy", "nginx"], ["Dockerfile"])
    assert listing.files == ()
    assert listing.irregular == (
        *("Dockerfile", "nginx", "proxy/folder", "proxy/gone", "proxy/link.py", "proxy/pipe"),
    )


def test_a_checkout_may_itself_be_reached_by_a_link(tmp_path):
    (tmp_path / "real" / "proxy").mkdir(parents=True)
    (tmp_path / "real" / "proxy" / "a.py").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert list_checkout(tmp_path / "link", ["proxy"], []).files == ("proxy/a.py",)


def test_whoever_waits_hears_of_it_every_two_seconds(tmp_path, clock):
    names = [f"{number}.py" for number in range(10)]
    for name in names:
        (tmp_path / name).write_bytes(b"x")

    def slow():
        clock.advance(0.7)
        return clock.now

    said: list[str] = []
    contents = read_files(tmp_path, names, said.append, most=100, clock=slow)
    assert len(contents) == 10
    assert said == ["Reading: 2 of 10 files.", "Reading: 5 of 10 files.", "Reading: 8 of 10 files."]


def test_reading_ends_where_it_is_too_much(tmp_path):
    for name in "abc":
        (tmp_path / name).write_bytes(b"x" * 10)
    assert list(read_files(tmp_path, "abc", print, most=15)) == ["a", "b"]


def test_a_file_is_replaced_whole(tmp_path):
    target = tmp_path / "new" / "a.zip"
    write_whole(target, b"one")
    write_whole(target, b"two")
    assert target.read_bytes() == b"two"
    assert list(target.parent.iterdir()) == [target]


def test_a_failure_leaves_the_former_file(tmp_path):
    target = tmp_path / "a.zip"
    target.mkdir()
    with pytest.raises(OSError, match=r"a\.zip"):
        write_whole(target, b"two")
    assert list(tmp_path.iterdir()) == [target]


def test_a_bundle_is_its_maker_s(tmp_path):
    write_whole(tmp_path / "a.zip", b"x")
    assert stat.S_IMODE((tmp_path / "a.zip").stat().st_mode) == 0o600
