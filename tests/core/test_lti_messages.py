"""What we say to a platform, held against the specifications' own words."""

from typing import Any

import pytest

from proxy.core.lti_messages import (
    LinkChoice,
    ScoreReport,
    assertion_claims,
    deep_linking_claims,
    line_item_body,
    moment_after,
    score_body,
    scores_address,
    timestamp,
    token_form,
    with_query,
)

NOW = 1_800_000_000.123
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"


def answered(*choices: LinkChoice, data: str = "opaque") -> dict[str, Any]:
    return deep_linking_claims(
        choices,
        issuer="https://lms.example.org",
        client="client-7",
        deployment="1",
        data=data,
        launch_url="https://sifu.example.org/lti/launch",
        nonce="n",
        now=NOW,
    )


def test_a_choice_is_answered_as_deep_linking_wants_it() -> None:
    claims = answered(LinkChoice("stats", "week 1/means", "Means", 10.0))
    assert claims == {
        "iss": "client-7",
        "aud": "https://lms.example.org",
        "iat": 1_799_999_970,
        "exp": 1_800_000_300,
        "nonce": "n",
        LTI + "deployment_id": "1",
        LTI + "message_type": "LtiDeepLinkingResponse",
        LTI + "version": "1.3.0",
        DEEP + "data": "opaque",
        DEEP + "content_items": [
            {
                "type": "ltiResourceLink",
                "title": "Means",
                "url": "https://sifu.example.org/lti/launch",
                "custom": {"course": "stats", "notebook": "week 1/means"},
                "lineItem": {"scoreMaximum": 10.0, "label": "Means"},
            }
        ],
    }


def test_without_data_and_without_a_grade_neither_is_said() -> None:
    claims = answered(LinkChoice("stats", "", "stats"), data="")
    assert DEEP + "data" not in claims
    (item,) = claims[DEEP + "content_items"]
    assert "lineItem" not in item
    assert item["custom"] == {"course": "stats"}


def test_an_assertion_holds_for_a_minute() -> None:
    claims = assertion_claims("client-7", "https://lms.example.org/token", jti="j", now=NOW)
    assert claims == {
        "iss": "client-7",
        "sub": "client-7",
        "aud": "https://lms.example.org/token",
        "iat": 1_799_999_970,
        "exp": 1_800_000_060,
        "jti": "j",
    }
    assert token_form("jwt", ["a", "b"])["scope"] == "a b"


def test_a_score_is_final() -> None:
    body = score_body(ScoreReport("person-1", 8.0, 10.0, "", NOW))
    assert (body["activityProgress"], body["gradingProgress"]) == ("Completed", "FullyGraded")
    assert body["timestamp"] == "2027-01-15T08:00:00.123Z"


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (0.9996, "1970-01-01T00:00:01.000Z"),
        (NOW, "2027-01-15T08:00:00.123Z"),
        (1_800_000_000.001, "2027-01-15T08:00:00.001Z"),
    ],
)
def test_times_have_milliseconds(at: float, text: str) -> None:
    assert timestamp(at) == text


def test_a_later_score_is_later_even_if_the_clock_stands_or_goes_back() -> None:
    texts, last = [], None
    for now in (NOW, NOW, NOW + 0.0004, NOW - 3600, NOW + 1):
        last = moment_after(last, now)
        texts.append(timestamp(last))
    assert texts == sorted(set(texts))
    assert texts[-1] == "2027-01-15T08:00:01.123Z"


@pytest.mark.parametrize(
    ("line_item", "address"),
    [
        ("https://lms.example.org/items/1", "https://lms.example.org/items/1/scores"),
        ("https://lms.example.org/items/1/", "https://lms.example.org/items/1/scores"),
        (
            "https://lms.example.org/i/1/item?t=5&x=",
            "https://lms.example.org/i/1/item/scores?t=5&x=",
        ),
    ],
)
def test_scores_go_below_the_column_and_its_query_stays(line_item: str, address: str) -> None:
    assert scores_address(line_item) == address


def test_a_query_is_added_to_and_replaced() -> None:
    assert with_query("https://a/b", {"x": "1"}) == "https://a/b?x=1"
    assert with_query("https://a/b?t=5&x=2", {"x": "ü&"}) == "https://a/b?t=5&x=%C3%BC%26"


def test_a_column_names_its_link() -> None:
    body = line_item_body("m", most=1, resource_link="l", course="c" * 200, notebook="n" * 200)
    assert body["resourceLinkId"] == "l"
    assert len(body["resourceId"]) == 255
