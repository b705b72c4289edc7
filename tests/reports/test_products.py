"""The reports as a reader gets them, made from the published cells that the project keeps."""

import re
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from reports import formats, wording
from reports.document import (
    Document,
    Figure,
    Heading,
    KeyMessages,
    Link,
    Links,
    Number,
    Paragraph,
    Quotation,
    Run,
    Sketch,
    Table,
)
from reports.numbers import ReportData
from reports.products import products, scoreboard
from reports.products.front_page import PROFILE
from reports.products.recorded import segment
from reports.products.shared import DRUGS, NATION, REFERRALS
from tests.reports.reading import (
    CITY,
    GREATER_MANCHESTER,
    LONDON,
    MERSEYSIDE,
    NORFOLK,
    NORTH_WEST,
    WALES,
    drawing,
    messages,
    places,
    sentences,
    table,
    texts,
)
from transforms.comparability import profile
from transforms.contracts.tables import SCOREBOARD_STATUSES

pytestmark = pytest.mark.full


def test_there_are_fifty_four_reports_with_slugs_of_their_own(areas: pl.DataFrame) -> None:
    slugs = products.slugs(areas)
    assert len(slugs) == len(set(slugs)) == 1 + 10 + 10 + 43


def test_norfolk_opens_with_what_was_recorded_referred_and_counted(report_data: ReportData) -> None:
    recorded, *others = messages(products.force(report_data, NORFOLK))
    (referred,) = (each for each in others if each.startswith("Referrals of potential victims"))
    newest = report_data.preferred(DRUGS, NORFOLK).filter(pl.col("months") == 12).row(-1, named=True)
    assert recorded.startswith(
        f"Drug offences: {newest['numerator']:,.0f} in the year to {formats.month(newest['period_end'])}, "
    ), "the newest figure held, whatever population there is for it"
    assert referred.startswith("Referrals of potential victims: 50 in the year to December 2023, 5.4 per 100,000. ")
    assert any(
        "198 London-linked individuals were identified in Norfolk: a count, not a rate" in each for each in others
    )


def test_the_profile_of_page_one_has_value_date_change_or_why_not_and_place_or_why_not(report_data: ReportData) -> None:
    """Of every measure held of an area; grades forbid changes, and small areas have no rate and no rank."""
    for area_id in (NORFOLK, MERSEYSIDE, "E23000034", WALES, NATION):
        document = products.report(report_data, area_id)
        profile = table(document, PROFILE)
        held = report_data.profile.filter(pl.col("area_id") == area_id)
        assert len(profile.rows) == len(held) >= 5
        for line, row in zip(profile.rows, held.sort("position").iter_rows(named=True), strict=True):
            measure, trend, newest, _, period, year, since, _, rank = line
            shown = line[3] if newest == formats.NOT_APPLICABLE else newest
            assert isinstance(shown, Number)
            assert shown.indicator_id == row["indicator_id"]
            assert str(period).endswith(f"{row['period_end']:%Y}")
            assert isinstance(trend, Sketch) or trend == formats.NOT_APPLICABLE
            for cell, which in ((year, "year"), (since, "since")):
                assert (row[f"{which}_change"] is not None) == ("%" in str(cell) or "points" in str(cell)), (
                    measure,
                    cell,
                )
                assert row[f"{which}_grade"] in ("A", "B") or row[f"{which}_change"] is None
            assert (row["rank"] is None) == (rank == formats.NOT_APPLICABLE)
            assert row["rank"] is not None or row["rank_reason"] or area_id in (WALES, NATION, "E23000034")


def test_every_key_message_of_every_report_has_at_most_thirty_words(
    report_data: ReportData, areas: pl.DataFrame
) -> None:
    forces = areas.filter(pl.col("kind") == "police_force_area")["area_id"]
    documents = [products.national(report_data)]
    documents += [
        products.region(report_data, area_id)
        for area_id in (*products.region_ids(report_data), *products.policing_region_ids(report_data))
    ]
    documents += [products.force(report_data, area_id) for area_id in forces]
    for document in documents:
        assert 3 <= len(messages(document)) <= 6
        places = {block.anchor for block in document.blocks if isinstance(block, Figure | Table)}
        block = next(block for block in document.blocks if isinstance(block, KeyMessages))
        assert {anchor for _, anchor in block.messages if anchor} <= places
        for message in messages(document):
            assert len(message.split()) <= 30, message


