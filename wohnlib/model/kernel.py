"""The cohort-component step as one compiled loop over areas, sexes and ages: each number is read and written once.

Compiled by numba at the first call and kept beside this file (or in the user's cache where it cannot be written), so
that only the first call on a machine waits for it, about three seconds. Results do not depend on how many areas there are or in which order they stand.
"""

from typing import Any

import numpy as np
from numba import njit

BLOCK = 64  # areas that go through a year together: their people stay in the cache for the next year


def _compiled(**options: Any) -> Any:
    def compiled(function: Any) -> Any:
        try:
            return njit(cache=True, nogil=True, error_model="numpy", **options)(function)
        except RuntimeError:  # nowhere to keep it: compiled anew in every process
            return njit(nogil=True, error_model="numpy", **options)(function)

    return compiled


@_compiled(fastmath={"reassoc"})  # several ages at once, as a dot product of numpy does
def _total(values: Any) -> float:
    """Return the sum of a row."""
    total = 0.0
    for i in range(len(values)):
        total += values[i]
    return total


@_compiled(fastmath={"reassoc"})
def _born(
    fert: Any, start: Any, moves: Any, end: Any, at_start: float, of_moves: float, at_end: float
) -> float:
    """Return Σ fert·(at_start·start + of_moves·moves + at_end·end)."""
    total = 0.0
    for i in range(len(fert)):
        total += fert[i] * (at_start * start[i] + of_moves * moves[i] + at_end * end[i])
    return total


@_compiled()
def _within(values: Any, high: float) -> bool:
    """Return whether all values lie from 0 to `high`; what is no number does not."""
    good = 0
    for i in range(len(values)):
        good += (values[i] >= 0.0) & (values[i] <= high)
    return good == len(values)


@_compiled()
def carry(
    pops: Any, births: Any, deaths: Any, moved: Any, first: int, last: int,
    surv: Any, surv_at: Any, fert: Any, fert_at: Any, counts: Any, counts_at: Any, rates: Any, rates_at: Any,
    shares: Any, shares_at: Any, rated: bool, early: float, late: float, at_start: float, of_moves: float,
    at_end: float, high_fert: float, check: bool, keep: bool,
) -> bool:  # fmt: skip
    """Carry all areas from year `first` to `last`; return False where a value must be looked at by the general step.

    pops (year + 1, area, sex, age), filled at `first`; births, deaths, moved (year, area, sex); surv (year, row, sex,
    age + 1), fert (year, row, age), counts and rates (year, row, sex, age), shares (year, row, sex) of births: year of
    length 1 holds for all, `surv_at` (area,) and so on give the row of each area. early, late: parts of migrants who
    move at the start and the end; at_start, of_moves, at_end: weights of the women at risk.
    """
    areas, sexes, ages = pops.shape[1:]
    row, before = np.empty(ages), np.empty((BLOCK, sexes))
    good = True
    for start in range(0, areas, BLOCK):
        stop = min(areas, start + BLOCK)
        for n in range(start, stop):
            for s in range(sexes):
                before[n - start, s] = _total(pops[first, n, s])
                if not keep:
                    good &= _within(pops[first, n, s], np.inf)
        for y in range(first, last):
            surv_y, fert_y = y % len(surv), y % len(fert)
            counts_y, rates_y, shares_y = y % len(counts), y % len(rates), y % len(shares)
            for n in range(start, stop):
                total = 0.0
                for s in range(sexes):
                    pop, end = pops[y, n, s], pops[y + 1, n, s]
                    kept = surv[surv_y, surv_at[n], s]
                    moves = counts[counts_y, counts_at[n], s]
                    if rated:
                        rate = rates[rates_y, rates_at[n], s]
                        for a in range(ages):
                            row[a] = moves[a] + rate[a] * pop[a]
                        moves = row
                    end[0] = late * moves[0]
                    for a in range(ages - 2):
                        end[a + 1] = (pop[a] + early * moves[a]) * kept[a + 1] + late * moves[a + 1]
                    stay = (pop[ages - 1] + early * moves[ages - 1]) * kept[ages]
                    stay += (pop[ages - 2] + early * moves[ages - 2]) * kept[ages - 1]
                    end[ages - 1] = stay + late * moves[ages - 1]
                    moved[y, n, s] = (early + late) * _total(moves)
                    if s == 0:
                        rate = fert[fert_y, fert_at[n]]
                        total = _born(rate, pop, moves, end, at_start, of_moves, at_end)
                        if check:
                            good &= _within(rate, high_fert)
                    if check:
                        good &= _within(kept, 1.0)
                for s in range(sexes):
                    end = pops[y + 1, n, s]
                    born = total * shares[shares_y, shares_at[n], s]
                    end[0] += born * surv[surv_y, surv_at[n], s, 0]
                    after = _total(end)
                    births[y, n, s] = born
                    deaths[y, n, s] = before[n - start, s] - after + born + moved[y, n, s]
                    before[n - start, s] = after
                    good &= np.isfinite(deaths[y, n, s])
                    if not keep:
                        good &= _within(end, np.inf)
    return good
