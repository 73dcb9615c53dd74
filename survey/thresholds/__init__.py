"""Estimates that lie on the wrong side of their indicator's threshold, and what an issue raised from one says."""
