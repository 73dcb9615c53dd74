"""Figures with how sure they are: design, weights, sums that can be merged, variances, intervals, comparisons. Arrays in, arrays out."""
