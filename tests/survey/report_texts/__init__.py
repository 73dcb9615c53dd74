"""Tests of text blocks."""
