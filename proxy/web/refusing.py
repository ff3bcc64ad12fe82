"""When another service's word for somebody is not accepted.

Promises: each refusal is counted, and an event with its own word; people read the public sentence.
"""

from aiohttp import web

from proxy.core.errors import SifuError
from proxy.metrics import SIGN_INS, SignIn
from proxy.web.audit import note_refused_sign_in


def refused_sign_in(request: web.Request, way: str, refusal: SifuError) -> SifuError:
    """Note it, and return it to be raised."""
    SIGN_INS.labels(SignIn.REFUSED.value).inc()
    note_refused_sign_in(request, way, refusal.detail or refusal.title)
    return refusal
