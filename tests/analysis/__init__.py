"""Tests of `analysis/`: real bundle folders, numbers worked by hand, documents reopened."""
