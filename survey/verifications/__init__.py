"""Verification of issues by named people: tasks, what they found, and the files they bring."""
