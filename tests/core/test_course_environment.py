"""Lists of packages, their digests, and names that tell nothing."""

import pytest

from proxy.core.course import Outline
from proxy.core.course_environment import (
    course_key,
    digest_of,
    is_empty,
    is_kernel_of_course,
    kernel_name,
    leads_to_files,
    list_path,
    list_problem,
)


@pytest.mark.parametrize(
    "text",
    [
        "numpy\n",
        "# ./comment\nnumpy>=1,<3  # the newest\n\nscipy[all]==1.0; python_version < '3.12'\n",
        "numpy \\\n  == 2\n",
        "package ~= 1.2\n",
    ],
)
def test_names_from_an_index_lead_to_no_file(text: str) -> None:
    assert not leads_to_files(text)
    assert digest_of(text, python="p", version="1") == digest_of(text, python="p", version="2")


@pytest.mark.parametrize(
    "text",
    [
        "./wheels/x.whl\n",
        "numpy\n-r more.txt\n",
        "--find-links wheels\nnumpy\n",
        "-c limits.txt\nnumpy\n",
        "x @ file:wheels/x.whl\n",
        "git+https://git.example.org/x\n",
        "wheels/x.whl\n",
        "--no-index\n",
    ],
)
def test_what_may_lead_to_a_file_is_each_versions_own(text: str) -> None:
    assert leads_to_files(text)
    assert digest_of(text, python="p", version="1") != digest_of(text, python="p", version="2")


def test_another_python_or_list_is_another_environment() -> None:
    digests = {
        digest_of(text, python=python, version="")
        for text, python in (("a", "p"), ("a", "q"), ("b", "p"), ("ap", ""), ("", "ap"))
    }
    assert len(digests) == 5


@pytest.mark.parametrize("text", ["-e .", "numpy\n  --editable=./x", "--editable ./x"])
def test_an_editable_one_is_refused(text: str) -> None:
    assert "-e" in list_problem(text)


@pytest.mark.parametrize("text", ["-extra-index", "numpy", "e .", "# -e ."])
def test_others_are_not(text: str) -> None:
    assert list_problem(text) == ""


def test_a_list_of_comments_asks_for_nothing() -> None:
    assert is_empty("\n# nothing\n   \n")
    assert not is_empty("# numpy:\nnumpy")


def test_a_kernels_name_is_one_that_jupyter_allows_and_tells_no_course() -> None:
    for course in ("stats", "Été 2027", "a b", "\udcff"):
        name = kernel_name(course)
        assert name.isascii()
        assert is_kernel_of_course(name)
        assert name == name.lower()
        assert course_key(course) in name
    assert kernel_name("stats") != kernel_name("Stats")
    for name in ("python3", "course-", "course-stats", "course-" + "z/" * 16):
        assert not is_kernel_of_course(name)


def test_the_list_is_where_the_course_says() -> None:
    assert list_path(Outline()) == "requirements.txt"
    assert list_path(Outline(requirements="setup/needs.txt")) == "setup/needs.txt"
