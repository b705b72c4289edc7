"""Whether an edition can be read to the end by itself: what of it would stop a build is found before it is read with the others."""

import polars as pl

from transforms.errors import LayoutError
from transforms.harmonise import harmonise
from transforms.harmonise.observe import refuse_unmatched
from transforms.harmonise.registers import Registers, areas_frame
from transforms.incidents import Original
from transforms.indicators.coverage import coverage, refuse_gaps
from transforms.sources.ons_geography import boundaries, has_boundaries
from transforms.sources.registry import Edition, Source


def refuse_unreadable(
    cells: pl.DataFrame, source: Source, edition: Edition, content: Original, registers: Registers
) -> None:
    """Raise what is wrong with an edition whose ``cells`` its parser has read; ``source`` has the edition, ``content`` are its bytes.

    LayoutError where none of its figures is used, its boundaries cannot be drawn, or a force has no figure that others have and nothing says
    why; UnmatchedError where a cell has no meaning in the registers; RegisterError where a correction finds some of its cells only.
    """
    if cells.is_empty():
        raise LayoutError(
            f"{source.id} {edition.id}: no figure in the file is one that the project uses; look at the file."
        )
    if has_boundaries(edition) and isinstance(content, bytes):
        forces = registers.areas.filter(pl.col("kind") == "police_force_area")["area_id"].to_list()
        boundaries(content, edition, forces)
    if source.reaches == "observations":
        understood = harmonise(cells, {source.id: source}, registers, settled=())
        refuse_unmatched(understood.unmatched)
        areas, gaps = areas_frame(registers), registers.coverage_gaps
        refuse_gaps(coverage(understood.observations, areas, registers.measures, gaps, settled=()))
