"""A report in which every figure is synthetic: made from a formula, about no real force, so that layout can be tested and looked at."""

from datetime import date

import polars as pl

from reports import formats
from reports.document import (
    Callout,
    Document,
    Figure,
    Heading,
    KeyMessages,
    Links,
    Number,
    Paragraph,
    Quotation,
    Run,
    Table,
    TableColumn,
)  # fmt: skip
from reports.figures import (
    Break,
    Flow,
    Gap,
    MatrixColumn,
    RankedRow,
    Reference,
    Spark,
    Tile,
    coverage_matrix,
    flow,
    ranked_intervals,
    sparklines,
    tile_map,
    time_series,
)

NAMES = (
    "Northumbria", "Durham", "Cumbria", "Lancashire", "North Yorkshire", "Cleveland", "Greater Manchester", "West Yorkshire",
    "South Yorkshire", "Humberside", "North Wales", "Merseyside", "Cheshire", "Staffordshire", "Derbyshire", "Nottinghamshire",
    "Lincolnshire", "West Mercia", "West Midlands", "Leicestershire", "Northamptonshire", "Cambridgeshire", "Norfolk",
    "Dyfed-Powys", "Warwickshire", "Bedfordshire", "Hertfordshire", "Suffolk", "South Wales", "Gwent", "Gloucestershire",
    "Thames Valley", "Metropolitan Police", "Essex", "Avon and Somerset", "Wiltshire", "Hampshire", "Surrey", "London, City of",
    "Kent", "Devon & Cornwall", "Dorset", "Sussex",
)  # fmt: skip
PLACES = "20 30 11 21 31 41 22 32 42 52 03 13 23 33 43 53 63 24 34 44 54 64 74 15 45 55 65 75 06 16 36 46 56 66 27 37 47 57 67 77 08 28 68"
OWN = "Norfolk"
SOURCE = "Source: synthetic figures, made from a formula for this test. They describe no real place."


def rate_of(index: int) -> float:
    return 40.0 + (index * 37 % 43) * 4.7


def forces() -> pl.DataFrame:
    """43 synthetic forces; two have no value."""
    return pl.DataFrame(
        {
            "name": NAMES,
            "column": [int(place[0]) for place in PLACES.split()],
            "row": [int(place[1]) for place in PLACES.split()],
            "rate": [None if name in ("Humberside", "London, City of") else rate_of(i) for i, name in enumerate(NAMES)],
            "status": [
                "not_published" if n == "Humberside" else "suppressed" if n == "London, City of" else "ok"
                for n in NAMES
            ],
        }
    )


def identifier(name: str, period: str = "202401-202412") -> str:
    """An identifier of the form that the indicators have, with a place that no register knows."""
    return f"M01.SYNTHETIC-{NAMES.index(name) if name in NAMES else name}.{period}.synthetic-2024-12.canonical"


def rate_run(name: str, rate: float | None, status: str) -> Run:
    return formats.missing(status) if rate is None else Number(formats.rate(rate), identifier(name))