def test_north_west_says_that_greater_manchester_is_left_out(report_data: ReportData) -> None:
    document = products.region(report_data, NORTH_WEST)
    said = wording.own_words(document)
    assert "Greater Manchester" in said
    assert "Merseyside" in document.subtitle


def test_a_region_of_two_forces_and_wales_read_well(report_data: ReportData) -> None:
    assert products.region(report_data, LONDON).subtitle == "Regional report: Metropolitan Police and City of London"
    assert products.region(report_data, WALES).subtitle.startswith("Country report: ")
    assert messages(products.region(report_data, WALES))[0].startswith("Drug offences: ")


def test_the_nation_counts_british_transport_police_and_says_when_it_does_not(report_data: ReportData) -> None:
    document = products.national(report_data)
    assert messages(document)[0].startswith("Drug offences: ")
    assert "does not count British Transport Police" in wording.own_words(document)


def test_a_report_has_its_own_forces_with_their_ranks_beside_their_region_and_the_nation(
    report_data: ReportData,
) -> None:
    everywhere = {row[0]: row for row in table(products.national(report_data), "table-forces").rows}
    assert len(everywhere) == 43
    for document, areas, marked in (
        (products.force(report_data, MERSEYSIDE), ["Merseyside", "North West", "England and Wales"], "Merseyside"),
        (products.force(report_data, CITY), ["City of London", "London", "England and Wales"], "City of London"),
        (
            products.region(report_data, LONDON),
            ["Metropolitan Police", "City of London", "London", "England and Wales"],
            "London",
        ),
        (
            products.region(report_data, WALES),
            ["Dyfed-Powys", "Gwent", "South Wales", "North Wales", "Wales", "England and Wales"],
            "Wales",
        ),
        (
            products.region(report_data, "LONDON-AREA"),
            ["Metropolitan Police", "City of London", "London policing region", "England and Wales"],
            "London policing region",
        ),
    ):
        own = table(document, "table-own-areas")
        assert sorted(str(row[0]) for row in own.rows[:-2]) == sorted(areas[:-2])
        assert [row[0] for row in own.rows[-2:]] == areas[-2:]
        assert [own.rows[place][0] for place in own.highlighted] == [marked]
        assert [everywhere[row[0]] for row in own.rows[:-2]] == list(own.rows[:-2]), (
            "the figures and ranks of the national report"
        )
        assert {row[-1] for row in own.rows[-2:]} == {formats.NOT_APPLICABLE}
        assert formats.legend([formats.NOT_APPLICABLE]) in own.source_note


def test_what_is_national_stands_in_the_national_report_and_the_others_lead_there(report_data: ReportData) -> None:
    national = products.national(report_data)
    only_there = {"table-dispersion", "table-forces", "table-scoreboard"}
    assert only_there <= places(national)
    for document in (products.force(report_data, NORFOLK), products.region(report_data, LONDON)):
        assert only_there & places(document) == set()
        addresses = {
            run.address
            for block in document.blocks
            if isinstance(block, Paragraph)
            for run in block.prose
            if isinstance(run, Link) and run.address.startswith(f"{national.slug}.html")
        }
        assert addresses == {f"{national.slug}.html#scoreboard", f"{national.slug}.html#consistency"}
        assert {address.partition("#")[2] for address in addresses} <= places(national)
        drawn = [block for block in document.blocks if isinstance(block, Figure) and block.table is None]
        assert drawn
        assert all(wording.IN_THE_NATIONAL_REPORT in block.source_note for block in drawn)


def test_the_nation_is_left_out_where_the_ledger_refuses_it_beside_the_area(report_data: ReportData) -> None:
    pairs = report_data.comparability
    refused = replace(
        report_data,
        comparability=pairs.with_columns(
            pl.when(pl.col("kind") == "nation").then(pl.lit("X")).otherwise("grade").alias("grade")
        ),
    )
    assert [row[0] for row in table(products.force(refused, NORFOLK), "table-own-areas").rows] == [
        "Norfolk",
        "East of England",
    ]


