"""Visits, teams, pairs, assignments, meetings, and the work ledger."""
