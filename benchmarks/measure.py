"""Measuring: several calls in turn, best and median of each."""

import time
from collections.abc import Callable, Mapping

import numpy as np

Timings = dict[str, list[float]]


def in_turn(calls: Mapping[str, Callable[[], object]], rounds: int) -> Timings:
    """Call everything once to warm up, then in turn, so that a busy machine slows all alike; wall seconds."""
    for call in calls.values():
        call()
    found: Timings = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            found[name].append(time.perf_counter() - start)
    return found


def best(timings: Timings, name: str) -> float:
    return min(timings[name])


def median(timings: Timings, name: str) -> float:
    return float(np.median(timings[name]))


def paired_ratio(timings: Timings, name: str, yardstick: str) -> float:
    """Return the median over the rounds of the ratio to the yardstick of the same round."""
    return float(np.median(np.divide(timings[name], timings[yardstick])))
