"""Every file of the bundle has its place, and nothing else has one."""

from pathlib import Path

import pytest

from proxy.deploy.bundle.dockerfile import find_taken
from proxy.deploy.bundle.dockerignore import is_ignored
from proxy.deploy.bundle.layout import (
    BEANSTALK,
    BUILD,
    OPTIONAL,
    BundleChoices,
    LoadBalancer,
    find_missing,
    find_places,
    is_hidden,
    list_files,
    list_folders,
)
from tests.deploy.checkout import FILES

ROOT = Path(__file__).parents[3]
DEFAULT = BundleChoices()


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("Dockerfile", ["Dockerfile"]),
        ("Dockerrun.aws.json", ["Dockerrun.aws.json"]),
        ("proxy/web/static/sifu.css", ["proxy/web/static/sifu.css"]),
        ("docker/sifu", ["docker/sifu"]),
        ("docker/sifu_image/entry.py", ["docker/sifu_image/entry.py"]),
        ("requirements/private.txt", ["requirements/private.txt"]),
        ("courses.toml", ["courses.toml"]),
        ("ebextensions/50_own.config", [".ebextensions/50_own.config"]),
        (
            "ebextensions/hooks/01_hand_over_token.sh",
            [
                ".platform/hooks/prebuild/01_hand_over_token.sh",
                ".platform/confighooks/prebuild/01_hand_over_token.sh",
            ],
        ),
        (
            "ebextensions/hooks/03_clear_nginx.sh",
            [
                ".platform/hooks/predeploy/03_clear_nginx.sh",
                ".platform/confighooks/predeploy/03_clear_nginx.sh",
            ],
        ),
        ("ebextensions/hooks/lib.sh", [".platform/sifu/lib.sh"]),
        ("ebextensions/hooks/sifu.service", [".platform/sifu/sifu.service"]),
        ("nginx/front.conf", [".platform/sifu/nginx/front.conf"]),
    ],
)
def test_files_have_their_places(path, places):
    assert list(find_places(path, DEFAULT)) == places


@pytest.mark.parametrize(
    "path",
    [
        ".deployment_token",
        ".env",
        ".git/config",
        ".venv/bin/python",
        "data/secret",
        "notebooks/a.ipynb",
        "tests/conftest.py",
        "docker-compose.yml",
        "proxy/.env",
        "proxy/key.pem",
        "proxy/core/__pycache__/errors.cpython-311.pyc",
        "proxy/a.sqlite",
        "requirements/dev.txt",
        "ebextensions/README.md",
        "ebextensions/other/a.config",
        "ebextensions/optional/efs.config",
    ],
)
def test_other_files_have_none(path):
    assert find_places(path, DEFAULT) == ()


def test_choices_decide_on_the_optional_files():
    choices = BundleChoices(LoadBalancer.CLASSIC, efs=True, one_port=True)
    chosen = {name for name in FILES if "/optional/" in name and find_places(name, choices)}
    assert chosen == {
        "ebextensions/optional/load_balancer_classic.config",
        "ebextensions/optional/efs.config",
        "ebextensions/optional/one_port.config",
    }


def test_a_whole_checkout_misses_nothing():
    assert find_missing(FILES, BundleChoices(LoadBalancer.NONE, efs=True, one_port=True)) == []


def test_what_is_missing_is_named():
    paths = set(FILES) - {"Dockerfile", "ebextensions/hooks/02_point_nginx.sh", "proxy/__init__.py"}
    expected = ["Dockerfile", "ebextensions/hooks/02_point_nginx.sh", "proxy/"]
    assert find_missing(paths, DEFAULT) == expected


def test_folders_and_files_are_told_apart():
    assert "docker/sifu_image" in set(list_folders())
    assert {"docker/sifu", "courses.toml"} <= set(list_files())
    assert not set(list_files()) & set(list_folders())


@pytest.mark.parametrize(
    ("path", "expected"),
    [("proxy/.env", True), ("a/.git/b", True), ("a/__pycache__/b", True), ("a/b.c", False)],
)
def test_leftovers_of_tools_are_known(path, expected):
    assert is_hidden(path) is expected


def is_within(path, folder):
    return path == folder or path.startswith(f"{folder}/")


def test_the_build_takes_from_the_context_what_the_layout_lists():
    taken = {each.path for each in find_taken((ROOT / "Dockerfile").read_text())}
    build = {name.rstrip("/") for name in BUILD} - {"Dockerfile", ".dockerignore"}
    copied = taken - {"."}
    needless = {name for name in build if not any(is_within(name, each) for each in copied)}
    missing = {
        each
        for each in copied
        if not any(is_within(each, name) or is_within(name, each) for name in build)
    }
    assert (needless, missing) == (set(), set())


def test_the_dockerignore_lets_through_what_the_layout_lists():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    needed = {name.rstrip("/") for name in (*BUILD, *OPTIONAL)} - {"Dockerfile", ".dockerignore"}
    assert [name for name in sorted(needed) if is_ignored(name, lines)] == []
    for name in (".git/config", ".venv/x", ".env", "data/secret", "notebooks/a", *BEANSTALK):
        assert is_ignored(name.rstrip("/"), lines), name


def test_the_token_s_file_reaches_the_build_and_never_the_bundle():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert not is_ignored(".deployment_token", lines)
    assert find_places(".deployment_token", DEFAULT) == ()
