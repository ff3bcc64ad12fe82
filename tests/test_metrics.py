import pytest
from prometheus_client import REGISTRY, generate_latest

from proxy import metrics


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
        'sifu_relay_websocket_bytes_total{direction="up"}',
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


def test_labels_come_from_fixed_sets_so_that_nobody_can_blow_them_up():
    assert metrics.refusal_label(421) == "foreign_host"
    assert metrics.refusal_label(418) == "other"
    names = {metrics.refusal_label(status) for status in range(100, 600)}
    assert all(f'reason="{name}"' in shown() for name in names)
