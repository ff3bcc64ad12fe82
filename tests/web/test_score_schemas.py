"""Bodies about scores: numbers are numbers, and bounded."""

import pytest
from pydantic import ValidationError

from proxy.web.score_schemas import Grade, KernelScore

GRADE = '{"user": "ada", "notebook": "a", "given": %s, "most": %s}'


@pytest.mark.parametrize(("given", "most"), [("0", "1"), ("0.5", "1.0"), ("1e3", "1000000")])
def test_grades(given: str, most: str) -> None:
    assert Grade.model_validate_json(GRADE % (given, most)).given == float(given)


@pytest.mark.parametrize(
    ("given", "most"),
    [
        *((given, "1") for given in ("-1", "NaN", "Infinity", '"1"', "true", "null", "1e9")),
        *(("1", most) for most in ("0", "NaN", "1e9")),
    ],
)
def test_no_grades(given: str, most: str) -> None:
    with pytest.raises(ValidationError):
        Grade.model_validate_json(GRADE % (given, most))


def test_a_kernel_may_leave_out_what_has_a_default() -> None:
    score = KernelScore.model_validate_json('{"notebook": "a", "given": 1}')
    assert (score.most, score.comment) == (1.0, "")
