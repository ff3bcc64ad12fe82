# Reads the JSON of `docker inspect` and prints, for every running container that exposes or
# publishes `port` (such as 3334/tcp), a line "key id address" for each of its addresses; lines sort
# by key, the best last.
#
# A real reader of JSON, in awk because every machine has it: labels and environment of a container
# are free text and may look like anything, so values are taken by where they are, never by what
# stands near them. A string never spans lines in JSON, hence line by line.
#
# Docker 29 has no NetworkSettings.IPAddress any more; older ones leave it empty where a container
# is in a network other than the default bridge. So: the networks' addresses first.

BEGIN { depth = 0; is_key = 0 }

{ read_line($0) }

END { if (depth != 0) { print "sifu: docker inspect was cut short" > "/dev/stderr"; exit 1 } }

function read_line(rest,    first) {
    while (rest != "") {
        first = substr(rest, 1, 1)
        if (first ~ /[ \t\r:]/) {
            rest = substr(rest, 2)
        } else if (first == "\"") {
            if (!match(rest, /^"([^"\\]|\\.)*"/)) { depth = -1; return }
            take_text(substr(rest, 2, RLENGTH - 2))
            rest = substr(rest, RLENGTH + 1)
        } else if (first == "{" || first == "[") {
            if (depth > 0) note("")
            enter(first)
            rest = substr(rest, 2)
        } else if (first == "}" || first == "]") {
            leave()
            rest = substr(rest, 2)
        } else if (first == ",") {
            is_key = (kind[depth] == "{")
            rest = substr(rest, 2)
        } else {
            if (!match(rest, /^[^][{}," \t\r:]+/)) { depth = -1; return }
            note(substr(rest, 1, RLENGTH))
            rest = substr(rest, RLENGTH + 1)
        }
    }
}

function take_text(text) {
    if (is_key) {
        key[depth] = text
        is_key = 0
    } else {
        note(text)
    }
}

function enter(bracket) {
    depth++
    kind[depth] = bracket
    key[depth] = ""
    is_key = (bracket == "{")
    # Depth 1 is the list of containers, depth 2 one of them.
    if (depth == 2) forget_container()
}

function leave() {
    if (depth == 2) print_container()
    depth--
    is_key = 0
}

function forget_container() {
    id = created = started = image = mode = single = ""
    is_running = has_port = networks = 0
}

# A value, or the beginning of an object or a list, at the place that `key` describes.
function note(value) {
    if (depth == 2) note_top(value)
    else if (depth == 3) note_second(value)
    else if (depth == 4) note_port()
    else if (depth == 5) note_address(value)
}

function note_top(value) {
    if (key[2] == "Id") id = value
    else if (key[2] == "Created") created = value
}

function note_second(value) {
    if (key[2] == "State" && key[3] == "Running") is_running = (value == "true")
    else if (key[2] == "State" && key[3] == "StartedAt") started = value
    else if (key[2] == "Config" && key[3] == "Image") image = value
    else if (key[2] == "HostConfig" && key[3] == "NetworkMode") mode = value
    else if (key[2] == "NetworkSettings" && key[3] == "IPAddress") single = value
}

function note_port() {
    if (key[4] != port) return
    if (key[2] == "Config" && key[3] == "ExposedPorts") has_port = 1
    else if (key[2] == "HostConfig" && key[3] == "PortBindings") has_port = 1
    else if (key[2] == "NetworkSettings" && key[3] == "Ports") has_port = 1
}

function note_address(value) {
    if (key[2] == "NetworkSettings" && key[3] == "Networks" && key[5] == "IPAddress") {
        networks++
        network[networks] = key[4]
        address[networks] = value
    }
}

function print_container(    i, found) {
    if (!is_running || !has_port || id !~ /^[0-9a-f]+$/) return
    if (mode == "host") { print_line(1, "127.0.0.1"); return }
    for (i = 1; i <= networks; i++) {
        if (address[i] == "") continue
        found = 1
        print_line((network[i] == "bridge") + 1, address[i])
    }
    if (!found) print_line(1, single)
}

# Beanstalk's own container wins over any other, which may be a newer one of the same image: the
# servers that Sifu starts expose the same ports. Then the newest; then the default bridge.
function print_line(rank, where) {
    if (where !~ /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/) return
    printf "%d|%s|%s|%s|%d %s %s\n", (image ~ /^aws_beanstalk\//), moment(created), \
        moment(started), id, rank, id, where
}

# Docker leaves zeros at the end of a fraction of a second out: 12.5Z is later than 12.45Z.
function moment(text,    whole, fraction, dot) {
    sub(/Z$/, "", text)
    dot = index(text, ".")
    whole = dot ? substr(text, 1, dot - 1) : text
    fraction = dot ? substr(text, dot + 1) : ""
    gsub(/[^0-9T:+-]/, "", whole)
    gsub(/[^0-9]/, "", fraction)
    return whole "." substr(fraction "000000000", 1, 9)
}
