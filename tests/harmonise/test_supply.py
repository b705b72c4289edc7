"""Whether a month was supplied, which archive stands for it, and what became of every row. Every number is synthetic."""

import polars as pl
import pytest

from transforms.contracts import tables, validate
from transforms.harmonise.supply import not_supplied, record_files

# Every table here is held to its contract by Great Expectations, whose import takes longer than a quick test may.
pytestmark = pytest.mark.full

USUAL = pl.DataFrame(
    [("norfolk", "street", "12", "3000", "100"), ("city-of-london", "street", "12", "700", "40")],
    schema=["slug", "kind", "months", "records", "drugs"],
    orient="row",
)
BODIES = pl.DataFrame(
    [
        ("norfolk", "E23000024"),
        ("city-of-london", "E23000034"),
        ("greater-manchester", "E23000005"),
        ("northern-ireland", ""),
    ],
    schema=["slug", "area_id"],
    orient="row",
)


def of_file(
    edition: str, month: str, kept: int, drugs: int, *, force: str = "norfolk", set_aside: int = 0, waiting: int = 0
) -> list[tuple[str, str, str, str]]:
    """The cells that a file of crimes gives: edition, table, label, number."""
    file = f"{month}-{force}-street.csv"
    cells = [("rows", kept + set_aside), ("records kept", kept), ("Drugs", drugs)]
    if set_aside:
        cells.append(("set aside | the month is not the file's", set_aside))
    if waiting:
        cells.append(("records kept | under investigation", waiting))
    return [(edition, file, label, str(number)) for label, number in cells]


def judged(
    *files: list[tuple[str, str, str, str]], published: dict[str, tuple[str, str | None]] | None = None
) -> pl.DataFrame:
    rows = [row for file in files for row in file]
    cells = pl.DataFrame(rows, schema=["edition_id", "table", "measure_text", "value_text"], orient="row").with_columns(
        kind=pl.lit("figure"), breakdown_text=pl.lit(None, pl.String)
    )
    known = published or dict.fromkeys(cells["edition_id"].unique(), ("2024-02", None))
    editions = pl.DataFrame(
        [(edition, f"{edition}.zip", *when) for edition, when in sorted(known.items())],
        schema=dict.fromkeys(("edition_id", "archive", "published", "dated"), pl.String),
        orient="row",
    )
    found = record_files(cells, editions, USUAL, BODIES)
    broken = [rule.rule for rule in validate(found, tables.RECORD_FILES).results if not rule.passed]
    assert not broken
    return found


def reasons(files: pl.DataFrame) -> dict[str, str]:
    return dict(not_supplied(files).select("table", "not_supplied").iter_rows())


def year(**other: tuple[int, int]) -> list[list[tuple[str, str, str, str]]]:
    """Twelve months of about 3,500 records and 160 of drugs, but for those named m01 to m12: (records, drugs)."""
    usual = {f"m{month:02}": (3490 + month, 160) for month in range(1, 13)} | other
    return [of_file("2023", f"2023-{name[1:]}", *numbers) for name, numbers in usual.items()]


def test_months_of_which_a_tenth_or_less_was_supplied_have_no_figure_and_say_why() -> None:
    found = judged(*year(m01=(1187, 65), m02=(300, 9), m03=(164, 2), m04=(283, 0)))
    about = {
        month: f"supplied in part: {number} records where about 3,500 are usual"
        for month, number in ((2, 300), (3, 164), (4, 283))
    }
    assert reasons(found) == {f"2023-{month:02}-norfolk-street.csv": reason for month, reason in about.items()}
    (january,) = found.filter(month="2023-01")["warning"]
    assert january == "65 of drugs among 1,187 records, where about 160 are usual"


def test_months_in_part_are_no_measure_of_each_other() -> None:
    """Of four months alone, each in part, the register says what is usual."""
    found = judged(
        *(
            of_file("2024", f"2024-0{month}", *numbers)
            for month, numbers in enumerate([(1187, 65), (290, 9), (164, 2), (283, 0)], 1)
        )
    )
    assert [reason.split(":")[0] for reason in reasons(found).values()] == ["supplied in part"] * 3


def test_many_records_of_few_types_of_crime_are_no_month() -> None:
    """Anti-social behaviour alone has no drugs in it, which is no zero; nor is it what is usual for the months beside it."""
    months = [of_file("2024", f"2024-0{month}", 3000, 100) for month in (1, 3)]
    few = [
        *of_file("2024", "2024-02", 1900, 0),
        ("2024", "2024-02-norfolk-street.csv", "records kept | types of crime, too few for a month", "1"),
    ]
    found = judged(*months, few)
    assert reasons(found) == {"2024-02-norfolk-street.csv": "supplied in part: 1,900 records of 1 type of crime only"}
    assert found["warning"].null_count() == 3


