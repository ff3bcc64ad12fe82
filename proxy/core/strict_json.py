"""JSON as an issuer of tokens must write it: one meaning, whoever reads it.

Rules. (1) A name twice in one object is refused: two readers would believe two values. (2) `NaN`
and `Infinity` are no JSON (RFC 8259, 6). (3) Where an object is
expected the whole is one. (4) Nesting and numbers are
bounded: both cost more than their bytes.
"""

import json
from typing import Any, Final, NoReturn

_MOST_DIGITS: Final = 30


class NotStrict(ValueError):
    """The text is not JSON with one meaning."""


def read_object(data: bytes) -> dict[str, Any]:
    """Return the object that the bytes are (UTF-8); raises `NotStrict`."""
    value = read_value(data)
    if not isinstance(value, dict):
        raise NotStrict("not an object")
    return value


def read_value(data: bytes) -> Any:
    """Return the value that the bytes are (UTF-8), of any kind; raises `NotStrict`."""
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_int=_whole,
            parse_float=_fraction,
        )
    except (ValueError, RecursionError) as problem:
        raise NotStrict("no JSON, or not in one meaning") from problem


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrict("a name stands there twice")
    return found


def _refuse(constant: str) -> NoReturn:
    raise NotStrict(f"{constant} is not JSON")


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise NotStrict("a number is too long")
    return int(text)


def _fraction(text: str) -> float:
    if len(text) > 2 * _MOST_DIGITS:
        raise NotStrict("a number is too long")
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise NotStrict("a number is too large")
    return value