def test_all_forces_are_shown_for_a_year_in_which_all_have_a_count(report_data: ReportData) -> None:
    headline = report_data.headline_period(DRUGS)
    assert headline
    start, end = headline
    forces = report_data.forces(DRUGS, start, end)
    assert len(forces) == 43
    assert forces["numerator"].null_count() == 0
    newest = report_data.indicators.filter(pl.col("measure_id") == DRUGS, pl.col("months") == 12)["period_end"].max()
    assert end == newest, "an older population is a note, not a reason to print an older count"


def test_points_are_not_joined_across_missing_editions_or_changes_of_cover(report_data: ReportData) -> None:
    rows = report_data.preferred(DRUGS, NATION).filter(pl.col("months") == 12).with_columns(segment().alias("segment"))
    segments = dict(rows.select("period_end", "segment").iter_rows())
    by_text = {f"{day:%Y-%m}": number for day, number in segments.items()}
    assert by_text["2018-12"] == by_text["2019-03"] == by_text["2025-12"], "one series by offence code, without a gap"
    apart = rows.filter(~pl.col("period_end").dt.year().is_between(2015, 2017)).with_columns(segment().alias("segment"))
    parted = dict(apart.select("period_end", "segment").iter_rows())
    assert len(set(parted.values())) > 1, "years without an edition are not joined"


def test_footnotes_of_the_publisher_stand_verbatim_once_with_every_place(report_data: ReportData) -> None:
    quotations = [
        block for block in products.force(report_data, GREATER_MANCHESTER).blocks if isinstance(block, Quotation)
    ]
    notes = [quotation.text for quotation in quotations]
    assert len(notes) == len(set(notes))
    supplied = next(
        quotation
        for quotation in quotations
        if "unable to supply data for the period July to December 2019" in quotation.text
    )
    assert "note 8 (cell A71)" in supplied.citation
    assert "note 10 (cell A72)" in supplied.citation


def test_every_number_has_an_identifier_that_exists(report_data: ReportData) -> None:
    known = {*report_data.indicators["indicator_id"], *report_data.observations["observation_id"]}
    documents = [
        products.national(report_data),
        products.region(report_data, LONDON),
        products.force(report_data, NORFOLK),
    ]
    for document in documents:
        assert document.numbers
        assert {number.indicator_id for number in document.numbers} <= known


def test_numbers_in_tables_are_numbers_and_not_bare_text(report_data: ReportData) -> None:
    rows = [
        *table(products.national(report_data), "table-forces").rows,
        *table(products.force(report_data, NORFOLK), "table-own-areas").rows,
    ]
    for row in rows:
        for cell in row[1:]:
            assert isinstance(cell, Number) or cell.startswith("["), cell


def test_every_report_obeys_the_wording_rules_and_has_the_sections_in_order(report_data: ReportData) -> None:
    document = products.force(report_data, NORFOLK)
    headings = [block.text for block in document.blocks if isinstance(block, Heading) and block.level == 2]
    assert headings == [
        "How is it next door, and in places alike?",
        "How many drug offences were recorded, and is that more?",
        "Who was identified as exploited?",
        "What did the police do?",
        "What did inspectors say?",
        "How do forces differ?",
        "What can be compared?",
        "What should be known about these figures?",
        "Where do the figures come from?",
    ]
    anchors = [block.anchor for block in document.blocks if isinstance(block, Heading | Table | Figure)]
    assert len(anchors) == len(set(anchors))


def test_a_force_without_london_links_has_no_such_section(report_data: ReportData) -> None:
    document = products.force(report_data, MERSEYSIDE)
    assert "London-linked individuals" not in [block.text for block in document.blocks if isinstance(block, Heading)]
    assert messages(document)[0].endswith(" First of 42 forces.")


def test_the_two_london_periods_are_never_set_against_each_other(report_data: ReportData) -> None:
    document = products.force(report_data, NORFOLK)
    assert "the two are not compared here" in wording.own_words(document)
    # What the press made of them is named once, beside the only figure that takes their length into account, and called no finding.
    changes = [each for each in sentences(document) if "%" in each.replace("95%", "").replace("99.8%", "")]
    assert len(changes) == 1
    assert "By the month it is 40.5% less, and even that is no finding" in changes[0]


