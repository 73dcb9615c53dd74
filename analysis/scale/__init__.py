"""Estimates of bundles that do not fit into memory: county by county, from sums that add up, on one machine or on many.

First each county says how its sample responded (`first_pass.py`), because weights are carried over counties; then each gives its sums and
the finished figures of its villages (`county_parts.py`); then all sums together give the figures of everything above (`merging.py`). What
comes out does not depend on how many workers there were or on which one was how quick (`running.py`).
"""
