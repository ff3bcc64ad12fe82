"""A machine of Beanstalk's, pretended: its folders below one folder, its programs first on PATH.

The programs are scripts that write down how they were called and answer what a test laid out. Where
a test brings the real ones (`real`), the pretended ones step aside.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
HOOKS = REPOSITORY / "ebextensions" / "hooks"
NGINX = REPOSITORY / "nginx"
SHELLS = ("dash", "bash --posix")

_RECORD = """#!/bin/sh
printf '%s\\n' "${0##*/} $*" >>"$FAKE/calls"
"""
_PROGRAMS = {
    "get-config": """
[ ! -e "$FAKE/get-config-is-broken" ] || { echo 'cannot read the file' >&2; exit 1; }
[ "$#" -gt 1 ] || { echo '{}'; exit 0; }
cat "$FAKE/properties/$3" 2>/dev/null || { echo "no such key $3" >&2; exit 1; }
""",
    "docker": """
case $1 in
    ps) cat "$FAKE/ps" ;;
    inspect) cat "$FAKE/inspect.json" ;;
    logs) cat "$FAKE/logs" ;;
    builder) [ ! -e "$FAKE/no-prune" ] ;;
esac
""",
    "nginx": """
configuration=$(dirname "${2:-/}")
[ "$1" = -c ] || configuration=$(dirname "$4")
case " $* " in
    *' -t '*)
        if grep -rqs BROKEN "$configuration"/conf.d "$configuration"/sifu; then
            echo 'nginx: [emerg] unknown directive "BROKEN"' >&2
            exit 1
        fi
        ;;
esac
""",
    "curl": """
