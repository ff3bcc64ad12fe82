"""The deployment token on its way to the build: whole, readable for root alone, and soon gone."""

import stat
import time
from pathlib import Path

import pytest

from tests.hooks.machine import Machine

TOKEN = "ghp_0123456789abcdefABCDEF"  # made up


def token_files(machine: Machine) -> list[Path]:
    return sorted(machine.bundle.glob(".deployment_token*"))


def test_the_token_is_in_a_private_file_and_shows_nowhere(machine: Machine) -> None:
    machine.set_property("DEPLOYMENT_TOKEN", TOKEN)
    done = machine.hand_over(DEPLOYMENT_TOKEN=TOKEN, HOST_TOKEN_SECONDS="1")
    assert done.returncode == 0, done.stderr
    (file,) = token_files(machine)
    assert file.read_text() == TOKEN
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert TOKEN not in done.stdout + done.stderr + "".join(machine.calls)


def test_no_program_gets_the_token_as_argument_or_environment(machine: Machine) -> None:
    machine.set_property("DEPLOYMENT_TOKEN", TOKEN)
    spy = machine.folder / "bin" / "mktemp"
    spy.write_text(
        '#!/bin/sh\nenv >"$FAKE/seen"\necho "$*" >>"$FAKE/seen"\nexec /usr/bin/mktemp "$@"\n'
    )
    spy.chmod(0o755)
    machine.hand_over(DEPLOYMENT_TOKEN=TOKEN, DEPLOYMENT_KEY=TOKEN, HOST_TOKEN_SECONDS="1")
    assert TOKEN not in (machine.fake / "seen").read_text()


def test_the_old_name_works_and_is_warned_of(machine: Machine) -> None:
    machine.set_property("DEPLOYMENT_KEY", TOKEN)
    done = machine.hand_over(HOST_TOKEN_SECONDS="1")
    assert token_files(machine)[0].read_text() == TOKEN
    assert "DEPLOYMENT_KEY is the old name" in done.stderr


def test_the_new_name_goes_before_the_old_one(machine: Machine) -> None:
    machine.set_property("DEPLOYMENT_KEY", "old")
    machine.set_property("DEPLOYMENT_TOKEN", TOKEN)
    done = machine.hand_over(HOST_TOKEN_SECONDS="1")
    assert token_files(machine)[0].read_text() == TOKEN
    assert "old name" not in done.stderr


ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sifu-Ab12Cd"


@pytest.mark.parametrize("told", [None, ARN])
@pytest.mark.parametrize("name", ["DEPLOYMENT_TOKEN", "DEPLOYMENT_KEY"])
def test_a_secret_that_only_the_environment_tells_is_found(
    machine: Machine, told: str | None, name: str
) -> None:
    if told:
        machine.set_property(name, told)
    done = machine.hand_over(HOST_TOKEN_SECONDS="1", **{name: TOKEN})
    assert done.returncode == 0, done.stderr
    assert token_files(machine)[0].read_text() == TOKEN


def test_where_a_secret_is_kept_is_no_token(machine: Machine) -> None:
    machine.set_property("DEPLOYMENT_TOKEN", ARN)
    done = machine.hand_over()
    assert "no DEPLOYMENT_TOKEN is set" in done.stderr
    assert token_files(machine) == []


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_token_the_build_goes_on(machine: Machine, value: str | None) -> None:
    if value is not None:
        machine.set_property("DEPLOYMENT_TOKEN", value)
    done = machine.hand_over()
    assert done.returncode == 0
    assert "no DEPLOYMENT_TOKEN is set" in done.stderr
    assert token_files(machine) == []


def test_a_broken_get_config_is_not_taken_for_no_token(machine: Machine) -> None:
    (machine.fake / "get-config-is-broken").touch()
    done = machine.hand_over()
    assert done.returncode == 1
    assert "get-config does not work" in done.stderr


