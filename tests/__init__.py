"""Tests; they mirror the packages."""

import gc

# Nothing is garbage until everything is imported and collected, and looking for some takes a quarter of the time of that.
gc.disable()
