"""Where things lie."""

from pathlib import Path

from proxy.core.identity import SHARED
from proxy.servers.places import Places, root_of
from proxy.settings import Settings
from tests.servers.fakes import ADA, BOB

PLACES = Places(run=Path("/run"), logs=Path("/logs"), python="python")


def test_everything_that_dies_with_a_run_is_below_it() -> None:
    found = [
        PLACES.supervisor_socket,
        PLACES.stopping,
        PLACES.server_folder(ADA),
        PLACES.server_socket(ADA),
        PLACES.program_file(ADA),
        PLACES.request_file(ADA),
        PLACES.record_file(ADA),
        PLACES.fork_socket,
    ]
    assert all(path.is_relative_to(PLACES.run) for path in found)
    assert PLACES.log_file(ADA) == Path("/logs/servers/ada.home.log")


def test_two_servers_share_nothing() -> None:
    for place in (
        PLACES.server_folder,
        PLACES.server_socket,
        PLACES.program_file,
        PLACES.log_file,
        PLACES.own_folder,
        PLACES.request_file,
        PLACES.record_file,
    ):
        assert place(ADA) != place(BOB)


def test_the_shared_server_shows_the_whole_folder_and_others_their_own() -> None:
    settings = Settings(notebooks=Path("/notebooks"))
    assert root_of(settings, SHARED, shared=SHARED) == Path("/notebooks")
    assert root_of(settings, ADA, shared=SHARED) == Path("/notebooks/ada/home")


def test_accounts_find_what_is_theirs_outside_the_run_directory() -> None:
    places = Places(Path("/data/run"), Path("/logs"), "python", Path("/run/sifu"))
    for reached in (places.server_folder(ADA), places.server_socket(ADA), places.own_folder(ADA)):
        assert reached.is_relative_to("/run/sifu")
    for ours in (places.request_file(ADA), places.record_file(ADA), places.fork_socket):
        assert ours.is_relative_to("/data/run")
