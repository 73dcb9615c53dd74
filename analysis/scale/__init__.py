"""Estimates of bundles that do not fit into memory: county by county, from sums that add up, on one machine or on many.

Each part gives its sums and the finished figures of its villages (`county_parts.py`), of answers that are read straight from their columns
(`answers.py`) and grouped by interview (`units.py`); then all sums together give the figures of everything above (`merging.py`). Where
strata reach over parts, each first says how its sample responded (`first_pass.py`), and medians of places above the parts need a second
look (`second_pass.py`). What comes out does not depend on how many workers there were or on which one was how quick (`running.py`).
"""
