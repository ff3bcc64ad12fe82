import hashlib
from pathlib import Path

import pytest

from proxy.cli import deploy as command
from proxy.cli.deploy import Choices, load_template, prepare_release, read_secrets
from proxy.core.errors import NotFound, UnprocessableInput
from proxy.deploy.bundle.assembly import Bundle
from tests.deploy.conftest import PASSWORD, TEMPLATE, read
from tests.deploy.conftest import world as world
from tests.deploy.fake_beanstalk import refuse

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(TEMPLATE)
    return path


@pytest.fixture
def bundle(tmp_path):
    path = tmp_path / "sifu.zip"
    path.write_bytes(b"zip")
    return path


@pytest.fixture
def to_world(world, monkeypatch):
    """The command reaches the tests' AWS, and its clock."""
    monkeypatch.setattr(command, "connect", lambda region: world.aws)
    monkeypatch.setattr(command, "system_clock", world.clock)
    monkeypatch.setattr("time.sleep", world.clock.advance)
    return world


@pytest.fixture
def run(sifu, template, bundle):
    def call(*arguments, **environment):
        named = ("--template", str(template), "--bundle", str(bundle))
        return sifu("deploy", *named, *arguments, **environment)

    return call


def test_one_command_deploys(to_world, run):
    done = run("--create-roles", SIFU_ADMIN_PASSWORD=PASSWORD)
    assert done.exit_code == 0, done.output
    assert "sign in     http://sifu-test-" in done.stdout
    assert PASSWORD not in done.output


def test_a_refusal_is_exit_status_1(to_world, run):
    done = run("--create-roles")
    assert done.exit_code == 1
    assert "SIFU_ADMIN_PASSWORD must be given" in done.output


def test_what_aws_refuses_is_one_sentence(to_world, run):
    to_world.interrupt = lambda when, operation: refuse("ExpiredToken", "")
    done = run(SIFU_ADMIN_PASSWORD=PASSWORD)
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert done.stderr.count("\n") == 1


def test_an_interruption_says_how_to_go_on(to_world, run):
    def interrupt(when, operation):
        raise KeyboardInterrupt

    to_world.interrupt = interrupt
    done = run(SIFU_ADMIN_PASSWORD=PASSWORD)
    assert done.exit_code == 130
    assert "takes up where things stand" in done.stderr


def test_a_dry_run_and_a_rollback_are_passed_on(to_world, run):
    done = run("--create-roles", "--dry-run", SIFU_ADMIN_PASSWORD=PASSWORD)
    assert done.exit_code == 0, done.output
    assert "create_environment(" in done.stdout
    assert to_world.changes == []
    assert "no environment" in run("--rollback").output


def test_the_command_line_chooses_environment_and_region(template):
    chosen = load_template(template, "sifu-other", "eu-west-1")
    assert (chosen.environment, chosen.region) == ("sifu-other", "eu-west-1")
    with pytest.raises(UnprocessableInput, match="4 to 40"):
        load_template(template, "x", "")


def test_a_template_that_is_not_there_or_no_text_is_told(tmp_path):
    with pytest.raises(NotFound, match="--template"):
        load_template(tmp_path / "none.toml", "", "")
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UnprocessableInput, match="UTF-8"):
        load_template(path, "", "")


def test_all_problems_of_a_template_are_printed(sifu, tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text("one = 1\ntwo = 2\n")
    done = sifu("deploy", "--template", str(path))
    assert done.exit_code == 1
    assert done.stderr.count("bad.toml:") == 2


def test_secrets_come_from_the_environment_or_from_files(monkeypatch, tmp_path):
    path = tmp_path / "password"
    path.write_text("from a file\n")
    monkeypatch.setenv("SIFU_ADMIN_PASSWORD_FILE", str(path))
    monkeypatch.setenv("SIFU_LMS_ORIGINS", "not asked for")
    values = read_secrets(read())
    assert {name: each.value for name, each in values.items()} == {
        "SIFU_ADMIN_PASSWORD": "from a file"
    }


def test_the_token_s_older_name_is_taken_with_a_word(monkeypatch, capsys):
    monkeypatch.setenv("DEPLOYMENT_KEY", "ghp_x")
    assert read_secrets(read())["DEPLOYMENT_TOKEN"].value == "ghp_x"
    told = capsys.readouterr().err
    assert "DEPLOYMENT_TOKEN" in told
    assert "ghp_x" not in told


def test_a_given_bundle_is_named_by_its_contents(bundle):
    release = prepare_release(read(), Choices(bundle, "", False, False))
    digest = hashlib.sha256(b"zip").hexdigest()
    assert (release.sha256, release.size, release.label) == (digest, 3, f"sifu-{digest[:12]}")
    assert prepare_release(read(), Choices(bundle, "mine", False, False)).label == "mine"
    with pytest.raises(NotFound, match="sifu bundle"):
        prepare_release(read(), Choices(bundle.with_name("none.zip"), "", False, False))


def test_without_one_the_checkout_is_bundled(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    made = []

    def write(source, target, choices, **_):
        made.append((source, choices.load_balancer.value, choices.efs, choices.one_port))
        return Bundle(tmp_path / "b.zip", 3, "ab" * 32, 1, "sifu-0.1.0-abababababab")

    monkeypatch.setattr(command, "write_bundle", write)
    release = prepare_release(read(), Choices(None, "", False, False))
    assert made == [(Path(), "none", False, False)]
    assert release.label == "sifu-0.1.0-abababababab"


def test_the_region_of_the_environment_counts_unless_one_is_chosen(monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(command, "connect", asked.append)
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    command.reach_aws("")
    command.reach_aws("eu-west-1")
    assert asked == ["eu-west-3", "eu-west-1"]
