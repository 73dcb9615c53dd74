"""Tests of the kinds of reports."""
