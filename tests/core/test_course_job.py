"""A job is open until it has ended, in whatever state."""

import pytest

from proxy.core.course_job import Job, JobKind, JobState


@pytest.mark.parametrize("state", JobState)
def test_waiting_and_running_ones_are_open(state: JobState) -> None:
    job = Job(1, "stats", JobKind.UPDATE, state, 1.0)
    assert job.is_open is (state in {JobState.WAITING, JobState.RUNNING})
