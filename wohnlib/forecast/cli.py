"""The command `wohnlib forecast`: checks what is asked for, makes the table, writes the file."""

import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wohnlib.errors import Fault, InputError, fault
from wohnlib.forecast.asof import Allowed, available, read_all
from wohnlib.forecast.table import LEVELS, Request, make, places, write
from wohnlib.scenario import LAST_YEAR

if TYPE_CHECKING:
    from wohnlib.forecast.kreise import KreisKnown

FIRST_WITH_AGES = 2017  # base year from which two dates of the age structure are known


def run_forecast(
    as_of: str, dates: str, out: Path, level: str | None = None, region: str | None = None
) -> int:
    """Write the forecast as of a date to a CSV file and return the number of its rows.

    as_of: date (year-month-day); dates: several, separated by commas; level: kreis, unit or gemeinde; region: a key.
    Raises InputError with every fault of the request; nothing is written then.
    """
    from wohnlib import scenario as scenarios
    from wohnlib.data.tables import load
    from wohnlib.session import ready

    allowed, days = asked(as_of, dates, level, out)
    ready()
    everything = read_all()
    named = places(everything, allowed)
    if region is not None and not named.known(region):
        raise InputError([fault("forecast_region", column="--region", found=region)])
    if region is not None and not named.there(level, region):
        raise InputError([fault("forecast_nothing", column="--level", found=level, region=region)])
    table = make(
        everything, cohorts(allowed), allowed, Request(days, level, region), load("forecast_errors_asof"),
        scenarios.load(), named,
    )  # fmt: skip
    write(table, out)
    return len(table)


def cohorts(allowed: Allowed) -> "KreisKnown | None":
    """Return what the cohort method may use; nothing for bases before two dates of the age structure are known."""
    from wohnlib.forecast.kreise import known_kreise

    return known_kreise(allowed.as_of, allowed.base) if allowed.base.year >= FIRST_WITH_AGES else None


def asked(as_of: str, dates: str, level: str | None, out: Path) -> tuple[Allowed, tuple[date, ...]]:
    """Return base and dates of a request; raise InputError with all its faults."""
    faults: list[Fault] = []
    today = _day(as_of, "--as-of", faults)
    days = [d for d in (_day(text, "--dates", faults) for text in dates.split(",")) if d]
    if level is not None and level not in LEVELS:
        faults.append(fault("forecast_level", column="--level", found=level, allowed=", ".join(LEVELS)))
    if not out.parent.is_dir():
        faults.append(fault("forecast_folder", column="--out", found=out.parent.name))
    elif not os.access(out.parent, os.W_OK):
        faults.append(fault("forecast_out", file=out.name))
    elif out.is_dir():
        faults.append(fault("forecast_file", column="--out", found=out.name))
    if today is None:
        raise InputError(faults)
    allowed = available(today)
    faults += _range_faults(days, allowed)
    if faults:
        raise InputError(faults)
    return allowed, tuple(sorted(set(days)))


def _day(text: str, option: str, faults: list[Fault]) -> date | None:
    """Return a date written as year-month-day; otherwise note the fault."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        faults.append(fault("forecast_date", column=option, found=text.strip() or "''"))
        return None


def _range_faults(days: Sequence[date], allowed: Allowed) -> list[Fault]:
    base = f"{allowed.base:%d.%m.%Y}"
    early = [fault("forecast_before", column="--dates", found=d, base=base) for d in days if d < allowed.base]
    late = [
        fault("forecast_after", column="--dates", found=d, last=LAST_YEAR) for d in days if d.year > LAST_YEAR
    ]
    return early + late
