"""Figures in, sentences out."""

from proxy.core.limits import (
    MIB,
    DiskUse,
    disk_advice,
    disk_refusal,
    is_over,
    megabytes,
    memory_reason,
    patience,
)


def test_no_limit_is_never_passed() -> None:
    assert not is_over(10**15, 0)
    assert disk_refusal(DiskUse(10**15), 0) is None
    assert disk_advice(DiskUse(10**15), 0) == ""


def test_the_limit_itself_may_be_used() -> None:
    assert not is_over(100 * MIB, 100)
    assert is_over(100 * MIB + 1, 100)
    assert disk_refusal(DiskUse(100 * MIB), 100) is None
    assert disk_refusal(DiskUse(100 * MIB + 1), 100) is not None


def test_who_is_far_over_is_looked_at_again_sooner() -> None:
    assert patience(101 * MIB, 100, 2.0) == 2.0
    assert patience(200 * MIB, 100, 2.0) < 1.0


def test_the_reason_names_both_figures_and_what_to_do() -> None:
    told = memory_reason(1310 * MIB, 1024)
    assert "1,310 of 1,024 MiB" in told
    assert "kept" in told


def test_the_refusal_names_both_figures_and_what_to_do() -> None:
    told = disk_refusal(DiskUse(1310 * MIB), 1024) or ""
    assert "1,310 MiB" in told
    assert "1,024 MiB" in told
    assert "Ask" in told
    assert "more than 1,310" in (disk_refusal(DiskUse(1310 * MIB, complete=False), 1024) or "")


def test_it_is_told_before_it_is_too_late() -> None:
    assert disk_advice(DiskUse(89 * MIB), 100) == ""
    assert "90 of 100 MiB" in disk_advice(DiskUse(90 * MIB), 100)


def test_a_sum_that_is_no_whole_is_never_passed_over_in_silence() -> None:
    told = disk_advice(DiskUse(8 * MIB, complete=False), 100)
    assert "more than 8 of 100 MiB" in told
    assert "not all" in told
    assert disk_refusal(DiskUse(8 * MIB, complete=False), 100) is None
    assert "more than 95" in disk_advice(DiskUse(95 * MIB, complete=False), 100)
    assert disk_advice(DiskUse(8 * MIB, complete=False), 0) == ""


def test_a_byte_more_is_a_megabyte_more() -> None:
    assert megabytes(MIB) == "1"
    assert megabytes(MIB + 1) == "2"
