"""Overlaps, so that no household is counted as in need twice.

Needs are counts of households in rising order of the index; a ratio is the share of one need's households
that has another need as well. No ratio is built in: those published for other countries are no default.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ratios = Mapping[tuple[int, int], float]


def union_bounds(needs: Sequence[float], everyone: float | None = None) -> tuple[float, float]:
    """Return the least (full overlap) and greatest (no overlap) number of households with any need.

    max_i N_i <= |∪N| <= min(Σ N_i, everyone).
    """
    total = float(sum(needs))
    most = total if everyone is None else min(total, everyone)
    return float(max(needs, default=0.0)), most


def union(needs: Sequence[float], shared: Mapping[tuple[int, ...], float]) -> float:
    """Return the households with at least one need, by inclusion and exclusion.

    |∪N| = Σ N_i − Σ N_ij + Σ N_ijk − …; `shared` holds the households common to each set of needs, keyed by
    their positions in rising order; a set that is not there shares none. Raises ValueError for keys not rising,
    and for numbers no sets can have: more in common than a subset has, or a negative number of households that
    have exactly some needs, a_S = Σ_{T⊇S} (−1)^{|T|−|S|} N_T < 0.
    """
    for key in shared:
        if list(key) != sorted(set(key)) or len(key) < 2 or not 0 <= key[0] <= key[-1] < len(needs):
            raise ValueError(f"the key {key} must name two or more needs, in rising order")
    at = {(i,): float(n) for i, n in enumerate(needs)} | {tuple(k): float(v) for k, v in shared.items()}
    for key, value in at.items():
        below = [at.get(part, 0.0) for part in combinations(key, len(key) - 1) if part]
        if value < 0 or (below and value > min(below) + 1e-9):
            raise ValueError(f"the needs {key} cannot share {value}: more than their parts do")
    _check_atoms(at)
    return sum((-1) ** (len(key) + 1) * value for key, value in at.items())


def _check_atoms(at: Mapping[tuple[int, ...], float]) -> None:
    """Refuse common numbers that would leave fewer than no households with exactly the needs of a set."""
    for key in at:
        only = sum((-1) ** (len(t) - len(key)) * n for t, n in at.items() if set(key) <= set(t))
        if only < -1e-6:
            raise ValueError(f"no sets have these sizes: {only:g} households with exactly the needs {key}")


def shared_by_ratio(needs: Sequence[float], ratios: Ratios) -> dict[tuple[int, ...], float]:
    """Return the households common to each pair: ratio (i, j) × N_i, at most N_j."""
    found: dict[tuple[int, ...], float] = {}
    for (i, j), ratio in ratios.items():
        common = min(ratio * needs[i], needs[i], needs[j])
        key = (min(i, j), max(i, j))
        found[key] = max(found.get(key, 0.0), common)
    return found


def without_overlap(needs: Sequence[float], ratios: Ratios, solved_in_place: Sequence[float] = ()) -> Array:
    """Return the needs net of what earlier ones cover already: (1 − f_i)·max(0, N_i − Σ_{j<i} r_ji·N_j).

    `needs` are households by need; `ratios` (j, i) with j < i (positions in `needs`) is the share of need j that
    has need i, too; `solved_in_place` f_i is the share met without another dwelling (the form of the French
    state's tool Otelo). The sum is the number of dwellings needed once. Example: needs 100 and 60, a quarter of
    the first has the second, too: 100 and 35. Raises ValueError for a ratio or share outside 0 to 1, and for a
    pair that does not name two needs in rising order: a share of the later is s·N_later / N_earlier of the
    earlier.
    """
    for pair in ratios:
        if not 0 <= pair[0] < pair[-1] < len(needs):
            raise ValueError(f"the pair {pair} must name two needs, in rising order")
    bad = [r for r in (*ratios.values(), *solved_in_place) if not 0 <= r <= 1]
    if bad:
        raise ValueError(f"ratios must lie between 0 and 1: {bad}")
    net = []
    for i, n in enumerate(needs):
        counted = sum(ratio * needs[j] for (j, k), ratio in ratios.items() if k == i and j < i)
        free = solved_in_place[i] if i < len(solved_in_place) else 0.0
        net.append((1 - free) * max(0.0, n - counted))
    return np.array(net)
