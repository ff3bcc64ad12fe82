import pytest

from proxy.core.lti_roles import CourseRole, is_preview, role_of

MEMBER = "http://purl.imsglobal.org/vocab/lis/v2/membership"
PERSON = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


@pytest.mark.parametrize(
    "roles",
    [
        [f"{MEMBER}#Instructor"],
        [f"{MEMBER}#ContentDeveloper"],
        [f"{MEMBER}/Instructor#TeachingAssistant"],
        [f"{MEMBER}#Learner", f"{MEMBER}#Instructor"],
        ["Instructor"],
    ],
)
def test_who_teaches_the_course_is_a_teacher(roles):
    assert role_of(roles) is CourseRole.TEACHER


@pytest.mark.parametrize(
    "roles",
    [
        [],
        [f"{MEMBER}#Learner"],
        [f"{MEMBER}#Mentor"],
        ["http://evil.example/vocab#Instructor"],
        ["https://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"],
        [f"{MEMBER}#instructor"],
        [f"{MEMBER}#Instructor "],
        [f"{PERSON}#Instructor"],
        [f"{PERSON}#Administrator"],
        ["http://purl.imsglobal.org/vocab/lis/v2/system/person#SysAdmin"],
        ["NotInstructor"],
    ],
)
def test_everybody_else_is_a_student(roles):
    assert role_of(roles) is CourseRole.STUDENT


def test_a_teacher_who_looks_as_a_student_is_one():
    assert is_preview([TEST_USER])
    assert not is_preview([f"{MEMBER}#Instructor"])
    assert role_of([TEST_USER, f"{MEMBER}#Instructor"]) is CourseRole.STUDENT
