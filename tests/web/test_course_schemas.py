"""Bodies about courses: no key too many, no value bent, no secret repeated."""

import pytest
from pydantic import ValidationError

from proxy.web.course_schemas import CourseChange, NewCourse


def test_what_is_not_said_is_none() -> None:
    assert set(CourseChange().model_dump().values()) == {None}
    assert CourseChange.model_validate_json('{"update_every": 600.0}').update_every == 600


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"name": "a"}',
        '{"name": "a", "url": ""}',
        '{"name": "a", "url": null}',
        '{"name": "a\\u0000", "url": "x"}',
        '{"name": "a", "url": "x", "open": "yes"}',
        '{"name": "a", "url": "x", "update_every": -1}',
        '{"name": "a", "url": "x", "update_every": 1.5}',
        '{"name": "a", "url": "x", "more": 1}',
    ],
)
def test_bodies_that_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        NewCourse.model_validate_json(text)


def test_a_refused_secret_is_not_repeated() -> None:
    secret = "s" * 5000
    with pytest.raises(ValidationError) as raised:
        NewCourse.model_validate_json(f'{{"name": "a", "url": "x", "token": "{secret}"}}')
    assert "sss" not in str(raised.value)
