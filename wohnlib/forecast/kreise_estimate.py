"""Estimate the spreads of the relative cohorts by maximum likelihood; the result stands in SPREADS.

`python -m wohnlib.forecast.kreise_estimate` prints them anew (about six minutes). Used are the Eurostat tables of
1 January 2014 to 2016 only, which were out before the first day a forecast by cohorts is made as of (31.12.2017), and
life tables and births published by then. Three tables show two changes, too few to tell at each age what lasts from
what does not: yearly gains spread as lasting ones do, times one factor. No year of refugees can be told from them, its
spread stays at START.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from wohnlib.forecast.kreise_relative import Moves, Spreads, follow

if TYPE_CHECKING:
    from wohnlib.forecast.kreise import KreisKnown

Array = NDArray[np.float64]
FIRST_DAY = date(2017, 12, 31)
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
    """Return the spreads as free numbers: logarithms, correlations as logits; of yearly gains only the factor."""
    parts = []
    for name in Spreads.__dataclass_fields__:
        value = np.atleast_1d(getattr(spreads, name))
        if name == "yearly_knots":
            value = np.atleast_1d(np.mean(value - np.array(spreads.lasting_knots)))
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
        width = 1 if name == "yearly_knots" else np.atleast_1d(getattr(START, name)).size
        value = free[at : at + width]
        at += width
        if name in _LOGS.split():
            value = np.exp(value)
        elif name == "both_sexes":
            value = 1 / (1 + np.exp(-value))
        if name == "yearly_knots":
            value = np.array(out["lasting_knots"]) + value
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


# Found on the tables of 1 January 2014 to 2016: log likelihood 146,285 after 141,897 at START. With a free spread of
# yearly gains at each age it is 146,473, at a border of what is allowed (lasting gains at 26 next to none) and worse later.
SPREADS = Spreads(
    start=(0.184, 0.045),
    start_reach=(5.623, 19.885, 6.780, 2.384),
    lasting_knots=(-3.727, -5.275, -3.245, -2.835, -3.352, -3.997, -5.367, -5.906, -5.929, -4.697),
    yearly_knots=(-4.368, -5.916, -3.886, -3.476, -3.993, -4.638, -6.008, -6.547, -6.570, -5.338),
    gain_reach=(3.480, 14.847),
    births=(0.097, 0.004),
    observed=0.0007,
    both_sexes=(0.933, 0.899, 0.520),
    refugees=0.3,
)


def known_before() -> "KreisKnown":
    """Return the tables that were out on 31.12.2017, the first day that the forecast is made as of, without its base."""
    from wohnlib.forecast.kreise import known_kreise

    known = known_kreise(FIRST_DAY, FIRST_DAY)
    out = {y: t for y, t in known.stock.items() if y < known.base_year}
    return replace(known, stock=out, base=date(max(out), 1, 1))


def main() -> None:
    """Estimate anew from the delivered files and print the result."""
    from wohnlib.forecast.kreise import Path, fit_kreise

    known = known_before()
    fit = fit_kreise(known, START)
    cases = [
        ({t: v[:, g] for t, v in fit.values.items()}, float(np.median(fit.share[g]))) for g in fit.groups
    ]
    path = Path(fit, known.base_year + 1)
    found = estimate(cases, path.moves)
    print(found, likelihood(pack(START), cases, path.moves), likelihood(pack(found), cases, path.moves))


if __name__ == "__main__":
    main()
