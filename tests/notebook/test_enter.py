"""The exec way's command line."""

from proxy.notebook.enter import command
from tests.notebook.test_start_request import REQUEST


def test_a_server_is_found_by_its_last_words_and_imports_nothing_from_its_folder() -> None:
    words = command(REQUEST)
    assert words[-3:] == ["-m", "proxy.notebook", "/run/servers/ada.home"]
    assert "-P" in words
