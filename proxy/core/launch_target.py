"""Where a launch leads: a notebook of a course, in a server; and where a small window ends.

Rules. (1) Course and notebook are plain paths (`portal_link.is_path`); every step is quoted, so
none of them can leave the workspace or the address. (2) Without a notebook it is the course's
folder, without a course the workspace itself. (3) A folder has no single document: there it is
JupyterLab with its files.
"""

from typing import Final
from urllib.parse import quote

from proxy.core.course import Interface
from proxy.core.identity import ServerName

SUFFIX: Final = ".ipynb"
# Our extension of the page, and the page of it that tells the notebook's tab and closes its window.
EXTENSION: Final = "sifu-coming-back"
LANDING: Final = "back.html"
_WAYS: Final = {
    Interface.LAB: ("lab/tree", "lab/tree"),
    Interface.NOTEBOOK: ("tree", "notebooks"),
    Interface.SINGLE: ("lab/tree", "doc/tree"),
}


def way_to(
    server: ServerName, course: str, notebook: str, interface: Interface = Interface.LAB
) -> str:
    """Return the path on the front; `notebook` without its suffix, both may be empty."""
    if not course:
        return f"/open/{server}/lab"
    folder, document = _WAYS[interface]
    if not notebook:
        return f"/open/{server}/{folder}/{quote(course, safe='/')}"
    return f"/open/{server}/{document}/{quote(f'{course}/{notebook}{SUFFIX}', safe='/')}"


def way_back(server: ServerName) -> str:
    """Return the path on the front where a small window ends that a notebook has opened.

    What was done there the notebook sees by itself.
    """
    return f"/open/{server}/lab/extensions/{EXTENSION}/{LANDING}"
