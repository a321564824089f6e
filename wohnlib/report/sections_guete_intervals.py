"""Sections of the page on how accurate forecasts were: how often intervals held, and other ways of averaging."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from wohnlib.backtest.run import SLOPES
from wohnlib.backtest.settings import CLASSES, OWN, WINDOWS, Window, goals
from wohnlib.report import page
from wohnlib.report.guete import FAR, MEAN, MODES, NEAR, Guete
from wohnlib.report.page import Block
from wohnlib.report.sections_guete_kreise_fits import settled

_WIDTH = "coverage_80"  # the goal that only the own method has


def intervals_section(report: Guete) -> Block:
    """How often the 80 % interval held, by window and size, as the shipped procedure would have made it then."""
    words = report.words
    low, high = pooled(report, "all"), in_sample()["all"]
    tried = ("one", "all", "recent")
    return page.section(
        "bereiche", words("guete.widths_title"),
        page.paragraph(words("guete.widths_text", pooled=low, sample=high)),
        _coverage_table(report),
        page.heading(words("guete.widths_tried_title"), 3),
        page.bullets(words(f"guete.widths_{way}", **_scores()) for way in tried),
    )  # fmt: skip


def pooled(report: Guete, size: str) -> float:
    """Return how often the interval held over all windows together, Germany given, %."""
    rows = [report.row((w.name, "A"), size) for w in WINDOWS]
    return float(np.average([r[_WIDTH] for r in rows], weights=[r["n"] for r in rows]))


def in_sample() -> "pd.Series[float]":
    """Return how often the shipped intervals hold in the windows they are learned from, mean of the windows, %."""
    held = pd.DataFrame(_diagnostics()["coverage_80_in_sample"]).T.mean()
    return held.rename({str(i): name for i, name in enumerate(CLASSES)})


def _diagnostics() -> dict[str, dict[str, dict[str, float]]]:
    from wohnlib.data.tables import register

    found: dict[str, dict[str, dict[str, float]]] = register()["forecast_errors"].more["diagnostics"]
    return found


def _scores() -> dict[str, float]:
    """Return by how much (%) the even share of recent spread is behind the best of the tries, at most and by count."""
    tried = _diagnostics()["recent_spread_scores"].values()
    behind = [100 * (scores["0.5"] / min(scores.values()) - 1) for scores in tried]
    return {"best": float(sum(b == 0 for b in behind)), "of": float(len(behind)), "most": max(behind)}


def _coverage_table(report: Guete) -> Block:
    words, sizes = report.words, (*CLASSES, "all")
    rows: list[list[str]] = []
    for mode in MODES:
        for window in WINDOWS:
            place = (window.name, mode)
            cells = [report.value(place, size, _WIDTH) for size in sizes]
            label = _label(report, window, mode)
            score = words.number(report.value(place, "all", "interval_score"), "dec1")
            rows.append([label, *(words.number(c, "dec1") for c in cells), score])
    sums = [words.number(pooled(report, size), "dec1") for size in sizes]
    sample = in_sample()
    rows.append([words("guete.widths_pooled"), *sums, ""])
    rows.append([words("guete.widths_sample"), *(words.number(float(sample[s]), "dec1") for s in sizes), ""])
    columns = [
        words("guete.widths_col"), *(words(f"guete.class_{s}") for s in sizes), words("guete.col_interval_score"),
    ]  # fmt: skip
    return page.table(
        columns, rows, caption=words("guete.widths_table"), notes=[words("guete.widths_note")],
        numeric=[False] + [True] * (len(columns) - 1),
    )  # fmt: skip


def variants_section(report: Guete) -> Block:
    """The mean with equal weights beside learned weights and the one set that was best in past windows."""
    words = report.words
    found = {method: judged(report, method) for method in OWN}
    items = []
    for method, (met, count, missed) in found.items():
        same = method != OWN[0] and missed == found[OWN[0]][2]
        text = words("guete.variants_same") if same else "; ".join(missed) or words("guete.variants_nothing")
        name = words(f"guete.method_{method}")
        items.append(words("guete.variants_item", name=name, n=met, of=count, list=text))
    ratios = {m: _mean_ratio(report, m) for m in OWN}
    return page.section(
        "fassungen", words("guete.variants_title"),
        page.paragraph(words("guete.variants_text", **ratios)), _ratio_table(report),
        page.folded(words("guete.variants_fold"), _error_table(report)),
        page.heading(words("guete.variants_goals"), 3), page.bullets(items),
        page.folded(words("guete.fits_fold"), *_fit_tables(report)),
        page.paragraph(words("guete.variants_smooth"), "anmerkung"),
    )  # fmt: skip


def _mean_ratio(report: Guete, method: str) -> float:
    """Return the mean error ratio of the classes from 5,000 people over all windows and modes."""
    ratios = [report.value((w.name, mode), MEAN, "error_ratio", method) for w in WINDOWS for mode in MODES]
    return sum(ratios) / len(ratios)


def judged(report: Guete, method: str) -> tuple[int, int, list[str]]:
    """Return how many goals on errors a method meets, of how many, and those it misses; intervals do not count here."""
    words, met, count = report.words, 0, 0
    missed: dict[tuple[str, str], list[str]] = {}
    for goal in goals():
        if goal.measure == _WIDTH:
            continue
        count += 1
        if goal.met(report.value((goal.window, goal.mode), goal.size, goal.measure, method)):
            met += 1
            continue
        window = next(w for w in WINDOWS if w.name == goal.window)
        place = words("guete.windows_figures", window=report.span(window), mode=report.mode(goal.mode))
        size = words(f"guete.class_{goal.size}")
        missed.setdefault((place, words(f"guete.measure_{goal.measure}")), []).append(size)
    return (
        met,
        count,
        [
            words("guete.variants_missed", place=place, measure=measure, classes=", ".join(classes))
            for (place, measure), classes in missed.items()
        ],
    )


def _label(report: Guete, window: Window, mode: str) -> str:
    return report.words("guete.variants_row", first=window.base, last=window.target, mode=report.mode(mode))


def _ratio_table(report: Guete) -> Block:
    words = report.words
    rows = []
    for mode in MODES:
        for window in WINDOWS:
            place = (window.name, mode)
            cells = [words.number(report.value(place, MEAN, "error_ratio", m), "dec3") for m in OWN]
            rows.append([_label(report, window, mode), *cells])
    columns = [words("guete.variants_col"), *(words(f"guete.method_{m}") for m in OWN)]
    return page.table(
        columns, rows, caption=words("guete.variants_table"), notes=[words("guete.variants_note")]
    )


def _error_table(report: Guete) -> Block:
    words = report.words
    rows = []
    for place, name in ((FAR, "far"), (NEAR, "near")):
        for size in CLASSES[1:]:
            label = words(f"guete.variants_{name}", size=words(f"guete.class_{size}"))
            cells = [words.number(report.value(place, size, "median_ape", m), "dec2") for m in OWN]
            rows.append([label, *cells])
    columns = [words("guete.variants_col"), *(words(f"guete.method_{m}") for m in OWN)]
    return page.table(columns, rows, caption=words("guete.variants_errors"))


def _fit_tables(report: Guete) -> list[Block]:
    """Return what slopes say, and a table for each base: n, pseudo-R², error in left-out windows, weights, slopes."""
    words = report.words
    blocks = [page.paragraph(words("guete.fits_text", settled=settled(report.fits, words)))]
    for base, part in report.fits.groupby("base"):
        columns = [words(f"guete.fits_{c}") for c in ("member", "n", "r2", "loss", "learned")]
        names = [n for n in SLOPES if part[f"slope_{n}"].notna().any()]
        rows = [_fit_row(report, row, names) for row in part.to_dict("records")]
        columns += [words(f"guete.feature_{name}") for name in names]
        spans = ", ".join(str(part["windows"].iloc[0]).replace("-", "–").split())
        caption = words("guete.fits_table", base=int(str(base)), windows=spans)
        right = [False] + [True] * (len(columns) - 1)
        blocks.append(page.table(columns, rows, caption=caption, numeric=right))
    return blocks


def _fit_row(report: Guete, row: dict[str, float], names: Sequence[str]) -> Sequence[str]:
    words = report.words

    def shown(value: float, spec: str) -> str:
        return "" if pd.isna(value) else words.number(float(value), spec)

    name = ", ".join(words(f"guete.member_{part}") for part in str(row["member"]).split("_"))
    fixed = [shown(row["n"], "int"), shown(row["pseudo_r2"], "dec3"), shown(row["loss"], "dec3")]
    learned = "" if pd.isna(row["loss"]) else shown(row["learned"], "dec2")
    slopes = [
        "" if pd.isna(row[f"slope_{n}"]) else words("guete.fits_slope", value=row[f"slope_{n}"], error=row[f"se_{n}"])
        for n in names
    ]  # fmt: skip
    return [name, *fixed, learned, *slopes]


def behind(report: Guete) -> list[str]:
    """Return, for each window and mode, in which classes the simple rules were better than the own method."""
    words, items = report.words, []
    for mode in reversed(MODES):
        for window in WINDOWS:
            ratios = {s: report.value((window.name, mode), s, "error_ratio") for s in CLASSES}
            worse = {s: r for s, r in ratios.items() if r > 1}
            if not worse:
                continue
            names = ", ".join(words(f"guete.class_{s}") for s in worse)
            if len(worse) == len(CLASSES):
                names = words("guete.behind_all")
            items.append(
                words("guete.behind_item", window=report.span(window), mode=report.mode(mode), list=names,
                      low=100 * (min(worse.values()) - 1), high=100 * (max(worse.values()) - 1))
            )  # fmt: skip
    return items
