"""What the alliance has agreed: `data/local/<region>/alliance.yaml`, read strictly, all faults at once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wohnlib import paths
from wohnlib.alliance.settings import KEYS, STATUS, SUBREGIONS, WEIGHTS
from wohnlib.areas import Areas
from wohnlib.errors import Fault, InputError, fault
from wohnlib.scenario import Assumption, Day, Scenario, Share, Text, Year, _Loader

FILE = "alliance.yaml"
Segment = Literal["all", "ezfh", "mfh", "small", "price_bound", "step_free"]
SEGMENTS: tuple[str, ...] = ("all", "ezfh", "mfh", "small", "price_bound", "step_free")
_Key = Annotated[str, Field(pattern=r"^\d{5}(\d{3})?$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Member(_Strict):
    """Somebody at the table."""

    name: Text
    kind: Literal["municipality", "district", "company", "association", "owners"]
    ags: _Key | None = None
    role: str = ""
    task: str = ""


class Decision(_Strict):
    """Something a meeting agreed on."""

    text: Text
    who: str = ""
    until: Day | None = None
    done: bool = False


class Meeting(_Strict):
    """A meeting, past or to come."""

    date: Day
    topic: str = ""
    decisions: list[Decision] = []


class Target(_Strict):
    """A number of dwellings that is to be reached by the end of a year."""

    name: Text
    segment: Segment
    dwellings: Annotated[int, Field(gt=0)]
    year: Year
    who: list[Text] = []
    ags: _Key | None = None


class SubRegion(_Strict):
    """A group of units that the alliance wants to see as one."""

    name: Text
    units: Annotated[list[_Key], Field(min_length=1)]


class Alliance(_Strict):
    """The whole file; an alliance that has not met yet has none."""

    name: Text
    date: Day
    example: bool = False
    members: list[Member] = []
    meetings: list[Meeting] = []
    guiding: list[Text] = []
    targets: list[Target] = []
    subregions: list[SubRegion] = []
    weights: dict[Literal["idea", "plan", "permit", "building"], Share] = {}
    distribution: dict[Literal["own_need", "central_places", "capacity"], Share] = {}

    def next_meeting(self) -> Meeting | None:
        """Return the first meeting after the day of the file."""
        later = [m for m in self.meetings if m.date > self.date]
        return min(later, key=lambda m: m.date) if later else None

    def open_decisions(self) -> list[tuple[Meeting, Decision]]:
        """Return what was agreed and is not done, the earliest deadline first, those without one last."""
        found = [(m, d) for m in self.meetings if m.date <= self.date for d in m.decisions if not d.done]
        return sorted(found, key=lambda pair: (pair[1].until or "9999", pair[0].date))


def place(region: str) -> Path:
    """Return where the file of a region's alliance lies."""
    return paths.home() / "data" / "local" / region / FILE


def read_alliance(areas: Areas, path: Path | None = None) -> Alliance | None:
    """Return what the alliance of a region has agreed; None if there is no file yet.

    Raises
    ------
    InputError
        With every fault of the file: unknown names, wrong values, keys that are no units.
    """
    path = path or place(areas.region)
    if not path.is_file():
        return None
    file = paths.shown(path)
    data, lines = _parsed(path, file)
    try:
        alliance = Alliance.model_validate(data)
    except ValidationError as error:
        raise InputError(list(_faults(error, lines, file))) from None
    found = list(_wrong_keys(alliance, areas, lines, file))
    if found:
        raise InputError(found)
    return alliance


def _parsed(path: Path, file: str) -> tuple[Any, dict[tuple[str, ...], int]]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError([fault("alliance_encoding", file=file)]) from None
    lines: dict[tuple[str, ...], int] = {}
    twice: list[Fault] = []
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise InputError([fault("alliance_empty", file=file)])
        for way, line, is_name in _places(root, ()):
            if way in lines and is_name:
                twice.append(fault("alliance_twice", file=file, row=line, found=".".join(way)))
            lines.setdefault(way, line)
        if twice:
            raise InputError(twice)
        return loader.construct_document(root), lines
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else None
        raise InputError([fault("alliance_syntax", file=file, row=row)]) from None


