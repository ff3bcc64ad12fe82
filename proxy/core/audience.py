"""Is a page wanted, or an answer for a script? People are led on, scripts are told."""


def wants_page(method: str, *, accept: str, fetch_mode: str) -> bool:
    """Decide by what the browser says (`Sec-Fetch-Mode`), else by `Accept`.

    A script is never answered with a redirect to a sign-in page: it would take that page for its
    data.
    """
    if method not in {"GET", "HEAD"}:
        return False
    if fetch_mode:
        return fetch_mode in {"navigate", "nested-navigate"}
    return "text/html" in accept.lower()
