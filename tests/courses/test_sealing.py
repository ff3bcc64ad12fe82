"""What a build left behind becomes ours, or nothing does."""

import os
from pathlib import Path

import pytest

from proxy.courses import sealing
from proxy.courses.build_failure import BuildFailed
from proxy.courses.sealing import seal

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another account")
UID = 64_321


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def make(folder: Path) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin/tool").write_text("#!/bin/sh\n")
    (folder / "bin/tool").chmod(0o6777)
    (folder / "a-1.0.dist-info").mkdir()
    (folder / "a.py").write_text("x" * 10_000)
    (folder / "a.py").chmod(0o666)
    (folder / "bin/python").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe")
    return folder


def test_nobody_can_write_and_all_can_read(tmp_path: Path) -> None:
    folder = make(tmp_path / "venv")
    sealed = seal(folder, None)
    assert (mode(folder), mode(folder / "bin")) == (0o755, 0o755)
    assert (mode(folder / "bin/tool"), mode(folder / "a.py")) == (0o555, 0o444)
    assert not (folder / "pipe").exists()
    assert sealed.packages == 1
    assert 10_000 <= sealed.size < 200_000


def test_a_second_name_of_our_own_file_changes_nothing_there(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0o600)
    folder = make(tmp_path / "venv")
    (folder / "name").hardlink_to(secret)
    seal(folder, None)
    assert mode(secret) == 0o600


@needs_root
def test_a_second_name_of_somebody_elses_file_stops_it(tmp_path: Path) -> None:
    shadow = tmp_path / "shadow"
    shadow.write_text("x")
    shadow.chmod(0o600)
    folder = make(tmp_path / "venv")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, UID, UID, follow_symlinks=False)
    target = os.stat("/etc/hostname").st_uid  # noqa: PTH116
    (folder / "name").hardlink_to(shadow)
    with pytest.raises(BuildFailed, match="somebody else"):
        seal(folder, UID)
    assert mode(shadow) == 0o600
    (folder / "name").unlink()
    os.chown(folder, UID, UID)
    for path in folder.rglob("*"):
        os.chown(path, UID, UID, follow_symlinks=False)
    seal(folder, UID)
    assert {path.lstat().st_uid for path in (folder, *folder.rglob("*"))} == {0}
    assert os.stat("/etc/hostname").st_uid == target  # noqa: PTH116


@pytest.mark.parametrize(
    ("bound", "value", "told"),
    [("MOST_ENTRIES", 3, "files"), ("MOST_BYTES", 4096, "GiB"), ("MOST_DEPTH", 0, "deep")],
)
def test_there_are_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, value: int, told: str
) -> None:
    monkeypatch.setattr(sealing, bound, value)
    with pytest.raises(BuildFailed, match=told):
        seal(make(tmp_path / "venv"), None)
