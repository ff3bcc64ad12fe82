"""A memory for answers about short rows of bytes, which come again and again.

`lru_cache` bounds how many are kept, not how long they are: a peer who sends long ones, each once,
would fill the memory. What is too long is worked out anew each time.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
Row = tuple[bytes, ...]
Asked = Callable[Concatenate[Row, P], R]


def remember_short(*, number: int, longest: int) -> Callable[[Asked[P, R]], Asked[P, R]]:
    """Keep `number` answers about rows of at most `longest` bytes in all.

    The other arguments must be hashable and few.
    """

    def decorate(answer: Asked[P, R]) -> Asked[P, R]:
        known = lru_cache(maxsize=number)(answer)

        def ask(row: Row, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if sum(map(len, row)) > longest:
                return answer(row, *args, **kwargs)
            remembered: Callable[..., R] = known
            return remembered(row, *args, **kwargs)

        return ask

    return decorate
