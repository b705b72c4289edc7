"""The months of records that the project keeps: which bodies they are of, what stands for a month, and where the records lie."""

import polars as pl
import pytest

from tests.incidents.conftest import ROOT
from transforms.harmonise import Harmonised, harmonise, load_registers
from transforms.harmonise.supply import SOURCES
from transforms.incidents import IncidentRegisters
from transforms.sources.published import read_cells
from transforms.sources.registry import load_sources

DATA = ROOT / "data"
LOOKUPS = ROOT.parent / "shared" / "landing-2026-12" / "ons_geography"
EIGHT = {"cambridgeshire", "city-of-london", "dyfed-powys", "essex", "hampshire", "norfolk", "south-wales", "suffolk"}

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def held() -> Harmonised:
    sources = {name: source for name, source in load_sources(DATA).items() if name in SOURCES}
    cells = pl.concat(read_cells(source, DATA) for source in sources.values())
    return harmonise(cells, sources, load_registers(DATA), settled=())


@pytest.fixture(scope="module")
def standing(held: Harmonised) -> pl.DataFrame:
    """The files that stand for a month of crimes of 2025."""
    files = held.record_files.filter(pl.col("replaced_by").is_null() & (pl.col("kind") == "street"))
    return files.filter(pl.col("month").str.starts_with("2025"))


def test_eight_bodies_have_every_month_of_2025_and_39_and_40_its_last_two(standing: pl.DataFrame) -> None:
    bodies = {month: set(of["force"]) for (month,), of in standing.group_by("month")}
    assert [bodies[f"2025-{month:02}"] == EIGHT for month in range(1, 11)] == [True] * 10
    assert (len(bodies["2025-11"]), len(bodies["2025-12"])) == (39, 40)
    assert bodies["2025-12"] - bodies["2025-11"] == {"avon-and-somerset"}
    assert "northern-ireland" in bodies["2025-11"] & bodies["2025-12"]
    absent = {"metropolitan", "west-midlands", "west-yorkshire", "greater-manchester"}
    assert not absent & set.union(*bodies.values())


def test_no_row_of_the_files_is_unaccounted_for_and_northern_ireland_has_no_figure(held: Harmonised) -> None:
    assert held.unmatched.is_empty()
    files = held.record_files
    numbers = ["rows", "kept", "set_aside", "replaced", "out_of_scope", "unaccounted"]
    of_archives = files.filter(pl.col("file").str.ends_with(".csv"))
    assert of_archives.select(pl.col(numbers).sum()).row(0) == (2_076_601, 2_002_553, 123, 28_139, 45_786, 0)
    assert files.filter(pl.col("force") == "northern-ireland").select(pl.col("kept").sum(), pl.col("rows").sum()).row(
        0
    ) == (0, 45_786)
    assert files["unaccounted"].sum() == 0


def test_of_two_copies_of_a_month_of_the_city_of_london_the_later_stands_without_the_files_too(
    held: Harmonised,
) -> None:
    city = held.record_files.filter(force="city-of-london")
    replaced = city.filter(pl.col("month").str.starts_with("2025") & pl.col("replaced_by").is_not_null())
    assert set(replaced["replaced_by"]) == {"2025-12-sample.zip"}
    assert replaced["decided_by"].str.starts_with("files dated later (2026-07-29, after 2026-04-25)").all()
    months = city.filter(pl.col("replaced_by").is_null())["month"].sort()
    assert (months[2], months[-1], len(months)) == ("2021-09", "2025-12", 54)


def test_drugs_records_by_district_and_without_a_place_are_all_of_their_file(held: Harmonised) -> None:
    parts = held.excluded.filter(rule="archive-districts")
    assert parts["breakdown_text"].str.contains(r"^(no place|[EW]\d{8} \| .+)$").all()
    summed = parts.group_by("edition_id", "table").agg(pl.col("value_text").cast(pl.Float64).sum().alias("parts"))
    counted = held.observations.filter(measure_id="police_uk_drugs_records").with_columns(
        pl.col("observation_id").str.split("/").list.get(2).alias("table")
    )
    both = counted.join(summed, on=["edition_id", "table"], how="left")
    assert both.height == 310
    assert (both["value"] == both["parts"]).all()
    assert parts.filter(pl.col("value_text") == "0")["breakdown_text"].unique().to_list() in ([], ["no place"])


def test_searches_of_the_metropolitan_police_of_2024_and_2025_are_figures_by_month(held: Harmonised) -> None:
    searches = held.observations.filter(source_id="police_uk_api", measure_id="police_uk_searches_for_drugs")
    assert searches.sort("period_start").select("period_start", "value").rows()[0][1] == 1_972
    assert (searches["area_id"].unique().to_list(), searches.height, searches["value"].sum()) == (
        ["E23000001"],
        8,
        16_441,
    )


@pytest.mark.parametrize(
    ("file", "name", "code", "differing"),
    [
        ("lookup_lsoa21_ward24_ltla24.csv.gz", "lsoa21_name", "ltla24_code", {"West Northamptonshire 048E"}),
        (
            *("lookup_lsoa11_lsoa21_ltla22.csv.gz", "lsoa11_name", "ltla22_code"),
            {"East Hertfordshire 002D", "Gateshead 024C", "Welwyn Hatfield 014C"},
        ),
    ],
    ids=["2021 to 2024", "2011 to 2022"],
)
def test_the_district_that_a_small_area_is_named_after_is_the_one_that_ons_says(
    file: str, name: str, code: str, differing: set[str], registers: IncidentRegisters
) -> None:
    """Four differ: one is put into another district by its ward, and of three of 2011 two districts have a part each."""
    if not (LOOKUPS / file).is_file():
        pytest.skip("no landing folder with the look-ups of small areas at ../shared/landing-2026-12")
    authorities = pl.read_csv(DATA / "registers" / "local_authorities.csv", infer_schema=False)
    names = dict(authorities.select("authority_id", "name").iter_rows())
    lookup = pl.read_csv(LOOKUPS / file, infer_schema=False)
    found = lookup.select(
        name,
        pl.col(name)
        .str.replace(r"\s+\S+$", "")
        .replace_strict({each: today for each, (today, _) in registers.districts.items()})
        .alias("ours"),
        pl.col(code)
        .replace_strict(names)
        .replace_strict({each: today for each, (today, _) in registers.districts.items()})
        .alias("theirs"),
    )
    assert found.height > 34_000
    assert set(found.filter(pl.col("ours") != pl.col("theirs"))[name]) == differing
