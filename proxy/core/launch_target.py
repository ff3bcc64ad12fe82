"""Where a launch leads: a notebook of a course, in a server.

Rules. (1) Course and notebook are plain paths (`portal_link.is_path`); every step is quoted, so
none of them can leave the workspace or the address. (2) Without a notebook it is the course's
folder, without a course the workspace itself.
"""

from urllib.parse import quote

from proxy.core.identity import ServerName

SUFFIX = ".ipynb"


def way_to(server: ServerName, course: str, notebook: str) -> str:
    """Return the path on the front; `notebook` without its suffix, both may be empty."""
    start = f"/open/{server}/lab"
    if not course:
        return start
    file = f"{course}/{notebook}{SUFFIX}" if notebook else course
    return f"{start}/tree/{quote(file, safe='/')}"
