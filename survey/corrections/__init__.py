"""Corrections of single answers of accepted interviews: a log that only grows, beside what was received, which stays as it is."""
