"""A build that fails is a refusal with a sentence, as any."""

from proxy.core.errors import Conflict
from proxy.courses.build_failure import BuildFailed


def test_it_is_told() -> None:
    problem = BuildFailed("The disk is full.")
    assert isinstance(problem, Conflict)
    assert (problem.status, problem.public) == (409, "The disk is full.")
