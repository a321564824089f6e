"""Two runs compared: what changed, and why, in numbers that sum to the difference.

The order in which changes are counted is fixed: first the method, then the data, then each assumption. What
the earlier assumptions give with today's method and data is computed anew; so is, where the earlier tables
are at hand, what they give with today's method.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from wohnlib import manifest as manifests
from wohnlib.assess import Assessment, assess
from wohnlib.errors import InputError, fault
from wohnlib.manifest import Manifest
from wohnlib.scenario import Scenario
from wohnlib.scenario_tools import GENERAL, differences, short_name, value_text
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
    before, after = (_totals(m, keys) for m in (old, new))
    tables, programs = _tables(old, new), _programs(old, new)
    method = old["method"] != new["method"] or bool(programs)
    parts = _parts(old, new, earlier_data, before, after, bool(tables), method)
    first, last = scenario_of(old, new), scenario_of(new, new)
    return Comparison(
        keys, before, after, parts, tables, _assumptions(first, last), programs,
        old["method"] != new["method"],
    )  # fmt: skip


def _totals(manifest: Manifest, keys: Sequence[str]) -> Whole:
    rows = [manifest["results"][k] for k in keys]
    return np.array([r["to_build_ezfh"] + r["to_build_mfh"] for r in rows], dtype=np.int64)


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
    if not np.array_equal(_printed(present), after):  # the later run is not of the present state
        return _without_zeros({TOGETHER: after - before})
    middle = _printed(with_old)
    parts: dict[str, Whole] = {}
    if len(kinds) == 2:
        found = _with_earlier_data(first, earlier_data)
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


def _printed(result: Assessment) -> Whole:
    return result.printed.to_build[:, -1].sum(-1)


def _present(manifest: Manifest) -> Assessment:
    """Return what the manifest's scenario gives with the present method and tables."""
    from wohnlib.session import inputs_of

    scenario = scenario_of(manifest, manifest)
    return assess(inputs_of(scenario, scenario.region), scenario)


def scenario_of(manifest: Manifest, fallback: Manifest) -> Scenario:
    """Return the scenario that a manifest holds.

    Assumptions that came into the method later have the values of `fallback`; those that left it are dropped.
    """
    known = _fitted(manifest["scenario"], fallback["scenario"])
    try:
        return Scenario.model_validate(known)
    except ValidationError:
        raise InputError([fault("manifest_broken", file=manifests.NAME)]) from None


