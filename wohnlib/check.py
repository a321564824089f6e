"""One page on the data: what is there, what is missing, what is estimated and how, what does not add up."""

from collections.abc import Iterator

import numpy as np

from wohnlib.alliance.agreement import check_alliance
from wohnlib.assess import Assessment
from wohnlib.data.tables import load, register
from wohnlib.errors import Fault, InputError
from wohnlib.words import Words

NOTICEABLE = (
    0.01  # units whose people in census households differ by more than this from our estimate are named
)

YEARS_AHEAD = 10  # for which the width of the intervals is told


def check_own(region: str, scenario: str = "base") -> None:
    """Raise every fault of what a region and its units brought themselves, their alliance's file included.

    Called before anything is computed or written, so that no run ends at its last page for a slip in a file.
    """
    from wohnlib.scenario import load as load_scenario
    from wohnlib.session import areas_named, inputs_of

    chosen = load_scenario(scenario)  # a name that is wrong is told before any table is prepared
    faults: list[Fault] = []
    try:
        areas = inputs_of(chosen, region).areas
    except InputError as error:
        faults += error.faults
        areas = areas_named(region)
    faults += check_alliance(areas)
    if faults:
        raise InputError(faults)


def check_page(result: Assessment) -> str:
    """Return the page as text; every difference with its size."""
    words = Words("de")
    parts = (
        ("there", _there(result, words)),
        ("missing", missing(result, words)),
        ("corrected", _corrected(words)),
        ("estimated", _estimated(result, words)),
        ("differs", differences(result, words)),
        ("beside", _beside(result, words)),
    )
    lines = [words("check.title", region=result.inputs.areas.region_name, n=len(result.inputs.areas)), ""]
    for name, items in parts:
        title = words(f"check.{name}")
        lines += [title, "-" * len(title), *(f"- {item}" for item in items), ""]
    return "\n".join(lines).rstrip()


def _there(result: Assessment, words: Words) -> Iterator[str]:
    for resource in register():
        yield words(
            "check.table", name=resource.name, title=resource.title,
            rows=words.count("check.rows", len(load(resource.name))),
            office=resource.office, date=words.dates(str(resource.reference_date)),
        )  # fmt: skip
    for own in result.inputs.local.files:
        yield words(
            "check.own_example" if own.example else "check.own", file=own.file, title=words(f"localkind.{own.kind}"),
            rows=words.count("check.rows", own.rows), office=own.office, date=words.dates(own.date),
        )  # fmt: skip
    for folder in result.inputs.local.skipped:
        yield words("check.skipped", folder=folder, region=result.inputs.areas.region_name)


def missing(result: Assessment, words: Words, unit: int | None = None) -> Iterator[str]:
    """Yield what the calculation would need and does not have, for a unit (its position) or for all."""
    keys = result.inputs.areas.keys if unit is None else result.inputs.areas.keys[unit : unit + 1]
    own = result.need.own_years if unit is None else result.need.own_years[unit : unit + 1]
    for year in result.need.unknown_years:
        n = sum(year in years for years in own)
        if n == 0:
            yield words("check.no_completions", year=year)
        elif n < len(keys):
            yield words("check.some_completions", year=year, n=n, units=len(keys))
    for name in ("permits", "projection", "movements", "second_homes", "rooms"):
        there = sum(_brought(result, name, key) for key in keys)
        if not there:
            yield words(f"check.no_{name}")
        elif there < len(keys):
            yield words("check.partly", text=words(f"check.no_{name}"), n=there, units=len(keys))


def _brought(result: Assessment, name: str, key: str) -> bool:
    """Return whether a unit (or the region for it) has brought what the official figures lack."""
    local, region = result.inputs.local, result.inputs.areas.region
    if name == "permits":
        rows = local.table("completions", key)
        return bool(rows[["open_ezfh", "open_mfh"]].notna().to_numpy().any())
    if name == "projection":
        return local.has("projection", key) or local.has("projection", region)
    if name == "second_homes":
        return any(local.has(kind, key) for kind in ("survey", "commuters", "registers"))
    return name == "rooms" and local.has("floor_area", key)


