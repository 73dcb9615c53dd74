"""Gaps of a visit on a page: the cliff effect, said against filed, and what distinguishes villages with an issue."""
