"""Tests of live figures."""
