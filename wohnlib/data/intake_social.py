"""Recipients of social benefits by planning unit and Kreis, from the delivered INKAR indicators."""

import pandas as pd

from wohnlib.data.delivery import Delivery, plain

FILE = "inkar2024_selected_diepholz.csv.gz"
FIRST_YEAR = 2019
_UNIT_ITEMS = {
    "q_PBG_bev": ("in_communities", "per 1000 inhabitants"),
    "a_BG1P": ("communities_of_one", "percent of communities"),
    "a_BG5um": ("communities_of_five", "percent of communities"),
}
_KREIS_ITEMS = {
    "a_HHwg": ("housing_benefit", "per 1000 households"),
    "a_WGmietzu": ("housing_benefit_tenants", "percent of housing benefit"),
    "a_GSa": ("old_age_support", "percent of inhabitants 65 and more"),
    "q_asyl_bev": ("asylum_support", "per 1000 inhabitants"),
}
_YEARS_LATE = 2  # INKAR values of a year count as published at the end of the second year after it


def _key(code: str, region: str) -> str:
    """Return our key of an area of INKAR: 9 digits name a Gemeindeverband, 8 with 000 the Kreis."""
    if len(code) == 9:
        return region + code[6:] if code[5] == "5" else code[:5] + code[6:]
    return code[:5] if code.endswith("000") else code


def social_benefits(d: Delivery) -> pd.DataFrame:
    """Recipients by planning unit (people in households with SGB II) and further benefits of the Kreis."""
    rows = d.read_local(FILE)
    rows = rows[rows["zeitbezug"].astype(int) >= FIRST_YEAR]
    kreis = rows[(rows["raumbezug"] == "Kreise") & rows["kuerzel"].isin([*_UNIT_ITEMS, *_KREIS_ITEMS])]
    units = rows[rows["raumbezug"].str.startswith("Gemeindeverb") & rows["kuerzel"].isin(_UNIT_ITEMS)]
    both = pd.concat([kreis, units])
    both = both[both["kennziffer"].str[:5] == d.region]
    items = both["kuerzel"].map(_UNIT_ITEMS | _KREIS_ITEMS)
    return pd.DataFrame({
        "ags": [_key(code, d.region) for code in both["kennziffer"]],
        "year": both["zeitbezug"],
        "item": [item for item, _ in items],
        "unit": [unit for _, unit in items],
        "value": both["value"].map(plain),
        "published": [f"{int(year) + _YEARS_LATE}-12-31" for year in both["zeitbezug"]],
    })  # fmt: skip
