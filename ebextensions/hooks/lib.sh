# shellcheck shell=sh
# What the hooks and the follower share: saying, asking Beanstalk, finding the container, changing
# nginx. POSIX sh; a script sources this file after `set -eu` and calls the functions.
#
# Every HOST_* variable is a place on the machine that tests move. They must not begin with SIFU_:
# Beanstalk hands environment properties to the container too, where unknown SIFU_* are errors.

PATH=$PATH${HOST_PATH-:/usr/sbin:/sbin:/opt/elasticbeanstalk/bin}
# So that [:graph:] means ASCII, and sort and awk treat bytes alike everywhere.
LC_ALL=C
export PATH LC_ALL
# Beanstalk puts every property into a hook's environment, secrets by their value. Kept here for
# 01_hand_over_token.sh; what a hook starts must not inherit it.
# shellcheck disable=SC2034
given_token=${DEPLOYMENT_TOKEN-} given_key=${DEPLOYMENT_KEY-}
unset DEPLOYMENT_TOKEN DEPLOYMENT_KEY

HOST_NGINX_DIR=${HOST_NGINX_DIR:-/etc/nginx}
HOST_NGINX_STAGING=${HOST_NGINX_STAGING:-/var/proxy/staging/nginx}
HOST_HEALTH_LOGS=${HOST_HEALTH_LOGS:-/var/log/nginx/healthd}
HOST_ACCESS_LOG=${HOST_ACCESS_LOG:-/var/log/nginx/access.log}
HOST_ERROR_LOG=${HOST_ERROR_LOG:-/var/log/nginx/error.log}
HOST_SIFU_DIR=${HOST_SIFU_DIR:-/opt/sifu}
HOST_RUN_DIR=${HOST_RUN_DIR:-/run/sifu}
HOST_UNIT_DIR=${HOST_UNIT_DIR:-/etc/systemd/system}
HOST_SYSTEMD_RUNS=${HOST_SYSTEMD_RUNS:-/run/systemd/system}
HOST_PUBLIC_PORT=${HOST_PUBLIC_PORT:-80}
HOST_METADATA=${HOST_METADATA:-http://169.254.169.254}

# The ports of front and relay, in the container and on the machine.
FRONT=3334
RELAY=3335
# The one file that says where the container is.
UPSTREAMS=conf.d/sifu-upstreams.conf
PORT_80=conf.d/elasticbeanstalk/sifu-port-80.conf
SERVERS=conf.d/sifu-servers.conf
# Every file that is ours in nginx's folder.
# shellcheck disable=SC2034 # used by those who source this
OUR_FILES="$UPSTREAMS conf.d/sifu-http.conf $SERVERS $PORT_80 sifu/proxy.conf sifu/front.conf sifu/relay.conf
sifu/away.conf sifu/real_ip.conf sifu/balancers.conf sifu/logs.conf"

say() {
    printf 'sifu: %s\n' "$*" >&2
}

fail() {
    say "$*"
    exit 1
}

# Have two files the same content? cmp is not on every machine.
is_same() {
    [ -e "$2" ] || return 1
    sums=$(sha256sum "$1" "$2")
    second=${sums#*"
"}
    [ "${sums%% *}" = "${second%% *}" ]
}

# Prints an environment property. Status 1: it is not set; 2: get-config itself does not work.
# get-config ends with an error for a name that is not set, too: the whole list tells them apart.
read_property() {
    if value=$(get-config environment -k "$1" 2>/dev/null); then
        [ -n "$value" ] || return 1
        printf '%s' "$value"
    elif get-config environment >/dev/null 2>&1; then
        return 1
    else
        return 2
    fi
}

# Prints an environment property, or nothing if it is not set. Ends the script if nobody can say.
property_if_set() {
    answer=0
    read_property "$1" || answer=$?
    [ "$answer" -ne 2 ] || fail "get-config does not work, so it is unknown whether $1 is set"
}

TOKEN_FILE=.deployment_token

# From folder $1, with what a killed run may have left beside it.
remove_token() {
    rm -rf "${1:?}/$TOKEN_FILE" "$1/$TOKEN_FILE".*
}

# A daemon that hangs must not hang a deployment.
ask_docker() {
    timeout "${HOST_DOCKER_SECONDS:-15}" docker "$@"
}

# Prints "key container address" for each address of each running container that has our port,
# the likeliest first. The key's first part is the same for addresses of one container.
list_candidates() {
    running=$(ask_docker ps --quiet --no-trunc) || return 1
    [ -n "$running" ] || return 0
    # A container may end between the two questions: what is known of the others still counts.
    # shellcheck disable=SC2086 # one word for each id
    { ask_docker inspect --type container $running 2>/dev/null || :; } |
        awk -v port="$FRONT/tcp" -f "$LIBRARY/containers.awk" | sort -r
}

# Prints the lines of the newest container of such a list, which is the first.
of_newest() {
    printf '%s\n' "$1" | awk 'NR == 1 { first = $2 } $2 == first'
}

# Does Sifu answer there? Front and relay, without a sign-in.
is_healthy() {
    answers "http://$1:$FRONT/healthz" && answers "http://$1:$RELAY/-/healthz"
}

answers() {
    curl --fail --silent --noproxy '*' --max-time 3 --output /dev/null "$1"
}

run_nginx() {
    nginx -c "$HOST_NGINX_DIR/nginx.conf" "$@"
}

# Says what is wrong only if something is: nginx is chatty about success.
test_nginx() {
    if ! problem=$(run_nginx -t -q 2>&1); then
        say "nginx refuses its configuration: $problem"
        return 1
    fi
}

reload_nginx() {
    if [ -d "$HOST_SYSTEMD_RUNS" ]; then
        systemctl reload nginx
    else
        run_nginx -q -s reload
    fi
}

# Prints the container's address that nginx has, or nothing.
current_address() {
    sed -n "s/^ *server \([0-9.]*\):$FRONT .*/\1/p" "$HOST_NGINX_DIR/$UPSTREAMS" 2>/dev/null || :
}

# A reload returns before nginx has tried to listen, and a port that is taken is only noted in its
# log; nginx then goes on as it was. So ask for a page that nginx itself answers (404, it is for its
# own use), with its name on it.
listens_everywhere() {
    ports="$FRONT $RELAY"
    if [ ! -e "$HOST_NGINX_DIR/$SERVERS" ]; then
        ports=$HOST_PUBLIC_PORT
    fi
    for port in $ports; do
        if ! listens "$port"; then
            say "nginx does not listen on port $port: does something else have it? (ss -ltnp)" \
                "$(sed -n 's/.*\(bind() to .*\)/\1/p' "$HOST_ERROR_LOG" 2>/dev/null | sed -n '$p')"
            return 1
        fi
    done
}

listens() {
    tries=0
    while [ "$tries" -lt $((${HOST_LISTEN_SECONDS:-5} * 4)) ]; do
        if curl --silent --noproxy '*' --max-time 2 --output /dev/null --dump-header - \
            "http://127.0.0.1:$1/sifu-away.html" | grep -qi '^server: nginx'; then
            return 0
        fi
        tries=$((tries + 1))
        sleep 0.25
    done
    return 1
}

# Writes a template to a file with the container's address in it.
write_upstreams() {
    case $2 in
        '' | *[!0-9.]*) fail "'$2' is no IPv4 address" ;;
    esac
    sed "s/@ADDRESS@/$2/g" "$1/upstreams.conf.template" >"$3"
}

# Changing nginx's files, all of them or none. A change is prepared in a folder on nginx's own file
# system, so that each file is replaced by one rename; the former files stay in there until nginx
# has taken the new ones. The lock must be held.
begin_change() {
    mkdir -p "$HOST_RUN_DIR"
    change=$HOST_NGINX_DIR/.sifu-change
    if [ -e "$change/list" ]; then
        say "an earlier run was killed while it changed nginx"
        changed=$(cat "$change/list")
        undo_change
    fi
    rm -rf "$change"
    mkdir "$change" "$change/new" "$change/old"
    for folder in conf.d/elasticbeanstalk sifu; do
        mkdir -p "$HOST_NGINX_DIR/$folder" "$change/new/$folder" "$change/old/$folder"
    done
}

# Puts the prepared files of `$change/new` in place and lets nginx take them. $1: the names that
# this is about; of these, one that was not prepared is removed. Status 1: nginx has its former
# files again. No `set -e` in here, as in all that is asked with `if`: each step says so itself.
apply_change() {
    changed=$(list_changed "$1")
    if [ -z "$changed" ]; then
        rm -rf "$change"
        return 0
    fi
    # From here on a run that is killed can be undone by the next one.
    printf '%s\n' "$changed" >"$change/list"
    trap 'trap - EXIT INT TERM HUP; undo_change; exit 1' EXIT INT TERM HUP
    status=0
    { swap_files && test_nginx && reload_nginx && listens_everywhere; } || status=1
    trap - EXIT INT TERM HUP
    if [ "$status" -ne 0 ]; then
        undo_change
        return 1
    fi
    rm -rf "$change"
}

list_changed() {
    for name in $1; do
        if [ -e "$change/new/$name" ]; then
            is_same "$change/new/$name" "$HOST_NGINX_DIR/$name" || printf '%s\n' "$name"
        elif [ -e "$HOST_NGINX_DIR/$name" ]; then
            printf '%s\n' "$name"
        fi
    done
}

# A copy of what was there goes to `old` first, whole or not at all.
swap_files() {
    for name in $changed; do
        if [ -e "$HOST_NGINX_DIR/$name" ]; then
            cp -p "$HOST_NGINX_DIR/$name" "$change/old/$name.part" || return 1
            mv "$change/old/$name.part" "$change/old/$name" || return 1
        fi
        if [ -e "$change/new/$name" ]; then
            mv -f "$change/new/$name" "$HOST_NGINX_DIR/$name" || return 1
        else
            rm -f "$HOST_NGINX_DIR/$name" || return 1
        fi
    done
}

# What was replaced has a copy in `old`; what is still in `new` was not put in place yet.
undo_change() {
    say "putting nginx's former files back"
    for name in $changed; do
        if [ -e "$change/old/$name" ]; then
            mv -f "$change/old/$name" "$HOST_NGINX_DIR/$name"
        elif [ ! -e "$change/new/$name" ]; then
            rm -f "$HOST_NGINX_DIR/$name"
        fi
    done
    if test_nginx && reload_nginx; then
        say "nginx goes on as before"
    else
        say "nginx has its former files but did not take them: see $HOST_ERROR_LOG"
    fi
    rm -rf "$change"
}

# One at a time: a deployment's hook and the follower would undo each other's work. The lock is
# held until this process (and what it started) ends.
take_lock() {
    mkdir -p "$HOST_RUN_DIR"
    exec 9>"$HOST_RUN_DIR/lock"
    flock -w "${HOST_LOCK_SECONDS:-150}" 9 ||
        fail "another run has been changing nginx for minutes: see ps"
}
