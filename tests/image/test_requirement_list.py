import re

import pytest
from sifu_image.refusal import Refusal
from sifu_image.requirement_list import read_requirements

URL = "https://git.example.org/team/grader.git"


def test_a_package_in_a_repository():
    text = f"# ours\n\nour-grader @ git+{URL}@v1.4#subdirectory=python/grader  # for week 1\n"
    (package,) = read_requirements(text).packages
    assert (package.name, package.address.url) == ("our-grader", URL)
    assert (package.revision, package.folder) == ("v1.4", "python/grader")


def test_the_user_name_of_a_token_may_stand_in_the_address():
    url = "https://deploy-token-1@git.example.org/team/grader.git"
    (package,) = read_requirements(f"grader @ git+{url}@main").packages
    assert (package.address.url, package.revision) == (url, "main")
    assert read_requirements(f"grader @ git+{url}").packages[0].revision == "HEAD"


def test_a_pinned_package_of_the_index():
    assert read_requirements("pandas==2.3.1\n").pinned == ("pandas==2.3.1",)


@pytest.mark.parametrize(
    "line",
    [
        "pandas",
        "pandas>=2",
        "--index-url https://index.example.org/simple",
        "-r other.txt",
        "-e git+https://git.example.org/x.git",
        "./local",
        "x @ file:///etc",
        "x @ https://example.org/x.whl",
        "x @ git+ssh://git@git.example.org/x.git",
        "x @ git+http://git.example.org/x.git",
        "../x @ git+https://git.example.org/x.git",
        "x[extra] @ git+https://git.example.org/x.git",
        "x @ git+https://robot:hunter2@git.example.org/x.git",
        "x @ git+https://git.example.org/x.git@--upload-pack=id",
        "x @ git+https://git.example.org/x.git@a..b",
        "x @ git+https://git.example.org/x.git#subdirectory=../..",
        "x @ git+https://git.example.org/x.git#egg=x",
        "pandas==2.3.1 --hash=sha256:00",
    ],
)
def test_any_other_line_is_refused_with_its_number(line):
    with pytest.raises(Refusal, match="line 2") as refused:
        read_requirements(f"pandas==2.3.1\n{line}\n")
    assert "hunter2" not in str(refused.value)


def test_a_package_twice_is_a_problem():
    line = f"grader @ git+{URL}\n"
    with pytest.raises(Refusal, match=re.escape("“grader” is there twice")):
        read_requirements(line + line.replace("grader @", "Grader @"))
