"""`sifu bundle`: what an operator sees."""

import zipfile

import pytest
from click.testing import CliRunner

from proxy.cli import main
from proxy.cli.bundle import setting_names
from tests.deploy.checkout import make_checkout


@pytest.fixture
def run():
    def run(*arguments, **environment):
        words = ["bundle", *(str(argument) for argument in arguments)]
        return CliRunner().invoke(main, words, env=environment)

    return run


def test_a_bundle_is_made_and_told_of(run, tmp_path):
    source = make_checkout(tmp_path / "checkout")
    result = run(source, "--output", tmp_path / "a.zip")
    assert result.exit_code == 0
    lines = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert lines["Bundle"] == str(tmp_path / "a.zip")
    assert len(lines["SHA-256"]) == 64
    assert lines["Version"].startswith("sifu-1.2.3-")
    assert "files" in lines["Size"]
    assert "`sifu deploy`" in lines["Next:"]


def test_the_current_folder_is_the_default(run, tmp_path, monkeypatch):
    monkeypatch.chdir(make_checkout(tmp_path))
    assert run("--efs", "--load-balancer", "none").exit_code == 0
    (path,) = (tmp_path / "build").iterdir()
    with zipfile.ZipFile(path) as archive:
        extensions = {name for name in archive.namelist() if name.startswith(".ebextensions/")}
    assert ".ebextensions/efs.config" in extensions
    assert ".ebextensions/load_balancer_none.config" in extensions


def test_checking_writes_nothing(run, tmp_path):
    result = run(make_checkout(tmp_path), "--check")
    assert (result.exit_code, "No problems in" in result.stdout) == (0, True)
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize("check", [["--check"], []])
def test_problems_end_with_status_1_and_no_file(run, tmp_path, check):
    source = make_checkout(tmp_path, **{"ebextensions/50_own.config": "a: 1\n"})
    result = run(source, *check)
    assert result.exit_code == 1
    assert result.stdout == ""
    first, last = result.stderr.splitlines()
    assert first.startswith("ebextensions/50_own.config:1: there is no section “a”.")
    assert last == "1 problem; no bundle was written."
    assert not (tmp_path / "build").exists()


def test_what_is_left_out_is_told(run, tmp_path):
    result = run(make_checkout(tmp_path, **{"proxy/key.pem": "x"}))
    assert result.stderr == "Left out: proxy/key.pem\n"


def test_a_setting_that_sifu_does_not_know_is_a_problem(run, tmp_path):
    text = "option_settings:\n  aws:elasticbeanstalk:application:environment:\n    {}: x\n"
    good = make_checkout(tmp_path / "a", **{"ebextensions/50.config": text.format("SIFU_ADMIN")})
    assert run(good, "--check").exit_code == 0
    bad = make_checkout(tmp_path / "b", **{"ebextensions/50.config": text.format("SIFU_ADMINS")})
    assert "Did you mean “SIFU_ADMIN”?" in run(bad, "--check").stderr


def test_another_folder_is_told_what_it_lacks(run, tmp_path):
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "is not a complete checkout of Sifu: .dockerignore, Dockerfile" in result.stderr


def test_the_moment_comes_from_the_environment(run, tmp_path):
    source = make_checkout(tmp_path)
    run(source, "--output", tmp_path / "a.zip", SOURCE_DATE_EPOCH="1800000000")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.infolist()[0].date_time[0] == 2027
    result = run(source, SOURCE_DATE_EPOCH="tomorrow")
    assert (result.exit_code, "SOURCE_DATE_EPOCH is not" in result.stderr) == (1, True)


def test_secrets_have_a_second_name():
    names = setting_names()
    assert {"SIFU_SECRET", "SIFU_SECRET_FILE", "SIFU_ADMIN"} <= names
    assert "SIFU_ADMIN_FILE" not in names
