"""What the library asks of edx-platform (`lti_consumer/plugin/compat.py`), answered."""

from types import SimpleNamespace
from typing import Any

from crum import get_current_user
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from lti_consumer.exceptions import LtiError
from opaque_keys.edx.keys import CourseKey, UsageKey

from campus import blocks
from campus.models import CourseRole, ExternalId
from campus.settings import TOLD


def load_enough_xblock(location: UsageKey) -> Any:
    return blocks.load(location)


def load_block_as_user(location: UsageKey) -> Any:
    return blocks.load(location, get_current_user())


def get_course_by_id(course_key: CourseKey) -> Any:
    return SimpleNamespace(
        display_name_with_default=TOLD["title"],
        display_org_with_default=course_key.org,
        lti_passports=[],
    )


def user_course_access(course: Any, user: Any, action: str, **_: Any) -> bool:
    return CourseRole.objects.filter(user_id=user.id).exists()


def user_has_access(user: Any, action: str, block: Any, course_key: CourseKey) -> bool:
    return user_course_access(None, user, action)


def user_has_studio_write_access(user: Any, course_key: CourseKey) -> bool:
    return CourseRole.objects.filter(user_id=user.id, role__in=["staff", "instructor"]).exists()


def get_user_from_external_user_id(external_user_id: str) -> User:
    try:
        return ExternalId.objects.get(external_user_id=external_user_id).user
    except ExternalId.DoesNotExist as problem:
        raise LtiError("Invalid User") from problem
    except ValidationError as problem:
        raise LtiError("Invalid userID") from problem


def batch_get_or_create_externalids(users: Any) -> dict[int, ExternalId]:
    known = set(ExternalId.objects.filter(user__in=users).values_list("user_id", flat=True))
    ExternalId.objects.bulk_create(ExternalId(user=user) for user in users if user.id not in known)
    return {each.user_id: each for each in ExternalId.objects.filter(user__in=users)}


def get_course_members(course_key: CourseKey) -> dict[int, dict[str, Any]]:
    if CourseRole.objects.count() > TOLD.get("most_members", 1000):
        raise LtiError(f"NRPS is not available for {course_key}")
    found: dict[int, dict[str, Any]] = {}
    for each in CourseRole.objects.select_related("user__profile").order_by("-id"):
        user = each.user
        new = {"id": user.id, "username": user.username, "email": user.email, "roles": []}
        found.setdefault(user.id, new | {"name": user.profile.name})["roles"].append(each.role)
    return found


ANSWERS = (
    load_enough_xblock,
    load_block_as_user,
    get_course_by_id,
    user_course_access,
    user_has_access,
    user_has_studio_write_access,
    get_user_from_external_user_id,
    batch_get_or_create_externalids,
    get_course_members,
)
