"""Speed of each stage and of the whole, each beside a floor or a peer taken in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: our rate, the peer's rate in the same unit, and what both are rates of."""

    stage: str
    unit: str
    ours: float
    peer_name: str
    peer: float

    @property
    def ratio(self) -> float:
        """Ours over the peer's: above 1 is faster."""
        return self.ours / self.peer


def paired(
    amount: float, ours: Callable[[], object], peer: Callable[[], object], rounds: int = 3
) -> tuple[float, float]:
    """Rates (amount per CPU second) of two functions run in turn; each function's best of `rounds`.

    CPU seconds of this process, so that a busy machine does not count; in turn, so that a machine whose
    speed drifts slows both.
    """
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for number, function in enumerate((ours, peer)):
            began = time.process_time()
            function()
            best[number] = min(best[number], time.process_time() - began)
    return amount / max(best[0], 1e-9), amount / max(best[1], 1e-9)
