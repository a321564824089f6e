"""Run all benchmarks or some of them and print what they found; one process, one thread of linear algebra."""

import argparse
import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # before numpy is loaded

from collections.abc import Sequence  # noqa: E402
from pathlib import Path  # noqa: E402

from benchmarks import chain, engine, germany, plot  # noqa: E402
from wohnlib import paths  # noqa: E402

OUT = Path(__file__).parent / "out"
PARTS = ("engine", "pandas", "chain", "linear", "germany")
GOALS = {
    "projection: ratio of the best": 4.0,
    "projection: median ratio": 4.0,
    "one unit: best, ms": 60.0,
    "all units: best, ms": 1000.0,
    "in all, minutes": 10.0,
    "memory of all processes at most, GB": 4.0,
    "per area at 100 areas / at 10,000": 1.0,
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], help=f"which: {', '.join(PARTS)} (default: all)"
    )
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args(arguments)
    parts = chosen.parts or PARTS
    if "engine" in parts:
        _engine(chosen.rounds)
    if "pandas" in parts:
        show("Plain pandas, 200 areas x 2 x 101 x 5 years", engine.compare_pandas(200, years=5))
    if "chain" in parts:
        show("Whole chain, 1,000 draws to 2040", chain.compare(rounds=chosen.rounds))
    if "linear" in parts:
        _linear()
    if "germany" in parts:
        if paths.shared().is_dir():
            show("All Gemeinden, 200 draws to 2040, two processes", germany.run())
        else:
            print("All Gemeinden: left out, the folder of delivered files is not there")
    return 0


def show(title: str, found: dict[str, float]) -> None:
    """Print results with their goals."""
    print(f"\n{title}")
    for name, value in found.items():
        goal = f"   goal <= {GOALS[name]:g}" if name in GOALS else ""
        print(f"  {name:<44}{value:12.2f}{goal}")


def _engine(rounds: int) -> None:
    large = engine.compare(10_000, rounds)
    show("Projection, 10,000 areas x 2 x 101 x 25 years, rates by area, age and year", large)
    small = engine.compare(100, rounds * 20)
    name = "projection: per area, µs"
    found = {name: small[name], "per area at 100 areas / at 10,000": small[name] / large[name]}
    show("Projection, 100 areas", found)


def _linear() -> None:
    areas, draws, units = (1000, 2000, 4000, 8000), (250, 500, 1000, 2000, 4000), (1, 5, 10, 15)
    by_area = [engine.compare(n, 3)["projection: per area, µs"] * n / 1e3 for n in areas]
    by_draws, by_units = chain.by_draws(draws), chain.by_units(units)
    out = OUT / "cost.svg"
    plot.draw(
        [
            ("projection, 25 years", "areas", areas, by_area),
            ("chain, 1,000 draws", "units", units, by_units),
            ("draws of 15 units", "draws", draws, by_draws),
        ],
        out,
    )
    print(f"\nCost by areas, units and draws: {out.relative_to(OUT.parent.parent)}")
    for name, x, y in (("areas", areas, by_area), ("units", units, by_units), ("draws", draws, by_draws)):
        print(f"  {name:<8}" + "  ".join(f"{n}: {t:.0f} ms" for n, t in zip(x, y, strict=True)))


if __name__ == "__main__":
    raise SystemExit(main())
