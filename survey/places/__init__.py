"""Regions, monitoring points, households and their roster."""
