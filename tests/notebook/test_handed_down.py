"""What front writes is what Jupyter reads, and nobody else does."""

import json
import stat
from pathlib import Path

import pytest

from proxy.notebook import handed_down
from proxy.notebook.handed_down import HandedDown

HANDED = HandedDown(
    server="ada/home",
    base_url="/user/ada/home/",
    root="/notebooks/ada/home",
    socket="/run/x.sock",
    own="/run/x/own",
    frame_origins=("https://lms.example.org",),
    https=True,
    environment={"PASSWORD": "hush"},
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    handed_down.write(tmp_path, HANDED, "the-key")
    assert handed_down.read(tmp_path) == HANDED
    assert handed_down.read_key(tmp_path) == "the-key"
    assert "hush" not in repr(HANDED)


def test_files_are_private_even_over_open_ones(tmp_path: Path) -> None:
    for name in (handed_down.KEY_FILE, handed_down.SETTINGS_FILE, "identity.new"):
        (tmp_path / name).touch(mode=0o666)
    handed_down.write(tmp_path, HANDED, "the-key")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {handed_down.KEY_FILE: 0o600, handed_down.SETTINGS_FILE: 0o600}
    assert "the-key" not in (tmp_path / handed_down.SETTINGS_FILE).read_text()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"frame_origins": []}', '{"unknown": 1}'])
def test_a_file_of_somebody_else_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / handed_down.SETTINGS_FILE).write_text(text)
    with pytest.raises(ValueError, match=r"Sifu|Expecting"):
        handed_down.read(tmp_path)


def test_a_servers_own_account_may_read_and_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[int] = []
    monkeypatch.setattr("os.fchown", lambda _, user, group: groups.extend([user, group]))
    handed_down.write(tmp_path, HANDED, "the-key", gid=4711)
    assert groups == [-1, 4711, -1, 4711]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o640}


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"settings\.json"):
        handed_down.read(tmp_path)


def test_a_field_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    handed_down.write(tmp_path, HANDED, "the-key")
    path = tmp_path / handed_down.SETTINGS_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | {"newer": 1}))
    with pytest.raises(ValueError, match="this version"):
        handed_down.read(tmp_path)
