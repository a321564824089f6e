"""Scenarios: named sets of assumptions, typed and strict; each value carries unit, source, date and rating.

`scenarios/base.yaml` is complete; every other file names what it is based on and holds overrides only.
A fault in a file (misspelled name, wrong type, value out of range, name that stands twice) is reported
with file and line; all faults of a file at once.
"""

import datetime as dt
import re
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from wohnlib import paths
from wohnlib.errors import Fault, InputError, fault

T = TypeVar("T")


def _real_day(text: str) -> str:
    dt.date.fromisoformat(text)  # a day that is not in the calendar raises ValueError
    return text


Share = Annotated[float, Field(ge=0, le=1)]
ShareBelowOne = Annotated[float, Field(ge=0, lt=1)]
Text = Annotated[str, Field(min_length=1, max_length=1000)]
Age = Annotated[int, Field(ge=50, le=95)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
AtLeastOne = Annotated[float, Field(ge=1)]
Route = Literal["none", "survey", "commuters", "registers"]
Year = Annotated[int, Field(ge=1990, le=2100)]
Period = Annotated[str, Field(pattern=r"^\d{4}-\d{4}$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_real_day)]
Table = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]  # name of a table of data/raw
Rating = Literal["red", "amber", "green"]
LAST_YEAR = 2060


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Assumption(_Strict, Generic[T]):
    """One value that someone could question, with what is needed to answer."""

    value: T
    unit: Text
    source: Text
    date: Day
    rating: Rating
    range: tuple[T, T] | None = None
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _range_is_pair(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("range"), list):
            data = {**data, "range": tuple(data["range"])}
        return data


class Mortality(_Strict):
    """Survival: which life table, how it is scaled and how it moves."""

    lifetable_period: Assumption[Period]
    land_period: Assumption[Period]
    improvement_per_year: Assumption[Share]


class Fertility(_Strict):
    """Births: level, local deviation, sex ratio."""

    total_scale: Assumption[Positive]
    constant_from_year: Assumption[Year]
    kreis_first_year: Assumption[Year]
    kreis_last_year: Assumption[Year]
    local_shrinkage_children: Assumption[NonNegative]
    sex_ratio_birth: Assumption[Positive]


class Migration(_Strict):
    """Net migration: national path, the Kreis's share, its age profile, municipal intensity."""

    national_target: Assumption[float]
    national_target_year: Assumption[Year]
    share_first_year: Assumption[Year]
    share_last_year: Assumption[Year]
    profile_start: Assumption[Day]
    profile_end: Assumption[Day]
    profile_lifetable_period: Assumption[Period]
    profile_last_age: Assumption[Age]
    local_growth_table: Assumption[Table]
    local_growth_weight: Assumption[Share]
    local_steady_years: Assumption[NonNegative]
    local_first_year: Assumption[Year]
    local_last_year: Assumption[Year]
    local_persistence: Assumption[Share]
    local_shrinkage_people: Assumption[NonNegative]
    local_damping: Assumption[Share]


class Households(_Strict):
    """Private households' population and household formation."""

    institutional_table: Assumption[Table]
    institutional_scale: Assumption[Positive]
    institutional_under_65: Assumption[Share]
    member_rate_table: Assumption[Table]
    type_preference_table: Assumption[Table]
    one_person_trend_share: Assumption[Share]
    one_person_trend_end: Assumption[Year]


class Types(_Strict, Generic[T]):
    """One value for each building type: EZFH (1 or 2 dwellings) and MFH (3 or more)."""

    ezfh: Assumption[T]
    mfh: Assumption[T]


class Dwellings(_Strict):
    """Stock, vacancy, losses, reserve, backlog and part-time residents."""

    reserve: Types[ShareBelowOne]
    loss_rate: Types[Share]
    loss_on_unusable: Assumption[Share]
    unusable_vacancy: Assumption[Share]
    vacancy_ratio_mfh: Assumption[Positive]
    holiday_ratio_mfh: Assumption[NonNegative]
    backlog_share: Assumption[Share]
    backlog_years: Assumption[Positive]
    backlog_mfh_share: Assumption[Share]
    incomings_base: Assumption[Share]
    incomings_change_per_year: Assumption[float]
    incomings_mfh_share: Assumption[Share]
    second_homes_change_per_year: Assumption[float]


class Incomings(_Strict):
    """People who live here part of the time: from local figures to dwellings; without them nothing changes."""

    route: Assumption[Route]
    own_unit_share: Assumption[Share]
    already_counted: Assumption[Share]
    persons_per_dwelling: Assumption[AtLeastOne]
    rotation: Assumption[Share]
    years: Assumption[Positive]
    jobs_growth: Assumption[float]
    nonresponse_high: Assumption[AtLeastOne]
    propensity: Assumption[Share]
    half_distance: Assumption[Positive]
    distance_scale: Assumption[Positive]
    under_registration: Assumption[AtLeastOne]
    students_away: Assumption[Share]
    students_presence: Assumption[Share]
    survey_clustering: Assumption[Positive]


class Building(_Strict):
    """What has been built since the base date and what is permitted."""

    completions_mfh_share: Assumption[Share]
    permits_weight: Assumption[Share]


class Land(_Strict):
    """Net residential building land."""

    density: Types[Positive]
    infill_share: Types[Share]


class Uncertainty(_Strict):
    """Random draws: how many, from which errors of past forecasts, and what is added to them."""

    draws: Assumption[Annotated[int, Field(ge=2, le=100_000)]]
    seed: Assumption[Annotated[int, Field(ge=0, le=2**32)]]
    errors_table: Assumption[Table]
    persistence: Assumption[Share]
    mortality_spread: Assumption[NonNegative]
    fertility_spread: Assumption[NonNegative]
    formation_spread: Assumption[NonNegative]


class Segments(_Strict):
    """Who owns and who rents, in which type of building; who stays there in old age."""

    tenure_table: Assumption[Table]
    tenure_by_type_table: Assumption[Table]
    stay_age: Assumption[Age]
    moves_to_smaller: Assumption[Share]
    vacancy_ratio_rent: Assumption[Positive]
    incomings_rent_share: Assumption[Share]
    backlog_rent_share: Assumption[Share]
    newbuild_ezfh_share: Assumption[Share]
    small_turnover: Assumption[Share]


class Older(_Strict):
    """Older people: dwellings without steps, houses that come free, chain of moves."""

    mobility_rate: Assumption[Share]
    step_free_share: Assumption[Share]
    step_free_reached: Assumption[Share]
    newbuild_share: Assumption[Share]
    care_moves: Assumption[Share]
    family_years: Assumption[Positive]
    chain_dwellings: Assumption[NonNegative]
    chain_from_house: Assumption[Share]
    chain_next: Assumption[Share]


class Affordable(_Strict):
    """Affordable and price-bound dwellings, an overlay on need."""

    persons_per_community: Assumption[Positive]
    persons_per_old_age_support: Assumption[Positive]
    recipients_renting: Assumption[Share]
    rent_limit: Assumption[Positive]
    cheap_reached: Assumption[Share]
    bound_stock: Assumption[NonNegative]
    published_gap: Assumption[NonNegative]


class Supply(_Strict):
    """Risk of loss by year built, relative to buildings of the middle class."""

    loss_weight_old: Assumption[NonNegative]
    loss_weight_middle: Assumption[NonNegative]
    loss_weight_young: Assumption[NonNegative]


class Scenario(_Strict):
    """A complete set of assumptions; `Scenario` objects are only made by `load`."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
    title: Text
    description: Text
    based_on: str | None = None
    region: Annotated[str, Field(pattern=r"^\d{5}$")]
    base_date: Day
    as_of: Day | None = None  # day of knowledge: nothing published later is used; None means today
    start_year: Annotated[int, Field(ge=2023, le=LAST_YEAR)]
    horizon_year: Annotated[int, Field(ge=2023, le=LAST_YEAR)]
    mortality: Mortality
    fertility: Fertility
    migration: Migration
    households: Households
    dwellings: Dwellings
    incomings: Incomings
    building: Building
    land: Land
    segments: Segments
    older: Older
    affordable: Affordable
    supply: Supply
    uncertainty: Uncertainty

    @property
    def base_year(self) -> int:
        return int(self.base_date[:4])

    def at_horizon(self, year: int | None) -> "Scenario":
        """Return the scenario with another horizon; a horizon before the start year is refused."""
        year = self.horizon_year if year is None else year
        if isinstance(year, bool) or not isinstance(year, int):
            raise InputError([fault("horizon_type", found=year, first=self.start_year, last=LAST_YEAR)])
        if year <= self.base_year:
            raise InputError([fault("horizon_before_base", found=year, base=self.base_date[:4])])
        if not self.start_year <= year <= LAST_YEAR:
            raise InputError([fault("horizon", found=year, first=self.start_year, last=LAST_YEAR)])
        return self.model_copy(update={"horizon_year": year})

    def assumptions(self) -> list[tuple[str, "Assumption[Any]"]]:
        """Return all assumptions as (dotted name, assumption), in the order of the file."""
        return list(_walk(self, ""))


def _walk(model: BaseModel, prefix: str) -> Any:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Assumption):
            yield prefix + name, value
        elif isinstance(value, BaseModel):
            yield from _walk(value, f"{prefix}{name}.")


# -- reading YAML strictly -------------------------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """YAML without its traps: 01001000 and NO and 12:30 stay text, a name that stands twice is a fault."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse references: a file of assumptions is read line by line, by people."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.composer.ComposerError(None, None, "a reference", event.start_mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("tag:yaml.org,2002:int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:e[-+]?[0-9]+)?$", "-+0123456789"),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def _read(path: Path) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
    """Return a YAML file as nested dicts and the line of every name."""
    shown = paths.shown(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise InputError([fault("scenario_missing", file=shown)]) from None
    except UnicodeDecodeError:
        raise InputError([fault("scenario_encoding", file=shown)]) from None
    return _parse(text, shown)


@lru_cache(maxsize=32)
def _parse(text: str, shown: str) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
    """Return the text of a YAML file as nested dicts and the line of every name; nobody changes them."""
    lines: dict[tuple[str, ...], int] = {}
    faults: list[Fault] = []
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise InputError([fault("scenario_empty", file=shown)])
        _lines(root, (), lines, faults, shown)
        if faults:
            raise InputError(faults)
        data = loader.construct_document(root)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else None
        raise InputError([fault("scenario_syntax", file=shown, row=row)]) from None
    return data, lines


def _lines(
    node: yaml.Node,
    path: tuple[str, ...],
    lines: dict[tuple[str, ...], int],
    faults: list[Fault],
    shown: str,
) -> None:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        here = (*path, str(key.value))
        row = key.start_mark.line + 1
        if here in lines:
            faults.append(fault("scenario_twice", file=shown, row=row, found=".".join(here)))
        lines[here] = row
        _lines(value, here, lines, faults, shown)


# -- loading ---------------------------------------------------------------------------------------------


def names() -> list[str]:
    """Return the names of all scenario files, base first."""
    found = sorted(p.stem for p in paths.scenarios().glob("*.yaml"))
    return sorted(found, key=lambda n: (n != "base", n))


def load(name: str = "base") -> Scenario:
    """Return the scenario `name` of the folder `scenarios/`, complete and checked."""
    if name not in names():
        near = get_close_matches(str(name), names(), n=3, cutoff=0.4) or names()
        raise InputError([fault("scenario_name", found=name, near=", ".join(near))])
    return load_file(paths.scenarios() / f"{name}.yaml")


def load_file(path: Path) -> Scenario:
    """Return the scenario in `path`; a file with `based_on` is laid over the scenario it names."""
    data, lines = _read(path)
    base = data.get("based_on")
    if base is not None:
        if not isinstance(base, str) or base == path.stem or base not in names():
            near = ", ".join(n for n in names() if n != path.stem)
            raise InputError(
                [
                    fault(
                        "scenario_base",
                        file=paths.shown(path),
                        row=lines.get(("based_on",)),
                        found=base,
                        near=near,
                    )
                ]
            )
        load_file(paths.scenarios() / f"{base}.yaml")  # its own faults are named as its own
        under, _ = _read(paths.scenarios() / f"{base}.yaml")
        if under.get("based_on") is not None:
            raise InputError([fault("scenario_chain", file=paths.shown(path), found=base)])
        data = _overlay(under, data)
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        raise InputError(_faults(error, lines, paths.shown(path))) from None
    faults = _beyond_range(scenario, lines, paths.shown(path)) + _out_of_order(
        scenario, lines, paths.shown(path)
    )
    if scenario.name != path.stem:
        faults.append(
            fault("scenario_file_name", file=paths.shown(path), row=lines.get(("name",)), found=scenario.name)
        )
    if scenario.horizon_year < scenario.start_year:
        row = lines.get(("horizon_year",)) or lines.get(("start_year",))
        faults.append(
            fault("horizon", file=paths.shown(path), row=row, found=scenario.horizon_year,
                  first=scenario.start_year, last=LAST_YEAR)
        )  # fmt: skip
    if faults:
        raise InputError(faults)
    return scenario


def _overlay(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return `under` with the entries of `over` laid upon it, level by level."""
    merged = dict(under)
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = _overlay(merged[key], value)
        else:
            merged[key] = value
    return merged


_IN_ORDER = (
    ("fertility.kreis_first_year", "fertility.kreis_last_year"),
    ("migration.share_first_year", "migration.share_last_year"),
    ("migration.local_first_year", "migration.local_last_year"),
    ("migration.profile_start", "migration.profile_end"),
)  # the first of each pair must lie before, or for the first two not after, the second


def _out_of_order(scenario: Scenario, lines: dict[tuple[str, ...], int], shown: str) -> list[Fault]:
    values = {name: item.value for name, item in scenario.assumptions()}
    faults = []
    for number, (first, last) in enumerate(_IN_ORDER):
        good = values[first] <= values[last] if number < 2 else values[first] < values[last]
        if not good:
            row = _row(lines, (*first.split("."), "value")) or _row(lines, (*last.split("."), "value"))
            faults.append(
                fault(
                    "scenario_order",
                    file=shown,
                    row=row,
                    column=first,
                    found=values[first],
                    last=values[last],
                )
            )
    return faults


def _row(lines: dict[tuple[str, ...], int], path: tuple[str, ...]) -> int | None:
    """Return the line of a name, or of the nearest name above it that stands in the file."""
    return next((lines[path[:k]] for k in range(len(path), 0, -1) if path[:k] in lines), None)


def _beyond_range(scenario: Scenario, lines: dict[tuple[str, ...], int], shown: str) -> list[Fault]:
    """A value outside its own stated range is a slip, not an assumption."""
    faults = []
    for name, item in scenario.assumptions():
        if item.range is not None and not item.range[0] <= item.value <= item.range[1]:
            row = _row(lines, (*name.split("."), "value"))
            low, high = item.range
            if low > high:
                found = f"{low:g} … {high:g}"
                faults.append(fault("scenario_range_order", file=shown, row=row, column=name, found=found))
                continue
            faults.append(
                fault(
                    "scenario_range", file=shown, row=row, column=name, found=item.value, low=low, high=high
                )
            )
    return faults


_LIMITS = {
    "less_than_equal": "scenario_at_most",
    "less_than": "scenario_below",
    "greater_than_equal": "scenario_at_least",
    "greater_than": "scenario_above",
}


def _faults(error: ValidationError, lines: dict[tuple[str, ...], int], shown: str) -> list[Fault]:
    faults = []
    for item in error.errors():
        path = tuple(str(p) for p in item["loc"])
        row = _row(lines, path)
        name, found, kind, limits = ".".join(path), item.get("input"), item["type"], item.get("ctx") or {}
        if kind == "extra_forbidden":
            near = get_close_matches(path[-1], _allowed(path[:-1]), n=3, cutoff=0.5) or _allowed(path[:-1])
            faults.append(fault("scenario_unknown", file=shown, row=row, found=name, near=", ".join(near)))
        elif kind == "missing":
            faults.append(fault("scenario_lacks", file=shown, row=row, column=name))
        elif kind in _LIMITS:
            limit = next(iter(limits.values()))
            code = _LIMITS[kind]
            faults.append(fault(code, file=shown, row=row, column=name, found=found, limit=f"{limit:g}"))
        elif isinstance(found, str) and re.fullmatch(r"[-+]?[\d.]*,\d+", found):
            mended = found.replace(".", "").replace(",", ".")
            faults.append(
                fault("scenario_comma", file=shown, row=row, column=name, found=found, mended=mended)
            )
        elif kind in ("float_type", "finite_number", "int_type", "int_from_float"):
            code = "scenario_number" if kind in ("float_type", "finite_number") else "scenario_whole"
            faults.append(fault(code, file=shown, row=row, column=name, found=found))
        elif kind == "literal_error" and path[-1] == "rating":
            faults.append(fault("scenario_rating", file=shown, row=row, column=name, found=found))
        elif kind == "literal_error":
            allowed = str(limits.get("expected", "")).replace("'", "").replace(" or ", ", ")
            faults.append(
                fault("scenario_choice", file=shown, row=row, column=name, found=found, allowed=allowed)
            )
        elif kind == "string_too_short":
            faults.append(fault("scenario_no_text", file=shown, row=row, column=name))
        else:
            faults.append(fault("scenario_value", file=shown, row=row, column=name, found=found))
    return faults


def _allowed(path: tuple[str, ...]) -> list[str]:
    """Return the names that may stand at a place of a scenario file."""
    model: Any = Scenario
    for part in path:
        model = model.model_fields[part].annotation
    return list(model.model_fields)
