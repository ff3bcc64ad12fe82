"""People's folders on a real disk; accounts need root."""

import os
from pathlib import Path

import pytest

from proxy.core.errors import ServerNotRunning
from proxy.servers.account import Account
from proxy.servers.homes import owners_of_homes, prepare_home
from tests.disk.test_removal import make_deep

ACCOUNT = Account(100000, "ada")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give files away")


def test_without_folders_nobody_owns_any(tmp_path: Path) -> None:
    assert owners_of_homes(tmp_path / "none") == {}


@needs_root
def test_what_was_roots_is_handed_over_but_not_what_has_another_name(tmp_path: Path) -> None:
    home = tmp_path / "ada/home"
    home.mkdir(parents=True)
    (home / "old.ipynb").write_text("{}")
    outside = tmp_path / "outside"
    outside.write_text("ours")
    (home / "second-name").hardlink_to(outside)
    (home / "link").symlink_to(outside)
    os.chown(home / "old.ipynb", 0, 0)
    prepare_home(tmp_path, "home", ACCOUNT)
    assert (home / "old.ipynb").stat().st_uid == home.stat().st_uid == 100000
    assert outside.stat().st_uid == 0
    assert owners_of_homes(tmp_path) == {"ada": 100000}
    assert (tmp_path / "ada").stat().st_mode & 0o777 == 0o700


@needs_root
def test_somebody_elses_folder_or_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    os.chown(tmp_path / "ada", 100001, 100001)
    with pytest.raises(ServerNotRunning, match="not yours"):
        prepare_home(tmp_path, "home", ACCOUNT)
    assert (tmp_path / "ada").stat().st_uid == 100001
    (tmp_path / "ada").rename(tmp_path / "bob")
    (tmp_path / "ada").symlink_to(tmp_path / "bob")
    with pytest.raises(ServerNotRunning):
        prepare_home(tmp_path, "home", ACCOUNT)


@needs_root
def test_temporary_files_of_any_depth_go_before_a_start(tmp_path: Path) -> None:
    prepare_home(tmp_path, "home", ACCOUNT)
    temporary = tmp_path / "ada/.tmp"
    make_deep(temporary / "deep", 1200)
    prepare_home(tmp_path, "home", ACCOUNT, is_alone=True)
    assert list(temporary.iterdir()) == []
