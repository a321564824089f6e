"""Households of any Gemeinde from the shipped model: features of persons, coefficients, effect of the Kreis."""

import warnings

import numpy as np
import pandas as pd
from statsmodels.regression.mixed_linear_model import MixedLM
from statsmodels.stats.stattools import jarque_bera

from wohnlib.backtest.households_data import Array, read_people
from wohnlib.backtest.households_features import features, terms
from wohnlib.backtest.households_fit import Fit, noise_of
from wohnlib.backtest.households_model import Germany, fitted, to_counts
from wohnlib.backtest.households_settings import QUANTITIES, Variant
from wohnlib.data.tables import load

TERM, KREIS = "term", "kreis"
SQUARED = "_squared"
_MORE = 1 + 1e-9  # of the plain variance: raised as an outlier


def model_table(g: Germany, variant: Variant) -> pd.DataFrame:
    """Return the model fitted on all Gemeinden: a row a term, and a row a Kreis with the mean of its surface.

    The effect of a Kreis is the mean over its Gemeinden, weighted by persons.
    """
    rows = np.ones(len(g.people.total), dtype=bool)
    found = fitted(g, rows, variant)
    names = terms(g.table.head(1), g.scale, variant).columns
    feature = names.str.removesuffix(SQUARED)
    table = pd.DataFrame(found.beta, columns=list(QUANTITIES))
    table.insert(0, "kind", TERM)
    table.insert(1, "name", names)
    for column in ("mean", "deviation"):
        table[column] = g.scale[column].reindex(feature).to_numpy()
    table["total_se"] = found.first.bse
    around = pd.DataFrame(found.around(g.people.places) * g.people.total[:, None], columns=list(QUANTITIES))
    sums = around.groupby(g.people.kreis).sum()
    effects = sums.div(pd.Series(g.people.total).groupby(g.people.kreis).sum(), axis=0)
    effects = effects.rename_axis("name").reset_index()
    effects.insert(0, "kind", KREIS)
    out = pd.concat([table, effects], ignore_index=True)
    out = out[["kind", "name", "mean", "deviation", *QUANTITIES, "total_se"]]
    out.attrs["diagnostics"] = diagnostics(g, found, variant)
    return out


def diagnostics(g: Germany, found: Fit, variant: Variant) -> dict[str, object]:
    """Return what the regression of the total says of itself, and how much of its residuals lies between Kreise."""
    first = found.first
    rows = np.flatnonzero(g.large & (g.households[:, 0] > 0))
    x = terms(g.table.iloc[rows], g.scale, variant).to_numpy()
    y = np.log(g.households[rows, 0] / g.people.total[rows])
    rest = y - x @ found.beta[:, 0]  # with the effects of places
    own = rest - found.around(g.people.places[rows])[:, 0]
    with warnings.catch_warnings():  # the variance between Kreise may be nearly nothing; `converged` is kept
        warnings.simplefilter("ignore")
        mixed = MixedLM(100 * rest, np.ones((len(rest), 1)), groups=g.people.kreis[rows]).fit()
    _, p_normal, skew, kurtosis = jarque_bera(first.resid)
    between = float(np.asarray(mixed.cov_re)[0, 0])
    return {
        "variant": variant.name, "gemeinden": len(rows), "terms": x.shape[1],
        "r_squared_features": _explained(y, rest), "r_squared_with_surface": _explained(y, own),
        "residual_percent_features": round(100 * float(rest.std()), 2),
        "residual_percent_with_surface": round(100 * float(own.std()), 2),
        "scale_whitened": round(float(first.scale), 4),
        "condition_number": round(float(first.condition_number), 1), "log_likelihood": round(float(first.llf), 1),
        "aic": round(float(first.aic), 1), "p_jarque_bera": round(float(p_normal), 4),
        "skewness": round(float(skew), 3), "kurtosis": round(float(kurtosis), 3),
        "gemeinden_held_back": int((found.noise > noise_of(g.people.total[rows]) * _MORE).sum()),
        "mixed_model_converged": bool(mixed.converged),
        "mixed_model_variance_between_kreise_percent_squared": round(between, 3),
        "mixed_model_variance_within_percent_squared": round(float(mixed.scale), 3),
    }  # fmt: skip


def _explained(y: Array, rest: Array) -> float:
    """Return R² = 1 − Var(rest) / Var(y), every Gemeinde alike, in the fit."""
    return round(1.0 - float(rest.var() / y.var()), 4)


def predict_households(
    table: pd.DataFrame | None = None,
    persons: "pd.Series[float] | None" = None,
    model: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return households of Gemeinden by size from the shipped model (columns total, size_1 … size_5plus).

    table: features by key as `households_features.features` makes them, persons: inhabitants by key; without them
    all 10,786 Gemeinden of the delivered files. A Kreis the model does not know gets the mean effect of its Land.
    """
    if table is None or persons is None:
        people = read_people()
        table, persons = features(people), pd.Series(people.total, people.ags)
    model = load("household_model") if model is None else model
    values = model.set_index("name")
    coefficients = values[values["kind"] == TERM]
    own = values.loc[values["kind"] == KREIS, list(QUANTITIES)].astype(float)
    marital = coefficients.index.str.startswith("marital_").any()
    variant = Variant(bool(coefficients.index.str.endswith(SQUARED).any()), True, bool(marital))
    scale = coefficients[["mean", "deviation"]].astype(float)
    x = terms(table, scale, variant)[list(coefficients.index)]
    effect = own.reindex(table.index.str[:5])
    land = own.groupby(own.index.str[:2]).mean().reindex(table.index.str[:2])
    effect = effect.fillna(land.set_axis(effect.index)).fillna(0.0).to_numpy()
    log = x.to_numpy() @ coefficients[list(QUANTITIES)].to_numpy(float) + effect
    counts = to_counts(log, persons.reindex(table.index).to_numpy(float))
    return pd.DataFrame(counts, index=table.index, columns=list(QUANTITIES))
