import json

import pytest
from sifu_image.fetching import main

from tests.image.git_host import GitHost, PrivateHost, git
from tests.image.traces import everywhere_in


@pytest.fixture
def context(tmp_path):
    folder = tmp_path / "context"
    (folder / "requirements").mkdir(parents=True)
    return folder


@pytest.fixture
def target(tmp_path):
    return tmp_path / "target"


def fetch(context, target) -> int:
    return main([str(context), str(target)])


def name_course(context, host: GitHost, **more: str) -> None:
    values = {"name": "one", "url": host.url("one")} | more
    lines = [f'{key} = "{value}"\n' for key, value in values.items()]
    (context / "courses.toml").write_text("[[course]]\n" + "".join(lines))


def test_without_private_repositories_there_is_nothing_to_do(context, target):
    assert fetch(context, target) == 0
    assert json.loads((target / "courses.json").read_text()) == {}
    assert (target / "packages.txt").read_text() == ""
    assert list((target / "courses").iterdir()) == []


def test_courses_and_packages_are_fetched_and_listed(context, target, private_host):
    name_course(context, private_host, url=private_host.url("grades"), directory="week 1")
    lines = f"our-grader @ git+{private_host.url('grader')}#subdirectory=python\npandas==2.3.1\n"
    (context / "requirements" / "private.txt").write_text(lines)
    (context / ".deployment_token").write_text(f"{PrivateHost.TOKEN}\n")
    assert fetch(context, target) == 0
    assert json.loads((target / "courses.json").read_text()) == {"one": "week 1"}
    assert (target / "courses/one/week 1/first.md").exists()
    package, pinned = (target / "packages.txt").read_text().splitlines()
    assert pinned == "pandas==2.3.1"
    assert package == f"{target}/packages/our-grader/python"
    assert everywhere_in(target, PrivateHost.TOKEN) == []


def test_both_files_are_checked_before_anything_is_fetched(context, target, git_host, capsys):
    git_host.add("one", {"a.md": "text\n"})
    name_course(context, git_host)
    (context / "requirements" / "private.txt").write_text("pandas\n")
    assert fetch(context, target) == 1
    assert "requirements/private.txt, line 1" in capsys.readouterr().err
    assert git_host.requests == []


@pytest.mark.parametrize("directory", ["nowhere", "a.md", "link"])
def test_a_folder_that_is_not_there_is_told(context, target, git_host, capsys, directory):
    git_host.add("one", {"a.md": "text\n"})
    work = git_host.folder / "one-main"
    (work / "link").symlink_to("/etc")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message=Link")
    git(work, "push", "--quiet", str(git_host.folder / "one.git"), "main")
    name_course(context, git_host, directory=directory)
    assert fetch(context, target) == 1
    assert f"has no folder “{directory}”" in capsys.readouterr().err


def test_the_other_spelling_is_warned_of(context, target, monkeypatch, tmp_path, capsys):
    (tmp_path / "deployment_key").write_text("s3cret")
    monkeypatch.setattr("sifu_image.deployment_token.SECRETS", tmp_path)
    assert fetch(context, target) == 0
    assert "Call it DEPLOYMENT_TOKEN" in capsys.readouterr().out


def test_a_file_that_is_no_text_is_told(context, target, capsys):
    (context / "courses.toml").write_bytes(b"\xff\xfe")
    assert fetch(context, target) == 1
    assert "not text in UTF-8" in capsys.readouterr().err
