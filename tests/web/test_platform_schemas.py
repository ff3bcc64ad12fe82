import pytest
from pydantic import ValidationError

from proxy.web.platform_schemas import NewInvitation, NewPlatform
from tests.web.test_platforms import BODY


def test_a_good_body_is_read() -> None:
    assert NewPlatform.model_validate(BODY).client_id == "client-1"


@pytest.mark.parametrize("title", ["", " ", " a", "a ", "a\tb", "x" * 129, "\x7f"])
def test_a_title_is_one_line_without_blanks_around_it(title: str) -> None:
    with pytest.raises(ValidationError):
        NewInvitation.model_validate({"title": title})


def test_a_title_may_be_one_letter_or_have_blanks_inside() -> None:
    for title in ("M", "Moodle of the school", "é"):
        assert NewInvitation.model_validate({"title": title}).title == title
