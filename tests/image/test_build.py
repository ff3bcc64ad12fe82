"""The image is built, brings what is private, and nothing of the token is in it."""

import json
import subprocess
from collections.abc import Callable

import pytest

from tests.image.building import (
    Build,
    ask_for_private,
    attempt_build,
    build,
    copy_context,
)
from tests.image.engine import Engine
from tests.image.git_host import GitHost, PrivateHost
from tests.image.traces import everywhere_in, forms_of, in_stream, processes_that_show

pytestmark = [pytest.mark.image, pytest.mark.timeout(600)]
TOKEN = PrivateHost.TOKEN
# What ours may add to the base image: Debian's git, Sifu, JupyterLab, all of it compiled.
MOST_MEGABYTES = 450


def size_of(docker: Engine, image: str) -> float:
    return int(docker.run("image", "inspect", image, "--format", "{{.Size}}")) / 1e6


def assert_no_trace(docker: Engine, image: str, token: str = TOKEN) -> None:
    """Look through all layers, the history, and what `docker inspect` tells."""
    with subprocess.Popen(
        [docker.client, "save", image], env=docker.environment, stdout=subprocess.PIPE
    ) as saving:
        assert saving.stdout is not None
        length, found = in_stream(saving.stdout, token)
    assert length > 100e6
    assert found == []
    told = docker.run("history", "--no-trunc", image) + docker.run("inspect", image)
    assert not [form for form in forms_of(token) if form in told]


def test_the_image_is_built_and_not_large(
    docker: Engine, built: Build, record_property: Callable[[str, object], None]
) -> None:
    base, ours = size_of(docker, "python:3.12-slim-bookworm"), size_of(docker, built.name)
    record_property(
        "figures",
        f"The image was built in {built.seconds:.0f} s. It has {ours:.0f} MB, "
        f"of which the base image has {base:.0f} MB.",
    )
    assert ours - base < MOST_MEGABYTES


def test_what_is_private_is_in_the_image(docker: Engine, built: Build) -> None:
    looked = docker.run(
        *("run", "--rm", "--network=none", "--entrypoint", "/bin/sh", built.name, "-c"),
        "cat '/opt/sifu/courses/statistics/week 1/first.md';"
        "python -c 'import our_grader; print(our_grader.MARK)';"
        "git -C /opt/sifu/courses/statistics -c safe.directory='*' remote get-url origin",
    )
    assert looked.splitlines()[:2] == ["from the course", "excellent"]
    assert looked.splitlines()[2].endswith("/grades.git")


def test_no_trace_of_the_token(docker: Engine, built: Build) -> None:
    assert_no_trace(docker, built.name)
    assert not [form for form in forms_of(TOKEN) if form in built.said]
    assert everywhere_in(docker.folder, TOKEN) == [], "in the engine's own files"


def test_labels_ports_volumes_and_health_check(docker: Engine, built: Build) -> None:
    config = json.loads(docker.run("image", "inspect", built.name))[0]["Config"]
    assert set(config["ExposedPorts"]) == {"3334/tcp", "3335/tcp"}
    assert set(config["Volumes"]) == {"/data", "/notebooks"}
    assert config["Labels"]["org.opencontainers.image.title"] == "Sifu"
    assert config["Healthcheck"]["Test"][0] == "CMD"
    assert not [name for name in config["Env"] if "TOKEN" in name or "KEY" in name]


def attempt(docker: Engine, context, host: GitHost, *options: str, **extra: str) -> str:
    """Build what cannot be built; return what was said, lines joined."""
    copy_context(context)
    ask_for_private(context, host)  # type: ignore[arg-type]
    done = attempt_build(docker, context, *options, name="sifu-in-vain", **extra)
    assert done.returncode != 0
    return done.stdout + done.stderr


@pytest.mark.usefixtures("built")
def test_a_wrong_token_fails_with_what_to_do(docker: Engine, private_host, tmp_path) -> None:
    wrong = "wrong-t0ken-never-to-be-seen"
    secret = "--secret=id=deployment_token,env=DEPLOYMENT_TOKEN"
    again = "--build-arg=REFRESH=4"
    said = attempt(docker, tmp_path, private_host, secret, again, DEPLOYMENT_TOKEN=wrong)
    assert "Authentication failed" in said
    assert "was not accepted" in said
    assert not [form for form in forms_of(wrong) if form in said]
    assert everywhere_in(docker.folder, wrong) == []


