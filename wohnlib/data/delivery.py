"""Reading delivered files as text and correcting what is known to be wrong, from `corrections.csv`."""

import re
from pathlib import Path

import pandas as pd

from wohnlib.errors import Fault, InputError, fault

CORRECTION_COLUMNS = ("file", "where", "field", "delivered", "corrected", "reason", "source")


def read_text(path: Path) -> pd.DataFrame:
    """Read a CSV with every column as text; an empty cell is an empty text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def plain(value: str) -> str:
    """Return a number written without a fraction of zero: '2031.0' becomes '2031'."""
    return value[: value.index(".")] if re.fullmatch(r"-?\d+\.0+", value) else value


class Delivery:
    """The folder of delivered files of one region, with the corrections that apply to them.

    A correction names a file, the rows (`where`, as 'column=value', empty = all rows), the field, the text as
    delivered and the text that is right. A delivered text that starts with '~' is a regular expression that
    must match the whole cell; `corrected` may then refer to its groups.
    """

    def __init__(self, folder: Path, corrections: Path, region: str, local: str) -> None:
        self.folder = folder
        self.region = region
        self.land = region[:2]
        self.local = local
        self.corrections = read_text(corrections)
        self._read: dict[str, pd.DataFrame] = {}
        self.faults: list[Fault] = []

    def read(self, name: str) -> pd.DataFrame:
        """Return a delivered file as text, corrected; `name` is relative to the folder of deliveries."""
        if name not in self._read:
            path = self.folder / name
            if not path.exists():
                raise InputError([fault("delivery_missing", file=name)])
            table = read_text(path)
            for row, entry in enumerate(self.corrections.to_dict("records"), start=2):
                if entry["file"] == name:
                    table = self._corrected(table, entry, row)
            self._read[name] = table
        return self._read[name].copy()

    def read_local(self, name: str) -> pd.DataFrame:
        """Return a delivered file of the region's own folder."""
        return self.read(f"{self.local}/{name}")

    def _corrected(self, table: pd.DataFrame, entry: dict[str, str], row: int) -> pd.DataFrame:
        hit = pd.Series(True, index=table.index)
        if entry["where"]:
            column, _, value = entry["where"].partition("=")
            hit &= table[column] == value
        cells = table[entry["field"]]
        if entry["delivered"].startswith("~"):
            pattern = re.compile(entry["delivered"][1:])
            hit &= cells.map(lambda cell: pattern.fullmatch(cell) is not None)
            right = cells[hit].map(lambda cell: pattern.sub(entry["corrected"], cell))
        else:
            hit &= cells == entry["delivered"]
            right = pd.Series(entry["corrected"], index=cells.index[hit])
        if not hit.any():
            self.faults.append(
                fault(
                    "correction_unused",
                    file="corrections.csv",
                    row=row,
                    column="delivered",
                    found=entry["delivered"],
                    target=entry["file"],
                )
            )
            return table
        table.loc[hit, entry["field"]] = right
        return table

    def check_corrections(self) -> None:
        """Open every file that a correction names and raise if one of them no longer finds its fault."""
        for name in sorted(set(self.corrections["file"])):
            self.read(name)
        if self.faults:
            raise InputError(self.faults)
