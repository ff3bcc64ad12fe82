"""A Dockerfile that takes what the bundle does not hold fails on the machine, after minutes."""

import pytest

from proxy.deploy.bundle.context import check_context

NAMES = ["Dockerfile", "proxy/__init__.py", "proxy/core/a.py", "requirements/image.txt"]


def reasons(dockerfile, ignored=""):
    return [(each.line, each.reason) for each in check_context(dockerfile, ignored, NAMES)]


@pytest.mark.parametrize(
    "line",
    [
        "COPY proxy proxy",
        "COPY requirements/image.txt /x",
        "COPY . .",
        "COPY requirements/*.txt /x/",
        "COPY courses.toml* /x/",
        "COPY courses.toml /x",
        "RUN --mount=type=bind,source=.deployment_token,target=/t x",
        "COPY ${WHAT} /x",
    ],
)
def test_what_is_there_or_need_not_be_passes(line):
    assert reasons(line) == []


def test_what_the_bundle_does_not_hold_is_told():
    ((line, reason),) = reasons("FROM x\nCOPY tests tests\n")
    assert line == 2
    assert "“tests”, which the bundle does not hold" in reason


def test_what_the_build_does_not_get_is_told():
    ((_, reason),) = reasons("COPY proxy proxy", "*\n!requirements\n")
    assert ".dockerignore keeps" in reason
    assert reasons("COPY proxy proxy", "*\n!proxy\n") == []
