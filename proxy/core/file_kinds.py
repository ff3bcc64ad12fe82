"""What a file of somebody's is shown as, by its name: never by what it says of itself.

Rules. (1) Only pictures of kinds that hold no script are shown as such; an SVG is none of them.
(2) Text is shown as text, HTML too. (3) Everything else is for saving.
"""

from enum import Enum
from typing import Final


class FileKind(Enum):
    """How it is shown."""

    NOTEBOOK = "notebook"
    TEXT = "text"
    IMAGE = "image"
    OTHER = "other"


_IMAGES: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
}
_CODE: Final = "c cpp css f90 go h hpp htm html ipy java jl js lua m mjs py pyi r rb rs sh sql ts"
_WORDS: Final = "bib cfg conf csv dat env geojson ini json jsonl log md properties rmd rst tex"
_MORE_WORDS: Final = "toml tsv txt xml yaml yml"
_TEXTS: Final = frozenset(f"{_CODE} {_WORDS} {_MORE_WORDS}".split())
_TEXT_NAMES: Final = frozenset({"dockerfile", "license", "makefile", "readme"})


def kind_of(name: str) -> FileKind:
    """Return how a file of that name is shown."""
    suffix = _suffix(name)
    if suffix == "ipynb":
        return FileKind.NOTEBOOK
    if suffix in _IMAGES:
        return FileKind.IMAGE
    if suffix in _TEXTS or name.lower() in _TEXT_NAMES:
        return FileKind.TEXT
    return FileKind.OTHER


def image_type(name: str) -> str:
    """Return the media type of a picture that is shown; raises `KeyError` for any other file."""
    return _IMAGES[_suffix(name)]


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
