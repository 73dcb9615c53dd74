"""Candidates for issues: what the rules of questionnaires find, and what a coordinator raises from a discrepancy."""
