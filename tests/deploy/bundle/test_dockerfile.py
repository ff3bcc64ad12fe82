"""What a build needs is read from the Dockerfile as Docker reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.deploy.bundle.dockerfile import Taken, find_taken, first_exposed


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("COPY a b", ["a"]),
        ("copy a b c/ d/", ["a", "b", "c"]),
        ("ADD ./a/ /b", ["a"]),
        ("COPY --chown=1:1 --chmod=755 a b", ["a"]),
        ("COPY --from=build /x /y", []),
        ('COPY ["a b", "c", "/d"]', ["a b", "c"]),
        ("COPY [broken", []),
        ("ADD https://example.org/x /x", []),
        ("COPY . .", ["."]),
        ("# COPY a b", []),
        ("COPY a \\\n  # why\n  b \\\n  /c", ["a", "b"]),
        ("RUN <<END\nCOPY a b\nEND\nCOPY c d", ["c"]),
        ("COPY <<END /x\nCOPY a b\nEND", []),
        ("RUN echo COPY a b", []),
        ("RUN --mount=type=bind,source=a,target=/a make", ["a"]),
        ("RUN --mount=type=bind,from=build,source=a,target=/a make", []),
        ("RUN --mount=type=secret,id=a make", []),
        ("RUN --mount=target=/a make", ["."]),
    ],
)
def test_paths_of_the_context_are_found(text, paths):
    assert [taken.path for taken in find_taken(f"FROM x\n{text}\n")] == paths


def test_the_line_is_where_the_instruction_begins():
    assert find_taken("FROM x\n\nCOPY \\\n a b") == [Taken("a", 3)]


def test_a_mounted_path_may_be_missing():
    assert not find_taken("RUN --mount=type=bind,source=a,target=/a x")[0].is_needed


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("FROM x\nEXPOSE 3334 3335", "3334"),
        ("FROM x\nEXPOSE 80\nFROM y\nEXPOSE 3334/tcp\nEXPOSE 1", "3334"),
        ("FROM x", None),
    ],
)
def test_the_first_port_of_the_last_stage_is_known(text, port):
    assert first_exposed(text) == port


@given(st.text(st.sampled_from("COPYRUN <<-'E\n\\[]\",= #a--mount.from"), max_size=80))
def test_no_text_makes_the_reader_fail(text):
    find_taken(text)
    first_exposed(text)
