from prometheus_client import REGISTRY

from proxy.core import errors
from proxy.metrics import RELAY_REFUSAL_REASONS as REASONS
from proxy.relay import refusals
from proxy.relay.refusals import OTHER, reason_of, reason_of_status
from tests.relay.conftest import Running, status_of


def test_every_error_has_a_declared_reason() -> None:
    for error in vars(errors).values():
        if isinstance(error, type) and issubclass(error, errors.SifuError):
            made = error.__new__(error)
            made.detail = "whatever a hostile peer said"
            assert reason_of(made) in REASONS


def test_no_word_is_declared_in_vain_or_used_undeclared() -> None:
    used = {*refusals._BY_STATUS.values(), *refusals._BY_DETAIL.values(), OTHER}
    assert used | {"store_unavailable"} == set(REASONS)


def test_every_reason_is_a_label_from_the_start() -> None:
    assert len(set(REASONS)) == len(REASONS)
    for reason in REASONS:
        found = REGISTRY.get_sample_value("sifu_relay_refusals_total", {"reason": reason})
        assert found is not None


def test_reasons_tell_apart_what_has_the_same_status() -> None:
    assert reason_of(errors.BadRequest(detail="dot_segment")) == "target_dot_segment"
    assert reason_of(errors.UpstreamBroken(detail="malformed answer")) == "server_malformed"
    assert reason_of(errors.UpstreamBroken(detail="closed")) == "server_broken"
    assert reason_of(errors.StoreUnavailable()) == "store_unavailable"
    assert reason_of(errors.ServerNotRunning()) == "server_not_running"
    assert reason_of_status(299) == OTHER


async def test_a_message_that_the_parser_refused_is_counted(relay: Running) -> None:
    def counted() -> float:
        found = REGISTRY.get_sample_value("sifu_relay_refusals_total", {"reason": "not_http"})
        return found or 0.0

    before = counted()
    assert status_of(await relay.raw(b"GARBAGE\r\n\r\n")) == 400
    relay.program.context.tally.move()
    assert counted() == before + 1
