"""Estimate the spreads of the relative cohorts by maximum likelihood; the result stands in SPREADS.

`python -m wohnlib.forecast.kreise_estimate` prints them anew. Used are the Eurostat tables of 1 January 2014 to 2017
only, the oldest window a forecast by cohorts can start from, so that no figure of a year that is judged is in them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from wohnlib.forecast.kreise_relative import Moves, Spreads, follow

Array = NDArray[np.float64]
START = Spreads(
    start=(0.2, 0.06),
    start_reach=(4.0, 12.0, 3.0, 3.0),
    lasting_knots=tuple(np.log([0.004, 0.004, 0.02, 0.03, 0.02, 0.01, 0.004, 0.003, 0.004, 0.01])),
    yearly_knots=tuple(np.log([0.004, 0.004, 0.01, 0.02, 0.015, 0.008, 0.003, 0.002, 0.003, 0.01])),
    gain_reach=(4.0, 6.0),
    births=(0.1, 0.04),
    observed=0.002,
    both_sexes=(0.8, 0.8, 0.6),
    refugees=0.3,
)
_LOGS = "start start_reach gain_reach births observed refugees"


def pack(spreads: Spreads) -> Array:
    """Return the spreads as free numbers: logarithms, correlations as logits."""
    parts = []
    for name in Spreads.__dataclass_fields__:
        value = np.atleast_1d(getattr(spreads, name))
        if name in _LOGS.split():
            value = np.log(value)
        elif name == "both_sexes":
            value = np.log(value / (1 - value))
        parts.append(value)
    return np.concatenate(parts)


def unpack(free: Array) -> Spreads:
    """Return the spreads of free numbers."""
    out: dict[str, Any] = {}
    at = 0
    for name in Spreads.__dataclass_fields__:
        width = np.atleast_1d(getattr(START, name)).size
        value = free[at : at + width]
        at += width
        if name in _LOGS.split():
            value = np.exp(value)
        elif name == "both_sexes":
            value = 1 / (1 + np.exp(-value))
        single = not isinstance(getattr(START, name), tuple)
        out[name] = float(value[0]) if single else tuple(float(v) for v in value)
    return Spreads(**out)


def likelihood(free: Array, cases: Sequence[tuple[Mapping[int, Array], float]], m: Moves) -> float:
    """Return minus the log likelihood of all groups of Kreise; a large number where it does not exist."""
    spreads = unpack(free)
    try:
        return -sum(follow(spreads, m, values, share, max(values))[1] for values, share in cases)
    except np.linalg.LinAlgError:
        return 1e12


def estimate(cases: Sequence[tuple[Mapping[int, Array], float]], m: Moves, rounds: int = 120) -> Spreads:
    """Return the spreads of the largest likelihood (L-BFGS-B, numerical gradient)."""
    bounds = [(v - 4, v + 4) for v in pack(START)]
    found = minimize(
        likelihood,
        pack(START),
        (cases, m),
        "L-BFGS-B",
        bounds=bounds,
        options={"maxiter": rounds, "maxfun": 100_000},
    )
    return unpack(found.x)


# Found on the tables of 1 January 2014 to 2017: log likelihood 203,605 after 197,391 at START.
SPREADS = Spreads(
    start=(0.186, 0.041),
    start_reach=(5.829, 18.788, 7.115, 1.872),
    lasting_knots=(-3.444, -6.698, -3.238, -2.49, -3.275, -3.951, -5.721, -5.86, -5.768, -4.589),
    yearly_knots=(-4.364, -5.154, -4.038, -3.848, -3.892, -4.719, -5.593, -6.641, -7.23, -5.453),
    gain_reach=(4.188, 14.096),
    births=(0.087, 0.001),
    observed=0.001,
    both_sexes=(0.935, 0.866, 0.606),
    refugees=0.641,
)


def main() -> None:
    """Estimate anew from the delivered files and print the result."""
    from datetime import date

    from wohnlib.forecast.kreise import Path, fit_kreise, known_kreise

    day = date(2017, 1, 1)
    fit = fit_kreise(known_kreise(day, day, to_base=True), START)
    cases = [
        ({t: v[:, g] for t, v in fit.values.items()}, float(np.median(fit.share[g]))) for g in fit.groups
    ]
    path = Path(fit, day.year + 1)
    found = estimate(cases, path.moves)
    print(found, likelihood(pack(START), cases, path.moves), likelihood(pack(found), cases, path.moves))


if __name__ == "__main__":
    main()
