"""A comparison of two runs in words: what changed, and the split of the difference, as sentences and as text."""

from collections.abc import Mapping

import numpy as np

from wohnlib.compare import DATA, METHOD, TOGETHER, Comparison
from wohnlib.sensitivity import split_name
from wohnlib.words import Words


def part_name(name: str, comparison: Comparison, words: Words) -> str:
    """Return the name of a part as people read it."""
    if name == TOGETHER:
        return _together(comparison, words)
    if name in (METHOD, DATA):
        return words(f"compare.{name}")
    notes = {n: note for n, note, _, _ in comparison.assumptions}
    return split_name(name, notes.get(name, ""), words)


def _together(comparison: Comparison, words: Words) -> str:
    """Name what cannot be told apart: of data, assumptions and method what changed and has no part of its own."""
    changed = {
        "data": bool(comparison.tables),
        "assumptions": bool(comparison.assumptions) and set(comparison.parts) == {TOGETHER},
        "method": comparison.method_changed or bool(comparison.programs),
    }
    return words(f"compare.together_{'_'.join(k for k, v in changed.items() if v) or 'none'}")


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
