"""Which of several processes on one listening socket takes the next connection.

The kernel wakes all that wait, and the first awake takes what is there: left alone, one of two idle
processes gets nineteen of twenty connections, and keeps those that last.
"""

# Apart by so many, or by a quarter, they do not mind: waiting costs more than it brings.
_LEEWAY = 8


def leaves_next(own: int, least: int | None) -> bool:
    """Does a process with `own` connections leave the next one to a sibling?

    `least` is what the sibling with the fewest has; None if there is no sibling.
    """
    return least is not None and own > least + max(_LEEWAY, least // 4)
