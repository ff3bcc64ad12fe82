import pytest
from prometheus_client import REGISTRY, generate_latest


def shown():
    return generate_latest(REGISTRY).decode()


@pytest.mark.parametrize(
    "sample",
    [
        'sifu_sign_ins_total{result="limited"}',
        'sifu_server_starts_total{result="failed"}',
        'sifu_front_requests_total{status="5xx"}',
        'sifu_relay_requests_total{status="1xx"}',
        'sifu_relay_refusals_total{reason="foreign_host"}',
        'sifu_relay_refusals_total{reason="other"}',
        'sifu_relay_bytes_total{direction="up",kind="websocket"}',
        'sifu_relay_connect_seconds_bucket{le="0.001"}',
        "sifu_relay_connect_failures_total",
        "sifu_servers_ready",
    ],
)
def test_a_curve_begins_at_zero_and_not_with_a_gap(sample):
    assert f"\n{sample} " in shown()


def test_every_metric_is_ours_and_explained():
    for family in REGISTRY.collect():
        if family.name.startswith("sifu"):
            assert family.name.startswith("sifu_")
            assert family.documentation
