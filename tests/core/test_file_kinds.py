import pytest

from proxy.core.file_kinds import FileKind, image_type, kind_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.ipynb", FileKind.NOTEBOOK),
        ("A.IPYNB", FileKind.NOTEBOOK),
        ("a.py", FileKind.TEXT),
        ("page.html", FileKind.TEXT),
        ("Makefile", FileKind.TEXT),
        ("a.png", FileKind.IMAGE),
        ("a.svg", FileKind.OTHER),
        ("a.pdf", FileKind.OTHER),
        ("a.png.exe", FileKind.OTHER),
        ("ipynb", FileKind.OTHER),
        ("", FileKind.OTHER),
    ],
)
def test_a_name_says_how_a_file_is_shown(name, kind):
    assert kind_of(name) is kind


def test_a_picture_has_a_type_and_nothing_else_has():
    assert image_type("a.JPG") == "image/jpeg"
    with pytest.raises(KeyError):
        image_type("a.svg")
