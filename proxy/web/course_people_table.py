"""The rows of the endpoint table that are about people of courses."""

from proxy.core.errors import Forbidden, NotFound, UnprocessableInput
from proxy.web import api_course_people
from proxy.web.api_endpoint import Endpoint, Reply
from proxy.web.course_people_schemas import CoursePersonInfo, CoursePersonRole
from proxy.web.schemas import Message


def list_course_people_endpoints() -> tuple[Endpoint, ...]:
    """Return the rows."""
    return (
        Endpoint(
            "GET",
            "/api/courses/{course}/people",
            api_course_people.list_course_people,
            "List the people of a course whom you teach, and how far they are",
            (Reply(200, "The people, by name", CoursePersonInfo, many=True),),
            problems=(Forbidden, NotFound),
        ),
        Endpoint(
            "PUT",
            "/api/courses/{course}/people/{name}",
            api_course_people.set_course_person,
            "List somebody as a teacher or a student of a course that you lead",
            (Reply(200, "They are on the list", Message),),
            body=CoursePersonRole,
            problems=(Forbidden, NotFound, UnprocessableInput),
        ),
        Endpoint(
            "DELETE",
            "/api/courses/{course}/people/{name}",
            api_course_people.remove_course_person,
            "Take somebody off the list of a course that you lead",
            (Reply(200, "They are not on the list any more", Message),),
            problems=(Forbidden, NotFound),
        ),
    )
