"""Whose path a notebook's is: below the person's own workspace, as written or as it really is."""

from pathlib import Path

import pytest

from proxy.web.grading import _relative


@pytest.mark.parametrize(
    ("path", "below"),
    [
        ("stats/a.ipynb", "stats/a.ipynb"),
        ("./stats//x/../a.ipynb", "stats/a.ipynb"),
        ("{root}/stats/a.ipynb", "stats/a.ipynb"),
        ("{root}/../home/stats/a.ipynb", "stats/a.ipynb"),
        ("{link}/stats/a.ipynb", "stats/a.ipynb"),
        ("{root}/../other/a.ipynb", None),
        ("{root}x/a.ipynb", None),
        ("/etc/passwd", None),
    ],
)
def test_paths(tmp_path: Path, path: str, below: str | None) -> None:
    real, link = tmp_path / "home", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    written = path.format(root=real, link=link)
    assert _relative(written, link) == below


def test_a_workspace_named_relatively_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _relative(f"{tmp_path}/home/a/b.ipynb", Path("home")) == "a/b.ipynb"
