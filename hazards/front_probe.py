"""How long does front take to answer, meanwhile? A process of its own, so that only front is timed.

    python -m hazards.front_probe PORT

Asks for the sign-in page over one connection, twenty times a second, until its standard input ends;
then it prints the milliseconds of each answer as a JSON list.
"""

import http.client
import json
import select
import sys
import time

_PAUSE_SECONDS = 0.05
_PATIENCE_SECONDS = 20.0


def probe(port: int) -> list[float]:
    """Return milliseconds, one for each request; a request that failed counts as the patience."""
    taken: list[float] = []
    front = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    while not select.select([sys.stdin], [], [], _PAUSE_SECONDS)[0]:
        began = time.perf_counter()
        try:
            front.request("GET", "/sign-in")
            answer = front.getresponse()
            answer.read()
            is_good = answer.status == http.client.OK
        except (OSError, http.client.HTTPException):
            front.close()
            is_good = False
        seconds = time.perf_counter() - began
        taken.append(1000 * (seconds if is_good else _PATIENCE_SECONDS))
    return taken


if __name__ == "__main__":
    sys.stdout.write(json.dumps(probe(int(sys.argv[1]))))
