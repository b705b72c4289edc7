"""The figures of the reports on what the project keeps: what is drawn is what the tables say."""

from collections import Counter
from dataclasses import replace

import polars as pl
import pytest

from reports import formats, wording
from reports.document import Block, Document, Figure, Number, Table
from reports.numbers import ReportData
from reports.products import coverage, flows, products, provenance, recorded, trends
from reports.products.products import forces_of
from reports.products.shared import DRUGS, NATION
from tests.reports.figures.reading import SVG, extents, overlapping, parsed, texts
from tests.sources.workbooks import original
from transforms.contracts import BOUNDARIES
from transforms.sources.ons_geography import boundaries
from transforms.sources.registry import Source

pytestmark = pytest.mark.full

NORFOLK, KENT, AVON_AND_SOMERSET = "E23000024", "E23000032", "E23000036"


def figures(blocks: tuple[Block, ...]) -> list[Figure]:
    return [block for block in blocks if isinstance(block, Figure)]


def behind(figure: Figure) -> Table:
    assert figure.table is not None
    return figure.table


def test_the_links_of_norfolk_are_two_figures_with_all_named_places_and_norfolk_marked(
    report_data: ReportData,
) -> None:
    first, second = flows.london_links(report_data, [NORFOLK])
    assert {"Norfolk 416", "Essex 336", "Hampshire [x], second by number"} <= set(texts(parsed(first.svg)))
    assert {"Hampshire 413", "Norfolk 198", "Suffolk 113"} <= set(texts(parsed(second.svg)))
    assert [behind(first).rows[place][0] for place in behind(first).highlighted] == ["Norfolk"]
    assert len(behind(first).rows) == 9


def test_a_force_that_no_assessment_names_has_no_figure_of_links(report_data: ReportData) -> None:
    assert flows.london_links(report_data, [KENT]) == ()


def test_the_nation_has_every_link_and_marks_none(report_data: ReportData) -> None:
    first, _ = flows.london_links(report_data, forces_of(report_data, NATION))
    assert not behind(first).highlighted


def test_the_matrix_shows_the_force_without_data_the_years_without_an_edition_and_the_reasons(
    report_data: ReportData,
) -> None:
    (figure,) = figures(coverage.coverage(report_data))
    written = texts(parsed(figure.svg))
    assert "No edition is held for the years between the two beside it." in written
    assert sum(name in written for name in report_data.coverage["area_name"].unique()) == 43
    gaps = {row[:2] for row in behind(figure).rows}
    assert ("Drug offences recorded by the police", "Greater Manchester") in gaps
    assert ("Arrests for drug offences", "Lancashire") in gaps


def test_the_matrix_shows_searches_arrests_and_officers_at_year_ends(report_data: ReportData) -> None:
    (figure,) = figures(coverage.coverage(report_data))
    written = texts(parsed(figure.svg))
    assert {"Searches", "Arrests", "Officers", "Mar 2019", "Mar 2022"} <= set(written)
    assert "Lancashire Constabulary supplied no arrests for the year ending March 2018." in written
    # Twice of officers without an edition, in each row, and in the legend.
    letter = written[written.index("No edition is held for the years between the two beside it.") - 1]
    assert written.count(letter) == 43 * 2 + 1


def test_the_matrix_names_a_gap_that_no_register_explains(report_data: ReportData) -> None:
    hidden = (pl.col("area_id") == KENT) & (pl.col("measure_id") == "nrm_police_referrals")
    gap = report_data.coverage.with_columns(pl.col("present") & ~hidden)
    (figure,) = figures(coverage.coverage(replace(report_data, coverage=gap)))
    assert "No reason is known." in texts(parsed(figure.svg))
    assert any(row[1] == "Kent" and row[3] == "No reason is known." for row in behind(figure).rows)


def test_small_lines_of_all_forces_end_at_the_latest_number_which_is_in_the_table(report_data: ReportData) -> None:
    (figure,) = figures(trends.trends(report_data, forces_of(report_data, NATION), [NORFOLK]))
    written = texts(parsed(figure.svg))
    table = behind(figure)
    assert len(table.rows) == 43
    assert all(isinstance(run, Number) and run.text in written for row in table.rows for run in (row[1], row[4]))
    assert [table.rows[place][0] for place in table.highlighted] == ["Norfolk"]
    assert "Norfolk from 1,392 to 1,928" in figure.description


def test_a_single_force_has_no_small_lines_to_set_side_by_side(report_data: ReportData) -> None:
    assert trends.trends(report_data, [NORFOLK]) == ()


