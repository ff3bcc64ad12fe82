"""Packages of a person's own."""

import sysconfig
from pathlib import Path

import pytest

from proxy.servers import own_packages


def test_they_count_where_python_would_import_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = {"userbase": str(tmp_path / ".local")}
    folder = Path(sysconfig.get_path("purelib", "posix_user", variables))
    monkeypatch.setattr(own_packages, "_counts_user_packages", lambda: True)
    assert not own_packages.has_own_packages(tmp_path)
    folder.mkdir(parents=True)
    assert not own_packages.has_own_packages(tmp_path)
    (folder / "module.py").touch()
    assert own_packages.has_own_packages(tmp_path)
    monkeypatch.setattr(own_packages, "_counts_user_packages", lambda: False)
    assert not own_packages.has_own_packages(tmp_path)
