"""What a municipality can bring: each table described once; forms, checks and reading follow from here.

German labels, questions and hints stand in the catalogue: `localkind.<kind>`, `localfield.<name>` (or
`localfield.<kind>_<name>` where the same name means something else), `localchoice.<code>`.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from wohnlib.words import Words

Form = Literal["key", "text", "whole", "number", "share", "year", "month", "choice"]
SIZE_CLASSES = ("1_9", "10_49", "50_249", "250plus")
SIZE_LIMITS = {"1_9": (1, 9), "10_49": (10, 49), "50_249": (50, 249), "250plus": (250, None)}
SECTORS = (
    "production", "construction", "trade", "hospitality", "health", "public", "services", "farming",
)  # fmt: skip
ALL = "all"
TYPES = ("ezfh", "mfh")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "²": "2"})
_LIMITS: dict[str, tuple[float | None, float | None]] = {
    "whole": (0, 10_000_000), "number": (0, 100_000_000), "share": (0, 1), "year": (1990, 2100),
    "month": (1, 12),
}  # fmt: skip


def norm(text: str) -> str:
    """Return a heading or choice in one form: lower case, umlauts written out, words joined by underscores."""
    plain = unicodedata.normalize("NFC", text).lower().translate(_UMLAUTS)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


@dataclass(frozen=True)
class Field:
    """One column: its form, whether it may stay empty, its limits or choices."""

    name: str
    form: Form
    required: bool = True
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def numeric(self) -> bool:
        return self.form in ("whole", "number", "share", "year", "month")

    @property
    def limits(self) -> tuple[float | None, float | None]:
        low, high = _LIMITS.get(self.form, (None, None))
        return (low if self.low is None else self.low, high if self.high is None else self.high)


@dataclass(frozen=True)
class Kind:
    """One table that a municipality can bring."""

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    region_rows: bool = False  # rows of the whole Landkreis are allowed beside those of units
    prepared: bool = (
        False  # the form brings its rows; one that is left empty says that the figure is not known
    )

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(f.name for f in self.fields)

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)

    def label(self, field: Field, words: Words) -> str:
        """Return the German heading of a column."""
        own = f"localfield.{self.name}_{field.name}"
        return words(own) if own in words else words(f"localfield.{field.name}")

    def hint(self, field: Field, words: Words) -> str:
        """Return the sentence that explains a column, empty if its heading says it all."""
        for key in (f"localhint.{self.name}_{field.name}", f"localhint.{field.name}"):
            if key in words:
                return words(key)
        return ""

    def by_heading(self, words: Words) -> Mapping[str, Field]:
        """Return columns by every heading that is understood: German label and English name."""
        found = {norm(f.name): f for f in self.fields}
        return found | {norm(self.label(f, words)): f for f in self.fields}


def choice_label(code: str, words: Words) -> str:
    return words(f"localchoice.{code}")


def _f(
    name: str,
    form: Form,
    *choices: str,
    need: bool = True,
    low: float | None = None,
    high: float | None = None,
) -> Field:
    return Field(name, form, need, choices, low, high)


def _counts(*names: str, need: bool = True) -> tuple[Field, ...]:
    return tuple(_f(n, "whole", need=need) for n in names)


AGS = _f("ags", "key")
_FAR = _f("distance", "number", high=2000)
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("survey", (
            AGS, _f("company", "text"), _f("size_class", "choice", *SIZE_CLASSES),
            _f("sector", "choice", *SECTORS), _f("employees", "whole", low=1), _f("multilocal", "whole"),
            _f("want_small", "whole"), *_counts("live_here", "want_under_25", "want_25_39", "want_40_59", need=False),
            _f("rent_max", "number", need=False, high=5000), _f("nights", "number", need=False, high=7),
            _f("months", "number", need=False, high=12),
        ), ("ags", "company")),
        Kind("frame", (
            AGS, _f("size_class", "choice", *SIZE_CLASSES), _f("sector", "choice", *SECTORS, ALL),
            *_counts("companies", "employees"), *_counts("asked_companies", "asked_employees", need=False),
        ), ("ags", "size_class", "sector"), prepared=True),
        Kind("registers", (
            AGS, _f("item", "choice", "secondary_residences", "at_parents", "second_home_tax", "holiday_dwellings",
                    "student_places", "employees_residence", "employees_workplace", "occupied_by_incomings",
                    "free_small"),
            _f("value", "whole"),
        ), ("ags", "item"), prepared=True),
        Kind("seasonal", (AGS, _f("month", "month"), _f("staff", "whole"), *_counts("beds", need=False)),
             ("ags", "month"), prepared=True),
        Kind("commuters", (_f("origin", "text"), AGS, _f("employees", "whole"), _FAR), ("origin", "ags")),
        Kind("projects", (
            AGS, _f("project", "text"), _f("owner", "text"),
            _f("status", "choice", "idea", "plan", "permit", "building", "done"), _f("year", "year"),
            *_counts(*TYPES), *_counts("small", "price_bound", "step_free", need=False), _f("note", "text", need=False),
        ), ("ags", "project")),
        Kind("potentials", (
            AGS, _f("name", "text"), _f("kind", "choice", "vacant", "conversion", "gap", "land"),
            _f("type", "choice", *TYPES), _f("dwellings", "whole"), _f("area_ha", "number", need=False, high=1000),
            _f("owner", "choice", "municipality", "company_owner", "private", "other", need=False),
            _f("from_year", "year", need=False),
        ), ("ags", "name", "type")),
        Kind("projection", (
            AGS, _f("year", "year", low=2022), *_counts("population", "households", need=False),
        ), ("ags", "year"), region_rows=True),
        Kind("completions", (
            AGS, _f("year", "year", low=2010), *_counts("completed_ezfh", "completed_mfh"),
            *_counts("permits_ezfh", "permits_mfh", "open_ezfh", "open_mfh", need=False),
        ), ("ags", "year")),
        Kind("price_bound", (
            AGS, _f("end_year", "year", low=2000), _f("dwellings", "whole"), _f("programme", "text", need=False),
        ), ("ags", "end_year", "programme")),
        Kind("step_free", (
            AGS, _f("kind", "choice", "step_free", "reduced", "wheelchair", "assisted"), _f("dwellings", "whole"),
            _f("occupied_share", "share", need=False),
        ), ("ags", "kind"), prepared=True),
        Kind("senior_homes", (
            AGS, _f("name", "text"), _f("kind", "choice", "nursing", "assisted", "shared"), _f("places", "whole"),
            _f("from_year", "year", need=False), _f("until_year", "year", need=False),
        ), ("ags", "name")),
        Kind("removals", (
            AGS, _f("year", "year", low=2022), _f("kind", "choice", "demolition", "to_other", "to_housing"),
            _f("type", "choice", *TYPES), _f("dwellings", "whole"),
        ), ("ags", "year", "kind", "type")),
        Kind("floor_area", (
            AGS, _f("persons", "choice", "1", "2", "3", "4", "5plus"),
            _f("area", "choice", "under_60", "60_99", "from_100"), _f("households", "number"),
        ), ("ags", "persons", "area"), prepared=True),
        Kind("income", (
            AGS, _f("item", "choice", "net_median", "sigma", "rent_new", "rent_subsidised", "burden"),
            _f("value", "number", high=20000),
        ), ("ags", "item"), prepared=True),
        Kind("backlog", (
            AGS, _f("kind", "choice", "homeless", "sheltered", "overcrowded", "concealed"), _f("households", "whole"),
        ), ("ags", "kind"), prepared=True),
        Kind("backlog_overlap", (
            AGS, _f("kind_a", "choice", "homeless", "sheltered", "overcrowded", "concealed"),
            _f("kind_b", "choice", "homeless", "sheltered", "overcrowded", "concealed"), _f("share", "share"),
        ), ("ags", "kind_a", "kind_b")),
        Kind("benefits", (
            AGS, _f("kind", "choice", "housing_benefit", "sgb2", "basic_old_age"), _f("households", "whole"),
        ), ("ags", "kind"), prepared=True),
    )
}  # fmt: skip
