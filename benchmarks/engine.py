"""The projection engine against a yardstick: one multiplication over arrays of as many bytes, one thread."""

from dataclasses import dataclass
from functools import partial
from time import process_time

import numpy as np
import pandas as pd

from benchmarks.measure import Timings, best, in_turn, paired_ratio
from wohnlib.model.population import project

SEXES, AGES = 2, 101
SEX_RATIO = 1.05


@dataclass(frozen=True)
class Case:
    """Rates by area, age and year; arrays as `project` takes them."""

    pop: np.ndarray  # (area, sex, age)
    surv: np.ndarray  # (year, area, sex, age + 1)
    fert: np.ndarray  # (year, area, age)
    mig: np.ndarray  # (year, area, sex, age) counts

    @property
    def areas(self) -> int:
        return len(self.pop)

    @property
    def years(self) -> int:
        return len(self.surv)

    @property
    def bytes(self) -> int:
        """Bytes of inputs and outputs: population of all dates, births, deaths, migrants, control by sex."""
        outputs = self.areas * SEXES * ((self.years + 1) * AGES + 4 * self.years) * 8
        return self.pop.nbytes + self.surv.nbytes + self.fert.nbytes + self.mig.nbytes + outputs


def make_case(areas: int, years: int = 25, seed: int = 1) -> Case:
    """Return a case with numbers of a plausible size; every value is its own."""
    random = np.random.default_rng(seed)
    age = np.arange(AGES)
    dying = np.minimum(0.00003 * np.exp(0.098 * np.arange(AGES + 1)), 0.6)
    surv = np.empty((years, areas, SEXES, AGES + 1))
    surv[:] = 1 - dying * random.uniform(0.8, 1.2, (areas, SEXES, AGES + 1))
    fert = np.zeros((years, areas, AGES))
    fert[:, :, 15:50] = 0.1 * np.exp(-(((age[15:50] - 31) / 6) ** 2)) * random.uniform(0.8, 1.2, (areas, 35))
    mig = np.empty((years, areas, SEXES, AGES))
    mig[:] = random.uniform(-0.5, 1, (areas, SEXES, AGES)) * np.exp(-age / 30)
    return Case(random.uniform(50, 150, (areas, SEXES, AGES)), surv, fert, mig)


def with_pandas(case: Case) -> pd.Series:
    """Project with long tables, one row an area, sex and age, as one would write it with pandas alone."""
    index = pd.MultiIndex.from_product(
        [range(case.areas), range(SEXES), range(AGES)], names=["area", "sex", "age"]
    )
    pop = pd.Series(case.pop.ravel(), index)
    for year in range(case.years):
        rate = pd.Series(case.surv[year, :, :, 1:].ravel(), index)
        infant = pd.Series(
            case.surv[year, :, :, 0].ravel(), pd.MultiIndex.from_product([range(case.areas), range(SEXES)])
        )
        half = pd.Series(case.mig[year].ravel() / 2, index)
        alive = ((pop + half) * rate).rename("n").reset_index()
        alive["age"] = (alive["age"] + 1).clip(upper=AGES - 1)
        end = alive.groupby(["area", "sex", "age"])["n"].sum().reindex(index, fill_value=0.0) + half
        women = (pop.xs(0, level="sex") + end.xs(0, level="sex")) / 2
        fert = pd.Series(case.fert[year].ravel(), women.index)
        births = (women * fert).groupby(level="area").sum()
        girls = births / (1 + SEX_RATIO)
        newborn = pd.concat([girls, births - girls], keys=range(SEXES)).swaplevel().sort_index()
        end.loc[(slice(None), slice(None), 0)] += (newborn * infant).to_numpy()
        pop = end
    return pop


def compare(areas: int, rounds: int = 7, years: int = 25) -> dict[str, float]:
    """Return the cost of a projection: per area, and as a multiple of the yardstick."""
    case = make_case(areas, years)
    size = case.bytes // 24
    a, b, c = np.ones(size), np.ones(size), np.ones(size)
    store = project(case.pop, case.surv, case.fert, case.mig)
    arguments = (case.pop, case.surv, case.fert, case.mig)
    timings: Timings = in_turn(
        {
            "yardstick": lambda: np.multiply(a, b, out=c),
            "projection": lambda: project(*arguments, out=store),
            "unchecked": lambda: project(*arguments, out=store, check=False),
            "fresh memory": lambda: project(*arguments),
        },
        rounds,
    )
    found = {"gigabytes": case.bytes / 1e9, "yardstick_ms": best(timings, "yardstick") * 1e3}
    for name in ("projection", "unchecked", "fresh memory"):
        found[f"{name}: ratio of the best"] = best(timings, name) / best(timings, "yardstick")
        found[f"{name}: median ratio"] = paired_ratio(timings, name, "yardstick")
        found[f"{name}: per area, µs"] = best(timings, name) / areas * 1e6
    return found


def per_area(areas: int, rounds: int, years: int = 25) -> float:
    """Return the cost of a projection that is repeated, nothing else between, per area, microseconds."""
    case = make_case(areas, years)
    store = project(case.pop, case.surv, case.fert, case.mig)
    timings = in_turn(
        {"projection": partial(project, case.pop, case.surv, case.fert, case.mig, out=store)}, rounds
    )
    return best(timings, "projection") / areas * 1e6


def by_areas(counts: tuple[int, ...], rounds: int = 5, years: int = 25) -> list[float]:
    """Return the cost of a projection for several numbers of areas, milliseconds of the processor."""
    calls = {}
    for n in counts:
        case = make_case(n, years)
        store = project(case.pop, case.surv, case.fert, case.mig)
        calls[str(n)] = partial(project, case.pop, case.surv, case.fert, case.mig, out=store)
    timings = in_turn(calls, rounds, process_time)
    return [best(timings, str(n)) * 1e3 for n in counts]


def compare_pandas(areas: int, rounds: int = 1, years: int = 25) -> dict[str, float]:
    """Return the cost per area of the version with pandas, and how many times that of the engine it is."""
    case = make_case(areas, years)
    timings = in_turn(
        {
            "engine": lambda: project(case.pop, case.surv, case.fert, case.mig),
            "pandas": lambda: with_pandas(case),
        },
        rounds,
    )
    return {
        "pandas: per area, µs": best(timings, "pandas") / areas * 1e6,
        "pandas: times the engine": best(timings, "pandas") / best(timings, "engine"),
    }
