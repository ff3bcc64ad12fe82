"""The rows of the endpoint table that are about people of courses."""

from proxy.core.errors import (
    Conflict,
    Forbidden,
    NotFound,
    ServerNotRunning,
    UnprocessableInput,
)
from proxy.web import api_course_people, course_copies
from proxy.web.api_endpoint import Endpoint, Reply
from proxy.web.course_people_schemas import CoursePersonInfo, CoursePersonRole
from proxy.web.schemas import Message

_OF_COPIES = (Forbidden, NotFound, Conflict, ServerNotRunning)


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
        Endpoint(
            "POST",
            "/api/courses/{course}/people/{slug}/clear",
            api_course_people.clear_course_copy,
            "Move a student's copy of a course that you teach aside, in their workspace",
            (Reply(200, "What it is called now, if there was one", Message),),
            problems=_OF_COPIES,
        ),
        Endpoint(
            "GET",
            "/api/courses/{course}/people/{slug}/files.zip",
            course_copies.get_zip,
            "Take a student's copy of a course that you teach as a zip",
            (Reply(200, "The copy", media_type="application/zip"),),
            problems=_OF_COPIES,
        ),
        Endpoint(
            "GET",
            "/api/courses/{course}/files.zip",
            course_copies.get_all_zip,
            "Take the copies of all whom you teach in a course as a zip, a folder each",
            (Reply(200, "The copies", media_type="application/zip"),),
            problems=_OF_COPIES,
        ),
    )
