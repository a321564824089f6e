"""Part of the page on Kreise: one to four years ahead, what the intervals held and how simple rules compare."""

from typing import TYPE_CHECKING

import pandas as pd

from wohnlib.backtest.kreise_near import FILE, OTHERS, SHIPPED
from wohnlib.backtest.kreise_near import PARTS as NEAR_PARTS
from wohnlib.backtest.kreise_rules import RULES
from wohnlib.forecast.kreise_errors import PARTS as STARTS
from wohnlib.report import page
from wohnlib.report.page import Block

if TYPE_CHECKING:
    from wohnlib.report.sections_guete_kreise import Record

TABLE, CENSUS = STARTS
CELLS, TOTALS = NEAR_PARTS[0], NEAR_PARTS[-1]
NEAR_YEARS = (1, 2, 3)  # 31.12.2023 and 31.12.2024 are 1.6 and 2.6 years after the census
_AS_GOOD = 0.9  # error ratio from which a simple rule counts as about as good


def cover(found: "Record") -> str:
    """What the intervals of the file hold one to three years ahead: on average over shocks, and as it came."""
    every = {p: [_near(found, CENSUS, p, y) for y in NEAR_YEARS] for p in (CELLS, TOTALS)}
    usual = {p: [float(t["history"].mean()) for t in rows] for p, rows in every.items()}
    came = {p: pd.concat([t["held"] for t in rows]) for p, rows in every.items()}
    table = found.near
    later = table[(table["widths"] == SHIPPED) & (table["part"] == CELLS) & table["years"].isin(NEAR_YEARS)]
    return found.say(
        "cover", cells_low=min(usual[CELLS]), cells_high=max(usual[CELLS]), totals_low=min(usual[TOTALS]),
        totals_high=max(usual[TOTALS]), came_low=came[CELLS].min(), came_high=came[CELLS].max(),
        sums_low=came[TOTALS].min(), sums_high=came[TOTALS].max(),
        later_low=later["history"].min(), later_high=later["history"].max(),
    )  # fmt: skip


def held(found: "Record", start: str) -> Block:
    """Return the table of what intervals held: mean over shocks of the nation and starts, range of what came."""
    years = [0, *NEAR_YEARS] if start == CENSUS else [*NEAR_YEARS, NEAR_YEARS[-1] + 1]
    rows = []
    for part in NEAR_PARTS:
        row = [found.say(f"near_{part}")]
        for ahead in years:
            table = _near(found, start, part, ahead)
            row.append(_share(found, table) if len(table) else "–")
        rows.append(row)
    columns = [found.say("col_part"), *(_ahead(found, y) for y in years)]
    return page.table(
        columns, rows, caption=found.say(f"table_held_{start}"), notes=[found.say("held_note")],
        numeric=[False] + [True] * len(years),
    )  # fmt: skip


def skill(found: "Record") -> str:
    """How the errors one to three years ahead compare with the simple rules, and where those are as good."""
    cells = pd.concat([_near(found, CENSUS, CELLS, y) for y in NEAR_YEARS[1:]])
    sums = pd.concat([_near(found, TABLE, TOTALS, y) for y in NEAR_YEARS])
    close = [
        found.say("close_item", part=found.say(f"near_{p}"), ahead=_ahead(found, y))
        for p in NEAR_PARTS[1:-1]
        for y in NEAR_YEARS
        if _near(found, CENSUS, p, y)["error_ratio"].mean() > _AS_GOOD
    ]
    text = found.say(
        "skill", own=cells["own"].mean(), rule=cells["hamilton_perry"].mean(), none=cells["constant"].mean(),
        low=sums["error_ratio"].min(), high=sums["error_ratio"].max(),
    )  # fmt: skip
    return " ".join([text, *([found.say("close", list="; ".join(close))] if close else [])])


def ratios(found: "Record", start: str) -> Block:
    """Return the table of errors beside those of the simple rules, means over the starts."""
    rows = []
    for part in NEAR_PARTS:
        for ahead in NEAR_YEARS:
            table = _near(found, start, part, ahead)
            if table.empty or (part == TOTALS and start == CENSUS):
                continue
            numbers = [
                found.words.number(float(table[m].mean()), "dec2") for m in ("own", *RULES, "error_ratio")
            ]
            rows.append([found.say(f"near_{part}"), str(ahead), *numbers])
    columns = [found.say("col_part"), found.say("col_ahead"), found.say("method_own"),
               *(found.say(f"method_{m}") for m in RULES), found.say("col_ratio")]  # fmt: skip
    numeric = [False] + [True] * (len(columns) - 1)
    return page.table(columns, rows, caption=found.say(f"table_ratio_{start}"), numeric=numeric)


def _near(found: "Record", start: str, part: str, years: int) -> pd.DataFrame:
    """Return the rows of a part some years ahead, one a start; totals have intervals in the file only."""
    widths = FILE if part == TOTALS else OTHERS
    kind = TABLE if part == TOTALS else start
    table = found.near
    here = (table["start"] == kind) & (table["widths"] == widths) & (table["part"] == part)
    return table[here & (table["years"] == years)]


def _share(found: "Record", table: pd.DataFrame) -> str:
    """Return the mean share held over shocks, and the range of what came."""
    came = sorted({found.words.number(float(v), "dec0") for v in (table["held"].min(), table["held"].max())})
    return found.say("held", mean=table["history"].mean(), came="–".join(came))


def _ahead(found: "Record", years: int) -> str:
    """Return the words for years ahead."""
    return found.say({0: "col_now", 1: "col_year"}.get(years, "col_years"), n=years)
