"""The own method for households: features and surface fitted on some Gemeinden, households of all by size."""

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.backtest.households_data import Array, People
from wohnlib.backtest.households_features import features, scale_of, terms
from wohnlib.backtest.households_fit import Fit, fit
from wohnlib.backtest.households_settings import Variant, number

Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Germany:
    """Persons, their features and, apart from them, the households (area, quantity) of all Gemeinden."""

    people: People
    table: pd.DataFrame
    scale: pd.DataFrame
    households: Array

    @property
    def large(self) -> Rows:
        """Gemeinden large enough to learn from, by their persons."""
        return self.people.total >= number("fit_from")

    def only(self, lands: tuple[str, ...]) -> "Germany":
        """Return the Gemeinden of some Länder, with the features and their scale as they are (a sample)."""
        rows = np.asarray(self.people.ags.str[:2].isin(lands))
        people = {f.name: getattr(self.people, f.name)[rows] for f in fields(self.people)}
        return replace(
            self, people=People(**people), table=self.table[rows], households=self.households[rows]
        )


def germany(people: People, households: Array) -> Germany:
    """Return the figures with features; mean and deviation of features need no household figure."""
    table = features(people)
    return Germany(people, table, scale_of(table, people.total >= number("fit_from")), households)


def fitted(g: Germany, rows: Rows, variant: Variant, quantities: int | None = None) -> Fit:
    """Return the fit on the Gemeinden in `rows` that are large enough and have households."""
    chosen = np.flatnonzero(rows & g.large & (g.households[:, 0] > 0))
    persons = g.people.total[chosen]
    counts = np.maximum(g.households[chosen, :quantities], number("small_count"))
    x = terms(g.table, g.scale, variant).to_numpy()
    return fit(
        x[chosen], np.log(counts / persons[:, None]), g.people.places[chosen], persons, variant.surface
    )


def households(g: Germany, found: Fit, rows: Rows, variant: Variant) -> Array:
    """Return the households of the Gemeinden in `rows`, (row, quantity); sizes are brought to the total."""
    x = terms(g.table[rows], g.scale, variant).to_numpy()
    return to_counts(found.predict(x, g.people.places[rows]), g.people.total[rows])


def to_counts(log_per_person: Array, persons: Array) -> Array:
    """Return households from logarithms per person (row, quantity): total, then sizes that add up to it."""
    counts = np.exp(log_per_person) * persons[:, None]
    if counts.shape[1] > 1:
        sizes = counts[:, 1:].sum(axis=1)
        counts[:, 1:] *= (counts[:, 0] / np.where(sizes > 0, sizes, 1.0))[:, None]
    return counts
