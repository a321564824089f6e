"""Every number of the back-test of households: value, unit, origin, rating; methods, quantities, variants, goals.

Origins as in `settings`: `issue` set by the task, `trial` chosen by trials on the folds shown, `numeric` computing.
"""

from dataclasses import dataclass

from wohnlib.backtest.setting import Setting, lookups
from wohnlib.backtest.setting import setting as _of
from wohnlib.backtest.settings import CLASSES

QUANTITIES = ("total", "size_1", "size_2", "size_3", "size_4", "size_5plus")
METHODS = ("own", "own_without_marital", "headship", "ridge", "constant")
RULES = METHODS[2:]
SHUFFLED = ("own_shuffled_1", "own_shuffled_2", "own_shuffled_3")  # own method, Kreise dealt out anew
GOAL_CLASS = "5000_20000"  # the class the goals speak of: two size classes together
SIZE_CLASSES = (*CLASSES, GOAL_CLASS, "all")
CLASSES_OF = {name: place for place, name in enumerate(CLASSES)}
GOALS = {"median_ape": 2.0, "mape": 2.6}  # per cent, own method, all households, class GOAL_CLASS


SETTINGS: dict[str, Setting] = {
    "goal_sizes": _of("persons", "issue", "green", 5000, 20000),
    "folds": _of("number", "numeric", "green", 5),
    "inner_folds": _of("number", "numeric", "green", 4),
    # features
    "fit_from": _of("persons", "trial", "amber", 1500),
    "clip": _of("deviations", "trial", "amber", 4.0),
    "growth_clip": _of("percent_year", "trial", "amber", 3.0),
    "men_clip": _of("share", "trial", "amber", 0.03),
    "same_area": _of("share", "trial", "amber", 0.02),
    "reach_access": _of("km", "trial", "amber", 15.0, 40.0),
    # surface of what the features leave over, as logarithm of households per person
    "surface_variance": _of("log_squared", "trial", "amber", 2e-4, 2e-4),
    "surface_reach": _of("km", "trial", "amber", 15.0, 80.0),
    "noise_variance": _of("log_squared", "trial", "amber", 4.84e-4),
    "noise_persons": _of("persons", "trial", "amber", 3000),
    "robust": _of("deviations", "rule", "green", 1.5),
    "robust_passes": _of("number", "numeric", "green", 2),
    # simple rules
    "rule_ridge": _of("weight", "trial", "amber", 1e-5),
    "small_count": _of("households", "numeric", "green", 0.5),
}

number, numbers = lookups(SETTINGS)


@dataclass(frozen=True)
class Variant:
    """A form of the own method: squared features or not, figures of neighbours or not, marital status or not."""

    squares: bool
    surface: bool
    marital: bool = True

    @property
    def name(self) -> str:
        parts = ("squares" if self.squares else "linear", "surface" if self.surface else "alone")
        return "_".join(parts if self.marital else (*parts, "without_marital"))


# An inner cross-validation chooses between these in every fold.
VARIANTS = (Variant(False, False), Variant(True, False), Variant(False, True), Variant(True, True))
