"""What must hold before anything is computed: the scenario's years and periods are in the tables, the stock fits."""

import numpy as np

from wohnlib.errors import Fault, InputError, fault
from wohnlib.inputs import NATION, Inputs
from wohnlib.scenario import Scenario
from wohnlib.steps.dwellings import stock_uses

CENSUS_NOISE = (
    5,
    0.005,
)  # households may exceed occupied dwellings by this many, or this share (methods, step 5)


COHORT_WIDTH = 5  # years of the age groups from which migration is estimated


def check_inputs(inputs: Inputs, scenario: Scenario) -> None:
    """Raise one `InputError` with everything that keeps the scenario from being computed with these tables."""
    faults = _dates(inputs, scenario)
    if faults:
        raise InputError(faults)


def _dates(inputs: Inputs, scenario: Scenario) -> list[Fault]:
    mortality, fertility, migration = scenario.mortality, scenario.fertility, scenario.migration
    faults = []
    if scenario.base_date != inputs.census_date:
        faults.append(
            fault("base_date", column="base_date", found=scenario.base_date, census=inputs.census_date)
        )
    land = {p for k, p in inputs.life_expectancy if k == scenario.region[:2]}
    national = {p for k, p in inputs.life_expectancy if k == NATION}
    both_land = land & national
    days = {f"{y}-01-01" for y in inputs.kreis_age5}
    flows = set(inputs.kreis_net_migration) & set(inputs.nation_net_migration)
    births = {y for y in inputs.kreis_births if y in inputs.kreis_age5 and y + 1 in inputs.kreis_age5}
    single = {y for y in inputs.fertility_total if y >= min(inputs.fertility_share)}
    wanted = (
        ("mortality.lifetable_period", mortality.lifetable_period.value, set(inputs.qx)),
        ("mortality.land_period", mortality.land_period.value, both_land),
        ("fertility.constant_from_year", fertility.constant_from_year.value, single),
        ("fertility.kreis_first_year", fertility.kreis_first_year.value, births),
        ("fertility.kreis_last_year", fertility.kreis_last_year.value, births),
        ("migration.share_first_year", migration.share_first_year.value, flows),
        ("migration.share_last_year", migration.share_last_year.value, flows),
        ("migration.profile_start", migration.profile_start.value, days),
        ("migration.profile_end", migration.profile_end.value, days),
        (
            "migration.profile_lifetable_period",
            migration.profile_lifetable_period.value,
            both_land & set(inputs.qx),
        ),
        ("migration.local_first_year", migration.local_first_year.value, set(inputs.series_total)),
        ("migration.local_last_year", migration.local_last_year.value, set(inputs.series_total)),
    )
    for name, value, known in wanted:
        if value not in known:
            listed = ", ".join(str(k) for k in sorted(known, key=str))
            faults.append(fault("not_in_tables", column=name, found=value, known=listed))
    start, end = (int(d[:4]) for d in (migration.profile_start.value, migration.profile_end.value))
    if end - start != COHORT_WIDTH:
        faults.append(
            fault("window", column="migration.profile_end", found=end - start, first=start, last=start + 5)
        )
    if (migration.profile_last_age.value + 1) % COHORT_WIDTH:
        faults.append(
            fault("last_age", column="migration.profile_last_age", found=migration.profile_last_age.value)
        )
    first, last = (getattr(migration, f"local_{which}_year").value for which in ("first", "last"))
    bases = {inputs.series_basis.get(first), inputs.series_basis.get(last)}
    if None not in bases and len(bases) > 1:
        faults.append(fault("base_break", column="migration.local_first_year", found=first, last=last))
    return faults


def not_reportable(inputs: Inputs) -> dict[str, Fault]:
    """Return the units whose dwellings and need cannot be reported, with the fault of their data.

    More households than occupied dwellings, beyond what the perturbation of census cells explains, is a
    fault of the data, never a backlog; people and households of such a unit are still right.
    """
    occupied = stock_uses(inputs)[:, 0]
    allowed = np.maximum(CENSUS_NOISE[0], CENSUS_NOISE[1] * inputs.household_total)
    return {
        inputs.areas.keys[g]: fault(
            "stock_below_demand", unit=inputs.areas.names[g], households=round(inputs.household_total[g]),
            occupied=round(occupied[g]),
        )
        for g in np.flatnonzero(inputs.household_total - occupied > allowed)
    }  # fmt: skip
