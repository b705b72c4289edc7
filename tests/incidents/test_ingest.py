import pickle
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from string import ascii_uppercase

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.incidents.conftest import (
    OUTCOMES_HEADER,
    ROOT,
    STOP_HEADER,
    STREET_HEADER,
    Archive,
    Ingest,
    crime,
    csv_file,
    search,
)
from transforms.contracts import incidents as contracts
from transforms.contracts import tables, validate
from transforms.errors import ContractError, LayoutError, RegisterError, UnmatchedError
from transforms.incidents import (
    IncidentRegisters,
    MonthResult,
    by_month,
    coverage,
    district_cells,
    drug_cells,
    file_cells,
    ingest_month,
    load_incident_registers,
    read_archive,
    refuse_lost_rows,
)
from transforms.incidents.archive import Member
from transforms.incidents.records import read_records

NORFOLK = "2018-10-norfolk-street.csv"
REGISTERS = load_incident_registers(ROOT / "data")
MET = "2020-07-metropolitan-stop-and-search.csv"


def found(result: MonthResult) -> dict[str, int]:
    return {f"{force} {finding}": rows for force, finding, rows in result.findings.iter_rows()}


def totals(result: MonthResult) -> tuple[int, int, int]:
    return result.accounting.select(pl.col("rows_read", "kept", "quarantined").sum()).row(0)  # type: ignore[return-value]


def reasons(result: MonthResult) -> list[tuple[int, str, str | None]]:
    return result.quarantine.select("line", "reason", "text").rows()  # type: ignore[return-value]


# What is kept, and what is set aside


def test_records_without_an_id_are_never_taken_for_one(ingest: Ingest) -> None:
    noise = crime("", crime_type="Anti-social behaviour", outcome="")
    result = ingest({NORFOLK: csv_file(STREET_HEADER, noise, noise, noise)})
    assert totals(result) == (3, 3, 0)
    assert found(result)["norfolk equal_without_id"] == 2


def test_a_crime_published_twice_is_kept_once_and_the_copy_set_aside(ingest: Ingest) -> None:
    result = ingest({NORFOLK: csv_file(STREET_HEADER, crime(), crime("b" * 64), crime())})
    assert totals(result) == (3, 2, 1)
    assert result.quarantine.rows() == [(NORFOLK, 4, "crime published twice", "a" * 64)]
    assert found(result) == {"norfolk crime_published_twice": 1}
    assert pl.read_parquet(result.path)["line"].to_list() == [2, 3]


def test_one_id_at_two_places_is_two_records_and_is_counted(ingest: Ingest) -> None:
    result = ingest({NORFOLK: csv_file(STREET_HEADER, crime(), crime(place="On or near Other Street"))})
    assert totals(result) == (2, 2, 0)
    assert found(result) == {"norfolk same_id_elsewhere": 2}


def test_a_crime_and_its_outcome_have_the_same_key_and_no_crime_has_none(ingest: Ingest) -> None:
    crimes = pl.read_parquet(
        ingest({NORFOLK: csv_file(STREET_HEADER, crime(), crime("b" * 64), crime("", outcome=""))}).path
    )
    row = f"{'a' * 64},2018-10,Norfolk Constabulary,Norfolk Constabulary,,,No location,,,Suspect charged"
    outcomes = pl.read_parquet(ingest({"2018-10-norfolk-outcomes.csv": csv_file(OUTCOMES_HEADER, row)}).path)
    assert crimes.schema["crime_key"] == pl.UInt64()
    assert crimes["crime_key"][0] == outcomes["crime_key"][0] != crimes["crime_key"][1]
    assert crimes["crime_key"].is_null().to_list() == [False, False, True]


def test_names_of_small_areas_are_kept_once_a_month(ingest: Ingest) -> None:
    rows = (
        crime(),
        crime("b" * 64),
        crime("c" * 64, code="E01035000", area="Norwich 017A"),
        crime("d" * 64, code="", area=""),
    )
    result = ingest({NORFOLK: csv_file(STREET_HEADER, *rows)})
    assert result.areas.rows() == [("E01026700", "Norwich 001A"), ("E01035000", "Norwich 017A")]
    assert pl.read_parquet(result.path)["lsoa_code"].to_list() == ["E01026700", "E01026700", "E01035000", None]


