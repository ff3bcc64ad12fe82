"""What platforms answer, read with suspicion."""

from typing import Any

import pytest

from proxy.core.lti_answers import (
    Member,
    is_same_origin,
    next_page,
    read_line_item,
    read_line_items,
    read_members,
    read_token,
)
from proxy.core.lti_roles import CourseRole

PAGE = "https://lms.example.org/course/7/members?limit=2"
MEMBER = "http://purl.imsglobal.org/vocab/lis/v2/membership"


@pytest.mark.parametrize(
    ("expires", "seconds"),
    [
        (300, 300),
        ("300", 300),
        (99_999, 3600),
        (None, 60),
        (0, 60),
        (-5, 60),
        (True, 60),
        ("soon", 60),
        ("9" * 40, 60),
        ([], 60),
    ],
)
def test_a_token_holds_for_an_hour_at_most(expires: object, seconds: float) -> None:
    token = read_token({"access_token": "t", "token_type": "bearer", "expires_in": expires})
    assert token is not None
    assert token.seconds == seconds
    assert "text" not in repr(token)


@pytest.mark.parametrize(
    ("header", "following"),
    [
        ('<https://lms.example.org/p2>; rel="next"', "https://lms.example.org/p2"),
        ("<https://lms.example.org/p2>;rel=next", "https://lms.example.org/p2"),
        ("<https://LMS.example.org:443/p2>; rel=NEXT", "https://LMS.example.org:443/p2"),
        ("</p2?a=1,2>; rel=next", "https://lms.example.org/p2?a=1,2"),
        ("<?page=2>; rel=next", "https://lms.example.org/course/7/members?page=2"),
        (
            '<https://evil.example/>; rel="differences", </p2>; rel="next"',
            "https://lms.example.org/p2",
        ),
        ('</p2>; title="a; rel=last, b"; rel="last next"', "https://lms.example.org/p2"),
        ("</p2>; rel=last", ""),
        ("</p2>", ""),
        ("p2; rel=next", ""),
        ("<p2; rel=next", ""),
        ("", ""),
        ("<https://evil.example/p2>; rel=next", None),
        ("<http://lms.example.org/p2>; rel=next", None),
        ("<https://lms.example.org:8443/p2>; rel=next", None),
        ("<https://lms.example.org@evil.example/>; rel=next", None),
        ("<//evil.example/p2>; rel=next", None),
        ("<javascript:alert(1)>; rel=next", None),
        ("<https://[::1>; rel=next", None),
        ("</p2#x>; rel=next", None),
        ("</p\\2>; rel=next", None),
    ],
)
def test_the_next_page_is_of_the_same_origin(header: str, following: str | None) -> None:
    assert next_page([header], PAGE) == following


def test_several_headers_are_one_list() -> None:
    assert next_page(["</a>; rel=prev", "</b>; rel=next"], PAGE) == "https://lms.example.org/b"
    assert next_page([], PAGE) == ""


def test_a_header_without_end_is_read_in_no_time() -> None:
    for odd in ("<" * 200_000, "<a>;" * 100_000, '<a>; x="' * 50_000, "<a>" + "; x=1" * 50_000):
        assert next_page([odd], PAGE) in {"", None}


def test_columns_are_of_the_same_origin() -> None:
    listed = [
        {"id": "https://lms.example.org/items/1", "resourceLinkId": "link-1"},
        {"id": "https://lms.example.org/items/2", "resourceLinkId": 7},
        {"id": "https://evil.example/items/3", "resourceLinkId": "link-1"},
        {"id": 4},
        {},
        "https://lms.example.org/items/5",
        None,
    ]
    found = read_line_items(listed, PAGE)
    assert found is not None
    assert [(each.address[-1], each.resource_link) for each in found] == [
        ("1", "link-1"),
        ("2", ""),
    ]
    assert read_line_items({"lineItems": listed}, PAGE) is None
    assert read_line_item([], PAGE) is None


@pytest.mark.parametrize(
    ("value", "member"),
    [
        ({"user_id": "a"}, Member("a", "", CourseRole.STUDENT)),
        ({"user_id": "a", "name": "Ann"}, Member("a", "Ann", CourseRole.STUDENT)),
        ({"user_id": "a", "given_name": "Ann"}, Member("a", "Ann", CourseRole.STUDENT)),
        (
            {"user_id": "a", "roles": [f"{MEMBER}#Instructor", 7]},
            Member("a", "", CourseRole.TEACHER),
        ),
        ({"user_id": "a", "name": "A\nnn"}, Member("a", "", CourseRole.STUDENT)),
        ({"user_id": "a", "roles": "Instructor"}, None),
        ({"user_id": "a", "status": "Deleted"}, None),
        ({"user_id": ""}, None),
        ({"user_id": 7}, None),
        ({"user_id": "a" * 256}, None),
        ({}, None),
        ("a", None),
    ],
)
def test_members(value: Any, member: Member | None) -> None:
    assert read_members({"members": [value]}) == ([] if member is None else [member])


def test_origins() -> None:
    assert is_same_origin("https://A.example/x", "https://a.example:443/y?z")
    assert not is_same_origin("https://a.example", "http://a.example")
    assert not is_same_origin("https://a.example:99999", "https://a.example")
