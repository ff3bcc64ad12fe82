"""Texts become notebooks beside them, in a time."""

from pathlib import Path

import pytest

from proxy.core.errors import Conflict
from proxy.courses.conversion import convert_texts

HEAD = "---\njupytext:\n  text_representation:\n    extension: .md\n---\n"


def put(folder: Path, files: dict[str, str | bytes]) -> set[str]:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return set(files)


def test_of_two_that_would_be_one_the_first_is(tmp_path: Path) -> None:
    percent = "# ---\n# jupytext: {}\n# ---\n\n# %%\n2\n"
    paths = put(tmp_path, {"a.py": percent, "a.md": HEAD + "one"})
    told: list[str] = []
    assert convert_texts(tmp_path, paths, told.append) == ["a.ipynb"]
    assert "one" in (tmp_path / "a.ipynb").read_text()
    assert told == ["Made 1 of 1 texts notebooks."]


def test_without_one_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = put(
        tmp_path,
        {
            "README.md": "# jupytext\n",
            "b.md": HEAD.encode() + b"\xff",
            "large.md": HEAD + "x" * (2 * 2**20),
        },
    )
    monkeypatch.setattr("sys.executable", "/none")
    assert convert_texts(tmp_path, paths, print) == []


def test_one_that_takes_too_long_is_named(tmp_path: Path) -> None:
    paths = put(tmp_path, {"slow.md": HEAD + "x"})
    with pytest.raises(Conflict, match=r"slow\.md could not be made a notebook: it took too long"):
        convert_texts(tmp_path, paths, print, seconds=0.05)
    assert not (tmp_path / "slow.ipynb").exists()
