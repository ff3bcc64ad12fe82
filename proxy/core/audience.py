"""Is a page wanted, or an answer for a script? People are led on, scripts are told.

A script is never answered with a redirect to a sign-in page: it would take that page for its data.
"""


def shows_pages(*, accept: str, fetch_mode: str) -> bool:
    """Decide by what the browser says (`Sec-Fetch-Mode`), else by `Accept`."""
    if fetch_mode:
        return fetch_mode in {"navigate", "nested-navigate"}
    return "text/html" in accept.lower()


def wants_page(method: str, *, accept: str, fetch_mode: str) -> bool:
    """Is this the opening of a page, so that another page may be shown instead?"""
    return method in {"GET", "HEAD"} and shows_pages(accept=accept, fetch_mode=fetch_mode)
