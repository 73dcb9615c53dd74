"""One search over what the program knows: households, issues, visits, reports, places and people."""
