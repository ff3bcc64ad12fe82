"""Which requests show that a person works, and which are a tab talking to itself.

JupyterLab asks for kernels, sessions and terminals every few seconds while nobody looks. What a
person does is a change (any method but GET and HEAD) or the opening of a page.
"""


def shows_a_person(method: str, fetch_mode: str) -> bool:
    """`fetch_mode` is the request's `Sec-Fetch-Mode`, or empty."""
    if method in {"GET", "HEAD", "OPTIONS"}:
        return fetch_mode == "navigate"
    return True
