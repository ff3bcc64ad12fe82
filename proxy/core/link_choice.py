"""A teacher's choice of links for a course page: what was asked, and what the form says.

Rules. (1) What was asked travels sealed with the form, so that it works where a frame has no
cookies; it holds for an hour. (2) A notebook is chosen from a list or typed; either way its place
is checked like a launch's (`lti_arrival`). (3) One choice where the platform takes one,
`MOST_CHOSEN` otherwise.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from proxy.core.lti_arrival import place_of
from proxy.core.lti_messages import LinkChoice
from proxy.core.score_retry import MOST_POINTS
from proxy.core.sealing import InvalidToken, number_of, seal, text_of, unseal

HOLDS: Final = 3600.0
MOST_CHOSEN: Final = 50
# `data` of the platform is in it, which came in a token of 32 KiB at most.
MOST_SEALED: Final = 64 * 1024
_PURPOSE: Final = "deep-linking"
_MOST_TITLE: Final = 255


@dataclass(frozen=True, slots=True)
class ChoiceAsked:
    """Who asks for links, and where the answer goes; `data` goes back as it came."""

    platform_id: int
    deployment: str
    return_url: str
    data: str
    takes_many: bool
    user_id: int


def seal_ask(secrets: Sequence[str], asked: ChoiceAsked, now: float) -> str:
    """Return it as a text that nobody else can make."""
    claims = {
        "platform": asked.platform_id,
        "deployment": asked.deployment,
        "return": asked.return_url,
        "data": asked.data,
        "many": asked.takes_many,
        "user": asked.user_id,
        "exp": now + HOLDS,
    }
    return seal(secrets, _PURPOSE, claims)


def unseal_ask(secrets: Sequence[str], text: str, now: float) -> ChoiceAsked:
    """Return what `seal_ask` was given; raises `InvalidToken`."""
    claims = unseal(secrets, _PURPOSE, text, now, most=MOST_SEALED)
    return ChoiceAsked(
        platform_id=_number(claims, "platform"),
        deployment=text_of(claims, "deployment"),
        return_url=text_of(claims, "return"),
        data=text_of(claims, "data"),
        takes_many=claims.get("many") is True,
        user_id=_number(claims, "user"),
    )


def read_choices(fields: Sequence[tuple[str, str]], *, takes_many: bool) -> list[LinkChoice] | str:
    """Return the links that a form chooses, or what is wrong with it, in a sentence.

    Fields: `chosen` (`course/notebook`, any number), `course` and `notebook`; `title`; `graded` and
    `most`.
    """
    form = dict(fields)
    most = _read_most(form)
    if isinstance(most, str):
        return most
    places: list[tuple[str, str]] = []
    for text in (text for name, text in fields if name == "chosen"):
        course, _, notebook = text.partition("/")
        places.append((course, notebook))
    if form.get("course", "").strip():
        places.append((form["course"], form.get("notebook", "")))
    if not places:
        return "Choose a notebook, or type the course and the notebook."
    if len(places) > (MOST_CHOSEN if takes_many else 1):
        return "That is more than the course page takes at once. Choose fewer."
    title = form.get("title", "").strip()[:_MOST_TITLE] if len(places) == 1 else ""
    choices = [_choice(course, notebook, title, most) for course, notebook in places]
    found = [each for each in choices if each is not None]
    if len(found) < len(choices):
        return (
            "A course is one name without slashes, and a notebook a path below it, such as "
            "“week 1/means.ipynb”."
        )
    return found


def _choice(course: str, notebook: str, title: str, most: float | None) -> LinkChoice | None:
    place = place_of({"course": course, "notebook": notebook})
    if place is None or not place.course:
        return None
    own = place.notebook.rpartition("/")[2] or place.course
    is_fine = title.isprintable() and title
    return LinkChoice(place.course, place.notebook, title if is_fine else own, most)


def _read_most(form: Mapping[str, str]) -> float | str | None:
    if "graded" not in form:
        return None
    try:
        most = float(form.get("most", ""))
    except ValueError:
        most = math.nan
    if not 0 < most <= MOST_POINTS:
        return f"The best grade is a number above 0, and {MOST_POINTS:,} at most."
    return most


def _number(claims: Mapping[str, Any], name: str) -> int:
    value = number_of(claims, name)
    if not value.is_integer():
        raise InvalidToken(f"{name} is no number of ours")
    return int(value)
