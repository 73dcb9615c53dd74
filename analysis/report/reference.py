"""Where the writer finds the reference documents until it asks the official format itself."""

from analysis.report.official.format import LEFT_MM, PAGE_WIDTH_MM, RIGHT_MM
from analysis.report.official.reference import make_reference, reference_path

__all__ = ["LEFT_MM", "PAGE_WIDTH_MM", "RIGHT_MM", "make_reference", "reference_path"]
