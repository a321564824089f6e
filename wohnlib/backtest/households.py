"""How far off the number of households is when it is computed from persons only, in Kreise left out of the fit.

Command: `python -m wohnlib.backtest.households` (needs the delivered files; about ten minutes, once).
"""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib import paths
from wohnlib.backtest import measures
from wohnlib.backtest.features import size_class
from wohnlib.backtest.household_sizes import household_sizes
from wohnlib.backtest.households_data import Array, read_households, read_people
from wohnlib.backtest.households_model import Germany, Rows, fitted, germany, households
from wohnlib.backtest.households_rules import simple_rules
from wohnlib.backtest.households_settings import (
    CLASSES_OF,
    GOAL_CLASS,
    GOALS,
    METHODS,
    QUANTITIES,
    RULES,
    SHUFFLED,
    SIZE_CLASSES,
    VARIANTS,
    Variant,
    number,
    numbers,
)
from wohnlib.errors import InputError
from wohnlib.words import Words

Folds = NDArray[np.int64]
SAMPLE = ("03",)  # Niedersachsen


def folds(g: Germany, seed: int | None = None, count: int | None = None) -> Folds:
    """Return the fold of every Gemeinde: whole Kreise in turn by key, or shuffled with a seed."""
    count = count or int(number("folds"))
    keys, place = np.unique(g.people.kreis, return_inverse=True)
    order = np.arange(len(keys)) if seed is None else np.random.default_rng(seed).permutation(len(keys))
    return np.asarray(order[place] % count)


def left_out(
    g: Germany, fold: Folds, chosen: dict[int, Variant], quantities: int | None = None
) -> Array:  # fmt: skip
    """Return the households of every Gemeinde, (area, quantity), each from a fit without its fold."""
    out = np.zeros((len(g.people.total), len(QUANTITIES[:quantities])))
    for k, variant in chosen.items():
        here = fold == k
        out[here] = households(g, fitted(g, ~here, variant, quantities), here, variant)
    return out


def choose(
    g: Germany, rows: Rows, variants: Sequence[Variant] = VARIANTS
) -> tuple[Variant, dict[str, float]]:
    """Return the variant with the lowest mean error in Kreise left out of `rows`, and the errors of all.

    Gemeinden outside `rows` are not looked at.
    """
    inner = folds(g, count=int(number("inner_folds")) * int(number("folds"))) % int(number("inner_folds"))
    judged = rows & of_class(g, GOAL_CLASS)
    errors = {}
    for variant in variants:
        out = np.zeros(len(rows))
        for k in range(int(number("inner_folds"))):
            here = rows & (inner == k)
            out[here] = households(g, fitted(g, rows & ~here, variant, 1), here, variant)[:, 0]
        errors[variant.name] = measures.point_measures(out[judged], g.households[judged, 0])["mape"]
    best = min(variants, key=lambda v: errors[v.name])
    return best, {k: round(v, 3) for k, v in errors.items()}


def of_class(g: Germany, name: str) -> Rows:
    """Return the Gemeinden of a size class; the class of the goals includes both its ends."""
    persons = g.people.total
    if name == GOAL_CLASS:
        low, high = numbers("goal_sizes")
        return np.asarray((persons >= low) & (persons <= high))
    return np.asarray((persons > 0) & ((name == "all") | (size_class(persons) == CLASSES_OF.get(name, -1))))


def errors_table(g: Germany, found: dict[str, Array]) -> pd.DataFrame:
    """Return measures by quantity, size class and method, with the goals met and missed."""
    rows: list[dict[str, Any]] = []
    for i, quantity in enumerate(QUANTITIES):
        for name in SIZE_CLASSES:
            here = of_class(g, name) & (g.households[:, i] > 0)
            for method in METHODS:
                values = measures.point_measures(found[method][here, i], g.households[here, i])
                rows.append({"quantity": quantity, "size_class": name, "method": method, **values})
    table = pd.DataFrame(rows)
    goal = (
        (table["method"] == METHODS[0])
        & (table["size_class"] == GOAL_CLASS)
        & (table["quantity"] == QUANTITIES[0])
    )
    for column, wanted in (("goals_met", True), ("goals_missed", False)):
        names = [
            " ".join(m for m, v in GOALS.items() if (row[m] <= v) is wanted)
            for _, row in table[goal].iterrows()
        ]
        table[column] = ""
        table.loc[goal, column] = names
    return table


def cross_validated(g: Germany) -> tuple[dict[str, Array], dict[str, Any]]:
    """Return the households by method, every Kreis left out once, and how the variants were chosen."""
    fold = folds(g)
    chosen, inner = {}, {}
    for k in range(int(number("folds"))):
        chosen[k], inner[str(k)] = choose(g, fold != k)
    found = {rule: np.zeros((len(fold), len(QUANTITIES))) for rule in RULES}
    for k in chosen:
        made = simple_rules(g.people, g.households, (fold != k) & g.large)
        for rule in RULES:
            found[rule][fold == k] = made[rule][fold == k]
    without = {k: Variant(v.squares, v.surface, marital=False) for k, v in chosen.items()}
    found["own"] = left_out(g, fold, chosen)
    found["own_without_marital"] = left_out(g, fold, without)
    return found, {"chosen": {str(k): v.name for k, v in chosen.items()}, "inner_mape": inner}


def repeated(g: Germany, variant: Variant) -> pd.DataFrame:
    """Return measures in the class of the goals for Kreise shuffled anew, all households only."""
    here, rows = of_class(g, GOAL_CLASS), []
    for seed, name in enumerate(SHUFFLED, 1):
        fold = folds(g, seed)
        made = left_out(g, fold, dict.fromkeys(range(int(number("folds"))), variant), 1)
        values = measures.point_measures(made[here, 0], g.households[here, 0])
        rows.append({"quantity": QUANTITIES[0], "size_class": GOAL_CLASS, "method": name, **values})
    return pd.DataFrame(rows)


def sample(g: Germany) -> dict[str, float]:
    """Return the errors in the class of the goals for one Land on its own, which a test computes again."""
    few = g.only(SAMPLE)
    made = left_out(few, folds(few), dict.fromkeys(range(int(number("folds"))), VARIANTS[-1]), 1)
    here = of_class(few, GOAL_CLASS)
    values = measures.point_measures(made[here, 0], few.households[here, 0])
    return {m: round(values[m], 4) for m in ("n", "median_ape", "mape", "malpe")}


def read() -> Germany:
    """Return the delivered figures with features."""
    people = read_people()
    return germany(people, read_households(people.ags))


def run_households() -> dict[str, pd.DataFrame]:
    """Return the tables `backtest_households`, `backtest_household_sizes` and `household_model`.

    What the fits were made of stands in `attrs["diagnostics"]` of each table.
    """
    from wohnlib.backtest.households_predict import model_table

    g = read()
    found, choice = cross_validated(g)
    final, inner = choose(g, np.ones(len(g.people.total), dtype=bool))
    judged = pd.concat([errors_table(g, found), repeated(g, final)], ignore_index=True)
    judged.attrs["diagnostics"] = {**choice, "sample": {"lands": list(SAMPLE), **sample(g)}}
    model = model_table(g, final)
    model.attrs["diagnostics"]["choice"] = {"chosen": final.name, "mape": inner}
    return {
        "backtest_households": judged,
        "backtest_household_sizes": household_sizes(g.households, g.people.ags),
        "household_model": model,
    }


def main() -> int:
    from wohnlib.backtest.households_write import write

    try:
        names = write(run_households(), paths.raw())
    except InputError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(Words()("cli.backtest_done", names=", ".join(names)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
