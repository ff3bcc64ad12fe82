from prometheus_client import REGISTRY

from proxy.relay.tally import Tally


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_counts_are_moved_once() -> None:
    tally = Tally()
    before = value("sifu_relay_requests_total", status="2xx")
    refused = value("sifu_relay_refusals_total", reason="no_pass")
    tally.count(200)
    tally.count(204)
    tally.refuse(401)
    tally.move()
    tally.move()
    assert value("sifu_relay_requests_total", status="2xx") == before + 2
    assert value("sifu_relay_refusals_total", reason="no_pass") == refused + 1


def test_an_unlisted_status_makes_no_new_label() -> None:
    tally = Tally()
    tally.count(0)
    tally.refuse(418)
    before = value("sifu_relay_refusals_total", reason="other")
    tally.move()
    assert value("sifu_relay_refusals_total", reason="other") == before + 1
    assert REGISTRY.get_sample_value("sifu_relay_requests_total", {"status": "0xx"}) is None
