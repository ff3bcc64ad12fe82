#!/bin/sh
# Before Beanstalk flips to the new version: the image is built, so the token goes; and nothing of
# ours may keep nginx from starting.
#
# What Beanstalk does to nginx (eb-engine.log of Amazon Linux 2 and 2023): it fills
# /var/proxy/staging/nginx, runs the predeploy hooks, starts the container, tests the staged
# configuration, copies it over /etc/nginx (`cp -rp staging/* /etc/nginx`, nothing is deleted) and
# starts nginx. So our files are still there, with the former container's address, and serve it until
# 02_point_nginx.sh. If they do not fit the new configuration, though, nginx would not come up and
# the deployment would fail: then they go, and 02 puts them back with the new ones.
set -eu

HERE=$(cd "$(dirname "$0")" && pwd)
# In the repository beside this file, in a source bundle in .platform/sifu.
LIBRARY=$HERE
[ -e "$LIBRARY/lib.sh" ] || LIBRARY=$HERE/../../sifu
# shellcheck source=ebextensions/hooks/lib.sh
. "$LIBRARY/lib.sh"

main() {
    remove_token "$PWD"
    forget_build_folders
    take_lock
    if ! has_ours; then
        return
    fi
    if [ -z "$(current_address)" ]; then
        # A machine made from an image of another one, or a change that was cut off.
        remove_ours "they name upstreams that are not there"
    elif breaks "$HOST_NGINX_DIR" || breaks "$HOST_NGINX_STAGING"; then
        remove_ours "nginx would not start with them"
    fi
}

# BuildKit keeps a copy of the folders that it was given, to send less the next time; in it is what
# a bind mount showed. Without the copy the next build sends its few kilobytes again.
forget_build_folders() {
    ask_docker builder prune --force --filter type=source.local >/dev/null 2>&1 ||
        say "Docker's copy of the build folder could not be removed"
}

has_ours() {
    for name in $OUR_FILES; do
        [ ! -e "$HOST_NGINX_DIR/$name" ] || return 0
    done
    return 1
}

# Is the configuration in folder $1 good without our files and bad with them? If it is bad without
# them as well, they are not to blame and stay.
breaks() {
    [ -e "$1/nginx.conf" ] || return 1
    try=$(mktemp -d)
    cp -R "$1/." "$try"
    rm -rf "$try/.sifu-change"
    for name in $OUR_FILES; do
        mkdir -p "$try/$(dirname "$name")"
        rm -f "$try/$name"
    done
    status=1
    if reason=$(nginx -t -q -c "$try/nginx.conf" 2>&1); then
        for name in $OUR_FILES; do
            [ ! -e "$HOST_NGINX_DIR/$name" ] || cp "$HOST_NGINX_DIR/$name" "$try/$name"
        done
        if ! reason=$(nginx -t -q -c "$try/nginx.conf" 2>&1); then
            say "$reason"
            status=0
        fi
    fi
    rm -rf "$try"
    return "$status"
}

# nginx goes on with what it has read until Beanstalk starts it anew.
remove_ours() {
    say "removing Sifu's files from $HOST_NGINX_DIR: $1"
    for name in $OUR_FILES; do
        rm -f "$HOST_NGINX_DIR/$name"
    done
}

main
