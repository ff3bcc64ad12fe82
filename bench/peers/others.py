"""haproxy and caddy: one thread each, plain reverse proxy to the upstream's unix socket."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from string import Template

from bench.missing import Missing
from bench.processes import Running, environment, free_port, start, wait_until_it_listens
from bench.site import Site

_HAPROXY = Template("""\
global
    nbthread 1
    maxconn 9000
defaults
    mode http
    maxconn 9000
    timeout connect 5s
    timeout client 600s
    timeout server 600s
    timeout tunnel 600s
    http-reuse always
frontend browsers
    bind 127.0.0.1:$port backlog 4096
    option forwardfor
    default_backend notebooks
backend notebooks
    server upstream unix@$upstream maxconn 9000
""")
_CADDY = Template("""\
{
    admin off
    auto_https off
    storage file_system $folder/storage
    log {
        level ERROR
    }
}
http://127.0.0.1:$port {
    bind 127.0.0.1
    reverse_proxy unix/$upstream {
        header_up Host {host}
        transport http {
            keepalive_idle_conns 512
            keepalive_idle_conns_per_host 512
        }
    }
}
""")


def haproxy_version() -> str:
    return _version("haproxy", "-v", r"version ([\w.]+)")


def caddy_version() -> str:
    return _version("caddy", "version", r"v?([\w.]+)")


def start_haproxy(site: Site) -> Running:
    folder, port = site.new_folder("haproxy"), free_port()
    configuration = folder / "haproxy.cfg"
    configuration.write_text(_HAPROXY.substitute(port=port, upstream=site.upstream_socket))
    return _start(["haproxy", "-db", "-f", str(configuration)], folder, port, site)


def start_caddy(site: Site) -> Running:
    folder, port = site.new_folder("caddy"), free_port()
    configuration = folder / "Caddyfile"
    configuration.write_text(
        _CADDY.substitute(port=port, upstream=site.upstream_socket, folder=folder)
    )
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(configuration)]
    variables = environment(GOMAXPROCS="1", XDG_CONFIG_HOME=str(folder), XDG_DATA_HOME=str(folder))
    return _start(command, folder, port, site, variables)


def _start(
    command: Sequence[str],
    folder: Path,
    port: int,
    site: Site,
    variables: dict[str, str] | None = None,
) -> Running:
    log = folder / "program.log"
    program = start(command, log, cores=site.machine.peer, variables=variables)
    running = Running(port, [program])
    try:
        wait_until_it_listens(port, program)
    except Missing:
        running.stop()
        raise
    return running


def _version(name: str, argument: str, pattern: str) -> str:
    program = shutil.which(name)
    if program is None:
        raise Missing(f"{name} is not installed")
    said = subprocess.run([program, argument], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(pattern, said.stdout)
    return found[1] if found else "unknown"