def test_a_month_of_more_files_than_are_held_at_once_is_one_table_in_their_order(ingest: Ingest) -> None:
    suffolk = "2018-10-suffolk-street.csv"
    rows = [crime(f"{number:064x}") for number in range(60_000)]
    again = [crime(f"{number:064x}", body="Suffolk Constabulary", area="Ipswich 001A") for number in range(7)]
    result = ingest({NORFOLK: csv_file(STREET_HEADER, *rows, rows[3]), suffolk: csv_file(STREET_HEADER, *again)})
    assert result.accounting.select("file", "rows_read", "kept", "quarantined").rows() == [
        (NORFOLK, 60_001, 60_000, 1),
        (suffolk, 7, 7, 0),
    ]
    assert found(result) == {
        "norfolk crime_published_twice": 1,
        "norfolk same_id_elsewhere": 7,
        "suffolk same_id_elsewhere": 7,
    }
    kept = pl.read_parquet(result.path, columns=["force", "line"])
    assert kept["line"].to_list() == [*range(2, 60_002), *range(2, 9)]
    assert kept["force"].cast(pl.String).rle().struct.field("value").to_list() == ["norfolk", "suffolk"]


def test_a_month_without_drugs_in_a_district_or_without_a_place_has_a_cell_for_either_zero(ingest: Ingest) -> None:
    result = ingest({NORFOLK: csv_file(STREET_HEADER, crime(crime_type="Burglary"))})
    localities = pl.read_csv(ROOT / "data" / "registers" / "localities.csv")
    cells = district_cells([result], localities, "police_uk_archive", "2018-10", REGISTERS)
    assert cells.select("cell", "value_text").rows() == [("I1", "0"), ("H1", "0")]


def test_an_id_is_no_key_where_the_body_uses_it_again(ingest: Ingest) -> None:
    body = "Police Service of Northern Ireland"
    again = crime(body=body, code="", area="")
    result = ingest({"2018-10-northern-ireland-street.csv": csv_file(STREET_HEADER, again, again)})
    assert totals(result) == (2, 2, 0)
    assert found(result) == {"northern-ireland crime_id_is_no_key": 2}


def test_two_equal_outcomes_of_one_crime_are_both_kept(ingest: Ingest) -> None:
    row = f"{'f' * 64},2019-01,Norfolk Constabulary,Norfolk Constabulary,,,No location,,,Suspect charged"
    result = ingest({"2019-01-norfolk-outcomes.csv": csv_file(OUTCOMES_HEADER, row, row)})
    assert totals(result) == (2, 2, 0)
    assert found(result)["norfolk equal_outcomes"] == 1
    assert result.counts.select("type", "outcome", "rows").rows() == [(None, "Suspect charged", 2)]


def test_what_cannot_be_read_is_set_aside_with_its_line_and_reason(ingest: Ingest) -> None:
    text = csv_file(
        STREET_HEADER,
        crime(),
        crime("b" * 64, month="2018-11"),
        crime("c" * 64, body="Suffolk Constabulary"),
        crime("d" * 64, longitude="east"),
        crime("e" * 64, crime_type=""),
        f"{crime('f' * 64)},one field too many",
        "",
        "cut,2018-10",
    )
    result = ingest({NORFOLK: text})
    assert reasons(result) == [
        (3, "the month is not the file's", "2018-11"),
        (4, "another body reported the record", "Suffolk Constabulary"),
        (5, "the longitude is not a number", "east"),
        (6, "the record has no crime type", None),
        (7, "the record has more fields than the header", "one field too many"),
        (8, "the line is empty", None),
        (9, "the record has no reported by", None),
    ]
    assert totals(result) == (8, 1, 7)