@pytest.mark.parametrize("around", ["{}\n", "{}\r\n", " {} ", "\t{}\r"])
def test_blanks_around_the_token_are_left_out(machine: Machine, around: str) -> None:
    machine.set_property("DEPLOYMENT_TOKEN", around.format(TOKEN))
    machine.hand_over(HOST_TOKEN_SECONDS="1")
    assert token_files(machine)[0].read_text() == TOKEN


@pytest.mark.parametrize(
    "value", ["two words", "two\nlines", "a\r\nHost: evil", "tok\u00e9n", " \n "]
)
def test_a_token_that_cannot_be_one_stops_the_deployment(machine: Machine, value: str) -> None:
    machine.set_property("DEPLOYMENT_TOKEN", value)
    done = machine.hand_over()
    assert done.returncode == 1
    assert "set it again" in done.stderr
    assert value.strip() not in done.stderr or not value.strip()
    assert token_files(machine) == []


@pytest.mark.parametrize("token", ["-n", "%s%s", "a\\nb", "$(id)`id`", "*", "'\"", "-e\\c"])
def test_odd_tokens_arrive_byte_for_byte(machine: Machine, token: str) -> None:
    machine.set_property("DEPLOYMENT_TOKEN", token)
    done = machine.hand_over(HOST_TOKEN_SECONDS="1")
    assert done.returncode == 0, done.stderr
    assert token_files(machine)[0].read_text() == token


def test_what_earlier_failed_deployments_left_is_removed(machine: Machine) -> None:
    (machine.bundle / ".deployment_token").write_text("old")
    (machine.bundle / ".deployment_token.aB12Cd").write_text("older")
    machine.hand_over()
    assert token_files(machine) == []


def test_a_link_in_its_place_is_not_followed(machine: Machine) -> None:
    victim = machine.folder / "victim"
    victim.write_text("mine")
    (machine.bundle / ".deployment_token").symlink_to(victim)
    machine.set_property("DEPLOYMENT_TOKEN", TOKEN)
    machine.hand_over(HOST_TOKEN_SECONDS="1")
    assert victim.read_text() == "mine"
    assert not token_files(machine)[0].is_symlink()


def test_after_a_failed_build_it_goes_by_itself_and_nobody_waits(machine: Machine) -> None:
    machine.set_property("DEPLOYMENT_TOKEN", TOKEN)
    began = time.monotonic()
    machine.hand_over(HOST_TOKEN_SECONDS="1")
    assert time.monotonic() - began < 1
    assert len(token_files(machine)) == 1
    deadline = time.monotonic() + 5
    while token_files(machine) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert token_files(machine) == []


def test_the_clock_of_an_earlier_deployment_leaves_a_later_token_alone(machine: Machine) -> None:
    machine.set_property("DEPLOYMENT_TOKEN", "first")
    machine.hand_over(HOST_TOKEN_SECONDS="0.5")
    machine.set_property("DEPLOYMENT_TOKEN", TOKEN)
    machine.hand_over(HOST_TOKEN_SECONDS="5")
    time.sleep(1)
    assert token_files(machine)[0].read_text() == TOKEN


def test_with_systemd_its_timer_is_used(machine: Machine) -> None:
    (machine.folder / "systemd").mkdir()
    machine.set_property("DEPLOYMENT_TOKEN", TOKEN)
    machine.hand_over()
    (call,) = (call for call in machine.calls if call.startswith("systemd-run"))
    assert "--on-active=3900" in call
    assert str(machine.bundle / ".deployment_token") in call


def test_before_the_flip_the_token_and_dockers_copy_of_it_go(machine: Machine) -> None:
    machine.set_property("DEPLOYMENT_TOKEN", TOKEN)
    machine.hand_over(HOST_TOKEN_SECONDS="1")
    done = machine.clear()
    assert done.returncode == 0, done.stderr
    assert token_files(machine) == []
    assert machine.called("docker builder prune --force --filter type=source.local") == 1


def test_a_copy_that_docker_keeps_does_not_stop_the_deployment(machine: Machine) -> None:
    (machine.fake / "no-prune").touch()
    done = machine.clear()
    assert done.returncode == 0
    assert "could not be removed" in done.stderr
