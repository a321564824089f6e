"""The forecast as a table and as a file: key, name, date, sex, age_from, age_to, median, q10, q90."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib import files, paths
from wohnlib.backtest.delivered import Delivered
from wohnlib.backtest.write import unit_keys
from wohnlib.data.germany_tables import read_tables
from wohnlib.errors import InputError, fault
from wohnlib.forecast.asof import Allowed, known
from wohnlib.forecast.gemeinden import Totals, quadrature, totals, unit_totals
from wohnlib.forecast.kreise import (
    AGE_FROM,
    KreisFit,
    KreisKnown,
    Widths,
    fit_kreise,
    kreis_errors,
    national_response,
    project_kreise,
)
from wohnlib.forecast.kreise_errors import FIRST_UNTIL
from wohnlib.scenario import Scenario

Array = NDArray[np.float64]
COLUMNS = ["key", "name", "date", "sex", "age_from", "age_to", "median", "q10", "q90"]
LEVELS = ("kreis", "unit", "gemeinde")
_TOTAL, _SEXES = "T", ("F", "M")
_DIGITS = 2


@dataclass(frozen=True)
class Places:
    """Names and planning units of the areas."""

    gemeinden: Mapping[str, str]
    kreise: Mapping[str, str]
    units: Mapping[str, str]
    unit_of: Mapping[str, str]  # key of a Gemeinde -> key of its planning unit

    def known(self, region: str) -> bool:
        """A key of a Land, Kreis, Gemeinde or planning unit."""
        every = (*self.gemeinden, *self.kreise, *self.units)
        return region in every or (
            len(region) == len("03") and any(k.startswith(region) for k in self.kreise)
        )

    def there(self, level: str | None, region: str) -> bool:
        """Whether a region has anything on a level (all levels if none)."""
        of = {"kreis": self.kreise, "unit": self.units, "gemeinde": self.gemeinden}
        keys = [k for name, part in of.items() if level in (None, name) for k in part]
        return any(k.startswith(region) or (level != "unit" and self.unit_of.get(k) == region) for k in keys)


def places(everything: Delivered, allowed: Allowed) -> Places:
    """Return the names: Gemeinden of the base date, Kreise of 2022, units of the workbook."""
    table = read_tables("census")["census"]
    kreise = table[table["level"] == "kreis"].set_index("ags")["name"]
    areas = pd.read_csv(paths.raw() / "areas.csv", dtype=str, keep_default_na=False)
    units = areas[areas["level"] == "unit"].set_index("ags")["name"]
    names = everything.totals[allowed.base_year]["name"]
    return Places(names.to_dict(), kreise.to_dict(), units.to_dict(), unit_keys(paths.raw()))


@dataclass(frozen=True)
class Request:
    """What is asked for: dates, level (all if none), region (everything if none)."""

    days: tuple[date, ...]
    level: str | None = None
    region: str | None = None

    def wants(self, level: str) -> bool:
        return self.level in (None, level)


def make(
    everything: Delivered,
    kreise: KreisKnown | None,
    allowed: Allowed,
    request: Request,
    learned: pd.DataFrame,
    scenario: Scenario | None = None,
    named: Places | None = None,
    widths: Widths | None = None,
) -> pd.DataFrame:
    """Return the forecast table; rows sorted by level, key, date, sex and age.

    kreise: what the cohort method may use, None where the base date has no table by age. learned: the table
    `forecast_errors_asof`; widths: of cells, the shipped ones without. Gemeinden sum to their Kreis, Kreise to the path of the nation.
    """
    named = named or places(everything, allowed)
    fit = fit_kreise(kreise) if kreise is not None else None

    def growth(nation: Mapping[date, float]) -> tuple[Sequence[str], Array]:
        assert fit is not None
        cells = project_kreise(fit, request.days, nation)
        return fit.keys, cells.sum((2, 3)) / fit.base_count.sum((1, 2))[:, None]

    cohort = growth if fit is not None else None
    made = totals(known(everything, allowed), allowed, request.days, learned, cohort, scenario)
    parts = []
    if request.wants("kreis"):
        parts.append(_totals_of_kreise(made, named))
        if kreise is not None and fit is not None:
            widths = widths or Widths(kreis_errors(allowed.ages_learned(list(kreise.stock), FIRST_UNTIL)))
            parts[-1] = _with_cells(
                parts[-1], _by_age(fit, made), _cell_half(fit, made, widths, allowed), named
            )
    if request.wants("unit"):
        parts.append(_units(made, named, learned, allowed, single=request.level is not None))
    if request.wants("gemeinde"):
        parts.append(_gemeinden(made, named))
    table = pd.concat(parts, ignore_index=True)
    table = _within(table, request.region, named)
    table["date"] = [d.isoformat() for d in table["date"]]
    return table[COLUMNS]


def _by_age(fit: KreisFit, made: Totals) -> dict[str, Array]:
    """Return the cells (date, sex, age) by Kreis, brought to the totals of the Kreise."""
    totals_of = dict(zip(made.kreise, made.kreis, strict=True))
    base = fit.base_count.sum((1, 2))
    wanted = np.array(
        [totals_of.get(k, np.full(len(made.dates), b)) for k, b in zip(fit.keys, base, strict=True)]
    )
    cells = project_kreise(fit, made.dates, kreis_total={d: wanted[:, i] for i, d in enumerate(made.dates)})
    return {
        k: c * (totals_of[k] / c.sum((1, 2)))[:, None, None]
        for k, c in zip(fit.keys, cells, strict=True)
        if k in totals_of
    }


def _within(table: pd.DataFrame, region: str | None, named: Places) -> pd.DataFrame:
    """Return the rows of a region: its own key and the keys below it; a unit stands with its Gemeinden."""
    if region is None:
        return table
    inside = table["key"].str.startswith(region) | (table["key"].map(named.unit_of) == region)
    return table[inside].reset_index(drop=True)


def _interval(table: pd.DataFrame, half: Array) -> pd.DataFrame:
    """Return the table with q10 and q90 = median × exp(∓half), rounded."""
    median = table["median"].to_numpy(float)
    low, high = median * np.exp(-half), median * np.exp(half)
    return table.assign(median=median.round(_DIGITS), q10=low.round(_DIGITS), q90=high.round(_DIGITS))


def _total_rows(
    keys: Sequence[str], names: Mapping[str, str], days: Sequence[date], persons: Array
) -> pd.DataFrame:
    """Return rows of totals, a row an area and date; persons (area, date)."""
    n = len(days)
    return pd.DataFrame({
        "key": np.repeat(np.asarray(keys, object), n), "date": list(days) * len(keys), "sex": _TOTAL, "age_from": 0,
        "age_to": "", "median": persons.ravel(),
    }).pipe(lambda t: t.assign(name=t["key"].map(names).fillna(t["key"])))  # fmt: skip


def _gemeinden(made: Totals, named: Places) -> pd.DataFrame:
    rows = _total_rows(list(made.keys), named.gemeinden, made.dates, made.gemeinde)
    return _interval(rows, made.gemeinde_half.ravel())


def _units(
    made: Totals, named: Places, learned: pd.DataFrame, allowed: Allowed, single: bool
) -> pd.DataFrame:
    """Return the planning units; those that are a Gemeinde stand there already unless `single`."""
    table = unit_totals(made, named.unit_of, learned, allowed)
    if not single:
        table = table[~table["key"].isin(set(made.keys))]
    rows = table.assign(sex=_TOTAL, age_from=0, age_to="", name=table["key"].map(named.units))
    return _interval(rows.drop(columns="half"), table["half"].to_numpy(float))


def _totals_of_kreise(made: Totals, named: Places) -> pd.DataFrame:
    rows = _total_rows(list(made.kreise), named.kreise, made.dates, made.kreis)
    return _interval(rows, made.kreis_half.ravel())


def _with_cells(
    totals: pd.DataFrame, by_age: Mapping[str, Array], half: Mapping[str, Array], named: Places
) -> pd.DataFrame:
    """Return totals and cells of the Kreise; cells and half widths (date, sex, age) by key."""
    parts = [totals]
    ages = [str(a - 1) for a in AGE_FROM[1:]] + [""]
    days = list(dict.fromkeys(totals["date"]))
    index = pd.MultiIndex.from_product([days, _SEXES, range(len(AGE_FROM))])
    age = index.get_level_values(2).to_numpy()
    for key, cells in by_age.items():
        rows = pd.DataFrame({
            "key": key, "name": named.kreise.get(key, key), "date": index.get_level_values(0),
            "sex": index.get_level_values(1), "age_from": np.asarray(AGE_FROM)[age],
            "age_to": np.asarray(ages, object)[age], "median": cells.ravel(),
        })  # fmt: skip
        parts.append(_interval(rows, half[key].ravel()))
    table = pd.concat(parts)
    order = {_TOTAL: 0, "F": 1, "M": 2}
    table = table.assign(rank=table["sex"].map(order)).sort_values(
        ["key", "date", "rank", "age_from"], kind="stable"
    )
    return table.drop(columns="rank")


def _cell_half(fit: KreisFit, made: Totals, widths: Widths, allowed: Allowed) -> dict[str, Array]:
    """Return half widths (date, sex, age) of the cells by Kreis: their own and the part of the nation.

    At the base date none for a table by age; for the census that of the ages estimated within its 11 groups.
    """
    from wohnlib.forecast.nation import moment

    years = [moment(d) - moment(allowed.base) for d in made.dates]
    nation = np.array([national_response(fit, d) for d in made.dates]) * made.nation_half[:, None, None]
    edges = {str(key): widths.edge(float(persons)) for key, persons in made.kreis_size.items()}
    found: dict[int, Array] = {}
    for edge in set(edges.values()):
        own = [[widths.at(a, y, edge, census=fit.from_census) for a in AGE_FROM] for y in years]
        found[edge] = quadrature(np.array(own)[:, None], nation)
    return {key: found[edge] for key, edge in edges.items()}


def write(table: pd.DataFrame, path: Path) -> None:
    """Write the table as CSV, UTF-8, in one step: the file is either the old or the new one.

    Raises InputError where the folder is missing or cannot be written to.
    """
    try:
        files.put(path.parent, {path.name: table.to_csv(index=False, lineterminator="\n")})
    except OSError as error:
        raise InputError([fault("forecast_out", file=path.name)]) from error
