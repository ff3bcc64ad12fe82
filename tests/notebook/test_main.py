"""JupyterLab's settings folder; the whole program is tried in tests/servers."""

import json
from pathlib import Path

import pytest

from proxy.notebook import __main__ as program
from tests.notebook.test_handed_down import HANDED


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings = tmp_path / "share" / "settings"
    (settings / "overrides.d").mkdir(parents=True)
    monkeypatch.setattr(program, "get_app_dir", lambda: str(tmp_path / "share"))
    return settings


def test_what_the_operator_installed_comes_after_ours(tmp_path: Path, installed: Path) -> None:
    (installed / "overrides.json").write_text('{"a": 1}')
    (installed / "overrides.d" / "course.json").write_text('{"b": 2}')
    folder = tmp_path / "lab"
    program.write_lab_settings(folder, HANDED)
    names = sorted(path.name for path in (folder / "overrides.d").iterdir())
    assert names == ["00-sifu.json", "course.json"]
    assert json.loads((folder / "overrides.json").read_text()) == {"a": 1}


def test_what_an_earlier_start_wrote_is_replaced(tmp_path: Path, installed: Path) -> None:
    (installed / "overrides.json").write_text("{}")
    folder = tmp_path / "lab"
    program.write_lab_settings(folder, HANDED)
    (installed / "overrides.json").unlink()
    program.write_lab_settings(folder, HANDED)
    assert [path.name for path in folder.iterdir()] == ["overrides.d"]
