from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.identity import SHARED, ServerName
from proxy.core.launch_target import way_to
from proxy.core.portal_link import is_course, is_path
from proxy.core.redirects import safe_next

ANN = ServerName("ann", "home")


@pytest.mark.parametrize(
    ("course", "notebook", "way"),
    [
        ("", "", "/open/ann/home/lab"),
        ("stats", "", "/open/ann/home/lab/tree/stats"),
        ("stats", "week 1/means", "/open/ann/home/lab/tree/stats/week%201/means.ipynb"),
        ("a?b#c", "d%2Fe", "/open/ann/home/lab/tree/a%3Fb%23c/d%252Fe.ipynb"),
        ("été", "été", "/open/ann/home/lab/tree/%C3%A9t%C3%A9/%C3%A9t%C3%A9.ipynb"),
    ],
)
def test_a_launch_leads_to_its_notebook(course, notebook, way):
    assert way_to(ANN, course, notebook) == way
    assert way_to(SHARED, course, notebook).startswith("/open/everyone/shared/lab")


@given(st.text(max_size=40), st.text(max_size=80))
def test_no_name_leaves_its_place(course, notebook):
    if not (is_course(course) and is_path(notebook)):
        return
    way = way_to(ANN, course, notebook)
    assert safe_next(way) == way
    assert unquote(urlsplit(way).path) == f"/open/ann/home/lab/tree/{course}/{notebook}.ipynb"
    assert not {".", "..", ""} & set(way.split("/")[1:])
