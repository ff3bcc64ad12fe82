import pytest

from tests.settings.problems import problems_of


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"SIFU_FRONT_PORT": "0"}, "SIFU_FRONT_PORT"),
        ({"SIFU_NOTEBOOK_PORT": "65536"}, "SIFU_NOTEBOOK_PORT"),
        ({"SIFU_FRONT_PORT": "3335"}, "two different ports"),
        ({"SIFU_RELAY_WORKERS": "65"}, "SIFU_RELAY_WORKERS"),
        ({"SIFU_START_TIMEOUT": "0"}, "SIFU_START_TIMEOUT"),
        ({"SIFU_SPAWNER": "magic"}, "SIFU_SPAWNER"),
        ({"SIFU_LOGS": "nowhere"}, "SIFU_LOGS"),
        ({"SIFU_LMS_ORIGINS": "https://a.org https://b.org"}, "SIFU_LMS_ORIGINS"),
        ({"SIFU_FRONT_URL": "https://{owner}.example.org"}, "SIFU_FRONT_URL"),
        ({"SIFU_NOTEBOOKS": ""}, "SIFU_NOTEBOOKS"),
    ],
)
def test_a_value_that_cannot_work_is_refused_before_anything_starts(environment, named):
    problems = problems_of(**environment)
    assert len(problems) == 1
    assert named in problems[0]
