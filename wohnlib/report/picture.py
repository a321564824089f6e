"""A figure drawn twice: wide for screens and paper, narrow for phones."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Self

P = ParamSpec("P")


class Picture(bytes):
    """A figure as an SVG document, with a second one that says the same in a `narrow` form."""

    narrow: bytes

    def __new__(cls, wide: bytes, narrow: bytes) -> Self:
        made = super().__new__(cls, wide)
        made.narrow = narrow
        return made


def twice(draw: Callable[Concatenate[bool, P], bytes]) -> Callable[P, Picture]:
    """Make of `draw(narrow, …)` a function that returns both forms of the figure."""

    @wraps(draw)
    def both(*args: P.args, **kwargs: P.kwargs) -> Picture:
        return Picture(draw(False, *args, **kwargs), draw(True, *args, **kwargs))

    return both
