"""Every metric, declared once, with every value that its labels may take.

The programs share memory-mapped files in `PROMETHEUS_MULTIPROC_DIR` (set by `sifu up`), so the
front's `/metrics` adds up all relay processes. Label values are created at import: a dashboard
shows zeros, not gaps.
"""

from enum import Enum

from prometheus_client import Counter, Gauge, Histogram


class SignIn(Enum):
    """How an attempt to sign in ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LIMITED = "limited"


class Start(Enum):
    """How a start of a server ended."""

    READY = "ready"
    FAILED = "failed"


class Delivery(Enum):
    """How an attempt to tell a learning platform a score ended."""

    SENT = "sent"
    PUT_OFF = "put_off"
    FAILED = "failed"


FRONT_REQUESTS = Counter("sifu_front_requests_total", "Requests answered by front", ["status"])
SIGN_INS = Counter("sifu_sign_ins_total", "Attempts to sign in", ["result"])
SCORES = Counter("sifu_scores_total", "Attempts to tell a score to a platform", ["result"])
SERVER_STARTS = Counter("sifu_server_starts_total", "Starts of servers", ["result"])
SERVER_START_SECONDS = Histogram(
    "sifu_server_start_seconds",
    "From the wish to the first answer",
    buckets=(0.1, 0.5, 1, 2, 4, 8, 15, 30, 60),
)
SERVERS_READY = Gauge("sifu_servers_ready", "Servers that answer", multiprocess_mode="mostrecent")
SERVERS_QUEUED = Gauge(
    "sifu_servers_queued", "Servers that wait for room to start", multiprocess_mode="mostrecent"
)
EVENTS_LOST = Counter("sifu_events_lost_total", "Events that the store could not take in time")

STATUS_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
for status in STATUS_CLASSES:
    FRONT_REQUESTS.labels(status)
for sign_in in SignIn:
    SIGN_INS.labels(sign_in.value)
for start in Start:
    SERVER_STARTS.labels(start.value)
for delivery in Delivery:
    SCORES.labels(delivery.value)

RELAY_REQUESTS = Counter("sifu_relay_requests_total", "Requests answered by the relay", ["status"])
RELAY_REFUSALS = Counter(
    "sifu_relay_refusals_total", "Requests that the relay refused or could not carry", ["reason"]
)
RELAY_WEBSOCKETS = Gauge(
    "sifu_relay_websockets_open", "Open websockets", multiprocess_mode="livesum"
)
RELAY_BYTES = Counter(
    "sifu_relay_bytes_total", "Bytes exchanged with servers", ["kind", "direction"]
)
RELAY_CONNECT_SECONDS = Histogram(
    "sifu_relay_connect_seconds",
    "Until a new connection to a server stood",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5),
)
RELAY_CONNECT_FAILURES = Counter(
    "sifu_relay_connect_failures_total", "New connections to servers that could not be made"
)

# What a refusal is counted under; `relay.refusals` says which error is which.
RELAY_REFUSAL_REASONS = (
    "foreign_host",
    "forbidden",
    "framing",
    "long_head",
    "method",
    "no_pass",
    "not_found",
    "not_http",
    "other",
    "own_fault",
    "server_broken",
    "server_malformed",
    "server_not_running",
    "server_slow",
    "slow_head",
    "store_unavailable",
    "target_alias",
    "target_dot_segment",
    "target_form",
    "target_too_long",
    "underscores",
    "upgrade_with_body",
)

for status in STATUS_CLASSES:
    RELAY_REQUESTS.labels(status)
for reason in RELAY_REFUSAL_REASONS:
    RELAY_REFUSALS.labels(reason)
for kind in ("http", "websocket"):
    for direction in ("up", "down"):
        RELAY_BYTES.labels(kind, direction)