def test_a_coordinate_that_is_no_number_sets_its_record_aside_and_not_its_month(ingest: Ingest) -> None:
    result = ingest(
        {NORFOLK: csv_file(STREET_HEADER, crime(), crime("b" * 64, longitude="nan"), crime("c" * 64, longitude="inf"))}
    )
    assert reasons(result) == [(3, "the longitude is not a number", "nan"), (4, "the longitude is not a number", "inf")]
    assert totals(result) == (3, 1, 2)


@pytest.mark.parametrize("month", ["Aug-22", "Aug-2022", "aug-22", "2022-08-01", "01/08/2022"])
def test_a_month_that_a_spreadsheet_took_for_a_date_is_the_month_that_the_file_is_named_for(
    ingest: Ingest, month: str
) -> None:
    rows = (crime(month=month), crime("b" * 64, month="Sep-22"))
    result = ingest({"2022-08-norfolk-street.csv": csv_file(STREET_HEADER, *rows)})
    assert totals(result) == (2, 1, 1)
    assert reasons(result) == [(3, "the month is not the file's", "Sep-22")]


@pytest.mark.parametrize(
    ("order", "of_type", "of_outcome"),
    [
        (["Crime type", "Last outcome category"], "A2", "B2"),
        (["", "Crime type", "Crime ID", "Last outcome category"], "B2", "D2"),
        (STREET_HEADER.split(","), "J2", "K2"),
    ],
    ids=["first", "an index in front", "as published"],
)
def test_the_cell_of_a_count_is_in_the_column_where_its_label_stands_in_that_file(
    ingest: Ingest, order: list[str], of_type: str, of_outcome: str
) -> None:
    columns = STREET_HEADER.split(",")
    header = [*order, *(column for column in columns if column not in order)]
    printed = dict(zip(columns, crime().split(","), strict=True)) | {"": "0"}
    result = ingest({NORFOLK: csv_file(",".join(header), ",".join(printed[column] for column in header))})
    cells = drug_cells([result], "police_uk_archive", "2018-10", REGISTERS)
    assert cells["cell"].to_list() == [of_type, of_outcome]
    places = district_cells(
        [result], pl.read_csv(ROOT / "data" / "registers" / "localities.csv"), "police_uk_archive", "2018-10", REGISTERS
    )
    name, code = (ascii_uppercase[header.index(label)] for label in ("LSOA name", "LSOA code"))
    assert places.select("breakdown_text", "cell").rows() == [
        ("E07000146 | King's Lynn and West Norfolk", f"{name}1"),
        ("E07000148 | Norwich", f"{name}2"),
        ("no place", f"{code}1"),
    ]


def test_a_file_has_its_own_numbers_as_cells_and_no_two_share_one(ingest: Ingest) -> None:
    rows = (
        crime(outcome="Under investigation"),
        crime("b" * 64, month="2018-11"),
        crime("c" * 64, month="2018-11"),
        crime(),
    )
    result = ingest({NORFOLK: csv_file(STREET_HEADER, *rows)})
    cells = file_cells([result], "police_uk_archive", "2018-10", REGISTERS)
    assert dict(cells.select("measure_text", "value_text").iter_rows()) == {
        "records kept": "2",
        "records kept | under investigation": "1",
        "rows": "4",
        "set aside | the month is not the file's": "2",
    }
    every = pl.concat([cells, drug_cells([result], "police_uk_archive", "2018-10", REGISTERS)])
    assert every["cell"].is_unique().all()
    assert all(rule.passed for rule in validate(every, tables.cells("police_uk_archive", ["2018-10"])).results)


@pytest.mark.parametrize(("records", "types", "few"), [(120, 1, ["1"]), (120, 6, ["6"]), (120, 7, []), (99, 1, [])])
def test_a_hundred_records_of_few_types_are_told(ingest: Ingest, records: int, types: int, few: list[str]) -> None:
    labels = ["Anti-social behaviour", "Burglary", "Drugs", "Robbery", "Shoplifting", "Other theft", "Vehicle crime"]
    rows = (crime(f"{number:064x}", crime_type=labels[number % types]) for number in range(records))
    cells = file_cells([ingest({NORFOLK: csv_file(STREET_HEADER, *rows)})], "police_uk_archive", "2018-10", REGISTERS)
    label = "records kept | types of crime, too few for a month"
    assert cells.filter(measure_text=label)["value_text"].to_list() == few
    assert cells["cell"].is_unique().all()


