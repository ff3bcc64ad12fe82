"""The nginx configuration that Beanstalk's Docker platform lays out, as far as ours meets it.

After Amazon's documents and eb-engine.log of Amazon Linux 2 and 2023: the server on port 80 with
its location /, the upstream `docker` in a file of its own, `map` and log format under the names
that the platform uses, and includes relative to nginx.conf.
"""

import pwd
from pathlib import Path

_MAIN = """
user                 {user};
error_log            {folder}/error.log warn;
pid                  {folder}/nginx.pid;
worker_processes     2;
worker_rlimit_nofile 4096;

events {{
    worker_connections 1024;
}}

http {{
    include      /etc/nginx/mime.types;
    default_type application/octet-stream;

    log_format main '$remote_addr - $remote_user [$time_local] "$request" '
                    '$status $body_bytes_sent "$http_referer" '
                    '"$http_user_agent" "$http_x_forwarded_for"';

    include conf.d/*.conf;

    map $http_upgrade $connection_upgrade {{
        default "upgrade";
    }}

    server {{
        listen {port} default_server;
        access_log {folder}/access.log main;
        {tokens}

        client_header_timeout 60;
        client_body_timeout   60;
        keepalive_timeout     60;
        gzip                  off;
        gzip_comp_level       4;

        location / {{
            proxy_pass         http://docker;
            proxy_http_version 1.1;
            proxy_set_header   Connection      $connection_upgrade;
            proxy_set_header   Upgrade         $http_upgrade;
            proxy_set_header   Host            $host;
            proxy_set_header   X-Real-IP       $remote_addr;
            proxy_set_header   X-Forwarded-For $proxy_add_x_forwarded_for;
        }}

        # Include the Elastic Beanstalk generated locations
        include conf.d/elasticbeanstalk/*.conf;
    }}
}}
"""
_UPSTREAM = """
upstream docker {{
    server {address}:3334;
    keepalive 256;
}}
"""
_HEALTH_FORMAT = """
log_format healthd '$msec"$uri"$status"$request_time"$upstream_response_time"$http_x_forwarded_for';
"""
_HEALTH_LOG = """
if ($time_iso8601 ~ "^(\\d{{4}})-(\\d{{2}})-(\\d{{2}})T(\\d{{2}})") {{
    set $year $1;
    set $month $2;
    set $day $3;
    set $hour $4;
}}
access_log {health}/application.log.$year-$month-$day-$hour healthd;
"""


def write_beanstalks_files(
    nginx: Path, *, address: str = "127.0.0.1", port: int = 80, tokens: str = ""
) -> None:
    """Write Beanstalk's part below `nginx`; logs and pid go into its parent folder."""
    place = nginx / "conf.d" / "elasticbeanstalk"
    place.mkdir(parents=True, exist_ok=True)
    folder = nginx.parent
    main = _MAIN.format(user=worker_account(), folder=folder, port=port, tokens=tokens)
    (nginx / "nginx.conf").write_text(main)
    upstream = nginx / "conf.d" / "elasticbeanstalk-nginx-docker-upstream.conf"
    upstream.write_text(_UPSTREAM.format(address=address))
    (nginx / "conf.d" / "healthd_http.conf").write_text(_HEALTH_FORMAT)
    (place / "healthd.conf").write_text(_HEALTH_LOG.format(health=folder / "healthd"))


def worker_account() -> str:
    """Return Debian's name for nginx's account, or the one of other systems."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("www-data", "nginx", "nobody") if name in known)
