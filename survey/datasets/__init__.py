"""Datasets of visits for other programs: de-identified ones for everybody who reads, full ones for a stated purpose."""
