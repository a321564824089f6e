"""The simple rules a forecast is measured against; they know the base and one earlier date."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.backtest.settings import Period, number

Array = NDArray[np.float64]


def simple_rules(persons: pd.DataFrame, base: int, period: Period, years: float) -> dict[str, Array]:
    """Return persons (area,) after some years by rule.

    constant: nobody is added; linear: yearly change of the period, in persons of the base, goes on; damped: half of it;
    share: constant share of a Kreis that goes on linearly; share_damped: of a Kreis with half of its change.
    persons: a column a year, a row a Gemeinde (8-digit key); without an earlier figure the nation's change.
    """
    first, last = period
    there = persons[first].notna() & persons[last].notna()
    nation = persons.loc[there, last].sum() / persons.loc[there, first].sum() - 1
    own = (persons[last] / persons[first] - 1).fillna(nation).to_numpy()
    sums = persons[[first, last]].where(there).groupby(persons.index.str[:5]).transform("sum")
    kreis = (sums[last] / sums[first].where(sums[first] > 0) - 1).fillna(nation).to_numpy()
    damping = number("rule_damping")
    change = {
        "constant": 0 * own, "linear": own, "damped": damping * own,
        "share": kreis, "share_damped": damping * kreis,
    }  # fmt: skip
    size = persons[base].to_numpy()
    return {name: size * (1 + value * years / (last - first)) for name, value in change.items()}
