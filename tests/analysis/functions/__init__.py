"""Tests of `analysis/functions/`: figures by name, worked by hand."""
