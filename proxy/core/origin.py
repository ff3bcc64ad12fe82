"""May this browser's request change anything? (Cross-site request forgery, decided by headers.)

No tokens in forms: browsers say where a request comes from, and cannot be made to lie about it.
The branches, in their order; the first that matches decides:

    method GET, HEAD or OPTIONS        yes  these change nothing here
    bearer token and no cookie         yes  no browser sends our token of its own accord
    Sec-Fetch-Site: same-origin        yes  one of our own pages
    Sec-Fetch-Site: anything else      no   above all `same-site`: the notebooks' port is the same
                                            site, and what runs there is other people's code
    Origin: one of ours                yes  a browser too old for Sec-Fetch-Site (Safari < 16.4),
                                            or one that reached us over plain http
    Origin: anything else              no   also `null`, and two of them
    neither, but a cookie              no   somebody's session rides along, origin unknown
    neither, and no cookie             yes  a script without any standing: nothing to abuse

Browsers send `Sec-Fetch-Site` only where the address is https or loopback.
"""

from collections.abc import Collection
from dataclasses import dataclass

from proxy.core.policy import Allow, Deny

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a request says of where it comes from; a repeated header's values, comma-joined."""

    method: str
    site: str | None = None  # Sec-Fetch-Site
    origin: str | None = None
    has_cookie: bool = False
    has_bearer: bool = False


def is_own_page(site: str | None, origin: str | None, own_origins: Collection[str]) -> bool:
    """Does the browser say that a page of ours sent this? One that says nothing does not."""
    return site == "same-origin" or (site is None and origin in own_origins)


def is_notebooks_page(site: str | None, origin: str | None, notebook_origin: str) -> bool:
    """Did the page of a notebook send this, or one of this site that hides its origin?

    `notebook_origin` may hold `{owner}`. What runs in a notebook may plant a cookie here, since
    cookies ignore ports, and it must not sign its reader in as somebody else.
    """
    start, braces, end = notebook_origin.partition("{owner}")
    said = origin or ""
    is_notebook = said == start if not braces else said.startswith(start) and said.endswith(end)
    return is_notebook or (site == "same-site" and origin == "null")


def may_change(request: Provenance, own_origins: Collection[str]) -> Allow | Deny:
    """Decide; `own_origins` are the front's, as browsers write them."""
    if request.method in SAFE_METHODS or (request.has_bearer and not request.has_cookie):
        return Allow()
    if request.site is not None:
        if request.site == "same-origin":
            return Allow()
        return Deny("That came from a page that is not Sifu's own. Go to the home page, try there.")
    if request.origin is not None:
        if request.origin in own_origins:
            return Allow()
        return Deny(
            "That came from another address than Sifu's own. Go to the home page, try there."
        )
    if request.has_cookie:
        return Deny(
            "Your browser did not say where that came from. Browsers of today do; scripts send "
            "“Authorization: Bearer …” and no cookie."
        )
    return Allow()
