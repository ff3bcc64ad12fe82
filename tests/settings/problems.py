"""The problems of an environment that cannot be meant."""

import pytest

from proxy.core.errors import InvalidSettings
from proxy.settings import read_settings


def problems_of(**environment):
    with pytest.raises(InvalidSettings) as caught:
        read_settings(environment)
    return caught.value.problems
