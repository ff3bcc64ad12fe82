"""What of a commit becomes a course: nothing leads out of it, and it has its bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core import course_tree
from proxy.core.course_tree import (
    TreeEntry,
    TreePlan,
    is_large_file_pointer,
    is_storable,
    plan_tree,
    read_listing,
)


def entry(path: str | bytes, mode: str = "100644", size: int | None = 1) -> TreeEntry:
    return TreeEntry(mode, "0" * 40, size, path.encode() if isinstance(path, str) else path)


def planned(*entries: TreeEntry) -> TreePlan:
    plan = plan_tree(entries)
    assert isinstance(plan, TreePlan)
    return plan


def test_plain_files_come_in_order() -> None:
    plan = planned(entry("b"), entry("a/x", "100755"), entry("a/b", "100664"))
    assert [(file.path, file.is_program) for file in plan.files] == [
        ("a/b", False),
        ("a/x", True),
        ("b", False),
    ]
    assert plan.notes == ()


@pytest.mark.parametrize("mode", ["120000", "160000", "040000", "100000", "777777"])
def test_what_is_no_plain_file_is_passed_over(mode: str) -> None:
    plan = planned(entry("x", mode, None), entry("y"))
    assert [file.path for file in plan.files] == ["y"]
    assert plan.notes[0].startswith("Passed over: x is ")


def test_what_is_there_twice_comes_once() -> None:
    plan = planned(entry("a"), entry("a"), entry("a/b"), entry("c/d"), entry("c"), entry("c/e"))
    assert [file.path for file in plan.files] == ["a", "c/d", "c/e"]
    assert len(plan.notes) == 3


def test_many_notes_are_summed_up() -> None:
    plan = planned(*(entry(f"l{number}", "120000") for number in range(50)))
    assert len(plan.notes) == 21
    assert plan.notes[-1] == "Passed over: 30 more, of which each is a link."


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_tree, "MOST_FILES", 2)
    assert isinstance(plan_tree([entry("a"), entry("b")]), TreePlan)
    assert "more than 2 files" in str(plan_tree([entry("a"), entry("b"), entry("c")]))
    assert "The file a has" in str(plan_tree([entry("a", size=2**40)]))
    monkeypatch.setattr(course_tree, "MOST_BYTES", 10)
    assert "together" in str(plan_tree([entry("a", size=6), entry("b", size=6)]))


@given(st.lists(st.binary(min_size=1, max_size=40).filter(lambda path: b"\0" not in path)))
def test_no_path_leads_out_or_collides(paths: list[bytes]) -> None:
    plan = plan_tree([entry(path) for path in paths])
    assert isinstance(plan, TreePlan)
    found = [file.path for file in plan.files]
    assert len(set(found)) == len(found)
    for path in found:
        steps = path.split("/")
        assert is_storable(path)
        assert not {"", ".", ".."} & set(steps)
        assert ".git" not in [step.lower() for step in steps]
        assert not any(other.startswith(f"{path}/") for other in found)


def test_depth_and_length_have_bounds() -> None:
    assert is_storable("/".join("d" * 32))
    assert not is_storable("/".join("d" * 33))
    assert is_storable("é" * 100)
    assert not is_storable("é" * 101)
    assert not is_storable("a/" * 600 + "a")


def test_listings_are_read() -> None:
    listed = b"100644 blob abc      12\ta\tb\n c\x00160000 commit def       -\tsub\x00"
    assert read_listing(listed) == [
        TreeEntry("100644", "abc", 12, b"a\tb\n c"),
        TreeEntry("160000", "def", None, b"sub"),
    ]
    for odd in (b"x", b"100644 blob abc 12 no tab", b"\xff\xff\xff\tx"):
        with pytest.raises(ValueError):  # noqa: PT011 (whatever is wrong with it)
            read_listing(odd)


def test_pointers_of_git_lfs() -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    assert is_large_file_pointer(pointer)
    assert not is_large_file_pointer(pointer + b"x" * 1024)
    assert not is_large_file_pointer(b"version 1")