def test_children_are_added_up_or_it_is_said_which_authority_has_no_figure(report_data: ReportData) -> None:
    norfolk = table(products.force(report_data, NORFOLK), "table-children")
    assert norfolk.rows[-1][0] == "March 2025"
    assert [run.text for run in norfolk.rows[-1][1:3] if isinstance(run, Number)] == ["204", "11.9"]
    assert norfolk.rows[0][1] == "[x]", "exploitation was no factor of its own before the year to March 2022"
    hampshire = products.force(report_data, "E23000030")
    assert [sentence for sentence in sentences(hampshire) if "Hampshire" in sentence and "No sum" in sentence]
    welsh = products.force(report_data, "W15000001")
    assert not [block for block in welsh.blocks if isinstance(block, Heading) and block.anchor == "children"]


def test_a_revised_figure_stands_with_each_edition_that_prints_it(report_data: ReportData) -> None:
    document = products.force(report_data, NORFOLK)
    lines = [texts(line) for line in table(document, "table-revisions").rows]
    march_2018 = [line for line in lines if line[0] == "Norfolk, year ending March 2018"]
    assert [line[2] for line in march_2018][:2] == ["1,984", "2,019"]
    assert [line[3] for line in march_2018][:2] == ["[z]", "+35"]
    changed = {line[0] for line in lines if line[3] not in ("[z]", "0")}
    assert {line[0] for line in lines} == changed, "a figure that no edition changed is no revision"
    (said,) = (each for each in sentences(document) if "printed differently by a later edition" in each)
    assert formats.small_number(len(changed)).capitalize() in said or formats.count(len(changed)) in said


def next_editions(document: Document) -> dict[str, Run]:
    """The newest edition held and when the one after it is expected, by source."""
    return {wording.plain((row[0],)): row[1] for row in table(document, "table-sources").rows}


def test_an_edition_that_should_have_been_followed_is_called_old(report_data: ReportData) -> None:
    referrals = "Home Office: National Referral Mechanism: referrals by police first responder"
    assert next_editions(products.force(report_data, NORFOLK))[referrals] == "March 2024; next: May 2024, overdue"
    on_the_day = products.force(replace(report_data, known_on=date(2024, 4, 30)), NORFOLK)
    assert next_editions(on_the_day)[referrals] == "March 2024; next: May 2024"


def test_the_licence_is_said_once_for_all_sources_under_it(report_data: ReportData) -> None:
    (said,) = [text for text in sentences(products.force(report_data, NORFOLK)) if "Open Government Licence" in text]
    assert said.count("Open Government Licence") == 1
    assert said.startswith(
        "Contains public sector information licensed under the Open Government Licence v3.0. Sources: "
    )
    for named in ("Home Office, police recorded crime", "data.police.uk", "Rescue and Response strategic assessments"):
        assert named in said


def test_the_page_of_findings_has_every_indicator_with_its_figures_or_what_is_missing(report_data: ReportData) -> None:
    page = scoreboard.page(report_data)
    tables = [block for block in page.blocks if isinstance(block, Table)]
    named = [block.text[:3] for block in page.blocks if isinstance(block, Heading)]
    assert sorted(named) == [f"F{number:02}" for number in range(1, 16)]
    statuses = dict(report_data.scoreboard.select("finding_id", "status").unique().rows())
    order = [SCOREBOARD_STATUSES.index(statuses[finding_id]) for finding_id in named]
    assert order == sorted(order), "what improved, got worse or changed first, what nobody publishes last"
    assert sorted(row[0] for each in tables for row in each.rows) == sorted(report_data.scoreboard["indicator"])
    for each in tables:
        for _, first, newest, change, grade, remark in each.rows:
            assert newest != formats.NOT_AVAILABLE or remark, "what has no figure says why"
            assert change == formats.NOT_APPLICABLE or (first != formats.NOT_AVAILABLE and grade in ("A", "B"))
    assert len([block for block in page.blocks if isinstance(block, Links)]) == 15
    leads = [
        run
        for block in products.force(report_data, NORFOLK).blocks
        if isinstance(block, Paragraph)
        for run in block.prose
    ]
    assert f"{page.slug}.html" in [run.address for run in leads if isinstance(run, Link)]


