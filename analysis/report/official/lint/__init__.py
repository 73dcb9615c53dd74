"""Checks any Word file against the official format: `lint_document` in `check.py`."""
