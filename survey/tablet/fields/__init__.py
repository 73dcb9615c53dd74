"""The fields that questions are drawn with, one file per family of widgets."""