def test_a_policing_region_says_what_it_is_and_over_which_regions_its_forces_lie(report_data: ReportData) -> None:
    assert len(products.policing_region_ids(report_data)) == 10
    eastern = products.region(report_data, "ERSOU-AREA")
    assert "Kent" in eastern.subtitle
    assert (
        "The Eastern Region policing region is the area that one regional organised crime unit serves. Its figures are our sums of seven "
        "forces, published by nobody. They lie in the statistical regions East of England and South East; a policing region and a "
        "statistical region of a similar name need not have the same forces."
    ) in sentences(eastern)
    london = sentences(products.region(report_data, "LONDON-AREA"))
    assert [each for each in london if each.startswith("London has no regional organised crime unit; its two forces")]


def test_ranks_and_funnel_stand_only_where_every_two_areas_are_graded_a(report_data: ReportData) -> None:
    document = products.force(report_data, NORFOLK)
    national = products.national(report_data)
    for ranked in (table(document, "table-own-areas"), table(national, "table-forces")):
        assert ranked.columns[-1].header == "Rank (95% interval)"
    assert drawing(document, "figure-funnel").description.startswith(
        "Norfolk is within the 95% limits. Outside the 99.8% limits: "
    )
    pairs = report_data.comparability
    worse = replace(
        report_data,
        comparability=pairs.with_columns(
            pl.when(pl.col("kind") == "areas").then(pl.lit("C")).otherwise("grade").alias("grade")
        ),
    )
    refused = products.force(worse, NORFOLK)
    for unranked in (
        table(refused, "table-own-areas"),
        table(products.national(worse), "table-forces"),
    ):
        assert unranked.columns[-1].header == "Per 1,000 residents (95% interval)"
    assert not [block for block in refused.blocks if isinstance(block, Figure) and block.anchor == "figure-funnel"]
    assert [each for each in sentences(refused) if "Comparability: grade C" in each]
    without = replace(worse, profile=profile(worse.indicators, worse.comparability, worse.headlines))
    assert "of 42 forces" not in " ".join(messages(products.force(without, MERSEYSIDE)))


def test_the_ten_strictest_comparisons_stand_on_the_page_and_the_rest_is_counted(report_data: ReportData) -> None:
    shown = table(products.force(report_data, NORFOLK), "table-comparability")
    grades = {wording.plain((row[2],)) for row in shown.rows}
    assert len(shown.rows) == 10
    assert "C" in grades
    assert "in the comparability table for download" in shown.source_note


def graded_tables(document: Document) -> dict[str, str]:
    """The note under each table that sets figures of several periods or areas side by side."""
    compares = (
        "table-drug-offences",
        "table-referrals",
        "table-children",
        "table-trends",
        "table-map",
        "table-own-areas",
    )
    tables = [block for block in document.blocks if isinstance(block, Table)]
    tables += [block.table for block in document.blocks if isinstance(block, Figure) and block.table]
    return {
        found.anchor: found.source_note
        for found in tables
        if found.anchor in compares or found.anchor.startswith("table-london-links")
    }


def test_every_table_that_compares_prints_its_grade(report_data: ReportData) -> None:
    documents = [
        products.national(report_data),
        products.region(report_data, "E12000006"),
        products.force(report_data, NORFOLK),
    ]
    seen = {anchor: note for document in documents for anchor, note in graded_tables(document).items()}
    assert {"table-drug-offences", "table-referrals", "table-children", "table-own-areas"} <= set(seen)
    assert {row[-1] for row in table(documents[0], "table-dispersion").rows} <= {"A", "B"}
    assert any(anchor.startswith("table-london-links") for anchor in seen)
    assert {
        anchor: note for anchor, note in seen.items() if not re.search(r"Comparability [^:]*: grade [ABCX]", note)
    } == {}


def test_the_years_whose_spread_is_compared_are_a_pair_of_the_ledger(report_data: ReportData) -> None:
    """Assessments of 2022 may not be set against later ones (the factor was new): the first year is the first that may."""
    for measure in (
        "drug_offences",
        REFERRALS,
        "nrm_police_child_criminal_referrals",
        "child_criminal_exploitation_episodes",
    ):
        first, newest = report_data.dispersion(measure)
        pairs = report_data.comparability.filter(kind="first_and_latest_year", measure_id=measure)
        assert set(pairs["period_end_a"]) == {first["period_end"]}
        assert set(pairs["period_end_b"]) == {newest["period_end"]}
        assert set(pairs["grade"]) <= {"A", "B"}
    assert first["period_end"] == date(2023, 3, 31)


