"""Sections that would fail on the machine, minutes into a deployment."""

import pytest

from tests.deploy.sections import reason, reasons


@pytest.mark.parametrize(
    "text",
    [
        "commands: {01: {command: [ls, -l], cwd: /tmp, env: {A: b}, test: x, ignoreErrors: true}}",
        "container_commands: {01: {command: ls, leader_only: 'true'}}",
        "packages: {yum: {amazon-efs-utils: [], git: '2.4'}, dnf: {x: []}}",
        "services: {systemd: {docker: {enabled: true, ensureRunning: 'true', files: [/a]}}}",
        "users: {ann: {uid: '50', groups: [a], homeDir: /tmp}, bob: }",
        "groups: {ours: {gid: '45'}, theirs: }",
        "sources: {/etc/app: 'https://example.org/a.zip'}",
    ],
)
def test_right_sections_pass(text):
    assert reasons(text) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("commands: [ls]", "should hold names"),
        ("commands: {01: ls}", "should hold keys"),
        ("commands: {01: {cwd: /tmp}}", "has no command"),
        ("commands: {01: {comand: ls, command: ls}}", "Did you mean “command”?"),
        ("commands: {01: {command: ls, leader_only: true}}", "is no key"),
        ("commands: {01: {command: ls, ignoreErrors: 1}}", "true or false"),
        ("commands: {01: {command: ls, test: [x]}}", "should be a text"),
        ("commands: {01: {command: [[ls]]}}", "list of texts"),
        ("packages: {apt: {git: []}}", "no package manager “apt”"),
        ("packages: {yum: git}", "should hold names"),
        ("services: {sysvint: {nginx: {enabled: true}}}", "Did you mean “sysvinit”?"),
        ("services: {systemd: {nginx: {ensureRunnin: true}}}", "Did you mean “ensureRunning”?"),
        ("users: {ann: {uid: many}}", "should be a number"),
        ("groups: {ours: {gid: {}}}", "should be a number"),
        ("sources: {etc: 'https://example.org/a.zip'}", "path from / on"),
        ("sources: {/etc: a.zip}", "archive's URL"),
    ],
)
def test_wrong_sections_are_told(text, part):
    assert part in reason(text)
