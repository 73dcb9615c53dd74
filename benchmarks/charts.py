"""How much of one core a sheet of each kind of chart takes to be drawn as SVG and as PNG, for 30 villages; heat maps have 40 indicators."""

import time
from dataclasses import replace

from analysis.charts.heat_map import HeatMap
from analysis.charts.pictures import svg_and_png_of
from benchmarks.figure import Figure, print_figure
from tests.analysis.charts.made import charts_for

N_VILLAGES = 30
N_REPEATED = 5
"""The heat map of `charts_for` has eight indicators."""
LIMIT_SECONDS = 4.0


def main() -> None:
    """Print the figures."""
    # The first chart reads the fonts and the glyphs.
    for chart in charts_for(1).values():
        svg_and_png_of(chart)
    for kind, chart in charts_for(N_VILLAGES).items():
        drawn = replace(chart, rows=chart.rows * N_REPEATED) if isinstance(chart, HeatMap) else chart
        began = time.process_time()
        svg, png = svg_and_png_of(drawn)
        taken = time.process_time() - began
        detail = f"SVG {len(svg) / 1024:,.0f} kB, PNG {len(png) / 1024:,.0f} kB"
        print_figure(Figure(f"chart '{kind}' of {N_VILLAGES} villages, SVG and PNG", LIMIT_SECONDS, taken, "s", detail))


if __name__ == "__main__":
    main()
