"""The course's LTI blocks: the library's own XBlock, in the smallest runtime that carries one."""

import html
from typing import Any

from django.contrib.auth.models import AnonymousUser
from opaque_keys.edx.keys import CourseKey, UsageKey
from xblock.core import XBlockMixin
from xblock.field_data import DictFieldData
from xblock.fields import Boolean, DateTime, ScopeIds, Timedelta
from xblock.reference.user_service import UserService, XBlockUser
from xblock.runtime import MemoryIdManager, NullI18nService, Runtime

from campus.models import CourseRole, ExternalId, Grade
from campus.settings import LMS_ROOT_URL, TOLD

COURSE = CourseKey.from_string(TOLD["course"])


class Inherited(XBlockMixin):
    """Fields that edx-platform gives to every block."""

    due = DateTime(default=None)
    start = DateTime(default=None)
    graceperiod = Timedelta(default=None)
    graded = Boolean(default=True)


class People(UserService):
    """Tells the block who looks at it."""

    def __init__(self, user: Any) -> None:
        super().__init__()
        self._user = user

    def get_current_user(self) -> XBlockUser:
        user = self._user
        if not user.is_authenticated:
            return XBlockUser(is_current_user=True)
        found = XBlockUser(True, [user.email], user.profile.name)
        roles = set(CourseRole.objects.filter(user=user).values_list("role", flat=True))
        found.opt_attrs = {
            "edx-platform.is_authenticated": True,
            "edx-platform.user_id": user.id,
            "edx-platform.username": user.username,
            "edx-platform.user_is_staff": user.is_staff,
            "edx-platform.user_role": next(
                (role for role in ("instructor", "staff") if role in roles), "student"
            ),
        }
        return found

    def get_external_user_id(self, type_name: str) -> str:
        assert type_name == "lti"
        return str(ExternalId.objects.get_or_create(user=self._user)[0].external_user_id)


class Rebinding:
    """A block that nobody looks at is bound to the person whose grade comes."""

    def rebind_noauth_module_to_user(self, block: Any, user: Any) -> None:
        block.scope_ids = block.scope_ids._replace(user_id=user.id)


class CampusRuntime(Runtime):
    """Carries a block for one person."""

    def __init__(self, user: Any) -> None:
        ids = MemoryIdManager()
        services = {"user": People(user), "i18n": NullI18nService(), "rebind_user": Rebinding()}
        super().__init__(ids, ids, mixins=(Inherited,), services=services)

    def handler_url(self, block: Any, name: str, suffix="", query="", thirdparty=False) -> str:
        return f"{LMS_ROOT_URL}/handlers/{block.scope_ids.usage_id}/{name}"

    def resource_url(self, resource: str) -> str:
        return f"{LMS_ROOT_URL}/static/{html.escape(resource)}"

    def local_resource_url(self, block: Any, uri: str) -> str:
        return self.resource_url(uri)

    def publish(self, block: Any, event_type: str, event: Any) -> None:
        if event_type == "grade":
            Grade.objects.update_or_create(
                user_id=event["user_id"],
                block=str(block.scope_ids.usage_id),
                defaults={"earned": event["value"], "possible": event["max_value"]},
            )


def load(location: UsageKey, user: Any = None) -> Any:
    """Return a block with the fields that the test chose for it."""
    fields = {
        "config_type": "new",
        "lti_version": "lti_1p3",
        "lti_1p3_launch_url": f"{TOLD['tool']}/lti/launch",
        "lti_1p3_oidc_url": f"{TOLD['tool']}/lti/login",
        "lti_1p3_tool_key_mode": "keyset_url",
        "lti_1p3_tool_keyset_url": f"{TOLD['tool']}/lti/keys",
        "lti_advantage_deep_linking_launch_url": f"{TOLD['tool']}/lti/launch",
        **TOLD["blocks"][location.block_id],
    }
    user = user or AnonymousUser()
    runtime = CampusRuntime(user)
    scopes = ScopeIds(getattr(user, "id", None), "lti_consumer", location, location)
    return runtime.construct_xblock("lti_consumer", scopes, DictFieldData(fields))


def location_of(name: str) -> UsageKey:
    return COURSE.make_usage_key("lti_consumer", name)
