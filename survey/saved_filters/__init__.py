"""Filters of the list of issues that people keep under a name, those that need no keeping, and which one the list opens with."""