def test_nothing_is_said_of_a_spread_over_time_that_may_not_be_compared(report_data: ReportData) -> None:
    words = "No clear change in how unlike forces are, since the intervals of the two years overlap"
    assert words in " ".join(sentences(products.national(report_data)))
    spread = pl.col("kind") == "first_and_latest_year"
    worse = pl.when(spread).then(pl.lit("C")).otherwise("grade").alias("grade")
    altered = replace(report_data, comparability=report_data.comparability.with_columns(worse))
    document = products.national(altered)
    assert words not in " ".join(sentences(document))
    assert "alike in the" not in " ".join(sentences(document))
    assert {row[-1] for row in table(document, "table-dispersion").rows} == {"C"}


def drawn_lines(document: Document, anchor: str) -> list[int]:
    """How many points each line of a chart joins."""
    svg = next(block.svg for block in document.blocks if isinstance(block, Figure) and block.anchor == anchor)
    return [len(points.split()) for points in re.findall(r'<polyline[^>]* points="([^"]*)"', svg)]


@pytest.mark.parametrize(("score", "parts"), [(2, True), (3, True), (1, False), (0, False)])
def test_a_line_is_parted_at_a_break_of_its_measure_that_has_no_bridge(
    score: int, parts: bool, report_data: ReportData
) -> None:
    columns = {"break_id": "B99", "date": date(2012, 4, 1), "measure_id": "drug_offences", "label": "synthetic"}
    row = {
        **dict.fromkeys(report_data.breaks.columns),
        **columns,
        "dimension": "R",
        "score": score,
        "in_words": "Synthetic.",
    }
    broken = replace(
        report_data, breaks=pl.concat([report_data.breaks, pl.DataFrame([row], schema=report_data.breaks.schema)])
    )
    before, after = (
        drawn_lines(products.force(data, NORFOLK), "figure-drug-offences") for data in (report_data, broken)
    )
    assert sum(before) >= sum(after) > 0
    assert (after != before) == parts
    if parts:
        assert len(after) >= len(before)
    elsewhere = replace(
        report_data,
        breaks=pl.concat(
            [report_data.breaks, pl.DataFrame([{**row, "area_id": "E23000025"}], schema=report_data.breaks.schema)]
        ),
    )
    assert drawn_lines(products.force(elsewhere, NORFOLK), "figure-drug-offences") == before


def test_where_the_ledger_sets_no_two_years_against_each_other_the_newest_stands_alone(report_data: ReportData) -> None:
    alone = replace(
        report_data, comparability=report_data.comparability.filter(pl.col("kind") != "first_and_latest_year")
    )
    (newest,) = alone.dispersion(DRUGS)
    assert newest["period_end"] == report_data.dispersion(DRUGS)[-1]["period_end"]


def test_norfolks_inspection_of_crime_recording_is_shown_and_no_longer_called_missing(report_data: ReportData) -> None:
    document = products.force(report_data, NORFOLK)
    everything, violence = table(document, "table-recording").rows
    assert everything[:6] == (
        "Norfolk",
        "7 January 2020",
        "all reported",
        "87.5 ± 1.81",
        "8,700",
        "Requires improvement",
    )
    assert violence[2:6] == ("violence", "82.3 ± 2.88", formats.NOT_AVAILABLE, formats.NOT_AVAILABLE)
    assert "inspections of crime recording here" not in wording.own_words(document)
    assert "grades for serious and organised crime here" in wording.own_words(document)
    merseyside = wording.own_words(products.force(report_data, MERSEYSIDE))
    assert "inspections of crime recording here" in merseyside


def test_grades_for_organised_crime_stand_with_their_force_and_their_unit(report_data: ReportData) -> None:
    (row,) = table(products.force(report_data, "E23000030"), "table-organised-crime").rows
    assert row[:3] == ("Hampshire and Isle of Wight", "30 August 2024", "Inadequate")
    unit = table(products.region(report_data, "ERSOU-AREA"), "table-organised-crime").rows
    assert [each[:3] for each in unit] == [("Eastern Region Special Operations Unit", "19 May 2023", "Good")]
