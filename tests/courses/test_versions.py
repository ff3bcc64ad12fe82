"""A version from a hostile commit, on a full disk, of one folder."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.core.errors import Conflict
from proxy.courses import commit_files, conversion
from proxy.courses.versions import make_version, outline_of, remove_old, version_name
from tests.courses.upstream import Upstream, git


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    return Upstream.make(tmp_path / "stats")


def make(upstream: Upstream, commit: str, target: Path, directory: str = "") -> list[str]:
    """Return what was told."""
    told: list[str] = []
    make_version(upstream.folder / ".git", commit, directory, target, told.append)
    return told


def files_of(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()
    )


def test_links_and_submodules_are_passed_over_and_told(upstream: Upstream, tmp_path: Path) -> None:
    upstream.commit({"a.ipynb": "{}", "run.sh": "#!/bin/sh\n"})
    (upstream.folder / "run.sh").chmod(0o755)
    (upstream.folder / "passwd").symlink_to("/etc/passwd")
    (upstream.folder / "up").symlink_to("..")
    inner = Upstream.make(tmp_path / "inner")
    inner.commit({"x": "1"})
    commit = upstream.commit_all()
    head = inner.commit({"x": "2"})
    git(upstream.folder, "update-index", "--add", "--cacheinfo", f"160000,{head},sub")
    git(upstream.folder, "commit", "--quiet", "-m", "sub")
    commit = git(upstream.folder, "rev-parse", "HEAD")
    told = make(upstream, commit, tmp_path / "v/1")
    assert files_of(tmp_path / "v/1") == ["a.ipynb", "run.sh"]
    assert (tmp_path / "v/1/run.sh").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "v/1/a.ipynb").stat().st_mode & 0o777 == 0o644
    assert "Passed over: passwd is a link." in told
    assert "Passed over: sub is a submodule, another repository." in told


@pytest.mark.parametrize(
    "name",
    [
        b".git",
        b".GIT",
        b".git ",
        b".g\xe2\x80\x8cit",
        b"git~1",
        b".git::$INDEX_ALLOCATION",
        b"..",
        b".",
        b"\xff\xfe",
        b"a\nb",
        b"a\x1b[31m",
        b"a\\b",
        b"x" * 201,
        b" ",
    ],
)
def test_names_that_no_course_can_have(upstream: Upstream, tmp_path: Path, name: bytes) -> None:
    content = upstream.blob(b"1")
    inner = git(upstream.folder, "mktree", text=f"100644 blob {content}\thook\n".encode())
    lines = [("100644", "blob", content, b"fine.ipynb"), ("040000", "tree", inner, name)]
    commit = upstream.commit_tree(lines)
    told = make(upstream, commit, tmp_path / "v/1")
    assert files_of(tmp_path / "v/1") == ["fine.ipynb"]
    assert any("has a name that a course cannot have" in line for line in told)
    assert all(line.isprintable() for line in told)
    assert list(tmp_path.glob("hook")) == []


def test_names_that_are_only_odd_come(upstream: Upstream, tmp_path: Path) -> None:
    names = ["-rf", "--help", "a b.ipynb", "ü/é.ipynb", "$(touch x).txt", "'\".md", "*.txt"]
    commit = upstream.commit(dict.fromkeys(names, "x"))
    make(upstream, commit, tmp_path / "v/1")
    assert files_of(tmp_path / "v/1") == sorted(names)


def test_attributes_and_filters_of_the_repository_do_nothing(
    upstream: Upstream, tmp_path: Path
) -> None:
    commit = upstream.commit(
        {
            ".gitattributes": "*.txt export-subst eol=crlf\nhidden export-ignore\n* filter=evil\n",
            "a.txt": "$Format:%H$\n",
            "hidden": "x",
        }
    )
    make(upstream, commit, tmp_path / "v/1")
    assert (tmp_path / "v/1/a.txt").read_bytes() == b"$Format:%H$\n"
    assert (tmp_path / "v/1/hidden").exists()


def test_a_pointer_of_git_lfs_is_told(upstream: Upstream, tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"
    told = make(upstream, upstream.commit({"big.bin": pointer}), tmp_path / "v/1")
    assert "Note: big.bin is a pointer of Git LFS; the file itself does not come." in told


def test_too_much_is_refused_before_it_is_written(
    upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = upstream.commit({"a": "x" * 1000, "b": "y"})
    for name, most, told in (
        ("MOST_FILES", 1, "more than 1 files"),
        ("MOST_FILE_BYTES", 999, "The file a has 1 KiB"),
        ("MOST_BYTES", 1000, "together"),
    ):
        with monkeypatch.context() as only:
            only.setattr(f"proxy.core.course_tree.{name}", most)
            with pytest.raises(Conflict, match=told):
                make(upstream, commit, tmp_path / "v/1")
    assert list((tmp_path / "v").iterdir()) == []
    with monkeypatch.context() as only:
        only.setattr(commit_files, "_MOST_LISTED", 10)
        with pytest.raises(Conflict, match="far too many files"):
            make(upstream, commit, tmp_path / "v/1")


def test_one_folder_alone_and_its_outline(upstream: Upstream, tmp_path: Path) -> None:
    commit = upstream.commit({"n/sifu.toml": 'title = "N"\n', "n/x/a.ipynb": "{}", "b": ""})
    make(upstream, commit, tmp_path / "v/1", "n")
    assert files_of(tmp_path / "v/1") == ["sifu.toml", "x/a.ipynb"]
    assert outline_of(tmp_path / "v/1").title == "N"
    with pytest.raises(Conflict, match="There is no folder “m” in the repository"):
        make(upstream, commit, tmp_path / "v/2", "m")
    with pytest.raises(Conflict, match="There is no folder “b”"):
        make(upstream, commit, tmp_path / "v/2", "b")


@pytest.mark.parametrize(
    ("outline", "told"),
    [
        (b"title = 1\n", "sifu.toml, title"),
        (b"\xff", "no text in UTF-8"),
        (b"x" * 300_000, "longer than"),
        (b"[[[", "sifu.toml: "),
    ],
)
def test_a_bad_outline_leaves_nothing(
    upstream: Upstream, tmp_path: Path, outline: bytes, told: str
) -> None:
    commit = upstream.commit({"sifu.toml": outline})
    with pytest.raises(Conflict, match=told):
        make(upstream, commit, tmp_path / "v/1")
    assert list((tmp_path / "v").iterdir()) == []


def test_what_a_killed_one_left_is_cleared_away(upstream: Upstream, tmp_path: Path) -> None:
    left = tmp_path / "v/.sifu-unfinished-0011"
    (left / "deep/er").mkdir(parents=True)
    (left / "deep/er/x").write_text("half")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/kept").touch()
    (tmp_path / "v/.sifu-unfinished-0022").symlink_to(tmp_path / "elsewhere")
    make(upstream, upstream.commit({"a": "1"}), tmp_path / "v/1")
    assert not left.exists()
    assert (tmp_path / "elsewhere/kept").exists()


def test_names_say_what_a_version_is_made_from() -> None:
    names = {
        version_name(commit, folder) for commit in ("a" * 40, "b" * 64) for folder in ("", "n")
    }
    assert len(names) == 4
    assert all(len(name) == 49 for name in names)


def test_old_ones_go_and_the_served_stays(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"v{number}").mkdir()
        os.utime(tmp_path / f"v{number}", (number, number))
    remove_old(tmp_path, "v0")
    assert {path.name for path in tmp_path.iterdir()} == {"v0", "v5", "v4"}
    remove_old(tmp_path / "none", "x")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine mounts nothing")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_is_told_and_leaves_nothing(
    upstream: Upstream, tmp_path: Path, small_disk: Path
) -> None:
    make(upstream, upstream.commit({"a.ipynb": "{}"}), small_disk / "v/1")
    commit = upstream.commit({"b.bin": os.urandom(400_000)})
    with pytest.raises(Conflict, match="The disk is full"):
        make(upstream, commit, small_disk / "v/2")
    assert [path.name for path in (small_disk / "v").iterdir()] == ["1"]


def test_a_file_that_may_not_grow_is_told(upstream: Upstream, tmp_path: Path) -> None:
    """In a process of its own, which may write little."""
    commit = upstream.commit({"b.bin": os.urandom(400_000)})
    script = (
        "import signal, sys\nfrom pathlib import Path\n"
        "from proxy.core.errors import Conflict\n"
        "from proxy.courses.versions import make_version\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n make_version(Path(sys.argv[1]), sys.argv[2], '', Path(sys.argv[3]), print)\n"
        "except Conflict as told:\n print(told.public)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, upstream.folder / ".git", commit, tmp_path / "v/1"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert done.stdout.splitlines()[-1].startswith("The disk is full"), done.stderr
    assert list((tmp_path / "v").iterdir()) == []


HEAD = "---\njupytext:\n  text_representation:\n    extension: .md\n---\n"


def test_texts_become_notebooks_beside_them(upstream: Upstream, tmp_path: Path) -> None:
    percent = "# ---\n# jupyter:\n#   jupytext:\n#     formats: ipynb,py\n# ---\n\n# %%\n1 + 1\n"
    commit = upstream.commit(
        {
            "a.md": HEAD + "\n# A\n\n```python\n1\n```\n",
            "w/b.py": percent,
            "c.md": HEAD + "c",
            "c.ipynb": '{"own": 1}',
            "README.md": "# none\n",
            "tool.py": "import jupytext\n",
        }
    )
    for version in ("1", "2"):
        make(upstream, commit, tmp_path / "v" / version)
    assert [name for name in files_of(tmp_path / "v/1") if name.endswith(".ipynb")] == [
        "a.ipynb",
        "c.ipynb",
        "w/b.ipynb",
    ]
    assert (tmp_path / "v/1/c.ipynb").read_text() == '{"own": 1}'
    for name in ("a.ipynb", "w/b.ipynb"):
        first = (tmp_path / "v/1" / name).read_bytes()
        assert first == (tmp_path / "v/2" / name).read_bytes()
        notebook = json.loads(first)
        assert notebook["metadata"]["kernelspec"]["name"] == "python3"
        assert "jupytext" not in notebook["metadata"]


def test_too_many_texts_are_refused(
    upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion, "MOST_TEXTS", 1)
    commit = upstream.commit({"a.md": HEAD + "a", "b.md": HEAD + "b"})
    with pytest.raises(Conflict, match="more than 1 texts"):
        make(upstream, commit, tmp_path / "v/1")
