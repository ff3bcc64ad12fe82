from urllib.parse import unquote

from proxy.core.course import Track, TrackNotebook
from proxy.core.course_links import LinkedNotebook, course_address, group_notebooks
from proxy.core.lti_arrival import LinkPlace, place_of
from proxy.core.portal_link import PortalTarget, read_target

ODD = LinkedNotebook("Économie & <b> 50% #1?", "week 1/a#b?c", "A")


def test_a_platform_reads_back_what_the_page_gives_it():
    parameters = dict(line.split("=", 1) for line in ODD.custom.split("\n"))
    assert place_of(parameters) == LinkPlace(ODD.course, ODD.path)


def test_a_portal_reads_back_what_the_page_gives_it():
    raw = ODD.portal.removeprefix("/ipythonExercice/")
    assert read_target(raw) == PortalTarget(ODD.course, ODD.path, "STUDENT")


def test_no_letter_of_a_name_leaves_its_step():
    assert course_address("a/b?c#d") == "/courses/a%2Fb%3Fc%23d"
    head, _, tail = ODD.address.partition("/open/")
    assert unquote(head) == f"/courses/{ODD.course}"
    assert tail == "week%201/a%23b%3Fc"


def test_tracks_keep_their_order_and_the_rest_comes_after():
    tracks = (Track("Two", (TrackNotebook("b.ipynb", "Second"), TrackNotebook("a.ipynb", ""))),)
    two, rest = group_notebooks("c", tracks, ["a.ipynb", "b.ipynb", "deep/x.ipynb"])
    assert [(each.path, each.title) for each in two.notebooks] == [("b", "Second"), ("a", "a")]
    assert [each.path for each in rest.notebooks] == ["deep/x"]
    assert len(group_notebooks("c", tracks, ["a.ipynb"])) == 1


def test_without_tracks_it_goes_by_folder():
    groups = group_notebooks("c", (), ["z.ipynb", "w/b.ipynb", "w/a.ipynb"])
    assert [(each.title, len(each.notebooks)) for each in groups] == [("Notebooks", 1), ("w", 2)]
    assert group_notebooks("c", (), []) == []
