from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.course import Interface
from proxy.core.identity import SHARED, ServerName
from proxy.core.launch_target import way_back, way_to
from proxy.core.paths import Target, parse_target
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


@pytest.mark.parametrize(
    ("interface", "notebook", "way"),
    [
        (Interface.LAB, "a/b", "lab/tree/stats/a/b.ipynb"),
        (Interface.NOTEBOOK, "a/b", "notebooks/stats/a/b.ipynb"),
        (Interface.SINGLE, "a/b", "doc/tree/stats/a/b.ipynb"),
        (Interface.LAB, "", "lab/tree/stats"),
        (Interface.NOTEBOOK, "", "tree/stats"),
        (Interface.SINGLE, "", "lab/tree/stats"),
    ],
)
def test_each_interface_has_its_address(interface, notebook, way):
    assert way_to(ANN, "stats", notebook, interface) == f"/open/ann/home/{way}"


@pytest.mark.parametrize("interface", Interface)
def test_without_a_course_no_interface_was_chosen(interface):
    assert way_to(ANN, "", "", interface) == "/open/ann/home/lab"


def test_the_way_back_leads_into_the_same_server():
    way = way_back(ANN)
    assert safe_next(way) == way
    target = parse_target(way.replace("/open/", "/user/"))
    assert isinstance(target, Target)
    assert target.server == ANN


@given(st.text(max_size=40), st.text(max_size=80), st.sampled_from(Interface))
def test_no_name_leaves_its_place(course, notebook, interface):
    if not (is_course(course) and is_path(notebook)):
        return
    way = way_to(ANN, course, notebook, interface)
    assert safe_next(way) == way
    begins = {"lab": "lab/tree", "notebook": "notebooks", "single": "doc/tree"}[interface.value]
    assert unquote(urlsplit(way).path) == f"/open/ann/home/{begins}/{course}/{notebook}.ipynb"
    assert not {".", "..", ""} & set(way.split("/")[1:])
