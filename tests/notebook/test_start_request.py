"""What front writes for the program that becomes a server."""

import pytest

from proxy.notebook.confinement import Confinement
from proxy.notebook.start_request import StartRequest, as_text, from_text

REQUEST = StartRequest(
    folder="/run/servers/ada.home",
    socket="/run/sock",
    record="/run/record",
    directory="/notebooks/ada/home",
    environment={"PATH": "/usr/bin", "TZ": "odd #; %value"},
    confinement=Confinement(uid=100000, gid=100000, temporary="/n/.tmp", needed=("/a", "/b")),
)


def test_what_was_written_is_read() -> None:
    assert from_text(as_text(REQUEST)) == REQUEST


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"confinement": {}}', "null"])
def test_a_file_of_somebody_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Sifu|Expecting"):
        from_text(text)


def test_a_shared_tmp_is_not_used() -> None:
    assert REQUEST.variables(has_private_tmp=False)["TMPDIR"] == "/n/.tmp"
    assert "TMPDIR" not in REQUEST.variables(has_private_tmp=True)
