"""Judges what the relay made of a response, by what a second reader makes of it.

The rules. (1) What reached the browser is one response, framed as it declares, and not a byte
more. (2) `COMPLETE` and `LAST` mean that all of it passed; `CUT` that the browser can see the cut;
`MALFORMED` and `NOTHING` that no byte passed. (3) A connection is used again only after a whole,
valid response that keeps it, with nothing behind it. (4) What is well-formed passes, at once.
"""

from itertools import accumulate

from hazards.header_oracle import find_lost, judge_fields, leads_outside
from hazards.http_reference import Reading, State, read_response
from hazards.response_case import Case, Ending
from hazards.response_rig import Delivery

_ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
_PROTOCOL = b"v1.kernel.websocket.jupyter.org"


def judge(case: Case, sent: Reading, pieces: tuple[bytes, ...], told: Delivery) -> str:
    """Return what is wrong with this delivery, or an empty text; `sent` reads the whole stream."""
    if told.escaped or 0 <= case.leaves < len(pieces):
        return told.escaped and f"an exception escaped: {told.escaped}"
    if told.stopped_reading and not told.closed:
        return "reading was paused and not resumed"
    state, trouble = _expected(case, sent)
    refused = told.outcome == "MALFORMED" and not told.browser
    if refused and (state is State.BAD_HEAD or sent.is_odd or _may_refuse(sent)):
        is_over = not told.released and (told.closed or told.settled == len(pieces))
        return "" if is_over else "refused, and left open"
    if state in {State.EMPTY, State.HEAD, State.BAD_HEAD}:
        return _judge_unstarted(case, state, trouble, told)
    got = read_response(told.browser, case.method, offered=case.offers, interim=False)
    if wrong := _judge_head(case, sent, got):
        return wrong
    if state is State.SWITCHED:
        return _judge_switched(sent, got, pieces, told)
    if state is State.WHOLE:
        return _judge_whole(case, sent, got, pieces, told)
    return _judge_unfinished(case, sent, got, told)


def _expected(case: Case, sent: Reading) -> tuple[State, str]:
    if sent.state is State.SWITCHED and not _is_handshake(sent):
        return State.BAD_HEAD, "a 101 that does not answer what was offered"
    for name, value in sent.fields:
        if name == b"location" and leads_outside(value.decode("latin-1"), case.rest):
            return State.BAD_HEAD, "a redirect outside"
    return sent.state, sent.state.value


def _may_refuse(sent: Reading) -> bool:
    """A redirect that stays inside may still be written in a way that is not worth the risk."""
    return any(name == b"location" for name, _ in sent.fields)


def _is_handshake(sent: Reading) -> bool:
    def members(wanted: bytes) -> list[bytes]:
        values = [value for name, value in sent.fields if name == wanted]
        return [part.strip() for value in values for part in value.split(b",") if part.strip()]

    accepts = [value for name, value in sent.fields if name == b"sec-websocket-accept"]
    offered = members(b"sec-websocket-extensions")
    extensions = {part.partition(b";")[0].strip().lower() for part in offered}
    return (
        accepts == [_ACCEPT]
        and [part.lower() for part in members(b"upgrade")] == [b"websocket"]
        and b"upgrade" in [part.lower() for part in members(b"connection")]
        and members(b"sec-websocket-protocol") in ([], [_PROTOCOL])
        and extensions <= {b"permessage-deflate"}
    )


def _judge_unstarted(case: Case, state: State, trouble: str, told: Delivery) -> str:
    if told.browser:
        return f"bytes passed of {trouble}"
    if told.released:
        return f"released after {trouble}"
    wanted = {"MALFORMED"} if state is not State.EMPTY else {"NOTHING"}
    if case.ending is Ending.SILENCE:
        wanted.add("")
    return "" if told.outcome in wanted else f"{trouble} ended {told.outcome or 'open'}"


def _judge_head(case: Case, sent: Reading, got: Reading) -> str:
    if got.state in {State.EMPTY, State.HEAD, State.BAD_HEAD, State.BAD_BODY}:
        return f"{sent.state.value} became {got.state.value}"
    if got.status != sent.status:
        return "another status"
    return judge_fields(got.fields, case.rest) or find_lost(sent.fields, got.fields)


def _judge_switched(sent: Reading, got: Reading, pieces: tuple[bytes, ...], told: Delivery) -> str:
    if told.outcome != "SWITCHED" or told.released:
        return f"a proper 101 ended {told.outcome or 'open'}, released {told.released}"
    behind = b"".join(pieces)[sent.end :]
    return "" if told.browser[got.end :] == behind else "a websocket's bytes were changed"


def _judge_whole(
    case: Case, sent: Reading, got: Reading, pieces: tuple[bytes, ...], told: Delivery
) -> str:
    ends = list(accumulate(map(len, pieces)))
    last = next(index for index, end in enumerate(ends) if end >= sent.end)
    clean = ends[last] == sent.end and case.uploaded and not case.offers
    is_last = case.asks_close or case.offers or not clean
    if told.outcome != ("LAST" if is_last else "COMPLETE"):
        if sent.is_odd and told.outcome == "CUT" and got.state is State.BODY:
            return ""
        return f"{sent.state.value} ended {told.outcome or 'open'}"
    if got.state is not State.WHOLE or got.end != len(told.browser) or got.body != sent.body:
        return f"ended {told.outcome}, but the browser has {got.state.value}"
    if told.settled != last:
        return f"settled at piece {told.settled}, not {last}"
    if told.outcome == "COMPLETE" and got.closes:
        return "the browser was told to close, and the relay goes on"
    return _judge_release(sent, told, clean=clean, more=last + 1 < len(pieces))


def _judge_release(sent: Reading, told: Delivery, *, clean: bool, more: bool) -> str:
    if told.released and (sent.closes or not clean):
        return "released, though it may not carry another exchange"
    if not told.released and clean and not sent.may_close:
        return "a good connection was not released"
    if told.closed != (more or not told.released):
        return "idle with bytes that nobody asked for" if more else "closed though released, or not"
    if told.again is not None:
        again = read_response(told.again, "GET", offered=False, interim=False)
        if again.state is not State.WHOLE or again.body != b"ok":
            return "the next exchange on the connection is not as it should be"
    return ""


def _judge_unfinished(case: Case, sent: Reading, got: Reading, told: Delivery) -> str:
    if told.released:
        return f"released after {sent.state.value}"
    if got.state not in ({State.OPEN} if sent.state is State.OPEN else {State.BODY}):
        return f"{sent.state.value} looks like {got.state.value}"
    is_bad = sent.state is State.BAD_BODY
    if got.body != sent.body and not (is_bad and sent.body.startswith(got.body)):
        return f"{sent.state.value}: content was changed or held back"
    if told.early != len(told.browser):
        return f"{sent.state.value}: content was held back until the end"
    wanted = {"CUT"}
    if sent.state is State.OPEN and case.ending is Ending.EOF:
        wanted = {"LAST"}
    if case.ending is Ending.SILENCE:
        wanted.add("") if is_bad else wanted.symmetric_difference_update({"CUT", ""})
    return "" if told.outcome in wanted else f"{sent.state.value} ended {told.outcome or 'open'}"
