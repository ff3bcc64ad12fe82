"""Is the browser showing this inside a course page's frame?

There cookies must be `SameSite=None; Partitioned`, or the browser does not keep them. Only where
`SIFU_LMS_ORIGINS` names somebody who may frame us; nobody else can.
"""

from aiohttp import web

from proxy.web.keys import SETTINGS


def is_framed(request: web.Request) -> bool:
    """Tell by what the browser says the answer is for (Fetch Metadata, `Sec-Fetch-Dest`)."""
    if not request.app[SETTINGS].lms_origins:
        return False
    return request.headers.get("Sec-Fetch-Dest") == "iframe"
