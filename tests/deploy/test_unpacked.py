"""The real bundle, unpacked as Beanstalk unpacks it: its hooks find what they need beside them."""

import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

from proxy.cli.bundle import setting_names
from proxy.deploy.bundle.assembly import BundleChoices, LoadBalancer, assemble, write_bundle
from proxy.deploy.bundle.hooks import FOLDERS

ROOT = Path(__file__).parent.parent.parent
TOKEN = "a-token-for-nobody"
# Stand-ins for what a machine of Beanstalk's has, first on the hooks' PATH.
PROGRAMS = {
    "get-config": f'case "$*" in *DEPLOYMENT_TOKEN) printf %s {TOKEN} ;; *) exit 1 ;; esac',
    "docker": "exit 1",
    "nginx": "exit 0",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return write_bundle(ROOT, tmp_path_factory.mktemp("bundle") / "bundle.zip").path


@pytest.fixture
def app(tmp_path, archive):
    """Return the folder that holds the unpacked bundle, with the modes that the zip carries."""
    folder = tmp_path / "staging"
    with zipfile.ZipFile(archive) as bundle:
        for info in bundle.infolist():
            bundle.extract(info, folder)
            (folder / info.filename).chmod(stat.S_IMODE(info.external_attr >> 16))
    return folder


@pytest.fixture
def run(tmp_path, app):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, script in PROGRAMS.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    environment = {
        "PATH": f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOST_PATH": "",
        "HOST_NGINX_DIR": f"{tmp_path}/nginx",
        "HOST_NGINX_STAGING": f"{tmp_path}/staged",
        "HOST_SIFU_DIR": f"{tmp_path}/sifu",
        "HOST_RUN_DIR": f"{tmp_path}/run",
        "HOST_UNIT_DIR": f"{tmp_path}/units",
        "HOST_SYSTEMD_RUNS": f"{tmp_path}/no-systemd",
        "HOST_TOKEN_SECONDS": "1",
        "HOST_WAIT_SECONDS": "0",
    }

    def run(folder, phase):
        (hook,) = (app / ".platform" / folder / phase).iterdir()
        command = [f"./{hook.relative_to(app)}"]
        return subprocess.run(
            command,
            cwd=app,
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    return run


@pytest.mark.parametrize("balancer", LoadBalancer)
@pytest.mark.parametrize("extra", [False, True])
def test_our_own_files_have_no_problems(balancer, extra):
    choices = BundleChoices(balancer, efs=extra, one_port=extra)
    assert [str(each) for each in assemble(ROOT, choices, settings=setting_names()).problems] == []


def test_none_of_our_own_files_is_left_out():
    assert assemble(ROOT).left_out == ()


@pytest.mark.system
@pytest.mark.parametrize("folder", FOLDERS)
def test_the_token_comes_and_goes(run, app, folder):
    result = run(folder, "prebuild")
    assert result.returncode == 0, result.stderr
    token = app / ".deployment_token"
    assert token.read_text() == TOKEN
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    result = run(folder, "predeploy")
    assert result.returncode == 0, result.stderr
    assert not token.exists()


@pytest.mark.system
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_container_that_does_not_answer_fails_the_deployment(run, folder):
    result = run(folder, "postdeploy")
    assert result.returncode == 1
    assert "Sifu does not answer: Docker does not answer" in result.stderr


def test_what_the_hooks_install_is_there(app):
    ours = app / ".platform" / "sifu"
    assert (ours / "lib.sh").exists()
    assert (ours / "nginx" / "upstreams.conf.template").exists()
    assert not (app / ".platform" / "nginx").exists()
