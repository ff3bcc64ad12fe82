"""Hooks that Beanstalk would pass over in silence, or fail on."""

import pytest

from proxy.deploy.bundle.hooks import check_hooks
from proxy.deploy.bundle.layout import Entry

HOOK = ".platform/hooks/prebuild/01_a.sh"


def reasons(name=HOOK, data=b"#!/bin/sh\nexit 0\n", mode=0o755):
    return [problem.reason for problem in check_hooks([Entry(name, "a.sh", mode, data)])]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (HOOK, b"#!/bin/sh\n"),
        (HOOK, b"#! /usr/bin/env bash\nx\n"),
        (HOOK, b"\x7fELF\x02\r\n"),
        (".platform/confighooks/postdeploy/01_a.sh", b"#!/bin/sh -eu\n"),
        (".platform/sifu/lib.sh", b"x"),
        (".platform/nginx/conf.d/a.conf", b"x"),
        ("proxy/a.py", b"x"),
    ],
)
def test_right_hooks_pass(name, data):
    assert reasons(name, data) == []


@pytest.mark.parametrize(
    ("name", "part"),
    [
        (".platform/hook/prebuild/a.sh", "Did you mean “hooks”?"),
        (".platform/a.sh", "knows no folder"),
        (".platform/hooks/prebuilt/a.sh", "Did you mean “prebuild”?"),
        (".platform/hooks/a.sh", "is no phase"),
        (".platform/hooks/prebuild/deep/a.sh", "does not look into folders"),
    ],
)
def test_hooks_that_are_not_found_are_told(name, part):
    (reason,) = reasons(name)
    assert part in reason


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "without an interpreter"),
        (b"echo\n", "without an interpreter"),
        (b"#!sh\n", "without an interpreter"),
        (b"#!/bin/sh\r\n", "without an interpreter"),
        (b"#!/bin/sh\necho\r\n", "end in CR"),
        (b"\xef\xbb\xbf#!/bin/sh\n", "byte order mark"),
    ],
)
def test_hooks_that_cannot_run_are_told(data, part):
    (reason,) = reasons(data=data)
    assert part in reason


def test_a_hook_must_be_executable():
    assert "0755" in reasons(mode=0o644)[0]
