import json
import re
from pathlib import Path

import pytest
from sifu_image.course_list import read_courses
from sifu_image.refusal import Refusal

URL = "https://git.example.org/maths/one.git"
PAGE = Path(__file__).parents[2] / "docs" / "docker.md"


def table(**values: str) -> str:
    chosen = {"name": "one", "url": URL} | values
    return "[[course]]\n" + "".join(f"{key} = {value!r}\n" for key, value in chosen.items())


def test_no_file_means_no_courses():
    assert read_courses("") == ()


def test_a_course_has_a_name_an_address_and_perhaps_more():
    (course,) = read_courses(table(branch="release/2026", directory="week 1/lab"))
    assert (course.name, course.address.url) == ("one", URL)
    assert (course.branch, course.directory) == ("release/2026", "week 1/lab")
    (plain,) = read_courses(table())
    assert (plain.branch, plain.directory) == ("", ".")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "A", "a b", "-a", "a-", "a--b", "ü", "a.b", ".git", "a" * 65]
)
def test_a_name_is_one_safe_segment(name):
    with pytest.raises(Refusal, match="name"):
        read_courses(table(name=name))


@pytest.mark.parametrize("branch", ["-x", "--upload-pack=id", "a..b", "a b", "a:b", "a~1"])
def test_a_branch_is_no_option_and_no_range(branch):
    with pytest.raises(Refusal, match="branch or tag"):
        read_courses(table(branch=branch))


@pytest.mark.parametrize("directory", ["/etc", "..", "a/../..", "a/.git", ".git", "-x", "a\x01"])
def test_a_directory_stays_inside(directory):
    with pytest.raises(Refusal, match="directory"):
        read_courses(table() + f"directory = {json.dumps(directory)}\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (table(nmae="x"), "“nmae” is not known"),
        ("[[course]]\nname = 'one'\n", "“url” is missing"),
        ("[[course]]\nurl = 'https://git.example.org/one'\n", "“name” is missing"),
        (table() + "branch = 3\n", "“branch” must be a text"),
        (table(branch=""), "“branch” must be a text"),
        ("[course]\nname = 'one'\n", "double brackets"),
        ("courses = []\n", "no “courses”"),
        ("[[course]\n", "courses.toml:"),
        (table() * 2, "two courses are called “one”"),
    ],
)
def test_problems_are_sentences(text, sentence):
    with pytest.raises(Refusal, match=re.escape(sentence)):
        read_courses(text)


def test_every_problem_is_told_at_once():
    with pytest.raises(Refusal) as refused:
        read_courses(table(name="A") + table(url="http://git.example.org/one"))
    assert "course 1" in str(refused.value)
    assert "course 2" in str(refused.value)


def test_the_documented_example_is_read():
    example = re.search(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert example
    assert len(read_courses(example[1])) == 2
