"""The tables of courses are among those that migrations are compared with."""

from proxy.store import course_tables, tables


def test_they_share_the_metadata_of_all_tables():
    assert course_tables.courses.metadata is tables.metadata
    named = {"courses", "course_people", "course_jobs", "snapshots", "course_days"}
    named |= {"course_notebooks", "course_peaks"}
    assert named <= set(tables.metadata.tables)
