"""The register of claims: each is checked, and what it says is kept apart from what we say."""

from pathlib import Path

import polars as pl
import pytest

from reports import wording
from reports.numbers import ReportData
from reports.products import claims
from reports.render import render_page
from reports.wording_rules import lint, words_of_page
from transforms.contracts.tables import CLAIMS
from transforms.errors import RegisterError
from transforms.harmonise import Registers
from transforms.inspection import claims_checked, load_claims


@pytest.fixture(scope="module")
def checked(
    data: Path, indicators: pl.DataFrame, observations: pl.DataFrame, areas: pl.DataFrame, registers: Registers
) -> pl.DataFrame:
    return claims_checked(load_claims(data, registers), indicators, observations, areas, registers)


def row(checked: pl.DataFrame, claim_id: str) -> dict[str, object]:
    return checked.row(by_predicate=pl.col("claim_id") == claim_id, named=True)


def test_every_claim_of_the_register_has_a_verdict_by_the_rule(
    data: Path, registers: Registers, checked: pl.DataFrame
) -> None:
    assert checked["claim_id"].to_list() == load_claims(data, registers)["claim_id"].to_list()
    assert checked.schema == CLAIMS.schema
    assert dict(checked.select("claim_id", "verdict").iter_rows()) == {
        "norfolk-highest-2019": "not established",
        "norfolk-highest-2020": "not established",
        "norfolk-halved-2020": "not comparable",
        "suffolk-fell-2020": "not comparable",
        "week-record-2019": "not comparable",
        "lines-720-to-2000": "not comparable",
        "lines-2000-to-600": "not comparable",
        "external-lines-fell-2024": "not comparable",
        "internal-lines-rose-2024": "not comparable",
        "norfolk-most-crimes-2021": "not measurable",
        "stabbings-fell-programme": "not measurable",
    }


def test_the_radio_item_has_the_derived_rate_and_its_bound_beside_it(checked: pl.DataFrame) -> None:
    said = wording.why(row(checked, "norfolk-highest-2019"))
    assert said == (
        "36 other areas have no figure, so that none can be called the first or last of all. What was published is a count, and no rate. "
        "Of the 7 with a figure it is first by the rate worked out here; with all that was ranked without a number it is second or before."
    )
    figures = wording.plain(wording.claim_figures(row(checked, "norfolk-highest-2019"), "individuals"))
    assert figures.startswith(
        "Norfolk, January 2018 to March 2019 (15 months): 416 individuals, 46.0 per 100,000 (95% interval 41.7 to 50.7); "
    )


def test_the_page_says_the_verdict_first_and_keeps_to_the_wording_rules(
    report_data: ReportData, checked: pl.DataFrame
) -> None:
    page = render_page(claims.page(report_data, checked))
    assert not lint(words_of_page(page))
    for claim_id in checked["claim_id"]:
        assert f'id="{claim_id}"' in page
        assert f'href="#{claim_id}"' in page
    assert "11 claims: two not established, seven not comparable and two not measurable." in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"area_id": "E99999999"}, "names E99999999 as area_id, which no register has"),
        ({"measure_id": "sightings"}, "names sightings as measure_id"),
        ({"relation": "rose"}, "says rose without an earlier period"),
        ({"relation": "doubled"}, "relation is none of highest"),
        ({"said_on": "yesterday"}, "said_on"),
    ],
)
def test_a_claim_that_no_rule_can_check_is_refused(
    tmp_path: Path, data: Path, registers: Registers, changed: dict[str, str], words: str
) -> None:
    kept = pl.read_csv(data / "registers" / "claims.csv", infer_schema=False).head(1)
    folder = tmp_path / "registers"
    folder.mkdir()
    kept.with_columns(pl.lit(value).alias(name) for name, value in changed.items()).write_csv(folder / "claims.csv")
    with pytest.raises(RegisterError, match=words):
        load_claims(tmp_path, registers)
