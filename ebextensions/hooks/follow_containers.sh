#!/bin/sh
# Keeps nginx pointed at Sifu's container when Docker starts it again under another address: after a
# crash, a reboot, a restart of Docker. Run by sifu-upstreams.service from the folder in which
# 02_point_nginx.sh put it; ends only when told to.
set -eu

LIBRARY=$(cd "$(dirname "$0")" && pwd)
TEMPLATES=$LIBRARY
# In the repository the template is not beside it.
[ -e "$TEMPLATES/upstreams.conf.template" ] || TEMPLATES=$LIBRARY/../../nginx
# shellcheck source=ebextensions/hooks/lib.sh
. "$LIBRARY/lib.sh"

main() {
    say "following Docker's containers"
    pause=1
    while :; do
        # From before the look, so that what starts meanwhile is not missed.
        since=$(date +%s)
        if follow "$since"; then
            pause=1
        else
            # Docker is away, or restarting. It need not be soon, but nobody waits for long.
            sleep "$pause"
            pause=$((pause < 4 ? pause * 2 : 4))
        fi
    done
}

# Looks once, then at each start of a container, for some minutes. Status 1: Docker does not answer.
follow() {
    ask_docker version >/dev/null 2>&1 || return 1
    look
    docker events --since "$1" --until "$(($1 + ${HOST_FOLLOW_SECONDS:-300}))" \
        --filter type=container --filter event=start --filter event=unpause --format '{{.ID}}' |
        while read -r _; do
            look
        done
    # An end before its time means that the daemon went.
    [ "$(date +%s)" -ge "$(($1 + ${HOST_FOLLOW_SECONDS:-300}))" ]
}

# In a process of its own: the lock must not outlast it, and `fail` must not end the follower.
look() {
    (look_once) || say "nginx was not changed; the next start of a container is another occasion"
}

look_once() {
    serving=$(current_address)
    # Until the first deployment has installed everything there is nothing to keep pointed.
    [ -n "$serving" ] || return 0
    address=$(choose_address) || return 0
    [ "$address" != "$serving" ] || return 0
    take_lock
    # A deployment may have pointed nginx meanwhile, and knows better.
    [ "$(current_address)" = "$serving" ] || return 0
    point_at "$address"
}

# Prints where nginx is to point. While the container that it serves still runs, a newer one must
# answer first: a deployment starts it beside the old one. Otherwise there is nothing to lose, and
# nginx shows its friendly page until the container answers.
choose_address() {
    began=$(date +%s)
    while :; do
        candidates=$(list_candidates) || return 1
        [ -n "$candidates" ] || return 1
        newest=$(of_newest "$candidates" | awk '{ print $3 }')
        for each in $newest; do
            if [ "$each" = "$serving" ] || is_healthy "$each"; then
                printf '%s\n' "$each"
                return
            fi
        done
        if ! printf '%s\n' "$candidates" | awk '{ print $3 }' | grep -qxF "$serving"; then
            printf '%s\n' "$newest" | sed -n 1p
            return
        fi
        [ "$(($(date +%s) - began))" -lt "${HOST_WAIT_SECONDS:-60}" ] || return 1
        sleep 1
    done
}

point_at() {
    begin_change
    write_upstreams "$TEMPLATES" "$1" "$change/new/$UPSTREAMS"
    apply_change "$UPSTREAMS" || exit 1
    say "nginx serves $1"
}

main
