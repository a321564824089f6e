"""Employees: at their place of work by planning unit, where those of the Kreis live, how many work far away."""

import pandas as pd

from wohnlib.data.delivery import Delivery, plain

COLUMNS = ["ags", "year", "item", "unit", "value", "published"]


def work(d: Delivery) -> pd.DataFrame:
    """Return jobs by unit (sum of the members), employees living in the Kreis, share who work 150 km away."""
    return pd.concat([_jobs(d), _residents(d), _far(d)], ignore_index=True)[COLUMNS]


def _jobs(d: Delivery) -> pd.DataFrame:
    rows = d.read_local("svb_workplace_gemeinden.csv")
    rows["value"] = rows["employed_at_workplace_svb"].map(lambda text: int(plain(text)))
    sums = rows.groupby(["unit", "year"], as_index=False)["value"].sum().rename(columns={"unit": "ags"})
    published = sums["year"].map(lambda year: f"{int(year) + 2}-12-31")
    return sums.assign(item="jobs", unit="persons", published=published, value=sums["value"].astype(str))


def _residents(d: Delivery) -> pd.DataFrame:
    rows = d.read_local("commuters_kreis_2017.csv")
    rows = rows[(rows["direction"] == "resident_svb") & (rows["partner"] == "total")]
    return rows.assign(
        item="employees", unit="persons", value=rows["value"].map(plain), published="2017-10-31"
    )


def _far(d: Delivery) -> pd.DataFrame:
    rows = d.read("germany/inkar_strukturdaten_kreise_2017.csv")
    rows = rows[rows["krs"].str.zfill(5) == d.region]
    share = rows["pendler_mit_arbeitsweg_150_km_und_mehr_2017"].map(lambda text: f"{float(text) / 100:.6g}")
    return pd.DataFrame({
        "ags": d.region, "year": "2017", "item": "far_share", "unit": "share", "value": share,
        "published": "2019-12-31",
    })  # fmt: skip
