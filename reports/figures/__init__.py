"""Charts as SVG at page width: Python works out the geometry, one template writes the elements.

What belongs here: pure functions from figures and labels to an SVG string, and the palette that charts, pages and PDF share.
What does not: reading the lake, choosing what to show, rounding figures for print (``formats``), and sentences (``wording``).

Every chart is 680 units wide, names itself (`title` and `desc`), keeps text as text, and never tells by colour alone.
"""

from reports.figures.boundary_map import Enlarged, Shaded, boundary_map
from reports.figures.coverage_matrix import MatrixColumn, coverage_matrix
from reports.figures.flow import Flow, flow
from reports.figures.funnel_plot import FunnelLimits, FunnelPoint, funnel_plot
from reports.figures.ranked_intervals import RankedRow, Reference, ranked_intervals
from reports.figures.revision_triangle import RevisedFigure, revision_triangle
from reports.figures.sparklines import Spark, spark, sparklines
from reports.figures.svg import on_paper
from reports.figures.tile_map import Tile, tile_map
from reports.figures.time_series import Break, Gap, time_series

__all__ = [
    "Break",
    "Enlarged",
    "Flow",
    "FunnelLimits",
    "FunnelPoint",
    "Gap",
    "MatrixColumn",
    "RankedRow",
    "Reference",
    "RevisedFigure",
    "Shaded",
    "Spark",
    "Tile",
    "boundary_map",
    "coverage_matrix",
    "flow",
    "funnel_plot",
    "on_paper",
    "ranked_intervals",
    "revision_triangle",
    "spark",
    "sparklines",
    "tile_map",
    "time_series",
]
