from dataclasses import replace

from proxy.deploy.release.found import Environment, Version
from proxy.deploy.release.history import describe, describe_return, find_way_back

HERE = Environment("e-1", "sifu", "sifu", "Ready", "Green", "c", "cname", "arn")
VERSIONS = [Version(label, "PROCESSED", at) for at, label in enumerate("abcd", start=1)]


def way_back(environment, versions, events):
    way = find_way_back(environment, versions, events)
    assert way is not None
    return way


def test_the_version_that_ran_well_is_written_down():
    assert describe(HERE, "d") == "Sifu; ran well before: c"
    assert describe(None, "a") == "Sifu"


def test_a_version_that_is_unwell_does_not_become_the_one_to_go_back_to():
    sick = replace(HERE, health="Red", description="Sifu; ran well before: b")
    assert describe(sick, "d") == "Sifu; ran well before: b"


def test_the_same_version_again_keeps_the_note():
    again = replace(HERE, description="Sifu; ran well before: b")
    assert describe(again, "c") == "Sifu; ran well before: b"


def test_the_description_comes_first():
    noted = replace(HERE, description="Sifu; ran well before: a")
    assert way_back(noted, VERSIONS, ["b"]).label == "a"


def test_then_the_events_then_the_age():
    way = way_back(HERE, VERSIONS, ["c", "b", "a"])
    assert (way.label, way.source) == ("b", "as the environment's events say")
    way = way_back(HERE, VERSIONS, [])
    assert (way.label, way.source) == ("b", "the newest one made before it")


def test_versions_that_are_gone_or_failed_are_no_way_back():
    noted = replace(HERE, description="Sifu; ran well before: gone")
    failed = [replace(each, status="FAILED") if each.label == "b" else each for each in VERSIONS]
    assert way_back(noted, failed, ["b"]).label == "a"


def test_a_version_that_failed_after_this_one_is_no_way_back():
    assert way_back(HERE, VERSIONS, ["d", "c", "b"]).label == "b"
    assert find_way_back(HERE, [VERSIONS[2], VERSIONS[3]], ["d", "c"]) is None


def test_a_change_that_did_not_take_hold_leaves_nothing_to_go_back_from():
    well = replace(HERE, description="Sifu; ran well before: c")
    assert find_way_back(well, VERSIONS, ["d", "c", "b"]) is None
    assert way_back(replace(well, health="Red"), VERSIONS, ["d", "c"]).label == "c"


def test_what_was_left_is_not_gone_back_to():
    back = replace(HERE, label="b", description=describe_return(HERE))
    assert way_back(back, VERSIONS[:3], ["b", "c"]).label == "a"


def test_there_may_be_none():
    assert find_way_back(HERE, [VERSIONS[2]], ["c"]) is None


def test_the_longest_label_fits_into_a_description():
    assert len(describe(replace(HERE, label="x" * 100), "y")) <= 200
