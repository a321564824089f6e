"""Two runs compared: what changed, and why, in numbers that sum to the difference.

The order in which changes are counted is fixed: first the method, then the data, then each assumption. What
the earlier assumptions give with today's method and data is computed anew; so is, where the earlier tables
are at hand, what they give with today's method.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wohnlib.assess import Assessment, assess
from wohnlib.compare_read import printed, programs, scenario_of, tables, totals, with_earlier_data
from wohnlib.errors import InputError, fault
from wohnlib.manifest import Manifest
from wohnlib.scenario import Scenario
from wohnlib.scenario_tools import GENERAL, differences, value_text
from wohnlib.sensitivity import split
from wohnlib.words import Words

Whole = NDArray[np.int64]
METHOD, DATA, TOGETHER = "method", "data", "together"  # kinds of parts beside the names of assumptions


@dataclass(frozen=True)
class Comparison:
    """The difference of two runs in dwellings still to be built: before + sum of parts = after, by unit."""

    keys: tuple[str, ...]
    before: Whole  # (area,)
    after: Whole
    parts: Mapping[str, Whole]  # method, data, together or the dotted name of an assumption -> (area,)
    tables: tuple[tuple[str, str], ...]  # (new | gone | changed, file)
    assumptions: tuple[tuple[str, str, str, str], ...]  # name, note, value before, value after
    programs: tuple[tuple[str, str, str], ...]  # name, version before, version after
    method_changed: bool

    @property
    def unchanged(self) -> bool:
        return not (self.tables or self.assumptions or self.programs or self.method_changed or self.parts)

    def grouped(self) -> dict[str, Whole]:
        """Return the parts by kind: method, data, assumptions, together."""
        zero = np.zeros_like(self.before)
        own = [v for n, v in self.parts.items() if n not in (METHOD, DATA, TOGETHER)]
        groups = {k: self.parts.get(k, zero) for k in (METHOD, DATA)}
        groups["assumptions"] = sum(own, zero)
        return groups | {TOGETHER: self.parts[TOGETHER]} if TOGETHER in self.parts else groups


def compare(old: Manifest, new: Manifest, earlier_data: Path | None = None) -> Comparison:
    """Return the difference of two runs, split into method, data and each assumption.

    Parameters
    ----------
    old, new : manifests; the second should be of the present state (method, tables), since the split
        computes with it; of two runs of the past only a single kind of change can be named as the cause
    earlier_data : the folder `data` as it was at the first run, to tell method and data apart if both changed

    Raises
    ------
    InputError
        If the runs are of different regions or units.
    """
    if old["region"] != new["region"] or set(old["results"]) != set(new["results"]):
        raise InputError([fault("compare_region", found=new["region"], old=old["region"])])
    keys = tuple(new["results"])
    before, after = (totals(m, keys) for m in (old, new))
    changed, versions = tables(old, new), programs(old, new)
    method = old["method"] != new["method"] or bool(versions)
    parts = _parts(old, new, earlier_data, before, after, bool(changed), method)
    first, last = scenario_of(old, new), scenario_of(new, new)
    return Comparison(
        keys, before, after, parts, changed, _assumptions(first, last), versions,
        old["method"] != new["method"],
    )  # fmt: skip


def _parts(
    old: Manifest, new: Manifest, earlier_data: Path | None, before: Whole, after: Whole, data: bool, method: bool
) -> dict[str, Whole]:  # fmt: skip
    """Return the parts that sum to the difference; empty ones are left out."""
    first, last = scenario_of(old, new), scenario_of(new, new)
    assumptions = bool(differences(first, last)) or any(
        getattr(first, n) != getattr(last, n) for n in GENERAL
    )
    kinds = [k for k, changed in ((METHOD, method), (DATA, data)) if changed]
    if not assumptions and len(kinds) <= 1:  # one cause only: nothing to compute
        return _without_zeros({(kinds or [TOGETHER])[0]: after - before})
    try:
        present = _present(new)
        with_old = assess(present.inputs, first)
    except InputError:
        return _without_zeros({TOGETHER: after - before})
    if not np.array_equal(printed(present), after):  # the later run is not of the present state
        return _without_zeros({TOGETHER: after - before})
    middle = printed(with_old)
    parts: dict[str, Whole] = {}
    if len(kinds) == 2:
        found = with_earlier_data(first, earlier_data)
        if found is None:
            parts[TOGETHER] = middle - before
        else:
            parts |= {METHOD: found - before, DATA: middle - found}
    else:
        parts[(kinds or [TOGETHER])[0]] = middle - before
    for name, part in split(with_old, present).parts.items():
        parts[name] = part
    return _without_zeros(parts)


def _without_zeros(parts: Mapping[str, Whole]) -> dict[str, Whole]:
    return {name: part for name, part in parts.items() if part.any()}


def _present(manifest: Manifest) -> Assessment:
    """Return what the manifest's scenario gives with the present method and tables."""
    from wohnlib.session import inputs_of

    scenario = scenario_of(manifest, manifest)
    return assess(inputs_of(scenario, scenario.region), scenario)


def _assumptions(before: Scenario, after: Scenario) -> tuple[tuple[str, str, str, str], ...]:
    words = Words("de")
    rows = [
        (n, words(f"scenario.general_{n}"), str(getattr(before, n)), str(getattr(after, n)))
        for n in GENERAL
        if getattr(before, n) != getattr(after, n)
    ]
    for d in differences(before, after):
        values = [value_text(a.value, a.unit, words) for a in (d.before, d.after)]
        rows.append((d.name, d.after.note, values[0], values[1]))
    return tuple(rows)
