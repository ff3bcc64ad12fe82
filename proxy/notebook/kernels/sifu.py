"""What a notebook may say to the site that it runs on.

    import sifu
    sifu.score(8, 10, "Exercise 3 is missing")

The score goes to the course page from which you opened the notebook. Whatever runs in your notebook
may report one: it is your own word, and your teacher may give another.
"""

import http.client
import json
import math
import os

__all__ = ["ScoreRefused", "score"]

_SECONDS = 15
_MOST_BYTES = 64 * 1024
_NOT_HERE = "This notebook does not run on a Sifu that takes scores."
_NO_NAME = (
    "This kernel does not know which notebook it belongs to. Open the notebook in JupyterLab from "
    "the course page, and restart its kernel."
)


class ScoreRefused(RuntimeError):
    """The score was not taken; the message says why."""


def score(given: float, most: float = 1.0, comment: str = "") -> None:
    """Report the score of this notebook: `given` of `most` points, with a comment if you like.

    Raises `ScoreRefused`, with the reason.
    """
    body = {
        "notebook": _notebook(),
        "given": _number(given),
        "most": _number(most),
        "comment": str(comment),
    }
    status, answer = _post(json.dumps(body).encode())
    if status != 202:
        raise ScoreRefused(str(answer.get("detail") or f"The score was not taken ({status})."))
    print(answer.get("message", "The score is on its way."))  # noqa: T201 (for whoever runs the cell)


def _notebook() -> str:
    # Set by jupyter-server when it starts a kernel for a notebook.
    path = os.environ.get("JPY_SESSION_NAME", "")  # noqa: TID251 (this is not our process)
    if not path:
        raise ScoreRefused(_NO_NAME)
    return path


def _number(value: float) -> float:
    number = float(value)  # also of NumPy's kinds
    if not math.isfinite(number):
        raise ScoreRefused("A score is a finite number.")
    return number


def _post(body: bytes) -> "tuple[int, dict[str, object]]":
    where = os.environ.get("NOTEBOOK_SCORES", "")  # noqa: TID251
    address, _, name = where.partition(" ")
    if not address:
        raise ScoreRefused(_NOT_HERE)
    connection = http.client.HTTPConnection(address, timeout=_SECONDS)
    headers = {"Host": name or address, "Content-Type": "application/json"}
    try:
        connection.request("POST", "/api/scores", body, headers)
        answer = connection.getresponse()
        read = json.loads(answer.read(_MOST_BYTES))
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise ScoreRefused(f"Sifu cannot be reached from this notebook ({problem}).") from None
    finally:
        connection.close()
    return answer.status, read if isinstance(read, dict) else {}
