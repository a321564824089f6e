"""All Gemeinden from population to need with draws, in chunks on two processes: minutes, memory and how both grow."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from wohnlib.forecast.germany_base import national
from wohnlib.forecast.germany_need import batch
from wohnlib.memory import peak_memory

SHARES = (0.25, 0.5, 0.75, 1.0)  # of all areas, at which time and memory are told


@dataclass(frozen=True)
class Point:
    """Where the chunks stand: areas done, seconds since they began, bytes of the processes."""

    areas: int
    seconds: float
    computed: float  # seconds of the processor, all processes with chunks together
    worker: int  # largest memory at any time of the worst process with chunks so far
    own: int  # memory of the process that collects the rows, now


@dataclass(frozen=True)
class Run:
    """One run: the part for the nation (seconds, largest memory), then the chunks."""

    national_seconds: float
    national_memory: int
    points: tuple[Point, ...]  # one a task, in the order of the areas
    jobs: int

    def at(self, share: float) -> Point:
        """Return the first point at which this share of the areas was done."""
        return next(p for p in self.points if p.areas >= share * self.points[-1].areas)


def run(draws: int = 200, jobs: int = 2, horizon_year: int = 2040, kreise: int | None = None) -> Run:
    """Compute the need of all Gemeinden, or of the first Kreise, and return what was measured; rows are let go."""
    start = time.perf_counter()
    shared, every = national(draws, horizon_year)
    ready, memory = time.perf_counter(), peak_memory()
    points: list[Point] = []
    areas, computed, worker = 0, 0.0, 0
    for done in batch(shared, every[:kreise], jobs):
        areas += len(done.rows)
        computed += done.seconds
        worker = max(worker, done.memory)
        own = psutil.Process().memory_info().rss
        points.append(Point(areas, time.perf_counter() - ready, computed, worker, own))
    return Run(ready - start, memory, tuple(points), jobs)


def found(made: Run) -> dict[str, float]:
    """Return minutes and memory; all processes at most: the largest of each, as if they came at the same time."""
    last, workers = made.points[-1], made.jobs if made.jobs > 1 else 0
    own = max(made.national_memory, *(p.own for p in made.points))
    return {
        "Gemeinden": last.areas,
        "national part, minutes": made.national_seconds / 60,
        "chunks, minutes": last.seconds / 60,
        "chunks, minutes of the processor": last.computed / 60,
        "in all, minutes": (made.national_seconds + last.seconds) / 60,
        "national part, memory at most, GB": made.national_memory / 1e9,
        "chunks, memory of a worker at most, GB": last.worker / 1e9,
        "memory of all processes at most, GB": (own + workers * last.worker) / 1e9,
    }


def growth(made: Run) -> dict[str, float]:
    """Return memory and time of the chunks after a quarter, half, three quarters and all of the areas."""
    at = {f"{share:.0%}": made.at(share) for share in SHARES}
    told: dict[str, float] = {}
    for name, p in at.items():
        told[f"after {name} of the areas: Gemeinden"] = p.areas
        told[f"after {name}: worst worker at most, MB"] = p.worker / 1e6
        told[f"after {name}: collecting process, MB"] = p.own / 1e6
        told[f"after {name}: minutes"] = p.seconds / 60
        told[f"after {name}: computed s per 1,000 areas"] = p.computed / p.areas * 1e3
    first, last = at["25%"], at["100%"]
    thousands = max(last.areas - first.areas, 1) / 1e3
    return told | {
        "worker: MB more per 1,000 areas": (last.worker - first.worker) / 1e6 / thousands,
        "worker: memory at all / at a quarter": last.worker / first.worker,
        "collecting process: at all / at a quarter": last.own / first.own,
    }


def by_areas(made: Run) -> tuple[Sequence[float], Sequence[float]]:
    """Return areas and computed seconds at tenths of all areas, as far as tasks ended there."""
    points = list(dict.fromkeys(made.at(share / 10) for share in range(1, 11)))
    return [p.areas for p in points], [p.computed for p in points]