def _fitted(data: Mapping[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    if "value" in like:
        return dict(data) if "value" in data else dict(like)
    out = {}
    for key, other in like.items():
        own = data.get(key, other)
        out[key] = _fitted(own, other) if isinstance(own, dict) and isinstance(other, dict) else own
    return out


def _with_earlier_data(scenario: Scenario, folder: Path | None) -> Whole | None:
    """Return what a scenario gives with today's method and the earlier tables, if that can be computed."""
    if folder is None:
        return None
    from wohnlib import session
    from wohnlib.data.prepare import prepare

    with _workbook_of(folder):
        try:
            prepare(force=True)
            session.inputs.cache_clear()
            return _printed(assess(session.inputs_of(scenario, scenario.region), scenario))
        except (InputError, OSError):
            return None
        finally:
            session.inputs.cache_clear()


@contextmanager
def _workbook_of(data: Path) -> Iterator[None]:
    """Let the workbook be one that holds a copy of this folder `data`, for as long as the block runs."""
    before = os.environ.get("WOHNLIB_HOME")
    with tempfile.TemporaryDirectory(prefix="wohnlib-") as name:
        for part in ("raw", "local"):
            if (data / part).is_dir():
                shutil.copytree(data / part, Path(name) / "data" / part)
        os.environ["WOHNLIB_HOME"] = name
        try:
            yield
        finally:
            if before is None:
                del os.environ["WOHNLIB_HOME"]
            else:
                os.environ["WOHNLIB_HOME"] = before


def _tables(old: Manifest, new: Manifest) -> tuple[tuple[str, str], ...]:
    before, after = old["inputs"], new["inputs"]
    kinds = {
        n: "new" if n not in before else "gone" if n not in after else "changed" for n in {*before, *after}
    }
    return tuple((kinds[n], n) for n in sorted(kinds) if before.get(n) != after.get(n))


def _programs(old: Manifest, new: Manifest) -> tuple[tuple[str, str, str], ...]:
    before, after = old["versions"], new["versions"]
    names = sorted({*before, *after})
    return tuple((n, before.get(n, ""), after.get(n, "")) for n in names if before.get(n) != after.get(n))


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


# -- as text -----------------------------------------------------------------------------------------------


def part_name(name: str, comparison: Comparison, words: Words) -> str:
    """Return the name of a part as people read it."""
    if name in (METHOD, DATA, TOGETHER):
        return words(f"compare.{name}")
    notes = {n: note for n, note, _, _ in comparison.assumptions}
    return short_name(name, notes[name], words) if name else words("split.other")


def changes(comparison: Comparison, words: Words) -> list[str]:
    """Return what changed as sentences: tables, assumptions, programs, method."""
    lines = [words(f"compare.table_{kind}", file=file) for kind, file in comparison.tables]
    lines += [words("compare.assumption", note=n, old=a, new=b) for _, n, a, b in comparison.assumptions]
    none = words("compare.none")
    lines += [
        words("compare.program", name=n, old=a or none, new=b or none) for n, a, b in comparison.programs
    ]
    if comparison.method_changed:
        lines.append(words("compare.method_changed"))
    return lines


def summary(comparison: Comparison, words: Words) -> str:
    """Return in one sentence how the sum of all units changed."""
    before, after = int(comparison.before.sum()), int(comparison.after.sum())
    if comparison.unchanged:
        return words("compare.unchanged")
    if np.array_equal(comparison.before, comparison.after):
        return words("compare.same_result")
    if before == after:
        return words("compare.same_sum", n=before)
    key = "more" if after > before else "less"
    return words(f"compare.{key}", old=before, new=after, change=abs(after - before))


def compare_text(comparison: Comparison, names: Mapping[str, str]) -> str:
    """Return the comparison as text: what changed, the split of the sum, the split by unit."""
    words = Words("de")
    lines = [summary(comparison, words)]
    listed = changes(comparison, words)
    if listed:
        lines += ["", words("compare.what"), *(f"- {line}" for line in listed)]
    if not comparison.parts:
        return "\n".join(lines)
    rows = [(words("compare.before"), words.number(int(comparison.before.sum()), "int"))]
    rows += [
        (part_name(n, comparison, words), words.number(int(v.sum()), "signed"))
        for n, v in comparison.parts.items()
    ]
    rows.append((words("compare.after"), words.number(int(comparison.after.sum()), "int")))
    width = max(len(n) for n, _ in rows)
    lines += ["", words("compare.why"), *(f"  {n:<{width}}  {v:>8}" for n, v in rows), ""]
    return "\n".join([*lines, words("compare.by_unit"), *_unit_lines(comparison, names, words)])


def _unit_lines(comparison: Comparison, names: Mapping[str, str], words: Words) -> list[str]:
    groups = comparison.grouped()
    head = ("unit", "before", *(f"short_{g}" for g in groups), "after")
    table = [[words(f"compare.{name}") for name in head]]
    for g, key in enumerate(comparison.keys):
        cells = [words.number(int(v[g]), "signed") for v in groups.values()]
        ends = [words.number(int(v[g]), "int") for v in (comparison.before, comparison.after)]
        table.append([names.get(key, key), ends[0], *cells, ends[1]])
    first, *widths = (max(len(row[c]) for row in table) for c in range(len(head)))
    return [
        f"  {row[0]:<{first}}" + "".join(f"  {c:>{w}}" for c, w in zip(row[1:], widths, strict=True))
        for row in table
    ]
