"""A job's log on the command line: each line once, and an end."""

from typing import Any

import pytest

from proxy.cli.job_following import follow_job
from proxy.core.errors import Conflict

JOB = {"id": 7, "course": "a b", "state": "running", "progress": "50%"}
PATH = "/api/courses/a%20b/jobs/7/log"


class Answers:
    """Gives one answer after the other."""

    def __init__(self, *answers: tuple[list[str], int, str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def ask(self, method: str, path: str, body: object = None) -> Any:
        self.asked.append(path)
        lines, after, state = self.answers.pop(0)
        return {"lines": lines, "next": after, "job": JOB | {"state": state}}


def test_it_is_followed_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    front = Answers(
        (["one"], 4, "running"),
        ([], 4, "running"),
        (["two\x1b[2J", "done."], 20, "done"),
        ([], 20, "done"),
    )
    follow_job(front, JOB, pause=0)
    assert capsys.readouterr().out == "one\ntwo·[2J\ndone.\n"
    assert front.asked == [PATH, f"{PATH}?after=4", f"{PATH}?after=4", f"{PATH}?after=20"]


@pytest.mark.parametrize("state", ["failed", "interrupted"])
def test_one_that_did_not_end_well_is_an_error(state: str) -> None:
    with pytest.raises(Conflict, match="job 7 of “a b”"):
        follow_job(Answers(([], 0, state)), JOB, pause=0)