for url; do :; done
case $url in
    http://127.0.0.1:*/sifu-away.html)
        cat "$FAKE/served" 2>/dev/null || printf 'Server: nginx\\n'
        ;;
    http://metadata/*) cat "$FAKE/metadata/${url##*/}" 2>/dev/null || exit 22 ;;
    *) address=${url#http://}; grep -qxF "${address%%:*}" "$FAKE/healthy" ;;
esac
""",
    "systemctl": """
case "$*" in *is-active*) [ -e "$FAKE/active" ] ;; esac
""",
    "systemd-run": "",
}


class Machine:
    """The pretended machine, with a source bundle unpacked in `bundle`."""

    def __init__(self, folder: Path, *, shell: str = "dash", real: Collection[str] = ()) -> None:
        self.folder = folder
        self.shell = shell.split()
        self.fake = folder / "fake"
        self.nginx = folder / "nginx"
        self.bundle = folder / "staging"
        self.opt = folder / "opt"
        self.units = folder / "units"
        self.health_logs = folder / "healthd"
        self.prefix: list[str] = []
        self.environment = {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "FAKE": str(self.fake),
            "HOST_NGINX_DIR": str(self.nginx),
            "HOST_NGINX_STAGING": str(folder / "proxy-staging"),
            "HOST_HEALTH_LOGS": str(self.health_logs),
            "HOST_ACCESS_LOG": str(folder / "access.log"),
            "HOST_ERROR_LOG": str(folder / "error.log"),
            "HOST_SIFU_DIR": str(self.opt),
            "HOST_RUN_DIR": str(folder / "run"),
            "HOST_UNIT_DIR": str(self.units),
            "HOST_SYSTEMD_RUNS": str(folder / "systemd"),
            "HOST_METADATA": "http://metadata",
            "HOST_WAIT_SECONDS": "1",
            "HOST_LISTEN_SECONDS": "1",
        }
        for place in (self.fake / "properties", self.nginx / "conf.d", self.bundle, self.units):
            place.mkdir(parents=True)
        (self.fake / "healthy").touch()
        (self.fake / "ps").touch()
        (self.fake / "logs").touch()
        self._write_programs(name for name in _PROGRAMS if name not in real)
        lay_out(self.bundle)

    def _write_programs(self, names: Iterable[str]) -> None:
        (self.folder / "bin").mkdir()
        for name in names:
            program = self.folder / "bin" / name
            program.write_text(_RECORD + _PROGRAMS[name])
            program.chmod(0o755)

    def run(self, script: str, stage: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a hook as Beanstalk does: in the bundle's folder, from where it lies in there."""
        path = f".platform/hooks/{stage}/{script}"
        return subprocess.run(
            [*self.prefix, *self.shell, path],
            cwd=self.bundle,
            env=self.environment | extra,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def hand_over(self, **extra: str) -> subprocess.CompletedProcess[str]:
        return self.run("01_hand_over_token.sh", "prebuild", **extra)

    def point(self, **extra: str) -> subprocess.CompletedProcess[str]:
        return self.run("02_point_nginx.sh", "postdeploy", **extra)

    def clear(self) -> subprocess.CompletedProcess[str]:
        return self.run("03_clear_nginx.sh", "predeploy")

    def set_property(self, name: str, value: str) -> None:
        (self.fake / "properties" / name).write_text(value)

    def show_containers(self, containers: list[dict[str, Any]], *healthy: str) -> None:
        """Let Docker tell of these containers, and Sifu answer at the `healthy` addresses."""
        running = [each["Id"] for each in containers if each["State"]["Running"]]
        (self.fake / "ps").write_text("".join(f"{name}\n" for name in running))
        (self.fake / "inspect.json").write_text(json.dumps(containers, indent=4))
        (self.fake / "healthy").write_text("".join(f"{address}\n" for address in healthy))

    @property
    def calls(self) -> list[str]:
        """How the pretended programs were called so far, in order."""
        path = self.fake / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def called(self, beginning: str) -> int:
        return sum(call.startswith(beginning) for call in self.calls)

    def reloads(self) -> int:
        return sum(" reload" in call for call in self.calls)

    def ours(self) -> dict[str, str]:
        """Return the files in nginx's folder that are ours."""
        found = [path for path in self.nginx.rglob("*") if path.is_file() and "sifu" in str(path)]
        names = {str(path.relative_to(self.nginx)): path.read_text() for path in found}
        return {name: text for name, text in names.items() if "sifu" in name}


def lay_out(bundle: Path) -> None:
    """Put the hooks where a source bundle has them."""
    for stage, script in (
        ("prebuild", "01_hand_over_token.sh"),
        ("postdeploy", "02_point_nginx.sh"),
        ("predeploy", "03_clear_nginx.sh"),
    ):
        for kind in ("hooks", "confighooks"):
            place = bundle / ".platform" / kind / stage
            place.mkdir(parents=True)
            shutil.copy(HOOKS / script, place)
    shared = bundle / ".platform" / "sifu"
    shutil.copytree(HOOKS, shared, ignore=shutil.ignore_patterns("0*"))
    shutil.copytree(NGINX, shared / "nginx")


def container(
    identity: str = "a1",
    *,
    addresses: Mapping[str, str] | None = None,
    engine: int = 25,
    created: str = "2026-11-21T10:00:00.123456789Z",
    running: bool = True,
    port: str = "exposed",
    mode: str = "bridge",
    image: str = "sifu",
    labels: Mapping[str, str] | None = None,
    environment: Iterable[str] = (),
) -> dict[str, Any]:
    """Return what `docker inspect` says of a container, as Docker `engine` (25 or 29) says it.

    `addresses`: of each network. `port`: `exposed` by the image, `published` on the machine, or "".
    """
    networks = {"bridge": "172.17.0.2"} if addresses is None else addresses
    settings: dict[str, Any] = {
        "SandboxKey": "/var/run/docker/netns/1",
        "Ports": {"3334/tcp": None, "3335/tcp": None} if port == "exposed" else {},
        "Networks": {
            name: {"IPAMConfig": None, "Gateway": "172.17.0.1", "IPAddress": address}
            for name, address in networks.items()
        },
    }
    if port == "published":
        settings["Ports"] = {"3334/tcp": [{"HostIp": "0.0.0.0", "HostPort": "13334"}]}
    if engine < 29:
        settings |= {"Bridge": "", "IPAddress": networks.get("bridge", ""), "Gateway": ""}
    return {
        "Id": identity * 32,
        "Created": created,
        "State": {"Status": "running", "Running": running, "StartedAt": created},
        "Name": "/happy_name",
        "HostConfig": {
            "NetworkMode": mode,
            "PortBindings": {"3334/tcp": [{"HostPort": "13334"}]} if port == "published" else {},
        },
        "Config": {
            "Hostname": "a",
            "ExposedPorts": {"3334/tcp": {}, "3335/tcp": {}} if port == "exposed" else {},
            "Env": list(environment),
            "Image": image,
            "Labels": dict(labels or {}),
        },
        "NetworkSettings": settings,
    }
