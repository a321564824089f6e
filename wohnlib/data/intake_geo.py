"""The boundaries of the planning units as a table of points, from the delivered polygons."""

import json

import pandas as pd

from wohnlib.data.delivery import Delivery
from wohnlib.errors import InputError, fault

DECIMALS = 4  # of a degree: about ten metres; points that neighbours share stay the same point


def boundaries(d: Delivery) -> pd.DataFrame:
    """Boundaries (ags, part, ring, point, lon, lat) in WGS 84; a ring ends with its first point.

    `part` counts the separate areas of a unit; ring 0 is the outline of a part, further rings are holes.
    """
    name = f"geo/{d.local}_units_15_2022.geojson"
    path = d.folder / name
    if not path.exists():
        raise InputError([fault("delivery_missing", file=name)])
    rows = []
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        shape = feature["geometry"]
        parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        for part, rings in enumerate(parts):
            for ring, points in enumerate(rings):
                for place, (lon, lat) in enumerate(points):
                    at = (f"{lon:.{DECIMALS}f}", f"{lat:.{DECIMALS}f}")
                    rows.append((feature["properties"]["unit"], part, ring, place, *at))
    return pd.DataFrame(rows, columns=["ags", "part", "ring", "point", "lon", "lat"]).astype(str)
