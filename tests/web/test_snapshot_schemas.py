"""Bodies about snapshots: lines of bounded length."""

import pytest
from pydantic import ValidationError

from proxy.core.snapshot import Lifetime
from proxy.web.snapshot_schemas import NewSnapshot


def test_a_path_is_enough() -> None:
    wish = NewSnapshot.model_validate_json('{"path": "a.ipynb"}')
    assert (wish.server, wish.title, wish.expires) == ("", "", Lifetime.NEVER)


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"path": ""}',
        '{"path": "a\\nb"}',
        '{"path": "a", "server": "Ada/home"}',
        '{"path": "a", "expires": 7}',
        '{"path": "a", "more": 1}',
    ],
)
def test_what_is_not_so_is_refused(body: str) -> None:
    with pytest.raises(ValidationError):
        NewSnapshot.model_validate_json(body)
