"""Why the relay refused, in one of the words that `metrics.RELAY_REFUSAL_REASONS` declares.

A request can't make a new word, so nobody can blow up the metrics.
"""

from proxy.core.errors import SifuError, StoreUnavailable

_BY_STATUS = {
    400: "not_http",
    401: "no_pass",
    403: "forbidden",
    404: "not_found",
    405: "method",
    408: "slow_head",
    421: "foreign_host",
    431: "long_head",
    500: "own_fault",
    502: "server_broken",
    503: "server_not_running",
    504: "server_slow",
}
# Of the errors that are raised for several reasons, `detail` tells which.
_BY_DETAIL = {
    "alias": "target_alias",
    "dot_segment": "target_dot_segment",
    "form": "target_form",
    "framing": "framing",
    "too_long": "target_too_long",
    "underscores": "underscores",
    "upgrade_with_body": "upgrade_with_body",
    "malformed answer": "server_malformed",
}
OTHER = "other"


def reason_of(error: SifuError) -> str:
    """Return the word for an error that a request ended with."""
    if isinstance(error, StoreUnavailable):
        return "store_unavailable"
    return _BY_DETAIL.get(error.detail) or reason_of_status(error.status)


def reason_of_status(status: int) -> str:
    """Return the word for a refusal of which only the status is known."""
    return _BY_STATUS.get(status, OTHER)