def _corrected(words: Words) -> Iterator[str]:
    import csv

    from wohnlib import paths

    with (paths.raw() / "corrections.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["file"].rsplit("/", 1)[-1]
            yield words("check.correction", file=name, field=row["field"], reason=row["reason"])


def _estimated(result: Assessment, words: Words) -> Iterator[str]:
    rates, households, scenario = result.population.rates, result.households, result.scenario
    yield words("check.est_age")
    yield words("check.est_fertility", factor=rates.fertility_factor)
    yield words("check.est_mortality", age=75, factor=rates.old_age_factor)
    first, last = rates.life_expectancy[0], rates.life_expectancy[-1]
    yield words(
        "check.est_expectancy", women=first[0], men=first[1], women_t=last[0], men_t=last[1],
        first=result.time.years[0], last=result.time.years[-1],
    )  # fmt: skip
    yield words(
        "check.est_migration", share=rates.nation_share, first=scenario.migration.share_first_year.value,
        last=scenario.migration.share_last_year.value, level=rates.level[-1], year=result.time.years[-1],
    )  # fmt: skip
    in_homes = households.institutional_rate if households.own_homes is None else households.own_homes[:, 0]
    homes = float((result.population.pop_count[0, :, 0].sum(1) * in_homes).sum())
    yield words("check.est_homes" if households.own_homes is None else "check.est_homes_own", n=homes)
    yield words("check.est_households", size=households.mean_size_6plus)
    yield words("check.est_type")
    yield words("check.est_vacancy", vacant=result.inputs.kreis_vacant, holiday=result.inputs.kreis_holiday)
    yield _interval(result, words)
    yield from _built(result, words)


def _built(result: Assessment, words: Words) -> Iterator[str]:
    """Yield where the completions come from: the Kreis's, spread by stock, and those of single units."""
    need, units = result.need, result.inputs.areas.short_names
    own = [(n, y) for n, y in zip(units, need.own_years, strict=False) if y]
    spread_years = [y for y in need.known_years if y in result.inputs.completions]
    if spread_years:
        years = ", ".join(map(str, spread_years))
        yield words("check.est_built_mixed" if own else "check.est_built", years=years)
    for name, found in own:
        yield words("check.est_built_own", unit=name, years=", ".join(map(str, found)))


def differences(result: Assessment, words: Words) -> Iterator[str]:
    """Yield what does not add up, with its size."""
    inputs = result.inputs
    pairs = {
        "population": (inputs.pop_total.sum(), inputs.kreis_pop_total),
        "households": (inputs.household_total.sum(), inputs.kreis_household_total),
        "dwellings": (inputs.dwellings.sum(), inputs.kreis_dwellings),
        "classes": (inputs.kreis_class.sum(), inputs.kreis_dwellings),
        "vacant": ((inputs.vacancy_rate * inputs.dwellings).sum(), inputs.kreis_vacant),
        "holiday": (inputs.holiday_delivered.sum(), inputs.kreis_holiday),
        "group": (inputs.pop_group.sum(), inputs.pop_total.sum()),
        "sex": (inputs.pop_sex.sum(), inputs.pop_total.sum()),
        "size": (inputs.households.sum(), inputs.household_total.sum()),
    }
    for name, (found, published) in pairs.items():
        yield words(f"check.diff_{name}", found=found, published=published, difference=found - published)
    off = np.flatnonzero(np.abs(result.households.balance - 1) > NOTICEABLE)
    for g in off:
        yield words(
            "check.diff_balance", unit=inputs.areas.short_names[g], share=result.households.balance[g] - 1
        )
    bound = result.stock.unknown
    yield words("check.unknown", n=bound.sum(), households=inputs.household_total.sum())


def _interval(result: Assessment, words: Words) -> str:
    """Return how wide the 80 % intervals of people are, ten years ahead or at the horizon."""
    draws, elapsed = result.draws, result.time.elapsed[1:]
    at = int(np.abs(elapsed - YEARS_AHEAD).argmin())
    own = np.expm1(draws.unit_half_width[:, at])
    return words(
        "check.est_interval", years=elapsed[at], nation=np.expm1(draws.nation_half_width[at]),
        region=np.expm1(draws.region_half_width[at]), low=own.min(), high=own.max(), draws=draws.count,
    )  # fmt: skip


def _beside(result: Assessment, words: Words) -> Iterator[str]:
    own = result.population.pop_count[0].sum((0, 2, 3))
    stock = result.inputs.dwellings.sum()
    for row in result.inputs.published_figures.itertuples():
        date, value = str(row.date), float(row.value)
        if date <= result.inputs.census_date:
            continue
        if row.item == "population":
            yield words("check.beside_population", date=date, value=value, own=own[1])
        elif row.item == "dwellings":
            yield words("check.beside_dwellings", date=date, value=value, own=stock)
        elif row.item == "europop2019_population":
            position = int(date[:4]) - result.time.base_date.year  # 1 January of y is 31 December of y - 1
            mine = words.number(own[position], "int") if 0 < position < len(own) else words("check.beyond")
            yield words("check.beside_europop", date=date, value=value, own=mine)
