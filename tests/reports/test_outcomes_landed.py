"""Editions of crime outcomes and recorded crime in the landing folder: from synthetic workbooks to the findings and a force's report."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from reports import wording
from reports.document import Number, Table
from reports.numbers import ReportData
from reports.products import products
from tests.inspection.boards import scoreboard_of
from tests.reports.reading import NORFOLK, sentences, table, texts
from tests.sources.home_office_files import Outcomes, landed, outcomes, recorded_crime
from transforms import indicators as formulas
from transforms.harmonise import Registers, harmonise
from transforms.sources.registry import Source

YEARS = ("2022/23", "2023/24")
BY_CODE = ("ho_recorded_crime_open_data", "ho_crime_outcomes")


@pytest.fixture
def with_editions(
    tmp_path: Path,
    report_data: ReportData,
    published_cells: pl.DataFrame,
    sources: dict[str, Source],
    registers: Registers,
    areas: pl.DataFrame,
    grades: pl.DataFrame,
    data: Path,
) -> ReportData:
    """What reports are made from where the landing folder holds two years of outcomes and of recorded crime, the second year's another."""
    bodies = areas.filter(pl.col("kind").is_in(["police_force_area", "non_territorial_force"]))["name"].to_list()

    def of_year(year: str) -> Outcomes:
        more = YEARS.index(year)
        return {("92A", "1"): (12 + 4 * more, 15), ("92A", "14"): (28, 30), ("106", "1"): (1, 1), ("106", "18"): (4, 3)}

    def recorded(year: str, force: str) -> dict[str, int]:
        return {"92A": 40 + 20 * YEARS.index(year), "92C": 2, "92D": 58, "92E": 60, "106": 5}

    files = {
        f"prc-outcomes-open-data-mar20{year[-2:]}-tables-230726.xlsx": outcomes(
            year, dict.fromkeys(bodies, of_year(year))
        )
        for year in YEARS
    }
    files["prc-pfa-mar2013-onwards-tables-230726.ods"] = recorded_crime(YEARS, recorded, bodies)
    cells, added = landed(tmp_path, files)
    others = published_cells.filter(~pl.col("source_id").is_in(list(added)))
    held = {**sources, **added}
    return _made(pl.concat([others, cells]), held, report_data, registers, areas, grades, data)


@pytest.fixture(scope="module")
def without_editions(
    published_cells: pl.DataFrame,
    report_data: ReportData,
    sources: dict[str, Source],
    registers: Registers,
    areas: pl.DataFrame,
    grades: pl.DataFrame,
    data: Path,
) -> ReportData:
    """What reports are made from where no edition of recorded crime by offence code or of outcomes is held."""
    held = {name: source for name, source in sources.items() if name not in BY_CODE}
    cells = published_cells.filter(~pl.col("source_id").is_in(BY_CODE))
    return _made(cells, held, report_data, registers, areas, grades, data)


def _made(
    cells: pl.DataFrame,
    held: dict[str, Source],
    report_data: ReportData,
    registers: Registers,
    areas: pl.DataFrame,
    grades: pl.DataFrame,
    data: Path,
) -> ReportData:
    result = harmonise(cells, held, registers, settled=set(held) - set(BY_CODE))
    assert result.unmatched.is_empty()
    members, authorities = registers.area_members, registers.local_authorities
    computed = formulas.indicators(result.observations, areas, members, registers.measures, authorities)
    found = scoreboard_of(held, data, result, computed, grades, registers)
    return replace(
        report_data,
        **{"indicators": computed, "observations": result.observations, "excluded": result.excluded, "sources": held},
        **{"scoreboard": found.scoreboard, "comparability": found.comparability, "known_sources": held},
    )


def lines(found: Table) -> dict[str, list[str]]:
    return {row[0]: texts(row)[1:] for row in found.rows if isinstance(row[0], str)}


def test_a_forces_report_shows_the_shares_of_the_newest_year_and_each_leads_to_its_number(
    with_editions: ReportData,
) -> None:
    report = products.force(with_editions, NORFOLK)
    response = lines(table(report, "table-response"))
    edition = "Home Office, July 2026"
    assert {name: line for name, line in response.items() if line[-1] == edition} == {
        "Drug trafficking offences charged, of those recorded in the same quarters": [
            *("Year ending March 2024", "64", "36.4 (29.6 to 43.7)", "100 offences", edition),
        ],
        "Drug trafficking offences charged, of those closed": [
            *("Year ending March 2024", "60", "33.3 (26.9 to 40.5)", "100 offences", edition),
        ],
        "Modern slavery offences charged, of those recorded in the same quarters": [
            *("Year ending March 2024", "4", "20.0 (8.1 to 41.6)", "100 offences", edition),
        ],
    }
    kinds = lines(table(report, "table-kinds-of-drug-offences"))
    assert kinds["Trafficking as a share of drug offences"] == [
        *("Year ending March 2024", "240", "33.3 (30.0 to 36.9)", "100 offences", edition)
    ]
    assert {name: line[:2] for name, line in kinds.items() if "share" not in name} == {
        "Drug trafficking offences recorded by the police": ["Year ending March 2024", "240"],
        "Drug possession and other drug offences recorded by the police": ["Year ending March 2024", "480"],
        "Modern slavery offences recorded by the police": ["Year ending March 2024", "20"],
    }
    numbers = {
        run.indicator_id for row in table(report, "table-response").rows for run in row if isinstance(run, Number)
    }
    assert "M05.E23000024.202304-202403.prc-outcomes-open-data-mar2024-tables-230726.offences" in numbers
    assert not any(sentence.startswith("Not held, so not shown: outcomes") for sentence in sentences(report))