@pytest.mark.usefixtures("built")
def test_a_missing_token_fails_with_what_to_do(docker: Engine, private_host, tmp_path) -> None:
    said = attempt(docker, tmp_path, private_host, "--build-arg=REFRESH=2")
    assert "--secret id=deployment_token,env=DEPLOYMENT_TOKEN" in said


@pytest.mark.usefixtures("built")
def test_the_other_spelling_works_with_a_warning(docker: Engine, private_host, tmp_path) -> None:
    copy_context(tmp_path)
    ask_for_private(tmp_path, private_host)
    secret = "--secret=id=deployment_key,env=DEPLOYMENT_KEY"
    again = "--build-arg=REFRESH=3"
    options = (secret, again, "--target=fetched")
    done = build(docker, tmp_path, *options, name="sifu-fetched", DEPLOYMENT_KEY=TOKEN)
    assert "Call it DEPLOYMENT_TOKEN" in done.said


@pytest.mark.usefixtures("built")
def test_a_redirect_or_a_second_host_gets_no_token(
    docker: Engine, private_host: PrivateHost, tmp_path
) -> None:
    (tmp_path / "context").mkdir()
    with (
        GitHost.running(tmp_path / "thief", token="something else") as thief,
        GitHost.running(tmp_path / "sender", redirect_to=thief.origin) as sender,
    ):
        secret = "--secret=id=deployment_token,env=DEPLOYMENT_TOKEN"
        said = attempt(docker, tmp_path / "context", sender, secret, DEPLOYMENT_TOKEN=TOKEN)
        assert "It has moved" in said
        assert thief.requests == []
        assert sender.seen_authorization == set()


@pytest.mark.usefixtures("built")
def test_two_images_one_upon_the_other(docker: Engine, tmp_path) -> None:
    """The base alone, then another image upon it: its layers are the same, not made again."""
    copy_context(tmp_path)
    build(docker, tmp_path, "--target=base", name="sifu-base")
    upon = build(docker, tmp_path, "--build-arg=SIFU_BASE=sifu-base", name="sifu-upon")
    layers = [
        json.loads(docker.run("image", "inspect", name))[0]["RootFS"]["Layers"]
        for name in ("sifu-base", upon.name)
    ]
    assert layers[1][: len(layers[0])] == layers[0]


def test_without_buildkit_the_failure_says_so(docker: Engine, built: Build, tmp_path) -> None:
    copy_context(tmp_path)
    done = attempt_build(docker, tmp_path, name="sifu-in-vain", DOCKER_BUILDKIT="0")
    assert done.returncode != 0
    assert "requires BuildKit" in done.stdout + done.stderr


def test_the_token_as_a_file_of_the_context(
    docker: Engine, built: Build, private_host: PrivateHost, tmp_path
) -> None:
    """As it is handed over where no secret can be; by the way nobody's process shows it."""
    copy_context(tmp_path)
    ask_for_private(tmp_path, private_host)
    (tmp_path / ".deployment_token").touch(0o600)
    (tmp_path / ".deployment_token").write_text(f"{TOKEN}\n")
    shown: list[str] = []
    asked = len(private_host.requests)
    private_host.when_authorized = lambda: shown.extend(processes_that_show(TOKEN))
    try:
        by_file = build(docker, tmp_path, "--build-arg=REFRESH=1", name="sifu-by-file")
    finally:
        private_host.when_authorized = lambda: None
        (tmp_path / ".deployment_token").unlink()
    assert len(private_host.requests) > asked
    assert shown == []
    assert not [form for form in forms_of(TOKEN) if form in by_file.said]
    assert_no_trace(docker, by_file.name)
    # BuildKit keeps its copy of the context for the next build, where root alone can read it.
    docker.run("builder", "prune", "--force", "--filter=type=source.local")
    assert everywhere_in(docker.folder, TOKEN) == []
