"""A call for the benchmarks that starts two processes; in a module of its own, which another process reads quickly."""

import os

from joblib import Parallel, delayed

from wohnlib.memory import peak_memory


def run() -> tuple[int, int, int]:
    """Return this process, the memory it has used at most (bytes) and how many calls came back."""
    made = Parallel(n_jobs=2)(delayed(os.getpid)() for _ in range(2))
    return os.getpid(), peak_memory(), len(made)
