"""The later parts of the calculation: dwellings in demand, stock, need, what remains."""

import numpy as np

from wohnlib.explain_lines import SIZES, TYPES, head, row
from wohnlib.model.need import LINES, demand, newbuild_need
from wohnlib.report.view import View
from wohnlib.steps.backlog import backlog_of

_PER_ROW = 5  # years in a row of the last part


def demand_lines(view: View) -> list[str]:
    """Return the lines from households to dwellings in demand."""
    words, g = view.words, view.index
    base, path = view.result.stock, view.result.households
    occupied = float(base.by_use[g, :, 0].sum())
    incomings = float(base.stock.incomings[g].sum())
    lines = [
        *head(words, 4, "demand"),
        row(words, words("explain.occupied"), occupied, "dec6"),
        row(words, words("explain.incomings_0"), incomings, "dec6"),
        row(words, words("explain.kappa"), float(base.kappa[g]), "dec8", words("explain.kappa_formula")),
        words("explain.occupancy_head", year=view.year),
    ]
    for n in range(SIZES):
        share = base.occupancy[g, n]
        cells = (path.household_count[0, g, 0, n], path.household_count[0, g, -1, n], share[0], share[1])
        text = "".join(
            f"{words.number(float(c), spec):>18}"
            for c, spec in zip(cells, ("dec6", "dec6", "dec8", "dec8"), strict=True)
        )
        lines.append(f"  {words(f'households.size_{n + 1}'):<24}{text}")
    resident = view.result.need.resident[0, g]
    by_size = demand(base.kappa, path.household_count, base.occupancy)[0, g, -1]
    for kind, moved in zip(TYPES, resident[-1] - by_size, strict=True):
        name = words("explain.stays", type=words(f"common.type_{kind}"))
        lines.append(f"  {name:<58}{words.number(float(moved), 'dec6'):>16}")
    for b, kind in enumerate(TYPES):
        name = words("explain.resident", type=words(f"common.type_{kind}"))
        lines.append(f"  {name:<58}{words.number(float(resident[0, b]), 'dec6'):>16} → "
                     f"{words.number(float(resident[-1, b]), 'dec6')}")  # fmt: skip
    return [*lines, words("explain.resident_formula")]


def stock_lines(view: View) -> list[str]:
    """Return the lines on the stock, its losses and the assumptions on it."""
    words, g = view.words, view.index
    stock, need, assumed = view.result.stock.stock, view.result.need, view.result.scenario.dwellings
    lines = head(words, 5, "stock")
    values = {
        "total": stock.total[g], "vacant": stock.vacant[g], "unusable": stock.unusable[g],
        "holiday": stock.holiday[g], "loss": need.loss_per_year[g],
    }  # fmt: skip
    lines.append(f"  {'':<40}" + "".join(f"{words(f'common.type_{b}_short'):>20}" for b in TYPES))
    for name, pair in values.items():
        lines.append(
            f"  {words(f'explain.stock_{name}'):<40}"
            + "".join(f"{words.number(float(v), 'dec6'):>20}" for v in pair)
        )
    rates = {
        "reserve": (assumed.reserve.ezfh.value, assumed.reserve.mfh.value),
        "loss_rate": (assumed.loss_rate.ezfh.value, assumed.loss_rate.mfh.value),
    }
    for name, values_of in rates.items():
        lines.append(
            f"  {words(f'explain.{name}'):<40}" + "".join(f"{words.number(v, 'dec6'):>20}" for v in values_of)
        )
    lines.append(row(words, words("explain.unusable_share"), assumed.unusable_vacancy.value, "dec6"))
    lacking, note = float(need.backlog_base[g]), words("explain.backlog_note")
    own = backlog_of(view.result.inputs.local, view.key, assumed.backlog_overcrowded_new.value)
    if own is not None:
        brought, twice = float(own.counts.sum()), float(own.counts.sum()) - own.households
        moving = own.households - own.dwellings
        note = words("explain.backlog_local", brought=brought, twice=twice, moving=moving)
    lines.append(row(words, words("explain.backlog_base"), lacking, "dec6", note))
    lines.append(row(words, words("explain.backlog_mfh"), assumed.backlog_mfh_share.value, "dec6"))
    lines.append(row(words, words("explain.backlog_years"), assumed.backlog_years.value, "dec6"))
    lines.append(row(words, words("explain.lambda"), assumed.loss_on_unusable.value, "dec6"))
    return [*lines, words("explain.loss_formula")]


