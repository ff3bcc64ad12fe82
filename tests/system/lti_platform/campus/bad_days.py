"""Days on which the site does not work: a file names a path, an answer and how often.

`{"path": "/scores", "answer": 500, "times": 1, "after": false}`; `after`: the site did what was
asked, and only its answer is lost.
"""

import json
import threading
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from campus.settings import FOLDER

_FILE = FOLDER / "bad-day.json"
_counting = threading.Lock()


def bad_days(serve: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        bad = _take(request.path)
        if bad is None:
            return serve(request)
        if bad["after"]:
            serve(request)
        return HttpResponse("a bad day", status=bad["answer"])

    return answer


def _take(path: str) -> dict | None:
    with _counting:
        if not _FILE.exists():
            return None
        bad = json.loads(_FILE.read_text())
        if not path.endswith(bad["path"]) or not bad["times"]:
            return None
        _FILE.write_text(json.dumps(bad | {"times": bad["times"] - 1}))
        return bad
