"""What is accepted about the installation as a whole."""

import pytest
from pydantic import ValidationError

from proxy.web.admin_schemas import NewMaintenance, NewNotice


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"on": 1}',
        '{"on": "true"}',
        '{"on": true, "drain_seconds": -1}',
        '{"on": true, "drain_seconds": 1.5}',
        '{"on": true, "message": null}',
        '{"on": true, "colour": "red"}',
    ],
)
def test_a_switch_is_told_exactly(text: str) -> None:
    with pytest.raises(ValidationError):
        NewMaintenance.model_validate_json(text)


def test_a_message_has_a_letter_and_an_end() -> None:
    assert NewNotice.model_validate_json('{"message": " x "}').message == " x "
    for text in ("   ", "x" * 301):
        with pytest.raises(ValidationError):
            NewNotice.model_validate({"message": text})


def test_ten_minutes_are_a_whole_number_however_they_are_written() -> None:
    wish = NewMaintenance.model_validate_json('{"on": true, "drain_seconds": 600.0}')
    assert wish.drain_seconds == 600
