"""What the estimates behind the forecast of the Kreise say of themselves: slopes with errors, misses of the filter."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from wohnlib.backtest.kreise import WINDOWS, fitted
from wohnlib.forecast.asof import CENSUS_DAY
from wohnlib.forecast.kreise import KreisFit, Path, fit_kreise, known_kreise
from wohnlib.forecast.kreise_data import Delivered
from wohnlib.forecast.kreise_errors import NORMAL_80
from wohnlib.forecast.kreise_totals import COLUMNS

FITS, FILTER = "backtest_kreise_fits", "backtest_kreise_filter"
NAMES = {"old": "old", "dK": "men", "L2": "before"}  # column that a set may know -> its name


def tables(everything: Delivered) -> dict[str, pd.DataFrame]:
    """Return both tables, for the judged beginnings and for the census day."""
    fits = {base: fitted(everything, base) for base, _ in WINDOWS}
    fits[CENSUS_DAY.year] = fit_kreise(known_kreise(CENSUS_DAY, CENSUS_DAY, everything))
    return {FITS: slopes(fits), FILTER: filtered(fits)}


def slopes(fits: Mapping[int, KreisFit]) -> pd.DataFrame:
    """Return n, pseudo-R² and slopes with standard errors of each median regression, by year of the beginning."""
    parts = []
    for year, fit in fits.items():
        table = fit.growth.slopes
        names = ["_".join(n for c, n in NAMES.items() if c in s.split()) or "plain" for s in table["set"]]
        table = table.assign(start_year=year, member=names, settled=table["settled"].astype(float))
        parts.append(table.rename(columns={"rows": "n", **{c: f"slope_{c}" for c in COLUMNS}}))
    order = ["start_year", "member", "windows", "n", "pseudo_r2", "settled"]
    order += [f"{kind}_{c}" for kind in ("slope", "se") for c in COLUMNS]
    return pd.concat(parts)[order]


def filtered(fits: Mapping[int, KreisFit]) -> pd.DataFrame:
    """Return how far each yearly table was from what the filter expected before it saw it, in standard deviations.

    mean, mean_square (1 where the spreads are right), within_80 (%), again: correlation with the table before (0 where
    nothing is left to learn). A value is an age group of a sex in a Kreis, as a ratio to the nation.
    """
    rows = []
    for year, fit in fits.items():
        path = Path(fit, fit.base.year + 1)
        before = None
        for at in sorted(fit.values)[1:]:  # the first only says where a Kreis starts
            miss = np.hstack([m[at] for m in path.misses])
            again = np.nan if before is None else float(np.corrcoef(before.ravel(), miss.ravel())[0, 1])
            rows.append({
                "start_year": year, "table_year": fit.nation.first + at, "n": miss.size, "mean": miss.mean(),
                "mean_square": (miss**2).mean(), "within_80": 100 * (np.abs(miss) <= NORMAL_80).mean(), "again": again,
            })  # fmt: skip
            before = miss
    return pd.DataFrame(rows)
