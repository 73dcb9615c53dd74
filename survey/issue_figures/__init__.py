"""Figures about issues: how far they came, how long they took, what look-backs confirmed."""
