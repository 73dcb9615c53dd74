"""Charts of figures, in Chinese and English: records as data (`bars.py`), drawn in one style (`style.py`) as SVG and PNG (`pictures.py`).

Which figures a chart shows is decided in `indicator_charts.py` (a bundle's indicators) and `area_charts.py` (a report's focus areas);
`wall_charts.py` holds the sheets that hang on the wall. No number is computed here.
"""

from analysis.charts.indicator_charts import indicator_charts
from analysis.charts.pictures import Chart, png_of, svg_and_png_of

__all__ = ["Chart", "indicator_charts", "png_of", "svg_and_png_of"]
