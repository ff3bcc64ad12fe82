from proxy.web.api_endpoint import Caller
from proxy.web.platform_table import list_platform_endpoints

ROWS = list_platform_endpoints()


def test_every_row_is_for_administrators() -> None:
    assert {row.caller for row in ROWS} == {Caller.ADMIN}


def test_the_rows_are_of_one_group() -> None:
    assert {row.tag for row in ROWS} == {"platforms"}


def test_the_invitations_are_not_taken_for_a_platform() -> None:
    """Else two rows would be one address, and its answers none of either's."""
    assert not [row.path for row in ROWS if row.path.startswith("/api/platforms/inv")]
