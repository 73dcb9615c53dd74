"""Handing everything of one installation, such as a hotspot's laptop, over to another, as often as one likes and without doubling."""
