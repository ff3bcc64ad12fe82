"""When a launch is refused: an event with its word, and a page that can be read in a frame.

Promises: the page says what to do, in a sentence of ours, and the word for whoever runs this site;
it leads nowhere, because nothing else of ours may be shown in a frame.
"""

from typing import Final

import structlog
from aiohttp import web

from proxy.core.errors import (
    BadRequest,
    Forbidden,
    PayloadTooLarge,
    SifuError,
    TooManyAttempts,
    UnsupportedMediaType,
    UpstreamBroken,
)
from proxy.core.hosts import is_origin
from proxy.core.lti_login import origin_of
from proxy.core.lti_platform import Platform
from proxy.core.lti_refusals import ArrivalFault, sentence_of
from proxy.metrics import SIGN_INS, SignIn
from proxy.web.audit import note_refused_sign_in
from proxy.web.keys import HOSTS, REQUEST_ID, SETTINGS
from proxy.web.problems import problem_of
from proxy.web.render import render_page

WAY: Final = "lti"
# What a page tells; a store that cannot be read is no refusal.
REFUSALS: Final = (
    BadRequest,
    Forbidden,
    PayloadTooLarge,
    TooManyAttempts,
    UnsupportedMediaType,
    UpstreamBroken,
)
_STATE: Final = "state: "
_log = structlog.get_logger()


def refused_launch(request: web.Request, refusal: SifuError) -> web.Response:
    """Note it and answer the page."""
    word, reason = _word_of(refusal)
    SIGN_INS.labels(SignIn.REFUSED.value).inc()
    note_refused_sign_in(request, WAY, reason)
    _log.warning("lti.refused", reason=reason, detail=refusal.detail[:300])
    page = show_refusal(request, word, _sentence_of(word, refusal), status=refusal.status)
    page.headers.update(problem_of(refusal).headers)
    return page


def show_refusal(
    request: web.Request, word: str, sentence: str, *, status: int = 403
) -> web.Response:
    """Answer the page alone."""
    values = {"word": word, "sentence": sentence, "request_id": request.get(REQUEST_ID, "")}
    return render_page(request, "lti_refused.html", values, status=status)


def note_unseen_frame(request: web.Request, platform: Platform, page: str = "") -> None:
    """Tell whoever runs this site that a browser will show an empty frame for this launch.

    Which page it is the browser says, or whoever pretends to be one: hence the condition. `page` is
    the origin that it said when it set out.
    """
    if request.headers.get("Sec-Fetch-Dest") != "iframe":
        return
    origin = page or framing_origin(request) or origin_of(platform.entry.authorization)
    if origin in request.app[SETTINGS].lms_origins:
        return
    note_refused_sign_in(request, WAY, f"frame {origin}")
    advice = f"If {origin} shows the pages of your learning platform, add it to SIFU_LMS_ORIGINS."
    _log.warning("lti.frame_not_listed", origin=origin, platform=platform.id, advice=advice)


def framing_origin(request: web.Request) -> str:
    """Return the origin of the page that sent the browser here, or nothing if it was ours."""
    referrer = "/".join(request.headers.get("Referer", "").split("/")[:3])
    for origin in (request.headers.get("Origin", ""), referrer):
        if is_origin(origin) and origin not in request.app[HOSTS].origins:
            return origin
    return ""


def _word_of(refusal: SifuError) -> tuple[str, str]:
    """Return the word of a sentence, and the reason for events, which may say more."""
    if isinstance(refusal, UpstreamBroken):
        return (ArrivalFault.KEYS.value,) * 2
    if isinstance(refusal, TooManyAttempts):
        return (ArrivalFault.BUSY.value,) * 2
    if refusal.detail == _STATE + "used before":
        return (ArrivalFault.USED.value,) * 2
    if refusal.detail.startswith(_STATE):
        return ArrivalFault.STATE.value, refusal.detail
    word = refusal.detail or ArrivalFault.FORM.value
    return word, word


def _sentence_of(word: str, refusal: SifuError) -> str:
    ours = {each.value for each in ArrivalFault}
    return sentence_of(word) if word in ours else refusal.public
