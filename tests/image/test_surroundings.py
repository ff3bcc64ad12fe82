from pathlib import Path

import pytest
from sifu_image.surroundings import Folders, needs_root, with_home


def test_folders_come_from_the_settings_of_the_image():
    assert Folders.of({}) == Folders(Path("/data"), Path("/notebooks"))
    chosen = Folders.of({"SIFU_DATA": "/srv/data", "SIFU_NOTEBOOKS": "/srv/notebooks"})
    assert chosen.home == Path("/srv/data/home")


def test_a_home_is_on_the_volume_and_the_rest_is_handed_on():
    given = {"HOME": "/root", "SIFU_BIND": "0.0.0.0"}
    environment = with_home(given, Folders.of({}))
    assert environment["HOME"] == "/data/home"
    assert environment["SIFU_BIND"] == "0.0.0.0"
    assert environment["USER"] == environment["LOGNAME"] == "sifu"


@pytest.mark.parametrize(
    ("chosen", "kept"), [("per-user", True), (" per-user ", True), ("shared", False), ("", False)]
)
def test_root_is_kept_only_to_give_each_person_an_account(chosen, kept):
    assert needs_root({"SIFU_WORKSPACES": chosen}) is kept
    assert not needs_root({})
