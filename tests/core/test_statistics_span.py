import pytest

from proxy.core.errors import UnprocessableInput
from proxy.core.statistics_span import MOST_DAYS, Span, read_span, say_day

NOW = 20_833 * 86_400 + 3600.0  # 2027-01-15


def test_without_days_it_is_the_last_thirty():
    assert read_span({}, NOW) == Span(20_804, 20_833)


def test_both_days_are_included():
    span = read_span({"from": "2027-01-14", "until": "2027-01-15"}, NOW)
    assert (span, span.days) == (Span(20_832, 20_833), 2)
    assert read_span({"until": "2027-01-14"}, NOW) == Span(20_803, 20_832)


def test_a_day_in_the_future_or_long_ago_is_a_day():
    assert read_span({"from": "2027-02-01"}, NOW) == Span(20_850, 20_850)
    assert read_span({"from": "2020-01-01"}, NOW).days == MOST_DAYS


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"from": "2027-01-15", "until": "2027-01-14"},
        {"from": "2020-01-01", "until": "2027-01-14"},
        {"from": "2027-13-01"},
        {"until": "0001-01-01"},
        {"until": "9999-12-31"},
        {"from": "2027-01-15' OR 1=1"},
    ],
)
def test_what_cannot_be_counted_is_refused_in_a_sentence(query):
    with pytest.raises(UnprocessableInput) as refusal:
        read_span(query, NOW)
    assert refusal.value.public.endswith(".")


def test_a_day_is_said_as_a_date():
    assert say_day(20_833) == "2027-01-15"
    assert say_day(0) == "1970-01-01"
