"""What a forecast is handed from a delivery in which all that was published later is another figure, or is not there.

The days of publication are written down here once more, from the rules of the delivery, so that a fault in the code that
applies them shows. Files are changed, each cell by itself, not tables in memory: whatever reads them is covered. One
Land (Niedersachsen) stands for all.
"""

from dataclasses import fields, is_dataclass
from datetime import date

import numpy as np
import pandas as pd
import pytest

from wohnlib import paths
from wohnlib.forecast import asof, kreise_data
from wohnlib.forecast.asof import available

CENSUS, END_OF_2017 = "2022-05-15", "2017-12-31"
LAND = "03"
COUNTS = ("pop_total", "pop_male", "area_km2")
# file -> columns that are changed, and the last year (1 January, last year of a life table) that was out at a day or is
# its base: directory of 31.12.y in October y+1, INKAR y at the end of y+2, WPP y at the end of y+1 and up to two years
# before the base, Eurostat 1 January y in June y+1, life table in September after its last year
FILES: dict[str, tuple[tuple[str, ...], dict[str, int]]] = {
    "population_total_gemeinden_1990_2021.csv.gz": (COUNTS, {CENSUS: 2020, END_OF_2017: 2017}),
    "gerda_inkar_county_covariates_1995_2022.csv": (("share_65plus",), {CENSUS: 2019, END_OF_2017: 2015}),
    "wpp2024_germany_misc1dt.csv": (("births", "deaths"), {CENSUS: 2020, END_OF_2017: 2015}),
    "wpp2024_germany_mig1dt.csv": (("mig",), {CENSUS: 2020, END_OF_2017: 2015}),
    "wpp2024_germany_percentASFR5dt.csv": (("pasfr",), {CENSUS: 2020, END_OF_2017: 2015}),
    "eurostat_population_age5_sex_kreise_2014_2022.csv.gz": (("value",), {CENSUS: 2020, END_OF_2017: 2018}),
    "lifetable_germany_qx_2011-13_to_2022-24.csv": (("qx",), {CENSUS: 2020, END_OF_2017: 2016}),
}
CENSUS_FILE = "zensus2022_population_age_all_levels.csv"
SINGLE_AGES = "eurostat_population_singleyear_sex_kreise_20190101.csv.gz"
MAP = "geo/VG250_GEM_simplified.zip"


@pytest.fixture(scope="module")
def tables():
    """Return the delivered files of one Land as text."""
    found = {}
    for name in (*FILES, CENSUS_FILE, SINGLE_AGES):
        table = pd.read_csv(paths.shared() / "germany" / name, dtype=str, keep_default_na=False)
        key = next((c for c in ("county_code", "ags") if c in table), None)
        found[name] = table if key is None else table[table[key].str.startswith(LAND)]
    return found


def handed_out(tables, folder, monkeypatch, day):
    """Return all that a forecast as of a day is handed from files written to a folder: totals, tables by age."""
    (folder / "germany").mkdir()
    (folder / "geo").mkdir()
    for name, table in tables.items():
        table.to_csv(folder / "germany" / name, index=False)
    (folder / MAP).symlink_to(paths.shared() / MAP)
    with monkeypatch.context() as there:
        there.setenv("WOHNLIB_SHARED", str(folder))
        allowed = available(date.fromisoformat(day))
        return (
            asof.known(asof.read_all(), allowed), kreise_data.known(kreise_data.read(), allowed),
        )  # fmt: skip


def later(tables, day, kind):
    """Return the files with rows published after a day changed, each cell by itself, or left out."""
    noise, out = np.random.default_rng(11), dict(tables)
    for name, (columns, last) in FILES.items():
        table = tables[name].copy()
        until = table["period"].str[-4:] if "period" in table else table["year"]
        late = (until.astype(float) > last[day]).to_numpy()
        assert late.any() and not late.all(), name
        for column in columns:
            cells = pd.to_numeric(table.loc[late, column])
            moved = (cells * noise.uniform(0.5, 1.5, late.sum())).round(0 if column == "value" else 5)
            table.loc[late, column] = moved.map(str).where(cells.notna(), "")
        if "name" in table:
            table.loc[late, "name"] = table.loc[late, "name"].to_numpy()[::-1]
        out[name] = table[~late] if kind == "gone" else table
    return out


def differences(one, other, at=""):
    """Return the places where two nested values differ."""
    if is_dataclass(one):
        names = [f.name for f in fields(one)]
        return [d for n in names for d in differences(getattr(one, n), getattr(other, n), f"{at}.{n}")]
    if isinstance(one, dict):
        if list(one) != list(other):
            return [f"{at}: {list(one)} {list(other)}"]
        return [d for k in one for d in differences(one[k], other[k], f"{at}[{k}]")]
    if isinstance(one, tuple) and any(is_dataclass(v) for v in one):
        return [d for i, v in enumerate(one) for d in differences(v, other[i], f"[{i}]")]
    if isinstance(one, pd.DataFrame | pd.Series):
        alike = one.equals(other)
    elif isinstance(one, np.ndarray):
        alike = np.array_equal(one, other, equal_nan=True)
    else:
        alike = one == other
    return [] if alike else [at]


@pytest.fixture(scope="module")
def now(tables, tmp_path_factory):
    with pytest.MonkeyPatch.context() as there:
        return {
            day: handed_out(tables, tmp_path_factory.mktemp("now"), there, day)
            for day in (CENSUS, END_OF_2017)
        }


@pytest.mark.shared
@pytest.mark.parametrize("day", [CENSUS, END_OF_2017])
@pytest.mark.parametrize("kind", ["other", "gone"])
def test_figures_published_later_reach_no_forecast(tables, now, tmp_path, monkeypatch, day, kind):
    found = handed_out(later(tables, day, kind), tmp_path, monkeypatch, day)
    assert differences(now[day], found) == []
    totals, ages = found
    assert len(totals.totals) > 5 and len(ages.stock) > 2 and len(ages.keys) == 45


@pytest.mark.shared
def test_the_comparison_sees_every_source(tables, now, tmp_path, monkeypatch):
    """The test above could not fail if it compared nothing: what came between 2017 and the census shows."""
    changed = handed_out(later(tables, END_OF_2017, "other"), tmp_path, monkeypatch, CENSUS)
    found = " ".join(differences(now[CENSUS], changed))
    for place in ("totals[2018]", ".old", "[0].nation", ".stock[2019]", ".qx[2018-2020]", ".mothers"):
        assert place in found, place
    assert ".stock[2018]" not in found and "totals[2017]" not in found and ".census" not in found