def test_without_an_edition_the_report_says_so_once(without_editions: ReportData) -> None:
    report = products.force(without_editions, NORFOLK)
    assert (
        "Not held, so not shown: outcomes of drug trafficking offences, by cohort and as closed and outcomes of modern slavery offences."
    ) in sentences(report)
    assert "table-kinds-of-drug-offences" not in {block.anchor for block in report.blocks if isinstance(block, Table)}


def test_the_scoreboard_has_the_first_and_the_newest_year_of_england_and_wales(with_editions: ReportData) -> None:
    board = with_editions.scoreboard.select("indicator_id", "baseline", "latest", "grade", "change", "why_not")
    rows = {row["indicator_id"]: row for row in board.iter_rows(named=True)}
    slavery, trafficking, supply = (rows[name] for name in ("I02b", "I06a", "I06b"))
    assert (slavery["baseline"], slavery["latest"], slavery["grade"]) == (20, 20, "B")
    assert (
        slavery["why_not"]
        == "The earlier figure is of the first year held, which is later than the report of January 2020."
    )
    assert (trafficking["baseline"], trafficking["latest"]) == (25, pytest.approx(100 / 3))
    assert (trafficking["grade"], trafficking["change"]) == ("A", pytest.approx(100 / 3))
    assert supply["latest"] is None
    assert "no subject expert has confirmed" in supply["why_not"]


def test_without_an_edition_an_indicator_says_what_is_missing(without_editions: ReportData) -> None:
    remarks = dict(without_editions.scoreboard.select("indicator_id", "why_not").rows())
    assert remarks["I06a"] == "No edition of recorded crime by offence code with four quarters in a row is held."
    assert "a year whose quarters are all a year old" in remarks["I02b"]


@pytest.mark.parametrize(
    ("per_cent", "said"),
    [(10.0, "was 10% higher than Norfolk's (95% interval +1.0% to +20%)"), (-12.0, "was 12% lower than Norfolk's")],
)
def test_shares_are_compared_in_per_cent_of_offences_and_not_by_population(per_cent: float, said: str) -> None:
    sides = {
        **{"area_name_a": "Norfolk", "numerator_a": 40, "value_a": 40.0, "lower_95_a": 31.0, "upper_95_a": 50.0},
        **{"area_name_b": "Suffolk", "numerator_b": 44, "value_b": 44.0, "lower_95_b": 35.0, "upper_95_b": 54.0},
        **{f"period_start_{side}": date(2023, 4, 1) for side in "ab"},
        **{f"period_end_{side}": date(2024, 3, 31) for side in "ab"},
    }
    change = {"per_cent": per_cent, "lower": 1.0, "upper": 20.0, "is_change": True}
    about = {"measure_id_a": "trafficking_charge_rate", "unit_plural": "per cent", "grade": "A", "adjustments": ""}
    sentence = wording.compared({**sides, **about, "change": change, "over_time": False})
    assert sentence.startswith(
        "Norfolk, year ending March 2024: 40.0 per cent (40 offences, 95% interval 31.0 to 50.0); Suffolk, year ending March 2024: "
        "44.0 per cent (44 offences, 95% interval 35.0 to 54.0): "
    )
    assert said in sentence


NEED_RECORDED_CRIME = ["I02a", "I02c", "I02d", "I06a", "I11d"]


@pytest.mark.full
def test_what_is_missing_is_said_by_what_is_held(with_editions: ReportData, without_editions: ReportData) -> None:
    held, not_held = (
        {
            row["indicator_id"]: row
            for row in data.scoreboard.filter(pl.col("indicator_id").is_in(NEED_RECORDED_CRIME)).iter_rows(named=True)
        }
        for data in (with_editions, without_editions)
    )
    assert {row["latest"] for row in not_held.values()} == {None}
    assert all(str(row["why_not"]).startswith("No ") for row in not_held.values())
    assert held["I02a"]["latest"] is not None
    assert (
        held["I02a"]["why_not"]
        == "The earlier figure is of the first year held, which is later than the report of January 2020."
    )
