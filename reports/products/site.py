"""The way in: the page that leads to every report, the maps beside it, and the page of downloads."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from reports import formats, wording
from reports.datapack.names import FOLDER
from reports.datapack.series import FOLDER as SERIES
from reports.datapack.tables import file_titles
from reports.document import Block, Callout, Heading, Link, Links, Page, Paragraph, Places, Prose
from reports.numbers import ReportData, Row
from reports.products import claims, recorded, scoreboard, stated
from reports.products.changes import CHANGED, TITLE
from reports.products.front_page import changed_most
from reports.products.products import forces_of, policing_region_ids, region_ids
from reports.products.shared import DOWNLOADS, DRUGS, NATION, REFERRALS
from transforms.spreadsheets import FORMULA_NOTE

MAPS: Final = (
    ("drug_trafficking_offences", "map-drug-trafficking"),
    (REFERRALS, "map-referrals"),
    ("stop_searches_for_drugs", "map-searches"),
)
"""The measures that have a map on a page of their own, with its slug: the index has that of drug offences. One map at a time, without a script."""
# Sources that the index names as the newest.
_NEWEST: Final = 3


def index(data: ReportData, places: Places) -> Page:
    """The page that leads to every report: what changed, the map, the search, then lists of all reports and of the pages beside them."""
    regions = [data.area(area_id) for area_id in region_ids(data)]
    return Page(
        slug="index",
        title="County lines indicators for England and Wales",
        lead="What police record, whom they refer, and where London-linked individuals were counted: by police force area, "
        "with every number traceable to the cell that it was published in.",
        build_id=data.build_id,
        status_line=wording.status_line(data.known_on),
        home=None,
        blocks=(
            *_what_changed(data),
            Heading(2, "Police force areas", "forces"),
            *_map(data, DRUGS, "index"),
            Heading(2, "Find a place", "find-a-place"),
            places,
            Links(
                "Reports by police force area",
                tuple(_report(row["name"], row["slug"]) for row in _forces(data).iter_rows(named=True)),
            ),
            Heading(2, "England and Wales, and claims about figures", "national"),
            Links(
                "National report, and what was said",
                (
                    _report("England and Wales", data.area(NATION)["slug"]),
                    (claims.TITLE, f"{claims.PAGE}.html", "what was said about figures, and the verdict of one rule"),
                    (
                        "Findings of January 2020",
                        f"{scoreboard.PAGE}.html",
                        "each with its indicators, first and newest figure",
                    ),
                    (stated.TITLE, f"{stated.PAGE}.html", "statements with their pages, and where they differ"),
                ),
            ),
            Heading(2, "Regions", "regions"),
            Links("Nine English regions and Wales", _with_forces(data, regions)),
            Links(
                "Ten policing regions: the areas of regional organised crime units, and London",
                _with_forces(data, [data.area(area_id) for area_id in policing_region_ids(data)]),
            ),
            Heading(2, "How good the data are, and the data themselves", "methods"),
            Links(
                "Checks, definitions and downloads",
                (
                    *(
                        ((_DOWNLOADS_TITLE, f"{DOWNLOADS}.html", "all tables, and a workbook for each report"),)
                        if data.downloads
                        else ()
                    ),
                    ("Data quality", "data-quality.html", "what each check found in this build"),
                    ("Data dictionary", "data-dictionary.html", "every table and column"),
                    (
                        "Methods and sources",
                        "methods.html",
                        "how old each source is, what it may be used to say, its files and its licence",
                    ),
                ),
            ),
            *_newest(data),
        ),
    )


def maps(data: ReportData) -> list[Page]:
    """A page for each further measure with a map, which leads to the other maps and to every report."""
    return [
        Page(
            slug=slug,
            title=f"{data.measure_names[measure_id]}: map",
            lead="Each police force area is a tile near its place on the map, and leads to its report.",
            build_id=data.build_id,
            status_line=wording.status_line(data.known_on),
            blocks=(Heading(2, "Map", "map"), *_map(data, measure_id, slug)),
        )
        for measure_id, slug in MAPS
    ]


_DOWNLOADS_TITLE: Final = "Downloads"


def downloads(data: ReportData) -> Page:
    """The page of downloads: every file of the data pack with its size, and the workbooks."""
    titles = file_titles()
    pack = [(name, size) for name, size in data.downloads.items() if name.startswith(f"{FOLDER}/")]
    areas = data.areas.with_columns(pl.col("slug") + ".xlsx").sort("name")
    forces = pl.col("kind") == "police_force_area"
    workbooks = [
        (title, [(row["name"], row["slug"]) for row in part.iter_rows(named=True) if row["slug"] in data.downloads])
        for title, part in (
            ("Workbooks on England and Wales and on regions", areas.filter(~forces)),
            ("Workbooks on police force areas", areas.filter(forces)),
        )
    ]
    return Page(
        slug=DOWNLOADS,
        title=_DOWNLOADS_TITLE,
        lead="The tables behind all reports, with metadata and dictionary, and a workbook for each report.",
        build_id=data.build_id,
        status_line=wording.status_line(data.known_on),
        blocks=(
            Heading(2, "Tables", "tables"),
            Links(
                "Tables behind all reports",
                tuple((titles[name.removeprefix(f"{FOLDER}/")], name, formats.size(size)) for name, size in pack),
            ),
            Paragraph((FORMULA_NOTE,)),
            Paragraph(
                (
                    "For web developers there is a JSON for each area and measure, at an address that stays: ",
                    Link("the list", f"{SERIES}/index.json"),
                    " and ",
                    Link("the schema of each", f"{SERIES}/schema.json"),
                    ".",
                )
            ),
            Heading(2, "Workbooks", "workbooks"),
            *(
                Links(title, tuple((name, file, formats.size(data.downloads[file])) for name, file in files))
                for title, files in workbooks
            ),
        ),
    )


def _what_changed(data: ReportData) -> tuple[Block, ...]:
    """Three changes beyond chance in England and Wales, and where this edition differs from the one before."""
    messages = changed_most(data, NATION)
    slug = data.area(NATION)["slug"]
    edition: Prose = (
        "What this edition says that the one before did not: ",
        Link(TITLE, f"{CHANGED}.html"),
        " (",
        Link("PDF", f"{CHANGED}.pdf"),
        ").",
    )
    return (
        Heading(2, "What changed", "new"),
        *(
            (
                Callout(
                    wording.things_that_changed(len(messages)),
                    "information",
                    tuple(
                        (*message, " ", Link(f"{label} in the national report", f"{slug}.html#{anchor}"))
                        for label, message, anchor in messages
                    ),
                ),
            )
            if messages
            else ()
        ),
        Paragraph(edition),
    )


def _map(data: ReportData, measure_id: str, slug: str) -> tuple[Block, ...]:
    """The map of a measure, and links to those of the others: one measure at a time."""
    links = dict(_forces(data).select("area_id", pl.col("slug") + ".html").iter_rows())
    drawn = recorded.force_map(data, [], links, measure_id)
    others = [(DRUGS, "index"), *MAPS]
    choice: list[str | Link] = ["Maps: "]
    for place, (other, address) in enumerate(others):
        name = data.measure_names[other]
        choice += [", "] if place else []
        choice.append(
            f"{name} (shown)"
            if address == slug
            else Link(name, f"{address}.html#{'forces' if address == 'index' else 'map'}")
        )
    return (
        Paragraph((*choice, ".")),
        *(drawn or (Paragraph((wording.NO_MAP,)),)),
    )


def _newest(data: ReportData) -> tuple[Block, ...]:
    """The sources whose newest edition is the newest."""
    newest = (
        data.editions.sort("vintage", "edition_id")
        .unique("source_id", keep="last", maintain_order=True)
        .sort("vintage", "source_id", descending=[True, False])
        .head(_NEWEST)
    )
    return (
        Links(
            "The newest figures",
            tuple(
                (
                    f"{data.sources[row['source_id']].title}: {row['title']}",
                    f"methods.html#source-{row['source_id'].replace('_', '-')}",
                    _published(row["vintage"]),
                )
                for row in newest.iter_rows(named=True)
            ),
        ),
    )


def _published(vintage: str) -> str:
    return f"published {formats.month(date.fromisoformat(f'{vintage}-01'))}"


def _forces(data: ReportData) -> pl.DataFrame:
    return data.areas.filter(pl.col("kind") == "police_force_area").sort("name")


def _with_forces(data: ReportData, areas: Sequence[Row]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        _report(
            area["name"],
            area["slug"],
            wording.joined(data.area(force)["name"] for force in forces_of(data, area["area_id"])),
        )
        for area in areas
    )


def _report(name: str, slug: str, note: str = "") -> tuple[str, str, str]:
    return (name, f"{slug}.html", note)
