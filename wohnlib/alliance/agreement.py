"""What the alliance has agreed: its file, checked early, and what follows from it for weights and sub-regions."""

from pathlib import Path

from pydantic import ValidationError

from wohnlib import paths
from wohnlib.alliance.forms import Alliance
from wohnlib.alliance.reading import form_faults, key_faults, parsed
from wohnlib.alliance.settings import KEYS, STATUS, SUBREGIONS, WEIGHTS
from wohnlib.areas import Areas
from wohnlib.errors import Fault, InputError
from wohnlib.scenario import Assumption, Scenario

FILE = "alliance.yaml"


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
    alliance, found = _read(areas, path or place(areas.region))
    if found:
        raise InputError(found)
    return alliance


def check_alliance(areas: Areas, path: Path | None = None) -> list[Fault]:
    """Return every fault of the alliance's file with file, line and field; nothing if it is good or not there.

    Called early, before anything is computed: `wohnlib check` and `wohnlib run` raise the faults together with
    those of the other inputs of the region.
    """
    return _read(areas, path or place(areas.region))[1]


def _read(areas: Areas, path: Path) -> tuple[Alliance | None, list[Fault]]:
    """Return the agreement if the file is there and good, and what is wrong with it, by line."""
    if not path.is_file():
        return None, []
    file = paths.shown(path)
    try:
        data, lines = parsed(path, file)
    except InputError as error:
        return None, list(error.faults)
    alliance, found = None, []
    try:
        alliance = Alliance.model_validate(data)
    except ValidationError as error:
        found = list(form_faults(error, lines, file))
    found += key_faults(data, areas, lines, file)
    return (None if found else alliance), sorted(found, key=lambda item: item.row or 0)


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