def test_a_stray_file_of_a_body_of_which_no_month_is_known_has_no_figure() -> None:
    assert list(reasons(judged(of_file("2022", "2022-08", 14, 0, force="greater-manchester"))).values()) == [
        "supplied in part: 14 records where the smallest force supplies about 700"
    ]


@pytest.mark.parametrize(
    ("set_aside", "reason"),
    [
        (0, "not supplied: the file holds no record"),
        (5200, "not supplied: none of 5,200 rows could be kept (the month is not the file's: 5,200)"),
    ],
    ids=["a header only", "all rows set aside"],
)
def test_a_file_without_a_record_that_is_kept_is_no_zero(set_aside: int, reason: str) -> None:
    found = judged(of_file("2022", "2022-08", 0, 0, set_aside=set_aside))
    assert list(reasons(found).values()) == [reason]
    assert found["set_aside"].to_list() == [set_aside]


def test_a_month_without_drugs_that_was_supplied_has_none_and_a_warning() -> None:
    found = judged(*year(m05=(3500, 0)))
    assert not reasons(found)
    assert found.filter(month="2023-05")["warning"].to_list() == [
        "0 of drugs among 3,500 records, where about 160 are usual"
    ]


@pytest.mark.parametrize(("drugs", "is_far"), [(72, True), (80, False), (320, False), (947, True)])
def test_drugs_far_from_the_forces_own_months_either_way_are_warned_of(drugs: int, is_far: bool) -> None:
    found = judged(*year(m08=(3544, drugs)))
    assert not reasons(found)
    assert (found.filter(pl.col("warning").is_not_null())["month"].to_list() == ["2023-08"]) == is_far


@pytest.mark.parametrize(("set_aside", "is_warned"), [(60, False), (80, True)])
def test_a_file_of_which_more_than_one_row_in_fifty_is_set_aside_warns(set_aside: int, is_warned: bool) -> None:
    found = judged(of_file("2022", "2022-08", 3000, 100, set_aside=set_aside))
    expected = f"{set_aside} of {3000 + set_aside:,} rows were set aside (the month is not the file's: {set_aside})"
    assert found["warning"].to_list() == ([expected] if is_warned else [None])


def test_what_a_later_archive_replaces_is_listed_with_what_changed() -> None:
    found = judged(
        of_file("early", "2023-11", 700, 40, waiting=482, force="city-of-london"),
        of_file("late", "2023-11", 703, 41, force="city-of-london"),
        published={"early": ("2024-01", None), "late": ("2024-10", None)},
    )
    assert found.select("archive", "place", "kept", "replaced", "replaced_by", "changed").rows() == [
        (
            "early.zip",
            1,
            0,
            700,
            "late.zip",
            "rows 700, now 703; records kept 700, now 703; drugs 40, now 41; under investigation 482, now 0",
        ),
        ("late.zip", 2, 703, 0, None, None),
    ]
    assert found["decided_by"].to_list() == ["published later (2024-10, after 2024-01)", None]


@pytest.mark.parametrize(
    ("dated", "waiting", "decided_by"),
    [
        (
            ("2026-07-29", "2026-04-25"),
            (9, 0),
            "files dated later (2026-07-29, after 2026-04-25), published in one month as far as is known",
        ),
        (("2026-07-29", "2026-07-29"), (0, 482), "fewer records under investigation (0, not 482)"),
    ],
)
def test_archives_of_one_month_of_publication_stand_by_their_dates_then_by_what_is_under_investigation(
    dated: tuple[str, str], waiting: tuple[int, int], decided_by: str
) -> None:
    found = judged(
        *(of_file(edition, "2023-11", 700, 40, waiting=waiting[number]) for number, edition in enumerate(("a", "b"))),
        published={"a": ("2026-02", dated[0]), "b": ("2026-02", dated[1])},
    )
    assert found.filter(pl.col("replaced_by").is_not_null()).select("archive", "replaced_by", "decided_by").rows() == [
        ("b.zip", "a.zip", decided_by)
    ]


def test_rows_of_every_file_are_kept_set_aside_replaced_or_out_of_scope() -> None:
    found = judged(
        of_file("a", "2023-11", 3000, 100, set_aside=7),
        of_file("b", "2023-11", 3001, 100),
        of_file("b", "2023-11", 7000, 600, force="northern-ireland"),
    )
    columns = ["rows", "kept", "set_aside", "replaced", "out_of_scope", "unaccounted"]
    assert found.select(pl.col(columns).sum()).row(0) == (13_008, 3001, 7, 3000, 7000, 0)
    lost = found.with_columns(pl.lit(1, pl.Int64).alias("unaccounted"))
    assert validate(lost, tables.RECORD_FILES).blocked