def need_lines(view: View) -> list[str]:
    """Return the lines of need at the horizon, cause by cause."""
    words, g = view.words, view.index
    need = view.result.need
    lines = head(words, 6, "need")
    later = {
        "incomings": need.incomings[g, -1],
        "backlog": need.backlog[g, -1],
        "second_homes": need.second_homes[g, -1],
    }
    lines.append(
        f"  {'':<40}"
        + "".join(f"{words(f'common.type_{b}_short'):>20}" for b in TYPES)
        + f"{words('common.total'):>20}"
    )
    for name, pair in later.items():
        cells = (*pair, pair.sum())
        lines.append(
            f"  {words(f'explain.later_{name}'):<40}"
            + "".join(f"{words.number(float(c), 'dec6'):>20}" for c in cells)
        )
    at = need.lines[0, g, -1]
    for k, line in enumerate(LINES):
        cells = (*at[:, k], at[:, k].sum())
        lines.append(
            f"  {words(f'explain.line_{line}'):<40}" + "".join(f"{words.number(float(c), 'dec6'):>20}" for c in cells)
            + f"   {words(f'explain.formula_{line}')}"
        )  # fmt: skip
    total = (*at.sum(1), at.sum())
    lines.append(
        f"  {words('need.total'):<40}" + "".join(f"{words.number(float(c), 'dec6'):>20}" for c in total)
    )
    parts = [(*need.required[0, g, -1], need.required[0, g, -1].sum())]
    lines.append(
        f"  {words('explain.required'):<40}" + "".join(f"{words.number(float(c), 'dec6'):>20}" for c in parts[0])
        + f"   {words('explain.required_formula')}"
    )  # fmt: skip
    return [*lines, words("explain.need_formula")]


def remaining_lines(view: View) -> list[str]:
    """Return the lines from need to what remains to be built."""
    words = view.words
    lines = head(words, 7, "remaining")
    signed = view.of(view.result.printed.signed)
    time = view.result.time
    lines.append(
        f"  {'':<58}"
        + "".join(f"{words(f'common.type_{b}_short'):>18}" for b in TYPES)
        + f"{words('common.total'):>18}"
    )

    def cells_of(name: str, values: np.ndarray) -> str:
        cells = "".join(f"{words.number(int(v), 'int'):>18}" for v in values)
        return f"  {name:<58}{cells}{words.number(int(values.sum()), 'int'):>18}"

    highest = newbuild_need(signed)[-1]
    years = [
        str(time.dates[int(signed[:, b].argmax())].year) if highest[b] > 0 else words("explain.never")
        for b in range(2)
    ]
    lines += [
        cells_of(words("explain.signed", year=view.year), signed[-1]),
        cells_of(words("explain.peak"), highest)
        + f"   {words('explain.peak_note', ezfh=years[0], mfh=years[1])}",
        cells_of(words("explain.extra"), view.newbuild[-1] - highest) + f"   {words('explain.extra_note')}",
        cells_of(words("explain.newbuild"), view.newbuild[-1]),
        cells_of(words("explain.completed"), -view.completed),
        cells_of(words("explain.to_build"), view.to_build[-1]),
        *_ranges(view),
    ]
    lines.append(words("explain.by_year"))
    for first in range(0, len(time.years), _PER_ROW):
        part = range(first, min(first + _PER_ROW, len(time.years)))
        cells = "".join(
            f"{words('explain.year_cell', year=time.years[k], ezfh=int(signed[k + 1, 0]), mfh=int(signed[k + 1, 1])):<22}"
            for k in part
        )
        lines.append(f"    {cells}".rstrip())
    span = view.year - view.result.scenario.start_year + 1
    rate = float(view.to_build[-1].sum()) / span
    start = view.result.scenario.start_year
    lines.append(row(words, words("explain.rate", start=start, year=view.year), rate, "dec2", f": {span}"))
    return [*lines, words("explain.remaining_formula")]


def _ranges(view: View) -> list[str]:
    """Return the 80 % intervals of signed need, new-build need and what remains, by type and together."""
    words = view.words
    lines = []
    for name in ("signed", "newbuild", "build"):
        bounds = [view.spread(n).interval() for n in (*(f"{name}_{b}" for b in TYPES), name)]
        cells = [words("sure.cell", low=low, high=high) for low, high in bounds]
        name_cell = words(f"explain.range_{name}")
        lines.append(f"  {name_cell:<58}{cells[0]:>18}{cells[1]:>18}{cells[2]:>18}")
    return [*lines, f"  {words('explain.range_note')}"]
