"""A course with people in it, and a platform whose services are a real server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from proxy.core.lti_arrival import SCORE_SCOPE
from proxy.core.lti_launch import GradeService
from proxy.core.lti_messages import LINE_ITEM_SCOPE
from proxy.core.lti_platform import Platform
from proxy.core.lti_roles import CourseRole
from proxy.store import arrivals, platforms, scores
from proxy.store.scores import Score
from proxy.web import keys
from tests.auth.lti_services_platform import PlatformServices, running_services
from tests.store.arrivals import came, open_link
from tests.web.page_front import Pages


@dataclass
class Course:
    """`bob` teaches, `ada` learns, in “stats” of the platform's course 7; `root` has never come."""

    pages: Pages
    services: PlatformServices
    platform: Platform
    link: int = 0

    async def arrive(
        self,
        name: str,
        *,
        role: CourseRole = CourseRole.STUDENT,
        context: str = "course-7",
        notebook: str = "week 1/means",
        link: str = "link-1",
        course: str = "stats",
    ) -> int:
        """Return the number of the link for grades, 0 for a teacher."""
        grades = GradeService(
            frozenset({SCORE_SCOPE, LINE_ITEM_SCOPE}), self.services.line_items, ""
        )
        arrived = came(
            self.pages.people[name],
            self.platform,
            role=role,
            context=context,
            notebook=notebook,
            link=link,
            course=course,
            grades=grades,
            members_url=self.services.members_url,
        )
        store = self.pages.store
        if role is CourseRole.TEACHER:
            await store.write(arrivals.remember, arrived, self.pages.clock())
            return 0
        return await store.write(open_link, arrived, self.pages.clock())

    async def deliver(self) -> None:
        await self.pages.app[keys.SCORE_DELIVERY].deliver()

    async def scores(self) -> list[Score]:
        return await self.pages.store.read(scores.list_of_course, "stats", None)


@asynccontextmanager
async def running_course(pages: Pages) -> AsyncIterator[Course]:
    async with running_services(pages.app[keys.LTI_KEYS]) as services:
        entry = replace(services.platform.entry, title="Campus <b>")
        platform = await pages.store.write(platforms.add, entry, 1.0)
        course = Course(pages, services, platform)
        course.link = await course.arrive("ada")
        await course.arrive("bob", role=CourseRole.TEACHER)
        yield course
