#!/bin/sh
# After Beanstalk has started the container: points the machine's nginx at it, on the ports 3334 and
# 3335, and installs the follower that does the same when the container comes back elsewhere.
#
# Beanstalk points its own server on port 80 at the container's first port, in its own files, with an
# upstream named `docker`. Those stay as they are. Ours are other names in other files; one of them
# is included by Beanstalk's server, so that port 80 follows the container as well.
set -eu

HERE=$(cd "$(dirname "$0")" && pwd)
# In the repository beside this file, in a source bundle in .platform/sifu.
LIBRARY=$HERE
TEMPLATES=$HERE/../../nginx
if [ ! -e "$LIBRARY/lib.sh" ]; then
    LIBRARY=$HERE/../../sifu
    TEMPLATES=$LIBRARY/nginx
fi
# shellcheck source=ebextensions/hooks/lib.sh
. "$LIBRARY/lib.sh"

main() {
    wait_for_container
    take_lock
    point_nginx
    install_follower
}

# Sets `container` and `address` once Sifu answers there.
wait_for_container() {
    limit=${HOST_WAIT_SECONDS:-60}
    began=$(date +%s)
    told=0
    while :; do
        if find_healthy; then
            say "Sifu answers in container $(short "$container") at $address"
            return
        fi
        waited=$(($(date +%s) - began))
        [ "$waited" -lt "$limit" ] || give_up
        if [ "$waited" -ge "$told" ]; then
            say "waiting for Sifu, $waited of $limit seconds: $found"
            told=$((waited + 5))
        fi
        sleep 0.5
    done
}

# Sets `found`, what is missing, where there is nothing healthy.
find_healthy() {
    found="Docker does not answer"
    candidates=$(list_candidates) || return 1
    found="no running container has port $FRONT"
    [ -n "$candidates" ] || return 1
    while read -r _ container address; do
        if is_healthy "$address"; then
            return 0
        fi
        found="container $(short "$container") does not answer at $address"
    done <<LIST
$(of_newest "$candidates")
LIST
    return 1
}

# What a person needs to go on, from the container that was to be it. A sign-in link that it may
# have printed stays there.
give_up() {
    say "Sifu does not answer: $found"
    newest=$(ask_docker ps --all --quiet --latest 2>/dev/null) || newest=
    if [ -n "$newest" ]; then
        ask_docker ps --all --latest --format '{{.Names}} ({{.Image}}): {{.Status}}' >&2 || :
        say "its last lines:"
        ask_docker logs --tail 20 "$newest" 2>&1 | sed 's/\(code=\)[^ &]*/\1.../g' >&2 || :
    fi
    fail "nginx stays as it was; try: docker logs ${newest:-CONTAINER}"
}

short() {
    printf '%.12s' "$1"
}

point_nginx() {
    one_port=$(property_if_set HOST_ONE_PORT)
    case $one_port in
        1 | true) one_port=1 ;;
        *) one_port= ;;
    esac
    if [ -z "$one_port" ] && [ "$address" = 127.0.0.1 ]; then
        fail "the container has the host's network, so nginx cannot listen on $FRONT and $RELAY" \
            "as well: set the environment property HOST_ONE_PORT to 1"
    fi
    begin_change
    prepare_files
    mkdir -p "$HOST_SIFU_DIR/pages"
    replace_file "$TEMPLATES/sifu-away.html" "$HOST_SIFU_DIR/pages/sifu-away.html"
    apply_change "$OUR_FILES" || fail "nginx does not serve the new container"
    say "nginx serves $address"
}

prepare_files() {
    into=$change/new
    write_upstreams "$TEMPLATES" "$address" "$into/$UPSTREAMS"
    for name in proxy front relay away; do
        fill_in <"$TEMPLATES/$name.conf" >"$into/sifu/$name.conf"
    done
    fill_in <"$TEMPLATES/http.conf" >"$into/conf.d/sifu-http.conf"
    if [ -n "$one_port" ]; then
        fill_in <"$TEMPLATES/one_port.conf" >"$into/$PORT_80"
    else
        fill_in <"$TEMPLATES/port_80.conf" >"$into/$PORT_80"
        fill_in <"$TEMPLATES/servers.conf" >"$into/$SERVERS"
    fi
    networks=$(list_balancer_networks)
    printf '%s\n' "$networks" | sed '/./!d; s/.*/set_real_ip_from &;/' >"$into/sifu/real_ip.conf"
    printf '%s\n' "$networks" | sed '/./!d; s/.*/& 1;/' >"$into/sifu/balancers.conf"
    log_requests >"$into/sifu/logs.conf"
}

