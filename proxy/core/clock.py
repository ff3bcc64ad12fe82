"""Time as a value that is passed in.

`Clock` answers UTC seconds since the epoch. Everything that must know the time takes a clock (or
a `now`) as an argument, so that a test decides what time it is. `system_clock` is handed out by
the composition roots only.
"""

import time
from collections.abc import Callable

Clock = Callable[[], float]

system_clock: Clock = time.time
