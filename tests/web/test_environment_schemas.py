"""Bodies about packages of courses."""

import pytest
from pydantic import ValidationError

from proxy.web.environment_schemas import BuildWish


def test_nothing_said_is_no_wish_for_newer_ones() -> None:
    assert BuildWish.model_validate_json("{}").anew is False


@pytest.mark.parametrize("text", ['{"anew": "yes"}', '{"anew": 1}', '{"other": true}'])
def test_what_is_no_wish(text: str) -> None:
    with pytest.raises(ValidationError):
        BuildWish.model_validate_json(text)
