"""Measuring: several calls in turn, best and median of each."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import numpy as np
from joblib.externals.loky import get_reusable_executor

Timings = dict[str, list[float]]
Found = TypeVar("Found")


def in_turn(
    calls: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> Timings:
    """Call everything once to warm up, then in turn, so that a busy machine slows all alike; wall seconds.

    clock: `time.process_time` counts the processor's seconds instead, without those given to other programs.
    """
    for call in calls.values():
        call()
    found: Timings = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start = clock()
            call()
            found[name].append(clock() - start)
    return found


def best(timings: Timings, name: str) -> float:
    return min(timings[name])


def median(timings: Timings, name: str) -> float:
    return float(np.median(timings[name]))


def paired_ratio(timings: Timings, name: str, yardstick: str) -> float:
    """Return the median over the rounds of the ratio to the yardstick of the same round."""
    return float(np.median(np.divide(timings[name], timings[yardstick])))


def alone(call: Callable[[], Found]) -> Found:
    """Return what a call finds in a fresh process, so that nothing computed before it is in its memory."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_ended, call).result()


def _ended(call: Callable[[], Found]) -> Found:
    """Call, then end the processes that joblib keeps for later calls; a process waits for them otherwise."""
    try:
        return call()
    finally:
        get_reusable_executor().shutdown(wait=True)