def map_figure(links: dict[str, str] | None = None, anchor: str = "map") -> Figure:
    frame = forces()
    tiles = tuple(
        Tile(
            area_id=name,
            column=column,
            row=row,
            label=name,
            value_text=formats.missing(status) if rate is None else formats.rate(rate),
            band=None if rate is None else min(4, int((rate - 40) // 40)),
            highlighted=name == OWN,
        )
        for name, column, row, rate, status in frame.iter_rows()
    )
    description = "Tile map of 43 synthetic forces, shaded in five bands; Norfolk is outlined."
    return Figure(
        anchor=anchor,
        title="Synthetic rate per 100,000 population, by police force area",
        description=description,
        svg=tile_map(
            tiles,
            anchor=anchor,
            title="Synthetic rate by police force area",
            description=description,
            band_labels=("40.0 to 79.9", "80.0 to 119.9", "120.0 to 159.9", "160.0 to 199.9", "200.0 and over"),
            missing_label="no rate: see the table",
            links=links,
        ),
        table=ranked_table(f"{anchor}-data"),
        source_note=SOURCE,
    )


def ranked_table(anchor: str) -> Table:
    frame = forces()
    return Table(
        anchor=anchor,
        caption="Synthetic rate per 100,000 population with 95% interval, by police force area",
        columns=(
            TableColumn("Police force area"),
            TableColumn("Rate", numeric=True),
            TableColumn("95% interval", numeric=True),
        ),
        rows=tuple(
            (
                name,
                rate_run(name, rate, status),
                formats.missing(status)
                if rate is None
                else Number(formats.interval(rate * 0.9, rate * 1.12), identifier(name)),
            )
            for name, _, _, rate, status in frame.iter_rows()
        ),
        source_note=SOURCE,
        highlighted=frozenset({NAMES.index(OWN)}),
    )


def ranked_figure(anchor: str = "ranked") -> Figure:
    description = "Dot plot of 43 synthetic forces with 95% intervals, highest first."
    reasons = {
        "not_published": "not available: the publisher printed no figure",
        "suppressed": "suppressed: fewer than the smallest base",
    }
    return Figure(
        anchor=anchor,
        title="Synthetic rate per 100,000 population with 95% interval, highest first",
        description=description,
        svg=ranked_intervals(
            [
                RankedRow(
                    name=name,
                    value=rate,
                    lower=None if rate is None else rate * 0.9,
                    upper=None if rate is None else rate * 1.12,
                    value_text=formats.missing(status) if rate is None else formats.rate(rate),
                    highlighted=name == OWN,
                    reason=reasons.get(status, ""),
                )
                for name, _, _, rate, status in forces().iter_rows()
            ],
            anchor=anchor,
            title="Synthetic rates",
            description=description,
            unit="Synthetic rate per 100,000 population",
            reference=Reference(131.2, "England and Wales 131.2"),
        ),
        table=ranked_table(f"{anchor}-data"),
        source_note=SOURCE,
    )


def series_points(label: str = "All synthetic offences", height: float = 800.0) -> pl.DataFrame:
    """Quarterly synthetic 12-month counts with a break in 2018 and no figures for 2020-21."""
    ends = [
        date(year, month, day) for year in range(2013, 2025) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))
    ]
    kept = [end for end in ends if not date(2020, 1, 1) <= end <= date(2021, 9, 30)]
    return pl.DataFrame(
        {
            "series": [label] * len(kept),
            "period_end": kept,
            "value": [height + 11.0 * (i * 7 % 13) + 14.0 * i for i in range(len(kept))],
            "segment": [0 if end < date(2018, 4, 1) else 1 if end < date(2020, 6, 1) else 2 for end in kept],
        },
        schema={"series": pl.String, "period_end": pl.Date, "value": pl.Float64, "segment": pl.Int64},
    )


BREAKS = (
    Break(date(2018, 4, 1), "New recording system"),
    Break(date(2019, 4, 1), "Offence list widened to include possession"),
)
GAPS = (Gap(date(2020, 1, 1), date(2021, 11, 30), "no edition held"),)


def series_figure(points: pl.DataFrame | None = None, anchor: str = "series") -> Figure:
    points = series_points() if points is None else points
    description = "Line chart of synthetic counts, year ending March 2013 to December 2024."
    return Figure(
        anchor=anchor,
        title="Synthetic offences recorded in Norfolk, 12 months to the date shown",
        description=description,
        svg=time_series(
            points,
            anchor=anchor,
            title="Synthetic offences over time",
            description=description,
            unit="Offences in the 12 months to each date",
            breaks=BREAKS,
            gaps=GAPS,
        ),
        table=Table(
            anchor=f"{anchor}-data",
            caption="Synthetic offences, 12 months to the date shown",
            columns=(TableColumn("12 months to"), TableColumn("Offences", numeric=True)),
            rows=tuple(
                (
                    formats.month(end),
                    Number(formats.count(value), identifier(series.split()[0].upper(), f"{end:%Y%m}")),
                )
                for series, end, value, _ in points.iter_rows()
            ),
            source_note=SOURCE,
        ),
        source_note=SOURCE,
    )


def flow_svg() -> str:
    """Seven synthetic places, one of them the report's own, and two without a number."""
    known = [Flow(name, 400.0 / (place + 1), highlighted=name == OWN) for place, name in enumerate(NAMES[20:27])]
    unknown = [Flow(name, None, f"[x], rank {place}") for place, name in enumerate(("Kent", "Devon & Cornwall"), 2)]
    return flow(
        [*known, *unknown], origin="London", anchor="flow", title="Synthetic links", description="d", unit="individuals"
    )