@pytest.mark.parametrize("area_id", [NATION, NORFOLK])
def test_no_label_lies_on_another_and_none_leaves_the_page(report_data: ReportData, area_id: str) -> None:
    forces = forces_of(report_data, area_id)
    drawn = [
        *flows.london_links(report_data, forces),
        *figures(coverage.coverage(report_data)),
        *figures(trends.trends(report_data, forces)),
    ]
    for figure in drawn:
        boxes = extents(parsed(figure.svg))
        assert overlapping(boxes) == [], figure.anchor
        assert all(left >= -0.5 and right <= 680.5 for _, left, right, _, _ in boxes), figure.anchor


@pytest.mark.parametrize("more", [1, 2, 9])
def test_revisions_are_drawn_however_many_editions_are_held(more: int, report_data: ReportData) -> None:
    """Synthetic editions: what the tables of March 2018 print, published again and again, one more offence each time."""
    first = (pl.col("edition_id") == "ye-mar-2018") & (pl.col("source_id") == "ons_pfa_tables")
    indicators, editions = report_data.indicators, report_data.editions
    for number in range(1, more + 1):
        again = [pl.lit(f"synthetic-{number}").alias("edition_id"), pl.lit(f"2020-{number:02}").alias("vintage")]
        revised = report_data.indicators.filter(first).with_columns(*again, pl.col("numerator") + number)
        indicators = pl.concat([indicators, revised])
        editions = pl.concat([editions, report_data.editions.filter(first).with_columns(again)])
    source = report_data.sources["ons_pfa_tables"]
    listed = [replace(source.editions[0], id=f"synthetic-{number}") for number in range(1, more + 1)]
    sources = {**report_data.sources, source.id: replace(source, editions=(*source.editions, *listed))}
    data = replace(report_data, indicators=indicators, editions=editions, sources=sources)
    blocks = provenance.data_notes(data, [NORFOLK], draws_revisions=True)
    (figure,) = [each for each in figures(blocks) if each.anchor == "figure-revisions"]
    assert sum("1,984" in str(line) for line in behind(figure).rows) == 1
    said = [str(block) for block in blocks if "in the table only" in str(block)]
    assert len(said) == 1, "the chart has no room for all editions and says so"
    assert texts(parsed(figure.svg))


def synthetic_outlines(data: ReportData) -> pl.DataFrame:
    """Each police force area as a square where its tile lies, in degrees."""
    forces = data.areas.filter(pl.col("kind") == "police_force_area").sort("area_id")
    west, south = pl.col("tile_column") * 0.5 - 5, 55 - pl.col("tile_row") * 0.4
    corners = pl.DataFrame({"point": [1, 2, 3, 4, 5], "x": [0.0, 0.5, 0.5, 0.0, 0.0], "y": [0.0, 0.0, 0.4, 0.4, 0.0]})
    points = forces.join(corners, how="cross").with_columns(
        *(pl.lit("ons_geography").alias("source_id"), pl.lit("2023-12-boundaries").alias("edition_id")),
        *(pl.lit(1).alias("ring"), (west + pl.col("x")).alias("longitude"), (south + pl.col("y")).alias("latitude")),
        *((west + 0.25).alias("label_longitude"), (south + 0.2).alias("label_latitude")),
    )
    return points.select(pl.col(name).cast(dtype) for name, dtype in BOUNDARIES.schema.items())


@pytest.fixture(scope="module")
def with_boundaries(report_data: ReportData, registered: dict[str, Source]) -> ReportData:
    """The same data in a build that holds boundaries, beside a look-up of the same source."""
    source = registered["ons_geography"]
    editions = [
        {
            **dict.fromkeys(report_data.editions.columns, "synthetic"),
            **{"source_id": source.id, "edition_id": edition.id, "publisher": source.publisher.name},
            **{"title": edition.title, "vintage": edition.vintage, "file": edition.file, "sha256": edition.id * 4},
            **{"bytes": 1, "rows": 1, "retrieved_at": "2025-01-01", "file_kind": edition.file_kind},
        }
        for edition in source.editions
    ]
    held = report_data.editions
    return replace(
        report_data,
        boundaries=synthetic_outlines(report_data),
        sources={**report_data.sources, source.id: source},
        editions=pl.concat([held, pl.DataFrame(editions).select(pl.col(n).cast(t) for n, t in held.schema.items())]),
    )


def anchors(document: Document) -> list[str]:
    return [block.anchor for block in document.blocks if isinstance(block, Figure)]


