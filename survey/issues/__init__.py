"""Findings about the world, raised from evidence."""
