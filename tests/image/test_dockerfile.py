"""What the Dockerfile, and what a build may see, must never become."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Dockerfile").read_text()
# Continued lines are one; comments and blank lines are none.
LINES = [
    " ".join(line.split())
    for line in re.sub(
        r"\\\n", " ", re.sub(r"^\s*#.*\n", "", TEXT, flags=re.MULTILINE)
    ).splitlines()
    if line.strip()
]
COMPOSE = ROOT / "docker-compose.yml"


def instructions(name: str) -> list[str]:
    return [line.removeprefix(f"{name} ") for line in LINES if line.startswith(f"{name} ")]


def test_no_argument_and_no_variable_could_hold_a_secret():
    declared = [*instructions("ARG"), *instructions("ENV")]
    assert declared
    assert not [each for each in declared if re.search(r"TOKEN|KEY|SECRET|PASSWORD", each)]


def test_nothing_is_added_from_an_address_and_no_whole_context_is_copied():
    assert instructions("ADD") == []
    sources = [word for line in instructions("COPY") for word in line.split()[:-1]]
    assert not {".", "./", "/"} & set(sources)
    assert not [word for word in sources if "token" in word or word.startswith(".")]


def test_the_token_is_seen_by_one_step_whose_stage_is_not_the_image():
    (step,) = (line for line in LINES if "deployment_token" in line)
    assert step.startswith("RUN --mount=type=secret,id=deployment_token ")
    assert "-m sifu_image.fetching" in step
    stages = [line for line in LINES if line.startswith(("FROM ", "RUN --mount=type=secret"))]
    assert stages[stages.index(next(s for s in stages if s.startswith("RUN"))) - 1].endswith(
        " AS fetched"
    )


def test_it_is_understood_by_an_old_buildkit():
    assert not re.search(r"^#\s*syntax", TEXT, re.MULTILINE)
    assert "<<" not in TEXT
    assert "--link" not in TEXT
    assert "--parents" not in TEXT


def test_a_builder_without_buildkit_fails_at_the_first_step():
    assert instructions("RUN")[0].startswith("--mount=")


def test_requirements_are_pinned_by_their_hashes():
    (install,) = (line for line in instructions("RUN") if "-r " in line)
    assert "--require-hashes" in install
    assert "--only-binary=:all:" in install
    assert "/requirements/image.txt" in install


def test_the_seed_s_ports_and_volumes():
    assert instructions("EXPOSE") == ["3334 3335"]
    assert instructions("VOLUME") == ['["/data", "/notebooks"]']
    assert instructions("USER") == []


def test_a_build_sees_what_is_named_and_nothing_else():
    rules = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert rules[0] == "*"
    assert [rule for rule in rules[1:] if not rule.startswith(("!", "**/"))] == []
    assert "!.deployment_token" in rules


@pytest.fixture
def service():
    return yaml.safe_load(COMPOSE.read_text())["services"]["sifu"]


def test_compose_publishes_for_this_machine_only(service):
    assert all(":-127.0.0.1:" in port for port in service["ports"])


def test_compose_waits_longer_than_a_relay_drains(service):
    assert int(service["stop_grace_period"].removesuffix("s")) > 30


def test_compose_confines_the_container(service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert set(service["cap_add"]) == {"CHOWN", "SETGID", "SETUID"}
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_compose_names_no_secret(service):
    assert not [name for name in service["environment"] if "PASSWORD" in name or "SECRET" in name]