def test_a_search_without_a_time_is_set_aside(ingest: Ingest) -> None:
    result = ingest({MET: csv_file(STOP_HEADER, search("03/07/2020"), search(""), search())})
    assert reasons(result) == [
        (2, "the time is not a time", None),
        (3, "the record has no searched at", None),
    ]


@pytest.mark.full
@settings(deadline=None, max_examples=40)  # time is the machine's business
@given(st.lists(st.sampled_from([crime(), crime("", outcome=""), crime(month="2018-11"), "", "cut"]), max_size=12))
def test_rows_read_are_rows_kept_and_rows_set_aside(rows: list[str]) -> None:
    member = Member("synthetic.zip", NORFOLK, "2018-10", "norfolk", "street", 0, 0, 0, 0, True, "2019-01-15")
    records = read_records(csv_file(STREET_HEADER, *rows).encode(), member, REGISTERS)
    assert records.rows_read == len(rows) == records.kept.height + records.quarantined.height
    lines = [*records.kept["line"].to_list(), *records.quarantined["line"].to_list()]
    assert sorted(lines) == list(range(2, len(rows) + 2))


def test_lost_rows_stop_the_month(ingest: Ingest) -> None:
    accounting = ingest({NORFOLK: csv_file(STREET_HEADER, crime())}).accounting
    refuse_lost_rows(accounting)
    with pytest.raises(ContractError, match=rf"{NORFOLK}: 1 rows were read, but 0 kept and 0 set aside"):
        refuse_lost_rows(accounting.with_columns(pl.lit(0, pl.UInt32).alias("kept")))


# Files as other programs left them


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b"\n", b"\r"),
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"Drugs", b" drugs "),
    ],
    ids=["byte order mark", "carriage returns only", "both line ends", "label in another case"],
)
def test_another_programs_save_gives_the_same_records(ingest: Ingest, change) -> None:  # type: ignore[no-untyped-def]
    text = csv_file(STREET_HEADER, crime(), crime("b" * 64, outcome="")).encode()
    expected = pl.read_parquet(ingest({NORFOLK: text}).path)
    assert pl.read_parquet(ingest({NORFOLK: change(text)}).path).equals(expected)


def test_a_file_without_a_header_keeps_its_first_record(ingest: Ingest) -> None:
    result = ingest({NORFOLK: f"{crime()}\n{crime('b' * 64)}\n"})
    assert pl.read_parquet(result.path)["line"].to_list() == [1, 2]


def test_columns_in_another_order_and_without_the_optional_one(ingest: Ingest) -> None:
    columns = STREET_HEADER.split(",")[:-1][::-1]
    values = crime().split(",")[:-1][::-1]
    kept = pl.read_parquet(ingest({NORFOLK: csv_file(",".join(["", *columns]), ",".join(["0", *values]))}).path)
    assert kept.select("crime_type", "location", "context").row(0) == ("Drugs", "On or near Synthetic Street", None)


def test_a_spreadsheets_dates_and_a_re_saves_numbers_are_read_as_what_they_were(ingest: Ingest) -> None:
    rows = (search(age="Oct-17", operation="1.0", linked="0.0"), search(age="10-17", operation="True", linked="False"))
    kept = pl.read_parquet(ingest({MET: csv_file(STOP_HEADER, *rows)}).path)
    assert kept["age_range"].to_list() == ["10-17", "10-17"]
    assert kept["part_of_operation"].to_list() == [True, True]
    assert kept["outcome_linked_to_object"].to_list() == [False, False]


def test_vocabularies_of_two_years_become_one(ingest: Ingest) -> None:
    rows = (
        search(outcome="Suspect arrested"),
        search(outcome="Arrest"),
        search(outcome="Nothing found - no further action"),
    )
    counts = ingest({MET: csv_file(STOP_HEADER, *rows)}).counts
    assert counts.select("type", "outcome", "rows").rows() == [
        ("Controlled drugs", "Arrest", 2),
        ("Controlled drugs", "Nothing found - no further action", 1),
    ]


