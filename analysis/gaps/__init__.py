"""Gaps that an oversight visit looks for: between kinds of household in the same village, between what was said and what was filed, and
between villages with an issue and those without. Pure, over a bundle; what was not sampled by chance is told as observed.
"""
