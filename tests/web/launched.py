"""What became of a launch, as a test asks."""

from proxy.core.credentials import hash_secret
from proxy.store import sessions
from tests.web.lti_platform import Classroom, cookie_of
from tests.web.page_front import Answer


def session_of(answer: Answer) -> str:
    return cookie_of(answer, "__Host-sifu=")


async def who(room: Classroom, cookie: str) -> str:
    """Return whose session this is; empty if it is over."""
    secret = cookie.partition("=")[2]
    found = await room.pages.store.read(sessions.find_by_secret, hash_secret(secret))
    return "" if found is None or found.ended is not None else found.user.name


async def refused(room: Classroom, answer: Answer, word: str) -> None:
    assert answer.status in {400, 403, 413, 429, 502}, (answer.status, answer.text)
    assert "Location" not in answer.headers
    assert not session_of(answer)
    assert "This launch was not accepted" in answer.text
    reasons = await room.reasons()
    assert reasons[0] == word, reasons[:3]
