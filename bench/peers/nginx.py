"""nginx: as it comes, with big buffers, and asking our front about each request.

Fairness: one worker, kept-alive connections to the upstream's unix socket, no log, nothing
written to disk on the way.
"""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from string import Template

from bench.missing import Missing
from bench.peers.sifu import start_front
from bench.processes import Running, free_port, start, wait_until_it_listens
from bench.site import Site

_CONFIGURATION = Template("""\
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid $folder/nginx.pid;
error_log $folder/error.log error;
$user
events { worker_connections 16000; }
http {
    access_log off;
    sendfile on;
    tcp_nodelay on;
    keepalive_requests 1000000000;
    client_max_body_size 0;
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    proxy_max_temp_file_size 0;
    proxy_request_buffering off;
    proxy_http_version 1.1;
    proxy_read_timeout 600s;
    map $$http_upgrade $$connection_upgrade { default upgrade; "" ""; }
    upstream notebook { server unix:$upstream; keepalive 512; keepalive_requests 1000000000; }
    $outside
    server {
        listen 127.0.0.1:$port backlog=4096;
        location / {
            $inside
            proxy_pass http://notebook;
            proxy_set_header Host $$http_host;
            proxy_set_header X-Forwarded-For $$remote_addr;
            proxy_set_header X-Forwarded-Proto $$scheme;
            proxy_set_header Upgrade $$http_upgrade;
            proxy_set_header Connection $$connection_upgrade;
        }
        $asking
    }
}
""")
_BIG_BUFFERS = """
    proxy_buffer_size 256k;
    proxy_buffers 8 256k;
    proxy_busy_buffers_size 512k;
    client_body_buffer_size 256k;
"""
_ASKING = Template("""
        location = /verdict {
            internal;
            proxy_pass http://front/api/me;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_set_header Connection "";
            proxy_set_header Host 127.0.0.1:$front;
            $cache
        }
""")
_CACHE = """
            proxy_cache verdicts;
            proxy_cache_key $cookie_sifu;
            proxy_cache_valid 200 60s;
            proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;
"""


def nginx_version() -> str:
    """The version, or `Missing`."""
    program = shutil.which("nginx")
    if program is None:
        raise Missing("nginx is not installed")
    said = subprocess.run([program, "-v"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"nginx/(\S+)", said.stderr)
    return found[1] if found else "unknown"


def start_plain(site: Site) -> Running:
    return _start(site)


def start_big_buffers(site: Site) -> Running:
    return _start(site, outside=_BIG_BUFFERS)


def start_asking(site: Site, *, caching: bool) -> Running:
    """`auth_request` to our front; with `caching`, its verdict holds for 60 s."""
    front, port = start_front(site, site.machine.peer)
    outside = f"upstream front {{ server 127.0.0.1:{port}; keepalive 64; }}"
    if caching:
        folder = site.new_folder("verdicts")
        outside += f"\n    proxy_cache_path {folder} keys_zone=verdicts:1m;"
    asking = _ASKING.substitute(front=port, cache=_CACHE if caching else "")
    running = _start(site, outside=outside, inside="auth_request /verdict;", asking=asking)
    running.programs.append(front)
    time.sleep(1)  # the front's start would be counted as nginx's work
    return running


def _start(site: Site, *, outside: str = "", inside: str = "", asking: str = "") -> Running:
    folder, port = site.new_folder("nginx"), free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(
        _CONFIGURATION.substitute(
            folder=folder,
            port=port,
            upstream=site.upstream_socket,
            outside=outside,
            inside=inside,
            asking=asking,
            # Its worker would be `nobody` otherwise, who may not enter our folder.
            user="user root;" if os.geteuid() == 0 else "",
        )
    )
    command: list[str | Path] = [
        "nginx",
        "-p",
        folder,
        "-e",
        folder / "error.log",
        "-c",
        configuration,
    ]
    program = start(command, folder / "nginx.log", cores=site.machine.peer)
    running = Running(port, [program])
    try:
        wait_until_it_listens(port, program)
    except Missing:
        running.stop()
        raise
    return running