fill_in() {
    sed "s|@PAGES@|$HOST_SIFU_DIR/pages|g; s|@ERROR_LOG@|$HOST_ERROR_LOG|g"
}

# Beanstalk's agent reads the health log if the environment has enhanced health, and deletes what it
# has read. Where the folder is missing nobody would.
log_requests() {
    printf 'access_log %s sifu_access;\n' "$HOST_ACCESS_LOG"
    if [ -d "$HOST_HEALTH_LOGS" ]; then
        # shellcheck disable=SC2016 # nginx's variables
        printf 'access_log %s/application.log.$sifu_hour sifu_healthd if=$sifu_is_answered;\n' \
            "$HOST_HEALTH_LOGS"
    fi
}

# The networks whose word about the client (X-Forwarded-*) counts: the property
# HOST_TRUSTED_NETWORKS, or else the machine's VPC, in which a load balancer has its addresses.
# None at all is safe: then the client is whoever connects.
list_balancer_networks() {
    listed=$(property_if_set HOST_TRUSTED_NETWORKS)
    if [ -z "$listed" ] && ! listed=$(ask_metadata); then
        say "the VPC's networks are unknown: nobody is believed about the client's address"
        return
    fi
    for network in $(printf '%s' "$listed" | tr ',' ' '); do
        case $network in
            *[!0-9a-fA-F.:/]*) say "left out of the trusted networks: $network" ;;
            */*) printf '%s\n' "$network" ;;
            *) printf '%s\n' "$network/$(case $network in *:*) echo 128 ;; *) echo 32 ;; esac)" ;;
        esac
    done
}

# IMDSv2: a session's token first, then the networks of the VPC of the first interface.
ask_metadata() {
    latest=$HOST_METADATA/latest
    session=$(ask_quickly --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
        "$latest/api/token") || return 1
    header="X-aws-ec2-metadata-token: $session"
    mac=$(ask_quickly --header "$header" "$latest/meta-data/mac") || return 1
    ask_quickly --header "$header" \
        "$latest/meta-data/network/interfaces/macs/$mac/vpc-ipv4-cidr-blocks"
}

ask_quickly() {
    curl --silent --fail --noproxy '*' --max-time 2 "$@"
}

# In a place that outlasts deployments: a bundle's folder is replaced by the next one. Restarted only
# if it changed.
install_follower() {
    mkdir -p "$HOST_SIFU_DIR"
    is_new=
    for name in lib.sh containers.awk follow_containers.sh; do
        replace_file "$LIBRARY/$name" "$HOST_SIFU_DIR/$name"
    done
    replace_file "$TEMPLATES/upstreams.conf.template" "$HOST_SIFU_DIR/upstreams.conf.template"
    if [ ! -d "$HOST_SYSTEMD_RUNS" ]; then
        say "no systemd: a container that restarts elsewhere is found by the next deployment only"
        return
    fi
    replace_file "$LIBRARY/sifu-upstreams.service" "$HOST_UNIT_DIR/sifu-upstreams.service"
    if [ -n "$is_new" ]; then
        systemctl daemon-reload
        systemctl enable --quiet sifu-upstreams.service
        systemctl restart sifu-upstreams.service
        say "the follower is installed (journalctl -u sifu-upstreams)"
    elif ! systemctl --quiet is-active sifu-upstreams.service; then
        systemctl restart sifu-upstreams.service
    fi
}

# By one rename, so that nobody reads half a file. Sets `is_new` if it was different.
replace_file() {
    ! is_same "$1" "$2" || return 0
    is_new=1
    cp "$1" "$2.new"
    chmod 0644 "$2.new"
    mv -f "$2.new" "$2"
}

main