def test_every_report_has_the_tile_map_and_one_on_one_force_six_charts_at_most(report_data: ReportData) -> None:
    forces = forces_of(report_data, NATION)
    drawn = {area_id: anchors(products.force(report_data, area_id)) for area_id in forces}
    drawn |= {area_id: anchors(products.region(report_data, area_id)) for area_id in ("E12000006", "ERSOU-AREA")}
    assert [area_id for area_id, of in drawn.items() if "figure-map" not in of] == []
    assert {area_id: of for area_id, of in drawn.items() if area_id in forces and len(of) > 6} == {}
    assert "figure-revisions" in drawn[AVON_AND_SOMERSET]


def test_where_london_links_take_the_place_of_the_chart_of_revisions_their_table_stays(report_data: ReportData) -> None:
    document = products.force(report_data, NORFOLK)
    assert "figure-revisions" not in anchors(document)
    (revised,) = [block for block in document.blocks if isinstance(block, Table) and block.anchor == "table-revisions"]
    assert {"1,984", "2,019"} <= {wording.plain((row[2],)) for row in revised.rows}


def test_a_build_without_boundaries_has_no_map_of_them_and_does_not_name_their_source(report_data: ReportData) -> None:
    document = products.national(report_data)
    assert "figure-map" in anchors(document)
    assert "figure-boundary-map" not in anchors(document)
    assert "Ordnance Survey" not in repr(document.blocks)


def test_the_map_of_boundaries_follows_the_tile_map_in_the_national_report_alone(with_boundaries: ReportData) -> None:
    document = products.national(with_boundaries)
    place = anchors(document).index("figure-map")
    assert anchors(document)[place + 1] == "figure-boundary-map"
    assert "figure-boundary-map" not in anchors(products.region(with_boundaries, "E12000006"))


def test_the_map_of_boundaries_has_the_rates_of_the_tile_map_and_the_notice_of_its_licence(
    with_boundaries: ReportData,
) -> None:
    document = products.national(with_boundaries)
    tiles, outlines = (
        next(block for block in document.blocks if isinstance(block, Figure) and block.anchor == anchor)
        for anchor in ("figure-map", "figure-boundary-map")
    )
    headline = with_boundaries.headline_period(DRUGS)
    assert headline
    rates = with_boundaries.forces(DRUGS, *headline)["value"].drop_nulls()
    drawn, on_tiles = texts(parsed(outlines.svg)), texts(parsed(tiles.svg))
    assert Counter(formats.rate(rate) for rate in rates) <= Counter(drawn)
    assert drawn[-6:] == on_tiles[-6:]  # the legend
    assert "[low]" in drawn
    notice = with_boundaries.sources["ons_geography"].attribution
    assert outlines.source_note.endswith(notice)
    assert "per 1,000 residents" in outlines.title
    assert outlines.table is None
    assert wording.IN_THE_TABLE_OF_FORCES in outlines.source_note


def test_boundaries_stand_among_the_sources_without_the_look_ups_beside_them(with_boundaries: ReportData) -> None:
    blocks = products.national(with_boundaries).blocks
    listed = {block.anchor: block for block in blocks if isinstance(block, Table)}
    files = [str(row[-1]) for row in listed["table-sources"].rows]
    (held,) = [text for text in files if "Police force areas," in text]
    assert "Police force areas, ultra-generalised boundaries, December 2023 " in held
    assert not [text for text in files if "Lower-tier" in text]
    assert any("Look-ups of districts" in str(row[0]) for row in listed["table-sources"].rows)
    assert "contains Ordnance Survey data" in wording.plain(blocks[-1].prose)  # type: ignore[union-attr]


def test_the_published_boundaries_make_a_small_map_of_43_areas_with_london_once_more(
    with_boundaries: ReportData,
) -> None:
    edition = next(
        each for each in with_boundaries.sources["ons_geography"].editions if each.id == "2023-12-boundaries"
    )
    forces = with_boundaries.areas.filter(pl.col("kind") == "police_force_area")["area_id"].to_list()
    outlines = boundaries(original(edition).read_bytes(), edition, forces)
    (figure,) = recorded.boundaries(replace(with_boundaries, boundaries=outlines), [])
    assert len(figure.svg.encode()) <= 60_000
    root = parsed(figure.svg)
    assert sum(each.get("fill-rule") == "evenodd" for each in root.iter(f"{SVG}path")) == 43 + 2
    assert overlapping(extents(root)) == []
    assert all(left >= -0.5 and right <= 680.5 for _, left, right, _, _ in extents(root))