def test_an_unknown_label_is_announced_with_its_line_and_the_nearest(ingest: Ingest) -> None:
    with pytest.raises(UnmatchedError, match=r"norfolk-street.csv, line 3: .* crime type 'Druggs'; nearest: Drugs"):
        ingest({NORFOLK: csv_file(STREET_HEADER, crime(), crime("b" * 64, crime_type="Druggs"))})


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {NORFOLK: csv_file(STREET_HEADER.replace("Crime type", "Crime kind"), crime())},
            "'Crime kind' is not registered",
        ),
        (
            {NORFOLK: csv_file(STREET_HEADER.removesuffix(",Crime type,Last outcome category,Context"), "a")},
            "'Crime type'.* is missing",
        ),
        ({NORFOLK: ""}, "line 1 has 0 fields"),
        ({NORFOLK: "no,table\n"}, "line 1 has 2 fields"),
    ],
)
def test_a_file_of_another_layout_is_refused(ingest: Ingest, files: dict[str, str], message: str) -> None:
    with pytest.raises(LayoutError, match=message):
        ingest(files)


def test_a_file_of_an_unknown_body_is_refused(ingest: Ingest) -> None:
    with pytest.raises(UnmatchedError, match="no police body has the slug 'norfolkk'; nearest: norfolk"):
        ingest({"2018-10-norfolkk-street.csv": csv_file(STREET_HEADER, crime())})


# Times, places, gaps


def test_months_are_local_and_times_are_utc(ingest: Ingest) -> None:
    rows = (
        search("2020-06-30T23:00:00+00:00"),
        search("2020-07-31T22:59:59.157000+00:00"),
        search("2020-07-31T23:00:00+00:00"),
    )
    result = ingest({MET: csv_file(STOP_HEADER, *rows)})
    assert totals(result) == (3, 3, 0)
    assert found(result) == {"metropolitan outside_the_local_month": 1}
    assert pl.read_parquet(result.path)["searched_at"].dtype == pl.Datetime("us", "UTC")


def test_places_are_counted_and_no_record_moves(ingest: Ingest) -> None:
    rows = (
        crime("1" * 64, area="Birmingham 131C", code="E01009999"),
        crime("2" * 64, area="Bristol 054D", code="E01014500"),
        crime("3" * 64, area="Norwich 017A", code="E01035000"),
        crime("4" * 64, area="Atlantis 001A", code="E01000001"),
        crime("5" * 64, longitude="", area="", code="", place="No Location"),
    )
    result = ingest({NORFOLK: csv_file(STREET_HEADER, *rows)})
    assert found(result) == {
        "norfolk local_authority_unknown": 1,
        "norfolk outside_the_force_area": 2,
        "norfolk small_area_of_2021_only": 1,
        "norfolk without_location": 1,
    }
    assert result.counts["rows"].sum() == 5


@pytest.mark.full
def test_a_force_without_a_file_is_absent_and_one_without_drugs_has_none(
    archive: Archive, tmp_path: Path, registers: IncidentRegisters
) -> None:
    members = read_archive(
        archive(
            {
                NORFOLK: csv_file(STREET_HEADER, crime(crime_type="Burglary")),
                "2018-10-suffolk-street.csv": csv_file(STREET_HEADER, crime(body="Suffolk Constabulary", outcome="")),
            }
        )
    )
    result = ingest_month(members, tmp_path, registers)
    cells = drug_cells([result], "police_uk_archive", "2020-09", registers)
    assert cells.select("table", "cell", "area_text", "measure_text", "period_text", "value_text").rows() == [
        (NORFOLK, "J1", "Norfolk Constabulary", "Drugs", "2018-10", "0"),
        ("2018-10-suffolk-street.csv", "J2", "Suffolk Constabulary", "Drugs", "2018-10", "1"),
        ("2018-10-suffolk-street.csv", "K2", "Suffolk Constabulary", "Drugs | (none)", "2018-10", "1"),
    ]
    published = coverage(members, registers).filter("is_published")["force"].to_list()
    assert published == ["norfolk", "suffolk"]
    assert "greater-manchester" in coverage(members, registers).filter(~pl.col("is_published"))["force"].to_list()
    assert all(rule.passed for rule in validate(cells, tables.cells("police_uk_archive", ["2020-09"])).results)


