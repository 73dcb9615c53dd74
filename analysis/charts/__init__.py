"""Charts of figures, in Chinese and English: a file per kind with its records as data (`bars.py`, `stacks.py` …), drawn in one style
(`style.py`) on sheets in inches (`paper.py`, `glyphs.py`) as SVG and PNG (`pictures.py`).

Which figures a chart shows is decided in the files named `…_charts.py`: `bundle_charts.py` has all of a bundle, `indicator_charts.py` those
of indicators from estimates alone, `area_charts.py` those of a report; `wall_charts.py` holds the sheets that hang on the wall. Drawing
computes no number.
"""

from analysis.charts.indicator_charts import indicator_charts
from analysis.charts.pictures import Chart, png_of, svg_and_png_of

__all__ = ["Chart", "indicator_charts", "png_of", "svg_and_png_of"]
