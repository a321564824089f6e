"""Housing need of every Gemeinde of Germany with joint draws, Kreis by Kreis: the whole chain from population to need.

The same steps, scenario and draws as in the assessment of a region, on figures that exist for every Gemeinde: no
holiday dwellings, no completions, and by household size alone who lives in which type (older people staying where
they live needs tenure by Gemeinde). The census gives households by size for every one of the 10,786 Gemeinden, so
that the model of households from age structure (`predict_households`) is not needed here. Population follows
`wohnlib forecast`: Kreise by age and sex, totals of Gemeinden. `python -m wohnlib.forecast.germany_need --out FILE.csv --draws 200`.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from wohnlib.areas import Areas
from wohnlib.forecast.germany_base import KreisBase, Shared, national
from wohnlib.inputs import Inputs
from wohnlib.local import EMPTY
from wohnlib.memory import peak_memory
from wohnlib.model import need as need_model
from wohnlib.model.base import fit_sex_age, group_matrix
from wohnlib.model.draws import interval
from wohnlib.model.dwellings import occupancy, stock_by_use
from wohnlib.model.households import (
    calibrate_rates,
    household_count,
    institutional_rates,
    mean_sizes,
    with_one_person_trend,
)
from wohnlib.model.population import project_step
from wohnlib.scenario import Scenario
from wohnlib.steps import draws
from wohnlib.steps.checks import CENSUS_NOISE
from wohnlib.steps.dwellings import NeedPath, StockBase, project_need
from wohnlib.steps.households import OLD_SENIOR_AGE, OTHER, PARTNER, SENIOR_AGE, HouseholdPath
from wohnlib.steps.population import PopulationPath, Rates

Array = NDArray[np.float64]
COLUMNS = (
    "ags", "name", "persons_base", "persons", "households_base", "households", "need_ezfh", "need_mfh",
    "newbuild", "newbuild_q10", "newbuild_q90", "reportable",
)  # fmt: skip
_TINY = 1e-6  # stands for an empty cell of the census where a ratio is taken
_ROUNDS = 300  # of the calibration of member rates; what is left open at perturbed cells stays small
_AT_ONCE = 8  # Kreise per task
_AREAS_AT_ONCE = 32  # Gemeinden of a Kreis whose draws are held together


@dataclass(frozen=True)
class Done:
    """Rows of some Kreise, the memory that the process which made them has used at most (bytes), seconds computed."""

    rows: list[tuple[object, ...]]
    memory: int
    seconds: float  # of the processor, without waiting


def need_of_kreis(shared: Shared, kreis: KreisBase) -> list[tuple[object, ...]]:
    """Return a row for every Gemeinde of a Kreis (`COLUMNS`): base date, horizon, need with its 80 % interval."""
    inputs = _inputs(shared.inputs, kreis)
    scenario = shared.scenario.model_copy(update={"region": kreis.key})
    pop = population(shared, kreis)
    births, deaths, net = np.zeros((3, 1, *pop.shape[:2]))
    people = PopulationPath(pop[None], births, deaths, net, _rates(shared, len(pop)))
    households = households_of(shared, kreis, pop)
    stock, reportable = stock_of(shared, kreis, households)
    need = project_need(inputs, scenario, shared.time, households, stock)
    mean, low, high = newbuild_of(shared, inputs, scenario, people, households, stock, need)
    signed = need.signed[0, :, -1]
    counts = households.total[0]
    return [
        (
            key, name, *np.round([pop[g, 0].sum(), pop[g, -1].sum(), counts[g, 0], counts[g, -1]], 1),
            *(np.round([*signed[g], mean[g], low[g], high[g]], 1) if ok else [None] * 5), ok,
        )
        for g, (key, name, ok) in enumerate(zip(kreis.keys, kreis.names, reportable, strict=True))
    ]  # fmt: skip


def newbuild_of(
    shared: Shared, inputs: Inputs, scenario: Scenario, people: PopulationPath, households: HouseholdPath,
    stock: StockBase, need: NeedPath,
) -> Array:  # fmt: skip
    """Return new-build need to the horizon (3, area): mean and bounds of the 80 % interval over the draws.

    The draws are joint ones of all Gemeinden of the Kreis; only a few Gemeinden's are held at a time.
    """
    found = []
    made = draws.household_draws(inputs, scenario, shared.time, people, households, _AREAS_AT_ONCE)
    for part, counts in made:
        some = replace(households, household_count=households.household_count[:, part])
        own = replace(stock, kappa=stock.kappa[part], occupancy=stock.occupancy[part])
        signed = draws.signed_need(scenario, some, own, replace(need, lines=need.lines[:, part]), counts)
        newbuild = need_model.newbuild_need(signed)[:, :, -1].sum(-1)
        found.append(np.stack([newbuild.mean(0), *interval(newbuild)]))
    return np.concatenate(found, axis=1)


def population(shared: Shared, kreis: KreisBase) -> Array:
    """Return the projection of all Gemeinden of a Kreis (area, year, sex, age).

    In every step the Gemeinden age, are brought to the Kreis by sex and 5-year age, then to their own totals by
    those who come or stay away.
    """
    census = group_matrix(shared.census_from, shared.ages)
    pop = fit_sex_age(kreis.seed, kreis.sex + _TINY, kreis.group + _TINY * kreis.pattern, kreis.total, census)
    groups, path = group_matrix(shared.age_from, shared.ages), [pop]
    for k, _ in enumerate(shared.time.years):
        step = project_step(
            pop, shared.survival[k], shared.fertility,
            interval=shared.time.first_interval if k == 0 else 1.0,
            sex_ratio_birth=shared.scenario.fertility.sex_ratio_birth.value,
        ).pop_count  # fmt: skip
        cells = (step @ groups).sum(0)
        step = step * ((kreis.path[k + 1] / np.maximum(cells, _TINY)) @ groups.T)
        wanted = kreis.totals[:, k + 1]
        step = np.maximum(step + (wanted - step.sum((1, 2)))[:, None, None] * shared.shape, 0)
        pop = step * (wanted / step.sum((1, 2)))[:, None, None]
        path.append(pop)
    return np.stack(path, axis=1)


def households_of(shared: Shared, kreis: KreisBase, pop: Array) -> HouseholdPath:
    """Return households by size; those of the base date equal the census of every Gemeinde."""
    scenario, base = shared.scenario, pop[:, 0].sum(1)
    in_homes = base.sum() * kreis.care * scenario.households.institutional_scale.value
    under_65 = scenario.households.institutional_under_65.value
    q = institutional_rates(base.sum(0), shared.institutional, under_65, in_homes)
    counts = np.maximum(kreis.households, _TINY)
    sizes = mean_sizes(counts, shared.mean_6plus)
    persons = np.concatenate([counts[:, :4], counts[:, 4:].sum(1, keepdims=True)], axis=1) * sizes
    balance = persons.sum(1) / (base * (1 - q)).sum(1)
    links = shared.inputs.senior_links
    people = np.maximum(base * (1 - q) * balance[:, None], _TINY)
    rates, _ = calibrate_rates(
        people * (persons.sum(1) / people.sum(1))[:, None], shared.member_rate[kreis.large.astype(int)], persons,
        np.maximum(kreis.senior_only, _TINY), links[PARTNER], links[OTHER], SENIOR_AGE, _ROUNDS, tol=1e-8,
    )  # fmt: skip
    members = with_one_person_trend(rates, shared.trend)
    private = (pop.sum(2) * (1 - q) * balance[:, None, None])[None]
    alone = private * members[..., 0]
    return HouseholdPath(
        institutional_rate=q,
        balance=balance,
        people=private,
        member_rate=members,
        mean_size=sizes,
        household_count=household_count(private, members, sizes[:, None, :]),
        living_alone=np.stack([alone[..., a:].sum(-1) for a in (0, SENIOR_AGE, OLD_SENIOR_AGE)], axis=-1),
        effects=np.zeros((*private.shape[:3], 3)),
        mean_size_6plus=shared.mean_6plus,
    )


def stock_of(
    shared: Shared, kreis: KreisBase, households: HouseholdPath
) -> tuple[StockBase, NDArray[np.bool_]]:
    """Return the stock by type and use, and which Gemeinden's need can be reported.

    Occupied = dwellings less vacant ones; without holiday dwellings, which are not published by Gemeinde, they
    are part of κ. More households than occupied dwellings beyond the census's noise: not reportable.
    """
    assumed = shared.scenario.dwellings
    dwellings = np.maximum(kreis.dwellings, _TINY)
    small = np.clip(kreis.one_two, _TINY, 1 - _TINY)
    by_type = dwellings[:, None] * np.stack([small, 1 - small], axis=1)
    vacant = np.maximum(dwellings * kreis.vacancy, _TINY / 10)
    uses = np.stack([dwellings - vacant, vacant, np.zeros_like(vacant)], axis=1)
    ratio = np.array([1.0, assumed.vacancy_ratio_mfh.value, assumed.holiday_ratio_mfh.value])
    by_use = stock_by_use(by_type, uses, ratio)
    counts = np.maximum(households.household_count[0, :, 0], _TINY)
    none = np.zeros_like(by_type)
    stock = need_model.Stock(
        by_type, by_use[..., 1], by_use[..., 1] * assumed.unusable_vacancy.value, none, none
    )
    made = StockBase(
        by_class=none, by_use=by_use, stock=stock,
        kappa=need_model.kappa(uses[:, 0], none[:, 0], counts.sum(1)),
        occupancy=occupancy(counts, by_use[..., 0], shared.inputs.type_preference),
        unknown=np.maximum(uses[:, 0] - counts.sum(1), 0),
    )  # fmt: skip
    noise = np.maximum(CENSUS_NOISE[0], CENSUS_NOISE[1] * counts.sum(1))
    return made, (counts.sum(1) <= uses[:, 0] + noise) & (kreis.dwellings > 0)


def _inputs(template: Inputs, kreis: KreisBase) -> Inputs:
    """Return inputs with the areas of a Kreis; only what draws and need read of them is replaced."""
    areas = Areas(
        kreis.key, kreis.name, kreis.keys, kreis.names, kreis.names, ("gemeinde",) * len(kreis.keys),
        {key: key for key in kreis.keys},
    )  # fmt: skip
    return replace(
        template, areas=areas, dwellings=kreis.dwellings, completions={}, segments=None, local=EMPTY
    )


def _rates(shared: Shared, areas: int) -> Rates:
    """Return the rates that draws propagate with; levels and profiles are part of the path already."""
    nothing = np.zeros(len(shared.time.years))
    return Rates(
        survival=shared.survival, fertility=np.broadcast_to(shared.fertility, (len(nothing), shared.ages)),
        fertility_level=np.ones(areas), profile=shared.shape, shape=shared.shape, level=nothing,
        intensity=np.zeros(areas), nation_level=nothing, nation_share=0.0, old_age_factor=1.0,
        fertility_factor=1.0, life_expectancy=np.zeros((len(nothing), 2)),
    )  # fmt: skip


def _some(shared: Shared, kreise: Sequence[KreisBase]) -> Done:
    start = process_time()
    rows = [row for kreis in kreise for row in need_of_kreis(shared, kreis)]
    return Done(rows, peak_memory(), process_time() - start)


def batch(shared: Shared, kreise: Sequence[KreisBase], jobs: int = 2) -> Iterator[Done]:
    """Yield the rows of the Kreise, a few at a time; memory does not grow with their number."""
    parts = [kreise[i : i + _AT_ONCE] for i in range(0, len(kreise), _AT_ONCE)]
    if jobs == 1:
        yield from (_some(shared, part) for part in parts)
        return
    yield from Parallel(n_jobs=jobs, return_as="generator")(delayed(_some)(shared, part) for part in parts)


def write(out: Path, draw_count: int, jobs: int = 2, horizon_year: int = 2040) -> int:
    """Write the need of all Gemeinden as CSV and return the number of rows."""
    shared, kreise = national(draw_count, horizon_year)
    count = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(COLUMNS) + "\n")
        for done in batch(shared, kreise, jobs):
            table = pd.DataFrame(done.rows, columns=list(COLUMNS))
            table.to_csv(file, index=False, header=False, lineterminator="\n")
            count += len(table)
    return count


def main(arguments: Sequence[str] | None = None) -> int:
    from wohnlib.words import Words

    text = Words()
    parser = argparse.ArgumentParser(description=text("germany_need.help"))
    parser.add_argument("--out", type=Path, required=True, help=text("germany_need.out"))
    parser.add_argument("--draws", type=int, default=200, help=text("germany_need.draws"))
    parser.add_argument("--jobs", type=int, default=2, help=text("germany_need.jobs"))
    parser.add_argument("--horizon", type=int, default=2040, help=text("germany_need.horizon"))
    chosen = parser.parse_args(arguments)
    print(text("germany_need.done", count=write(chosen.out, chosen.draws, chosen.jobs, chosen.horizon)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
