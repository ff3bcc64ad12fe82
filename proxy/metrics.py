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


FRONT_REQUESTS = Counter("sifu_front_requests_total", "Requests answered by front", ["status"])
SIGN_INS = Counter("sifu_sign_ins_total", "Attempts to sign in", ["result"])
SERVER_STARTS = Counter("sifu_server_starts_total", "Starts of servers", ["result"])
SERVER_START_SECONDS = Histogram(
    "sifu_server_start_seconds",
    "From the wish to the first answer",
    buckets=(0.1, 0.5, 1, 2, 4, 8, 15, 30, 60),
)
SERVERS_READY = Gauge("sifu_servers_ready", "Servers that answer", multiprocess_mode="mostrecent")

STATUS_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
for status in STATUS_CLASSES:
    FRONT_REQUESTS.labels(status)
for sign_in in SignIn:
    SIGN_INS.labels(sign_in.value)
for start in Start:
    SERVER_STARTS.labels(start.value)
