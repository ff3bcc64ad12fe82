import pytest
from pydantic import ValidationError

from proxy.web.statistics_schemas import StatisticsInfo

EMPTY = {
    "course": "python",
    "first": "2027-01-15",
    "last": "2027-01-15",
    "openings": 0,
    "days": [],
    "hours": [],
    "notebooks": [],
    "students": [],
    "matrix": [[1, 2]],
    "peaks": [],
}


def test_a_cell_is_a_whole_number() -> None:
    assert StatisticsInfo.model_validate(EMPTY).matrix == [[1, 2]]
    with pytest.raises(ValidationError):
        StatisticsInfo.model_validate(EMPTY | {"matrix": [["one"]]})
