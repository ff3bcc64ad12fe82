"""Builds among other jobs of a course."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from proxy.web.environment_jobs import JobsOfBuilds


def job(kind: str, state: str, **more: Any) -> SimpleNamespace:
    values = {"started": 1.0, "ended": 2.0, "by": "bob", "summary": "Done.", "is_open": False}
    named = {"kind": SimpleNamespace(value=kind), "state": SimpleNamespace(value=state)}
    return SimpleNamespace(**(values | named | more))


@dataclass
class Jobs:
    """As `courses.jobs.Jobs` answers."""

    found: list[Any] = field(default_factory=list)
    parts: list[tuple[str, ...]] = field(default_factory=list)
    begun: list[tuple[str, Any, str]] = field(default_factory=list)

    async def begin(self, course: str, kind: Any, by: str, work: Any) -> object:
        self.begun.append((course, kind, by))
        return None

    async def list_of(self, course: str) -> list[Any]:
        return self.found

    async def read_log(self, job: Any, after: int = 0) -> Any:
        if after >= len(self.parts):
            return SimpleNamespace(lines=(), next=after)
        return SimpleNamespace(lines=self.parts[after], next=after + 1)


async def test_the_latest_build_is_shown_whatever_came_after(tmp_path: object) -> None:
    jobs = Jobs([job("update", "running"), job("build", "failed"), job("build", "done")])
    builds = JobsOfBuilds(jobs, "BUILD")
    latest = await builds.latest("stats")
    assert latest is not None
    assert (latest.is_open, latest.is_done, latest.by) == (False, False, "bob")
    jobs.found = [job("build", "done")]
    latest = await builds.latest("stats")
    assert latest is not None
    assert latest.is_done
    jobs.found = []
    assert await builds.latest("stats") is None
    assert await builds.log("stats") == ()


async def test_a_log_comes_in_parts_and_not_for_ever() -> None:
    jobs = Jobs([job("build", "done")], [("a", "b"), ("c",)])
    assert await JobsOfBuilds(jobs, "BUILD").log("stats") == ("a", "b", "c")
    jobs.parts = [("x",)] * 1000
    assert len(await JobsOfBuilds(jobs, "BUILD").log("stats")) < 100


async def test_a_build_is_begun_as_one() -> None:
    jobs = Jobs()
    await JobsOfBuilds(jobs, "BUILD").begin("stats", "bob", None)  # type: ignore[arg-type]
    assert jobs.begun == [("stats", "BUILD", "bob")]
