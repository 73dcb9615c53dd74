"""Accepting and returning submissions."""