def _places(node: yaml.Node, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int, bool]]:
    """Yield (way, line, whether it is a name) of every name and every entry of a list."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*way, str(key.value))
            yield here, key.start_mark.line + 1, True
            yield from _places(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            here = (*way, str(number))
            yield here, value.start_mark.line + 1, False
            yield from _places(value, here)


def _row(lines: dict[tuple[str, ...], int], way: tuple[str, ...]) -> int | None:
    return next((lines[way[:k]] for k in range(len(way), 0, -1) if way[:k] in lines), None)


def _faults(error: ValidationError, lines: dict[tuple[str, ...], int], file: str) -> Iterator[Fault]:
    for item in error.errors():
        way = tuple(str(p) for p in item["loc"] if p != "[key]")
        name, row = ".".join(way), _row(lines, way)
        if item["type"] == "extra_forbidden":
            yield fault("alliance_unknown", file=file, row=row, found=name)
        elif item["type"] == "missing":
            yield fault("alliance_lacks", file=file, row=row, column=name)
        elif item["type"] == "literal_error":
            allowed = str(item.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
            yield fault(
                "alliance_choice", file=file, row=row, column=name, found=item["input"], allowed=allowed
            )
        else:
            found = item["input"] if not isinstance(item["input"], (dict, list)) else None
            yield fault("alliance_value", file=file, row=row, column=name, found=found)


def _wrong_keys(
    alliance: Alliance, areas: Areas, lines: dict[tuple[str, ...], int], file: str
) -> Iterator[Fault]:
    keys: list[tuple[tuple[str, ...], str | None]]
    keys = [(("members", str(k), "ags"), m.ags) for k, m in enumerate(alliance.members)]
    keys += [(("targets", str(k), "ags"), t.ags) for k, t in enumerate(alliance.targets)]
    keys += [
        (("subregions", str(k), "units", str(n)), key)
        for k, part in enumerate(alliance.subregions)
        for n, key in enumerate(part.units)
    ]
    for way, key in keys:
        if key is None or (key == areas.region and way[0] != "subregions"):
            continue
        for item in areas.faults_of(key):
            yield replace(item, file=file, row=_row(lines, way), column=".".join(way))
    for k, part in enumerate(alliance.subregions):
        for key in sorted({u for u in part.units if part.units.count(u) > 1}):
            yield fault("alliance_unit_twice", file=file, row=_row(lines, ("subregions", str(k))), found=key)
    if alliance.distribution and not sum(alliance.distribution.values()):
        yield fault("alliance_no_weight", file=file, row=_row(lines, ("distribution",)))
    names = {m.name for m in alliance.members}
    for k, target in enumerate(alliance.targets):
        for who in target.who:
            if names and who not in names:
                way = ("targets", str(k), "who")
                known = ", ".join(sorted(names))
                yield fault("alliance_who", file=file, row=_row(lines, way), found=who, known=known)


def weights(alliance: Alliance | None, scenario: Scenario) -> dict[str, Assumption[float]]:
    """Return which share of the dwellings in each status is counted: the alliance's own, else the settings'.

    Permits count as in the scenario.
    """
    found = dict(WEIGHTS)
    found["permit"] = scenario.building.permits_weight
    if alliance is None:
        return found
    for status, value in alliance.weights.items():
        own = {"value": float(value), "source": f"{alliance.name}", "date": alliance.date}
        found[status] = found[status].model_copy(update=own)
    return {status: found[status] for status in STATUS}


def keys_of_distribution(alliance: Alliance | None) -> dict[str, Assumption[float]]:
    """Return the weights of the keys by which dwellings are shared out: the alliance's own, else the settings'."""
    if alliance is None or not alliance.distribution:
        return dict(KEYS)
    own = {"source": alliance.name, "date": alliance.date}
    return {
        name: item.model_copy(update={**own, "value": float(alliance.distribution.get(name, 0.0))})  # type: ignore[call-overload]
        for name, item in KEYS.items()
    }


def subregions(alliance: Alliance | None, areas: Areas) -> dict[str, tuple[str, ...]]:
    """Return the sub-regions to show: the alliance's own, else those of the settings."""
    if alliance is not None and alliance.subregions:
        return {part.name: tuple(part.units) for part in alliance.subregions}
    return dict(SUBREGIONS.get(areas.region, {}))
