"""What the sections on segments share: whole numbers of an area, one-line sections, rows of numbers."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wohnlib.report import page
from wohnlib.report.page import Block
from wohnlib.report.view import View

if TYPE_CHECKING:
    from wohnlib.report.bedarf import Bedarf

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Section = Callable[["Bedarf"], Block]
FEW = 20.0  # below this a yearly number is shown with one decimal


def whole(view: View, values: Array) -> Whole:
    """Return values (area, …) as whole numbers of this area; the Kreis is the sum of its units' whole numbers."""
    return view.of(np.floor(np.nan_to_num(values) + 0.5).astype(np.int64))


def one(view: View, values: Array) -> int:
    return int(whole(view, values))


def only_line(id: str, title: str, text: str) -> Block:
    """Return a section that is one line: which figure is missing and where to get it."""
    return page.section(id, title, page.paragraph(text))


def with_tenure(id: str, title: str) -> Callable[[Section], Section]:
    """Return a decorator that makes a section one line where the region has no figures on rented dwellings."""

    def decorate(section: Section) -> Section:
        @wraps(section)
        def shown(report: "Bedarf") -> Block:
            if report.view.result.inputs.segments is None:
                return only_line(id, report.words(title), report.words("seg.missing"))
            return section(report)

        return shown

    return decorate


def ints(report: "Bedarf", values: Iterable[float], spec: str = "int") -> list[str]:
    return [report.words.number(float(v), spec) for v in values]


def between(report: "Bedarf", low: float, high: float, spec: str = "int") -> str:
    """Return a range for a cell; one number if both ends look the same."""
    first, last = (report.words.number(v, spec) for v in (low, high))
    return first if first == last else report.words("seg.between", low=first, high=last)


def spec_of(values: Sequence[float]) -> str:
    """Return the format of yearly numbers: one decimal where the largest is small."""
    return "dec1" if max(values, default=0.0) < FEW else "int"


def drawn(view: View, values: Array) -> Array:
    """Return draws (draw,) of this area from draws (draw, area)."""
    return values.sum(1) if view.index is None else values[:, view.index]


def likely(report: "Bedarf", shown: int, values: Array) -> str:
    """Return the 80 % interval of draws (draw, area) of this area for a cell; it holds the printed number."""
    low, high = np.quantile(drawn(report.view, values), [0.1, 0.9])
    return between(report, min(np.floor(low), shown), max(np.ceil(high), shown))


def positions(view: View) -> list[int]:
    """Return the positions of this area among the units: one, or all for the Kreis."""
    return list(range(len(view.result.inputs.areas))) if view.index is None else [view.index]
