"""Every number of the back-test of totals in one place: value, unit, origin, rating; windows and goals.

Origins: `issue` set by the task before anything was computed; `trial` chosen by trials on forward tests, seen
beside the final windows; `rule` taken from a published rule; `numeric` a matter of computing only.
"""

from dataclasses import dataclass

from wohnlib.backtest.setting import Setting, lookups
from wohnlib.backtest.setting import setting as _of

Period = tuple[int, int]


SETTINGS: dict[str, Setting] = {
    # sizes and areas
    "class_edges": _of("persons", "issue", "green", 1000, 5000, 10000, 20000),
    "same_area": _of("share", "issue", "green", 0.01),
    "same_persons": _of("share", "trial", "amber", 0.2),
    "size_knots": _of("persons", "trial", "amber", 500, 2500, 7000, 14000, 45000),
    # features of past growth
    "clip_growth": _of("percent_year", "trial", "amber", 6.0),
    "clip_class": _of("percent_year", "trial", "amber", 3.0),
    "clip_own": _of("percent_year", "trial", "amber", 2.5),
    "clip_men": _of("points", "trial", "amber", 3.0),
    "clip_old": _of("deviations", "trial", "amber", 3.0),
    "reach_near": _of("km", "trial", "amber", 8.0),
    "reach_far": _of("km", "trial", "amber", 25.0),
    "reach_cut": _of("multiple", "numeric", "green", 4.0),
    "old_delay": _of("years", "rule", "green", 2.0),
    "old_first": _of("year", "rule", "green", 1995.0),
    # fit
    "class_weights": _of("weight", "trial", "amber", 0.6, 1.5, 3.0, 4.0, 5.0),
    "tie": _of("weight", "trial", "amber", 0.05),
    "ridge": _of("weight", "numeric", "green", 1e-4),
    "persistence_ridge": _of("weight", "numeric", "green", 1e-6),
    "residual_floor": _of("percent_year", "numeric", "green", 0.05),
    "fit_steps": _of("steps", "numeric", "green", 15.0),
    "fit_tolerance": _of("percent_year", "numeric", "green", 1e-4),
    "fit_most": _of("steps", "numeric", "green", 200.0),
    "weights_tolerance": _of("percent_year", "numeric", "green", 1e-9),
    "class_drift": _of("share", "trial", "amber", 0.5),
    "normal_mad": _of("multiple", "numeric", "green", 1.4826),
    # national path
    "path_damping": _of("share", "trial", "amber", 0.5),
    "path_births_years": _of("years", "trial", "amber", 3.0),
    "path_migration_from": _of("year", "trial", "amber", 1991.0),
    "path_delay": _of("years", "rule", "green", 2.0),
    "path_last_years": _of("years", "trial", "amber", 4.0),
    # Kreise: mean of the cohort method and of this one
    "growth_damping": _of("factor_year", "literature", "amber", 0.9),  # beyond the longest window
    "cohort_weight": _of("share", "literature", "amber", 0.5),  # equal weights are hard to beat (Clemen 1989)
    # intervals
    "interval": _of("share", "issue", "green", 0.8),
    "width_power": _of("exponent", "trial", "amber", 0.73),
    "width_recent": _of("share", "trial", "amber", 0.5),
    "width_recent_tries": _of("share", "numeric", "green", 0.0, 0.5, 1.0),
    "width_band": _of("log_persons", "trial", "amber", 0.35),
    "width_sizes": _of("persons", "numeric", "green", 150, 300, 700, 1500, 3000, 7000, 14000, 30000, 80000),
    "width_sizes_kreis": _of("persons", "numeric", "green", 40000, 70000, 120000, 200000, 350000, 1000000),
    "width_sizes_sum": _of("persons", "numeric", "green", 1500, 3000, 7000, 14000, 30000),
    "width_power_range": _of("exponent", "trial", "amber", 0.5, 1.0),
    "width_factor_range": _of("factor", "trial", "amber", 0.5, 1.5),
    "width_longest": _of("years", "rule", "green", 8.0),
    "normal_quantiles": _of("deviations", "numeric", "green", 0.674, 1.282, 1.960),
    # simple rules and measures
    "rule_damping": _of("share", "issue", "green", 0.5),
    "smallest_error": _of("percent", "numeric", "green", 0.001),
}  # fmt: skip

number, numbers = lookups(SETTINGS)


CLASSES = ("under_1000", "1000_5000", "5000_10000", "10000_20000", "from_20000")
# equal weights; weights learned on past windows; the one member that was best in them
OWN = ("own", "learned", "chosen")
RULES = ("constant", "linear", "damped", "share")  # the error ratio is taken against the best of them
METHODS = (*OWN, *RULES, "share_damped")  # the last is shown beside them


@dataclass(frozen=True)
class Past:
    """A past window to learn from: base, target, last known growth, the growth before it (if known)."""

    base: int
    target: int
    last: Period
    before: Period | None

    @property
    def name(self) -> str:
        return f"{self.base}-{self.target}"


