"""One script per performance promise; each prints one JSON line per figure. `python -m benchmarks` runs them all."""
