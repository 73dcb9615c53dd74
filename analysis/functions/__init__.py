"""Figures that need more than a sum above and a sum below a line: those asked for by name, and medians and quantiles, made of rows."""
