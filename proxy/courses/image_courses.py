"""The courses that came with the image: cloned when it was built, with a list of their folders.

Promises: without an image, or with a list that is none, there are none. Blocks.
"""

import json
from pathlib import Path
from typing import Final

from proxy.core.portal_link import is_course, is_path

LIST: Final = "courses.json"
_ALL: Final = "."


def list_image_courses(image: Path) -> dict[str, Path]:
    """Return the folder of each, by name."""
    try:
        found = json.loads((image / LIST).read_text())
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        name: image / name if directory == _ALL else image / name / directory
        for name, directory in found.items()
        if is_course(name) and isinstance(directory, str)
        if directory == _ALL or is_path(directory)
    }
