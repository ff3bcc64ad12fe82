import pytest

from proxy.core.lifecycle import PENDING, State
from proxy.core.progress import Progress


@pytest.mark.parametrize("state", list(State))
def test_a_step_is_the_last_unless_something_is_under_way(state):
    assert Progress(state, "", 0).is_last is (state not in PENDING)
