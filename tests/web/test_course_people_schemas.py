"""A role in a course is one of two words."""

import pytest
from pydantic import ValidationError

from proxy.core.lti_roles import CourseRole
from proxy.web.course_people_schemas import CoursePersonRole


def test_a_role_is_a_word() -> None:
    assert CoursePersonRole.model_validate_json('{"role": "teacher"}').role is CourseRole.TEACHER


@pytest.mark.parametrize(
    "text", ['{"role": "admin"}', "{}", '{"role": 1}', '{"role": "teacher", "x": 1}']
)
def test_nothing_else_is(text: str) -> None:
    with pytest.raises(ValidationError):
        CoursePersonRole.model_validate_json(text)
