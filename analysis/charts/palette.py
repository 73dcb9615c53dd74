"""The colours of series in charts, which are those of the program's pages (`--series-1` and on in survey/static/css/tokens.css).

Each is told from white paper (contrast of 3 or more), and from its neighbours by people who do not see red and green.
"""

SERIES = ("#17466f", "#d55e00", "#00805e", "#b3568a", "#b37b00", "#2f87bd")
REST = "#d9e0e6"
"""What is left of a whole."""