# Archives, processes, contracts


def test_an_archive_that_is_cut_short_or_damaged_is_refused(
    archive: Archive, tmp_path: Path, registers: IncidentRegisters
) -> None:
    path = Path(archive({NORFOLK: csv_file(STREET_HEADER, *(crime(f"{n:064x}") for n in range(50)))}))
    members = read_archive(str(path))
    sound = path.read_bytes()
    path.write_bytes(sound[: len(sound) // 2])
    with pytest.raises(LayoutError, match="not a complete ZIP archive"):
        read_archive(str(path))
    damaged = bytearray(sound)
    damaged[400] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(LayoutError, match=r"norfolk-street.csv: the file is damaged"):
        ingest_month(members, tmp_path / "lake", registers)
    assert not list((tmp_path / "lake").rglob("*.parquet"))


@pytest.mark.full
def test_a_month_that_is_refused_leaves_nothing_behind(
    archive: Archive, tmp_path: Path, registers: IncidentRegisters
) -> None:
    members = read_archive(archive({MET: csv_file(STOP_HEADER, *[search(linked="perhaps")] * 10)}))
    for number in range(50):
        with pytest.raises(UnmatchedError):
            ingest_month(members, tmp_path / "lake" / str(number), registers)
    # Long enough for another thread to make a file after all was tidied up.
    time.sleep(0.2)
    assert not [path for path in (tmp_path / "lake").rglob("*") if path.is_file()]


def test_a_file_that_says_nothing_in_its_name_is_refused(archive: Archive) -> None:
    with pytest.raises(LayoutError, match=r"notes.csv has no month, force and kind"):
        read_archive(archive({"notes.csv": "a\n"}))


def test_a_partition_is_one_month_and_kind(archive: Archive, tmp_path: Path, registers: IncidentRegisters) -> None:
    members = read_archive(
        archive({NORFOLK: csv_file(STREET_HEADER, crime()), "2018-11-norfolk-street.csv": csv_file(STREET_HEADER)})
    )
    assert list(by_month(members)) == [("2018-10", "street"), ("2018-11", "street")]
    with pytest.raises(RegisterError, match="2 months and kinds"):
        ingest_month(members, tmp_path, registers)


@pytest.mark.full
def test_another_process_makes_the_same_bytes(archive: Archive, tmp_path: Path, registers: IncidentRegisters) -> None:
    members = read_archive(archive({NORFOLK: csv_file(STREET_HEADER, crime(), crime(), crime("", outcome=""))}))
    here = ingest_month(members, tmp_path / "here", registers)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        (there,) = pool.map(partial(ingest_month, out=tmp_path / "there", registers=registers), [members])
    assert there.path.read_bytes() == here.path.read_bytes()
    assert there.counts.equals(here.counts)
    assert pickle.loads(pickle.dumps(registers)) == registers


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "text"),
    [
        (NORFOLK, csv_file(STREET_HEADER, crime(), crime("", outcome=""))),
        (MET, csv_file(STOP_HEADER, search(), search())),
    ],
)
def test_a_month_keeps_its_contracts(ingest: Ingest, name: str, text: str) -> None:
    result = ingest({name: text})
    records = pl.read_parquet(result.path)
    for frame, contract in (
        (records, contracts.incidents(result.kind, records.schema)),
        (result.counts, contracts.COUNTS),
        (result.accounting, contracts.ACCOUNTING),
    ):
        broken = [rule.rule for rule in validate(frame, contract).results if not rule.passed]
        assert not broken
    doubled = validate(pl.concat([records, records]), contracts.incidents(result.kind, records.schema))
    assert [rule.rule for rule in doubled.results if not rule.passed] == ["force_line_unique"]
