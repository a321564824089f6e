"""Employees: at their place of work by planning unit, where those of the Kreis live and work, how many far away."""

import pandas as pd

from wohnlib.data.delivery import Delivery, plain
from wohnlib.errors import InputError, fault

COLUMNS = ["ags", "year", "item", "unit", "value", "published"]
_COMMUTERS = "commuters_kreis_2017.csv"
_REPORTED = "2017-10-31"
# Keys (Gemeindeverzeichnis) and names of the places that the delivery names in letters of its own.
PARTNERS = {
    "Bremen": ("04011", "Bremen"),
    "Vechta": ("03460", "Landkreis Vechta"),
    "Verden": ("03361", "Landkreis Verden"),
    "Nienburg (Weser)": ("03256", "Landkreis Nienburg (Weser)"),
    "Minden-Luebbecke": ("05770", "Kreis Minden-Lübbecke"),
    "Oldenburg (Landkreis)": ("03458", "Landkreis Oldenburg"),
    "Delmenhorst": ("03401", "Stadt Delmenhorst"),
    "Region Hannover": ("03241", "Region Hannover"),
    "Oldenburg (Stadt)": ("03403", "Stadt Oldenburg"),
    "Osnabrueck (Stadt)": ("03404", "Stadt Osnabrück"),
    "total": ("total", "zusammen"),
}


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
    rows = d.read_local(_COMMUTERS)
    rows = rows[(rows["direction"] == "resident_svb") & (rows["partner"] == "total")]
    return rows.assign(item="employees", unit="persons", value=rows["value"].map(plain), published=_REPORTED)


def _far(d: Delivery) -> pd.DataFrame:
    rows = d.read("germany/inkar_strukturdaten_kreise_2017.csv")
    rows = rows[rows["krs"].str.zfill(5) == d.region]
    share = rows["pendler_mit_arbeitsweg_150_km_und_mehr_2017"].map(lambda text: f"{float(text) / 100:.6g}")
    return pd.DataFrame({
        "ags": d.region, "year": "2017", "item": "far_share", "unit": "share", "value": share,
        "published": "2019-12-31",
    })  # fmt: skip


def commuters(d: Delivery) -> pd.DataFrame:
    """Return people who commute out of the Kreis and into it: all, and by the Kreise they commute to or from."""
    rows = d.read_local(_COMMUTERS)
    rows = rows[rows["direction"].isin(["in", "out"])]
    unknown = sorted(set(rows["partner"]) - set(PARTNERS))
    if unknown:
        known = ", ".join(PARTNERS)
        raise InputError(
            [
                fault("partner_unknown", file=_COMMUTERS, column="partner", found=n, known=known)
                for n in unknown
            ]
        )
    return rows.assign(
        value=rows["value"].map(plain), published=_REPORTED, partner_name=rows["partner"].map(lambda n: PARTNERS[n][1]),
        partner=rows["partner"].map(lambda n: PARTNERS[n][0]),
    )[["ags", "year", "direction", "partner", "partner_name", "value", "published"]]  # fmt: skip
