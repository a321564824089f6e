"""Speed as ratios and memory, in one run: `python -m benchmarks`."""
