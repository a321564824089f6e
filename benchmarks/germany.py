"""All Gemeinden from population to need with draws, in chunks on two processes: minutes and memory."""

import time

from wohnlib.forecast.germany_base import national
from wohnlib.forecast.germany_need import batch, peak_memory


def run(
    draws: int = 200, jobs: int = 2, horizon_year: int = 2040, kreise: int | None = None
) -> dict[str, float]:
    """Return minutes and the largest memory at any time of all processes together, gigabytes."""
    start = time.perf_counter()
    shared, every = national(draws, horizon_year)
    ready = time.perf_counter()
    count, largest = 0, 0
    for done in batch(shared, every[:kreise], jobs):
        count += len(done.rows)
        largest = max(largest, done.memory)
    end = time.perf_counter()
    workers = largest * jobs if jobs > 1 else 0
    return {
        "Gemeinden": count,
        "national part, minutes": (ready - start) / 60,
        "chunks, minutes": (end - ready) / 60,
        "in all, minutes": (end - start) / 60,
        "memory of this process, GB": peak_memory() / 1e9,
        "memory of all processes at most, GB": (peak_memory() + workers) / 1e9,
    }
