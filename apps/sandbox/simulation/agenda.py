"""The agenda of a simulation: what happens when, in order, and how often each thing happened.

Invariant: time never goes back; things of one moment happen in the order in which they were planned.
"""

import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

Deed = Callable[[], str]
# Longer than facts wait for the relay (market.RELAY).
ARRIVAL_HOURS = 0.4


@dataclass
class Agenda:
    """`now` is the simulated moment. A deed returns the word under which it is counted."""

    now: datetime
    chance: random.Random
    tally: Counter[str] = field(default_factory=Counter)
    _planned: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def happens(self, share: float) -> bool:
        """Draw whether a thing that happens so often (habits) happens now."""
        return self.chance.random() < share

    def plan(self, after: timedelta, deed: Deed) -> None:
        heapq.heappush(self._planned, (self.now + after, next(self._numbers), deed))

    def within(self, hours: float, deed: Deed) -> None:
        """Plan a deed at some moment of the next hours, once what it follows from has arrived."""
        soonest = min(ARRIVAL_HOURS, hours / 10)
        self.plan(timedelta(hours=self.chance.uniform(soonest, hours)), deed)

    def next_deed(self, *, until: datetime) -> Deed | None:
        """Move the clock to the next deed before `until` and return it; None when there is none."""
        if not self._planned or self._planned[0][0] >= until:
            self.now = until
            return None
        moment, _number, deed = heapq.heappop(self._planned)
        self.now = max(self.now, moment)
        return deed

    @property
    def is_empty(self) -> bool:
        return not self._planned
