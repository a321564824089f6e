"""Fold of the page on how accurate forecasts were: what the two estimates on households say of themselves."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from wohnlib.backtest.households_features import NAMES
from wohnlib.backtest.households_predict import SQUARED, TERM
from wohnlib.backtest.households_settings import VARIANTS, number
from wohnlib.data.tables import load, register
from wohnlib.model.quotas import SIZES
from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.words import Words

_CONSTANT = "constant"
# Shares of persons, and a change of one: printed in per cent and percentage points.
_SHARES = ("age_", "marital_", "men", "foreign", "immigrant", "descendant", "one_parent")
_LEAST_P = 0.001  # smaller probabilities are printed as below it
# What the regression says of itself: name in the descriptor and format; each with a sentence in the catalogue.
_MEASURES = {
    "gemeinden": "int",
    "terms": "int",
    "r_squared_features": "dec2",
    "r_squared_with_surface": "dec2",
    "residual_percent_features": "dec1",
    "residual_percent_with_surface": "dec1",
    "scale_whitened": "dec2",
    "condition_number": "dec0",
    "skewness": "dec1",
    "kurtosis": "dec1",
    "p_jarque_bera": "dec3",
    "gemeinden_held_back": "int",
    "between_kreise": "dec0",
}


@dataclass(frozen=True)
class Model:
    """The shipped coefficients of the number of households, and what the fit said of itself."""

    terms: pd.DataFrame  # by name
    found: dict[str, Any]

    @property
    def between(self) -> float:
        """Return the share of what the features leave over that lies between Kreise (mixed model), per cent."""
        between, within = (
            float(self.found[f"mixed_model_variance_{part}_percent_squared"])
            for part in ("between_kreise", "within")
        )
        return 100.0 * between / (between + within)

    def measure(self, name: str) -> float:
        return self.between if name == "between_kreise" else float(self.found[name])


def model() -> Model:
    """Return the shipped model of the number of households."""
    table = load("household_model")
    terms = table[table["kind"] == TERM].set_index("name")
    return Model(terms, register()["household_model"].more["diagnostics"])


def estimates_fold(words: Words) -> Block:
    """Coefficients and diagnostics of the number of households, and errors of the member rates, behind a fold."""
    here = model()
    rates = register()["household_member_rates"].more["diagnostics"]
    return page.folded(
        words("guete_households.model_fold"),
        page.paragraph(_text(here, words)), _coefficients(here, words), _measures(here, words),
        page.paragraph(_variants(here, words)),
        page.paragraph(words("guete_households.rates_text", n=rates["municipalities_in_the_fit"],
                             of=rates["municipalities"])),
        _rates(rates, words),
    )  # fmt: skip


def _text(here: Model, words: Words) -> str:
    persons = float(np.exp(-here.terms.loc[_CONSTANT, "total"]))
    return words(
        "guete_households.model_text", persons=persons, n=here.found["gemeinden"], fit_from=number("fit_from")
    )


def _coefficients(here: Model, words: Words) -> Block:
    """One row a feature: mean, deviation, effect of one deviation and of its square, each with standard error."""
    rows = []
    for name in (n for n in NAMES if n in here.terms.index):
        unit = 100.0 if name.startswith(_SHARES) else 1.0
        values = here.terms.loc[name]
        row = [words(f"guete_households.feature_{name}")]
        row += [words.number(unit * float(values[c]), "dec2") for c in ("mean", "deviation")]
        terms = (name, name + SQUARED)
        row += [_effect(here.terms.loc[t], words) if t in here.terms.index else "" for t in terms]
        rows.append(row)
    columns = ("feature", "mean", "deviation", "effect", "squared")
    return page.table(
        [words(f"guete_households.model_col_{c}") for c in columns], rows,
        caption=words("guete_households.model_table"), numeric=[False, *[True] * (len(columns) - 1)],
        notes=[words("guete_households.model_note")],
    )  # fmt: skip


def _effect(term: "pd.Series[Any]", words: Words) -> str:
    return words("guete_households.model_effect", value=100.0 * term["total"], error=100.0 * term["total_se"])


def _measures(here: Model, words: Words) -> Block:
    rows = []
    for name, spec in _MEASURES.items():
        value = here.measure(name)
        few = name == "p_jarque_bera" and value < _LEAST_P
        shown = words("guete_households.p_below", p=_LEAST_P) if few else words.number(value, spec)
        rows.append(
            [words(f"guete_households.fit_{name}"), shown, words(f"guete_households.fit_{name}_note")]
        )
    columns = [words(f"guete_households.fit_col_{c}") for c in ("measure", "value", "meaning")]
    return page.table(
        columns, rows, caption=words("guete_households.fit_table"), numeric=[False, True, False]
    )


def _variants(here: Model, words: Words) -> str:
    errors = here.found["choice"]["mape"]
    items = [
        words("guete_households.variant_item", name=words(f"guete_households.variant_{v.name}"),
              error=errors[v.name])
        for v in VARIANTS
    ]  # fmt: skip
    chosen = here.found["choice"]["chosen"]
    return words(
        "guete_households.variants", list="; ".join(items), chosen=words(f"guete_households.variant_{chosen}")
    )


def _rates(found: dict[str, Any], words: Words) -> Block:
    """Errors of member rates in Kreise left out, and how far Germany comes back."""
    errors = found["cross_validation_5000_20000_percent"]
    back = dict(zip(SIZES, found["national_households_off_percent"], strict=True))
    rows = []
    for size in (*SIZES, "all"):
        values = errors["all_sizes" if size == "all" else f"size_{size}"]
        name = words("guete_households.size_total" if size == "all" else f"guete_households.size_size_{size}")
        off = "" if size == "all" else words.number(back[size], "signed2")
        rows.append([name, *(words.number(values[m], "dec1") for m in ("median", "mean")),
                     words.number(values["bias"], "signed1"), off])  # fmt: skip
    senior = found["senior_only_5000_20000_percent"]
    columns = [words("guete_households.sizes_col")]
    columns += [words(f"guete_households.rates_col_{c}") for c in ("median", "mean", "bias", "germany")]
    return page.table(
        columns, rows, caption=words("guete_households.rates_table", n=errors["municipalities"]), total=True,
        numeric=[False, True, True, True, True],
        notes=[words("guete_households.rates_senior", median=senior["median"], mean=senior["mean"])],
    )  # fmt: skip
