#!/bin/sh
# Before the image is built: hands the deployment token to the build, in the file .deployment_token
# of the build folder, because Beanstalk passes no build arguments and no build secrets. The
# Dockerfile reads it through a bind mount; nothing copies it.
#
# Runs before configuration deployments too. Amazon's documents do not say whether those build an
# image; they say that the hooks run at the same steps. A token that nobody reads does no harm:
# 03_clear_nginx.sh takes it away in either case.
#
# The token must not show: not on standard output, which lands in eb-hooks.log; not as an argument
# of a program, which `ps` shows. printf and case are parts of the shell.
set -eu

HERE=$(cd "$(dirname "$0")" && pwd)
# In the repository beside this file, in a source bundle in .platform/sifu.
LIBRARY=$HERE
[ -e "$LIBRARY/lib.sh" ] || LIBRARY=$HERE/../../sifu
# shellcheck source=ebextensions/hooks/lib.sh
. "$LIBRARY/lib.sh"

main() {
    # A build that failed may have left one, perhaps an older one.
    remove_token "$PWD"
    status=0
    read_token || status=$?
    case $status in
        0) ;;
        1)
            say "no DEPLOYMENT_TOKEN is set: the build can fetch public repositories only"
            return
            ;;
        *) fail "get-config does not work, so it is unknown whether there is a DEPLOYMENT_TOKEN" ;;
    esac
    check_token
    write_token "$PWD"
    remove_token_later "$PWD"
    say "the build may read the deployment token"
}

# Sets `token`. Status 1: neither name is set; 2: get-config does not work.
read_token() {
    status=0
    read_secret DEPLOYMENT_TOKEN "$given_token" || status=$?
    [ "$status" -eq 1 ] || return "$status"
    status=0
    read_secret DEPLOYMENT_KEY "$given_key" || status=$?
    [ "$status" -ne 0 ] || say "DEPLOYMENT_KEY is the old name: please call it DEPLOYMENT_TOKEN"
    return "$status"
}

# Of a secret in Secrets Manager the documents promise hooks its value as environment variable ($2),
# and do not say what get-config prints: it may be nothing, or where the secret is kept.
read_secret() {
    answer=0
    token=$(read_property "$1") || answer=$?
    case $token in
        '' | arn:*)
            [ -n "$2" ] || return "$((answer ? answer : 1))"
            token=$2
            ;;
    esac
}

# Blanks and line ends around it come from copying. Inside they mean that something else was
# copied, and would end up in a header.
check_token() {
    while :; do
        case $token in
            [[:space:]]*) token=${token#?} ;;
            *[[:space:]]) token=${token%?} ;;
            *) break ;;
        esac
    done
    case $token in
        '') fail "DEPLOYMENT_TOKEN holds blanks only: set it again, or remove it" ;;
        *[![:graph:]]*)
            fail "DEPLOYMENT_TOKEN holds a blank, or a character that no token has: set it again"
            ;;
    esac
}

# Whole or not at all, and from its first moment readable for root alone.
write_token() (
    umask 077
    fresh=$(mktemp "$1/$TOKEN_FILE.XXXXXX")
    printf '%s' "$token" >"$fresh"
    mv -f "$fresh" "$1/$TOKEN_FILE"
)

# If the build fails, no further hook runs. So the file goes after the longest time that Beanstalk
# gives a command (3600 s and 240), whatever happens: that very file, not the one of a later deploy.
remove_token_later() {
    seconds=${HOST_TOKEN_SECONDS:-3900}
    file=$1/$TOKEN_FILE
    mark=$(stat -c '%i %y %z' "$file")
    # shellcheck disable=SC2016 # expanded by the shell that runs it later
    remove='[ "$(stat -c "%i %y %z" "$1" 2>/dev/null)" != "$2" ] || rm -f "$1"'
    if [ -d "$HOST_SYSTEMD_RUNS" ] &&
        systemd-run --quiet --collect --on-active="$seconds" --timer-property=AccuracySec=5s \
            /bin/sh -c "$remove" forget-token "$file" "$mark"; then
        return
    fi
    # Detached, or Beanstalk would wait for it; at home nowhere, because this folder will move.
    (
        cd /
        # shellcheck disable=SC2016 # as above
        setsid /bin/sh -c 'sleep "$3"; '"$remove" forget-token "$file" "$mark" "$seconds" \
            </dev/null >/dev/null 2>&1 &
    )
}

main