def coverage_svg() -> str:
    """43 synthetic forces, two measures; a gap of one force, a gap of all."""
    columns = [MatrixColumn("Synthetic offences", f"Mar {year}") for year in range(2003, 2023)]
    columns += [MatrixColumn("Synthetic referrals by quarter", f"Q{quarter}") for quarter in range(1, 5)]
    gaps: list[dict[str, str]] = [{} for _ in columns]
    gaps[4] = {OWN: "a"}
    gaps[5] = {OWN: "a"}
    gaps[-1] = dict.fromkeys(NAMES, "b")
    reasons = {"a": "The synthetic force sent nothing in these years.", "b": "The quarter is not published."}
    return coverage_matrix(NAMES, columns, gaps, reasons, anchor="coverage", title="Gaps", description="d")


def sparklines_svg() -> str:
    """43 synthetic forces over twelve years; one without a figure."""
    empty = series_points().with_columns(value=pl.lit(None, pl.Float64))
    sparks = [
        Spark(name, empty if name == "Humberside" else series_points(height=100.0 * place + 5), name == OWN)
        for place, name in enumerate(NAMES)
    ]
    return sparklines(sparks, anchor="sparks", title="Synthetic offences over time", description="d")


def wide_table() -> Table:
    changed = "The recording system changed between the two periods, so part of the difference is not a difference in what happened."
    words, figures = (TableColumn("Grade"), TableColumn("Reasons")), ("Earlier", "Later", "Change")
    return Table(
        anchor="comparison-ledger",
        caption="Synthetic ledger of comparisons, with the grade of each and the reasons",
        columns=(TableColumn("Comparison"), *(TableColumn(header, numeric=True) for header in figures), *words),
        rows=tuple(
            (
                f"Synthetic trafficking offences, {name}",
                Number(formats.count(400 + 13 * i), identifier(name, "201801-201903")),
                Number(formats.count(500 + 17 * i), identifier(name, "202001-202012")),
                Number(formats.percentage(25 - i), identifier(name)),
                "ABCX"[i % 4],
                changed if i % 3 == 0 else "Same definition, same edition.",
            )
            for i, name in enumerate(NAMES[:14])
        ),
        source_note=SOURCE,
        highlighted=frozenset({3}),
    )


def document() -> Document:
    """All kinds of blocks, about as long as a report on one force."""
    two_series = pl.concat(
        [series_points("Trafficking of synthetic drugs", 300.0), series_points("Possession of synthetic drugs", 1300.0)]
    )
    rate, rank, count, limits = (
        Number(text, identifier(OWN)) for text in (formats.rate(rate_of(22)), "2 to 7", "1,437", "205.2 to 255.4")
    )
    return Document(
        slug="synthetic-norfolk",
        title="Norfolk: a synthetic county-lines report",
        subtitle="Made-up figures to try the layout on",
        period="year ending December 2024",
        id="synthetic-0123456789ab",
        status_line="This report uses synthetic figures only. It describes no real place, and nothing in it may be quoted.",
        blocks=(
            KeyMessages(
                (
                    (("The synthetic rate in Norfolk was ", rate, " per 100,000 population."), "map"),
                    (
                        (
                            "That is among the higher rates: rank interval ",
                            rank,
                            " of ",
                            Number("41", identifier("FORCES")),
                            ".",
                        ),
                        "map",
                    ),
                    (("Changes over time cannot be read across the new recording system of April 2018.",), "map"),
                )
            ),
            Callout(
                "What this report can and cannot tell you",
                "information",
                (
                    ("There is no offence of county lines: the figures are of offences that include it.",),
                    ("More offences recorded can mean more police work rather than more offending.",),
                ),
            ),
            Heading(2, "Recorded activity", "recorded-activity"),
            Paragraph(
                ("The count was ", count, ", a rate of ", rate, " (95% interval ", limits, ") per 100,000 population.")
            ),
            series_figure(),
            Callout("Read with care", "caveat", (("The chart has a break: the two sides must not be compared.",),)),
            Heading(3, "By kind of offence", "by-kind"),
            Paragraph(("Two series are told apart by their line, marker and label, and not by colour alone.",)),
            series_figure(two_series, "two-series"),
            Heading(2, "How Norfolk compares", "how-norfolk-compares"),
            map_figure(),
            ranked_figure(),
            Heading(2, "Comparisons and their grades", "comparisons"),
            wide_table(),
            Heading(3, "What the publisher says", "publisher-notes"),
            Quotation(
                "“Synthetic note” – figures for £1 & more than 5% <of> places are ≥ last year’s.",
                "Synthetic publisher, table 1, note 3",
            ),
            Links(
                "Other synthetic reports",
                (("Suffolk", "synthetic-suffolk.html", "force report"), ("East of England", "east.html", "")),
            ),
        ),
    )
