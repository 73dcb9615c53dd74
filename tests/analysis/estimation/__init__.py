"""Tests of estimates and how sure they are."""
