"""Beanstalk's configuration files: what in them would cost data, and the script in one of them."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.hooks.machine import REPOSITORY, SHELLS
from tests.hooks.test_scripts import SHELLCHECK

EXTENSIONS = REPOSITORY / "ebextensions"
ALWAYS = sorted(EXTENSIONS.glob("*.config"))
OPTIONAL = sorted((EXTENSIONS / "optional").glob("*.config"))
ENVIRONMENT = "aws:elasticbeanstalk:application:environment"


def read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text())
    return loaded


@pytest.mark.parametrize("path", [*ALWAYS, *OPTIONAL], ids=lambda path: path.name)
def test_values_are_text_as_the_service_has_them(path: Path) -> None:
    for options in read(path).get("option_settings", {}).values():
        assert all(isinstance(value, str) for value in options.values())


@pytest.mark.parametrize("path", ALWAYS, ids=lambda path: path.name)
def test_what_every_bundle_has_needs_no_load_balancer(path: Path) -> None:
    loaded = read(path)
    assert "Resources" not in loaded
    assert not [name for name in loaded["option_settings"] if name.startswith("aws:elb")]


def test_no_second_machine_with_empty_folders_is_started() -> None:
    settings = read(EXTENSIONS / "20_machine.config")["option_settings"]
    assert settings["aws:autoscaling:asg"] == {"MinSize": "1", "MaxSize": "1"}
    assert settings["aws:elasticbeanstalk:command"]["DeploymentPolicy"] == "AllAtOnce"


@pytest.mark.parametrize("kind", ["application", "classic"])
def test_only_the_load_balancer_reaches_the_machines_ports(kind: str) -> None:
    loaded = read(EXTENSIONS / "optional" / f"ports_{kind}.config")
    for resource in loaded["Resources"].values():
        assert resource["Type"] == "AWS::EC2::SecurityGroupIngress"
        assert "CidrIp" not in resource["Properties"]
        # A range: Beanstalk's own rules, of one port each, are then no duplicates.
        assert (resource["Properties"]["FromPort"], resource["Properties"]["ToPort"]) == (
            3334,
            3335,
        )


def test_nginx_keeps_connections_longer_than_the_load_balancer() -> None:
    loaded = read(EXTENSIONS / "optional" / "load_balancer_application.config")
    idle = int(loaded["option_settings"]["aws:elbv2:loadbalancer"]["IdleTimeout"])
    assert idle > 60
    kept = (REPOSITORY / "nginx" / "proxy.conf").read_text().split("keepalive_timeout ")[1]
    assert int(kept.split("s;")[0]) > idle


def test_the_container_believes_the_machines_nginx() -> None:
    settings = read(EXTENSIONS / "30_settings.config")["option_settings"][ENVIRONMENT]
    assert settings == {"SIFU_TRUSTED_PROXIES": "172.17.0.0/16,127.0.0.0/8"}


def test_dockerrun_names_the_fronts_port_first_and_no_image() -> None:
    told = json.loads((REPOSITORY / "Dockerrun.aws.json").read_text())
    assert told["AWSEBDockerrunVersion"] == "1"
    # HostPort would make Docker take the ports on which nginx listens.
    assert told["Ports"] == [{"ContainerPort": "3334"}, {"ContainerPort": "3335"}]
    assert "Image" not in told
    assert {each["ContainerDirectory"] for each in told["Volumes"]} == {"/data", "/notebooks"}


_GET_CONFIG = '#!/bin/sh\ncat "$FAKE/$3" 2>/dev/null || exit 1\n'
_RECORD = '#!/bin/sh\necho "${0##*/} $*" >>"$FAKE/calls"\n'


class Share:
    """The script with its programs pretended; mounted is what `mount` was asked for."""

    def __init__(self, folder: Path, shell: str) -> None:
        self.folder = folder
        self.shell = shell.split()
        loaded = read(EXTENSIONS / "optional" / "efs.config")
        (self.path, told), *others = loaded["files"].items()
        assert not others
        assert loaded["container_commands"]["01_mount_efs"]["command"] == self.path
        self.script = folder / "mount_efs.sh"
        self.script.write_text(told["content"])
        (folder / "bin").mkdir()
        mounted = 'grep -qx "mount $2" "$FAKE/calls" 2>/dev/null\n'
        for name, text in {
            "get-config": _GET_CONFIG,
            "mount": _RECORD,
            "dnf": _RECORD,
            "mountpoint": f"#!/bin/sh\n{mounted}",
        }.items():
            program = folder / "bin" / name
            program.write_text(text)
            program.chmod(0o755)

    def run(
        self, properties: Mapping[str, str], **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it with what get-config tells (`properties`) and with what the environment does."""
        for name, value in properties.items():
            (self.folder / name).write_text(value)
        places = {
            "FAKE": self.folder,
            "HOST_FSTAB": self.folder / "fstab",
            "HOST_EFS_MOUNT": self.folder / "share",
            "HOST_FOLDERS": self.folder / "sifu",
        }
        return subprocess.run(
            [*self.shell, self.script],
            env={"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
            | {name: str(place) for name, place in places.items()}
            | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def table(self) -> list[list[str]]:
        path = self.folder / "fstab"
        return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture(params=SHELLS)
def share(request: pytest.FixtureRequest, tmp_path: Path) -> Share:
    return Share(tmp_path, request.param)


def test_notebooks_are_mounted_for_good_and_before_docker(share: Share) -> None:
    for _ in range(2):
        done = share.run({"HOST_EFS_ID": "fs-0123456789abcdef0"})
        assert done.returncode == 0, done.stderr
    whole, notebooks = share.table()
    assert whole[0] == "fs-0123456789abcdef0:/"
    assert notebooks[:2] == [f"{share.folder}/share/notebooks", f"{share.folder}/sifu/notebooks"]
    assert all("x-systemd.before=docker.service" in line[3] for line in (whole, notebooks))


def test_the_data_folder_is_not_put_on_efs_with_sqlite(share: Share) -> None:
    done = share.run({"HOST_EFS_ID": "fs-1", "HOST_EFS_DATA": "1"})
    assert done.returncode == 1
    assert "SQLite breaks on EFS" in done.stderr
    assert share.table() == []


@pytest.mark.parametrize("kept", ["", "arn:aws:secretsmanager:eu-west-1:1:secret:sifu"])
def test_the_data_folder_is_put_there_with_postgresql(share: Share, kept: str) -> None:
    url = "postgresql://sifu:secret@db.example.org/sifu"
    properties = {"HOST_EFS_ID": "fs-1", "HOST_EFS_DATA": "1"}
    if kept:
        done = share.run({**properties, "SIFU_DATABASE_URL": kept}, SIFU_DATABASE_URL=url)
    else:
        done = share.run({**properties, "SIFU_DATABASE_URL": url})
    assert done.returncode == 0, done.stderr
    assert [line[1].rpartition("/")[2] for line in share.table()] == ["share", "notebooks", "data"]
    assert "secret" not in done.stderr + done.stdout


@pytest.mark.parametrize("value", ["", "fs-1 /etc", "fs-1\nroot"])
def test_a_wrong_id_is_refused(share: Share, value: str) -> None:
    done = share.run({"HOST_EFS_ID": value})
    assert done.returncode == 1
    assert "HOST_EFS_ID" in done.stderr
    assert share.table() == []


def test_the_script_is_clean(share: Share) -> None:
    done = subprocess.run(
        [SHELLCHECK, "--shell=sh", share.script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