# No period crosses a census break (figures up to 2009 rest on the census of 1987, later ones on that of 2011).
PAST = (
    Past(1994, 2002, (1990, 1994), None),
    Past(1997, 2005, (1994, 1997), (1990, 1994)),
    Past(2002, 2009, (1997, 2002), (1994, 1997)),
    Past(2005, 2009, (2002, 2005), (1997, 2002)),
)
# Windows that end in 2021 and can be learned from by forecasts with a later base.
LATE = (Past(2017, 2021, (2013, 2017), (2005, 2009)),)
# Bases before which no window had ended: for their errors each takes its slopes from the other's window.
CROSSED = (1994, 1997)


@dataclass(frozen=True)
class Start:
    """What a base date knows: last growth without a break, the one before it, growth across the break."""

    last: Period
    before: Period
    broken: Period | None = None


STARTS = {
    2005: Start((2002, 2005), (1997, 2002)),
    2013: Start((2005, 2009), (2002, 2005), (2009, 2013)),
    2017: Start((2013, 2017), (2005, 2009)),
}
CENSUS_2022 = 2022  # base 15.05.2022
MOMENTS = {CENSUS_2022: 2021 + 135 / 365}  # dates that are not the end of their year, in years' ends
# Bases that are not judged in windows of their own, by (base, newest directory of Gemeinden known).
MORE_STARTS = {
    (2002, 2002): Start((1997, 2002), (1994, 1997)),
    (2018, 2018): Start((2013, 2018), (2005, 2009)),
    (2021, 2021): Start((2017, 2021), (2013, 2017)),
    (CENSUS_2022, 2018): Start(
        (2013, 2018), (2005, 2009)
    ),  # growth across the break did not help from 2013 on
    (CENSUS_2022, 2021): Start((2017, 2021), (2013, 2017)),
}
# (base, target) of the past forecasts that the widths of later forecasts are learned from.
LEARNED_FROM = (
    (1994, 1997), (1994, 2002), (1997, 2002), (1997, 2005), (2002, 2005), (2002, 2009), (2005, 2009), (2013, 2017),
    (2013, 2018), (2013, 2021), (2017, 2018), (2017, 2021),
)  # fmt: skip


def recent(base: int) -> Period:
    """Return the last period of growth without a break that was known at a base at the end of a year."""
    early = {p.base: p.last for p in PAST if p.base in CROSSED}
    late = {b: start.last for (b, _), start in MORE_STARTS.items() if b != CENSUS_2022}
    return ({b: start.last for b, start in STARTS.items()} | late | early)[base]


def start_of(base: int, newest: int) -> Start:
    """Return what a base date knows; `newest` is the latest directory of Gemeinden known besides a census."""
    return STARTS[base] if base in STARTS else MORE_STARTS[base, newest]


def moment(year: int) -> float:
    """Return a date as years: 31.12.y is y, the census day lies between."""
    return MOMENTS.get(year, float(year))


@dataclass(frozen=True)
class Window:
    """A window that is judged: base, target, period of the simple rules, dates at which a key must exist."""

    base: int
    target: int
    rule: Period
    dates: tuple[int, ...]

    @property
    def name(self) -> str:
        return f"{self.base}-{self.target}"


WINDOWS = (
    Window(2005, 2009, (2002, 2005), (2002, 2005, 2009)),
    Window(2013, 2017, (2002, 2009), (2002, 2005, 2009, 2013, 2017)),
    Window(2013, 2021, (2002, 2009), (2002, 2005, 2009, 2013, 2021)),
    Window(2017, 2021, (2013, 2017), (2013, 2017, 2021)),
)


@dataclass(frozen=True)
class Goal:
    """A goal of the task: a measure of a window, mode and class that must lie between two values."""

    window: str
    mode: str
    size: str
    measure: str
    low: float = float("-inf")
    high: float = float("inf")

    def met(self, value: float) -> bool:
        return self.low <= value <= self.high


def goals() -> list[Goal]:
    """Return all goals of the task on totals of Gemeinden, in the order of windows and classes."""
    far, near, big = ("2013-2021", "A"), ("2017-2021", "B"), CLASSES[2:]
    found = [
        Goal(*far, size, "median_ape", high=value)
        for size, value in zip(CLASSES[1:], (2.90, 2.19, 1.92, 1.60), strict=True)
    ]
    found += [
        Goal(*far, size, "within_10", low=value)
        for size, value in zip(CLASSES[1:], (96.0, 98.0, 98.0, 99.0), strict=True)
    ]
    found += [
        Goal(*near, size, "median_ape", high=value)
        for size, value in zip(CLASSES[1:], (1.75, 1.26, 1.06, 1.00), strict=True)
    ]
    for place in (far, near):
        found += [Goal(*place, size, "error_ratio", high=0.95) for size in big]
        found.append(Goal(*place, "mean_from_5000", "error_ratio", high=0.90))
    for window in WINDOWS:
        found += [Goal(window.name, "A", size, "malpe", -0.7, 0.7) for size in CLASSES]
        found.append(Goal(window.name, "A", "all", "coverage_80", 77.0, 83.0))
        found += [Goal(window.name, "A", size, "coverage_80", 74.0, 86.0) for size in CLASSES]
    return found


# Gemeinden of Landkreis Diepholz that were merged before 2022 (GV-ISys), and the planning unit they belong to now.
FORMER_UNITS = {
    "03251010": "03251403", "03251016": "03251403", "03251039": "03251403", "03251048": "03251403",
}  # fmt: skip
