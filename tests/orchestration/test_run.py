"""What a full build leaves behind: documents, tables, files for analysts, and a history that says what was checked."""

from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest

from orchestration.build import dagster_home
from orchestration.definitions import definitions
from orchestration.store.paths import Paths
from tests.full_build import ROOT
from tests.orchestration.builds import WARNED, digests, good, history, last_run
from tests.orchestration.graph import CONTRACTS, all_assets
from transforms.contracts import Contract

pytestmark = [pytest.mark.full, pytest.mark.filterwarnings("ignore::dagster.BetaWarning")]

# What changed since the last edition is a page and a PDF, and no report: it has no workbook, no evidence and no words of its own.
CHANGES = {"what-changed.html", "what-changed.pdf"}
PAGES = {
    "index.html",
    "claims.html",
    "downloads.html",
    "map-drug-trafficking.html",
    "map-referrals.html",
    "map-searches.html",
    "findings.html",
    "statements.html",
    "data-quality.html",
    "data-dictionary.html",
    "methods.html",
} | CHANGES


def test_64_reports_as_html_and_pdf_their_workbooks_and_the_pages_beside_them_are_published(built: Path) -> None:
    names = {path.name for path in (built / "reports").iterdir()}
    pdf = {Path(name).stem for name in names - PAGES if name.endswith(".pdf")}
    html = {Path(name).stem for name in names - PAGES if name.endswith(".html")}
    assert names >= PAGES
    assert pdf == html
    assert len(pdf) == 1 + 10 + 10 + 43
    assert {Path(name).stem for name in names if name.endswith(".xlsx")} == pdf
    assert names - PAGES - {f"{name}.{ending}" for name in pdf for ending in ("html", "pdf", "xlsx")} == {
        "data",
        "evidence",
        "texts",
    }
    assert {path.stem for path in (built / "reports" / "texts").iterdir()} == pdf
    assert {path.stem for path in (built / "reports" / "evidence").iterdir()} == pdf
    assert all((built / "reports" / f"{name}.pdf").read_bytes().startswith(b"%PDF-1.7") for name in pdf)


def test_analysts_find_every_table_of_the_lake_in_the_warehouse(built: Path) -> None:
    with duckdb.connect(str(built / "county_lines.duckdb"), read_only=True) as warehouse:
        held = warehouse.sql(
            "select schema_name || '/' || table_name as name, estimated_size as rows from duckdb_tables() "
            "where schema_name not in ('registers', 'main')"
        ).pl()
    kept = {contract.table: pl.read_parquet(built / "lake" / f"{contract.table}.parquet") for contract in CONTRACTS}
    assert dict(held.iter_rows()) == {table: len(frame) for table, frame in kept.items()}
    tidy, others = (
        pl.read_csv(built / name, infer_schema=False) for name in ("county_lines.csv", "county_lines_other_figures.csv")
    )
    assert len(tidy) + len(others) == len(kept["out/indicators"])
    fact = ["measure_id", "area_code", "period_start", "period_end"]
    assert not tidy.select(fact).is_duplicated().any(), "a sum counts nothing twice"
    assert len(others.join(tidy, on=fact, how="semi")) == len(others), "each is of a fact that stands in the other file"


def test_the_warehouse_has_whole_numbers_fractions_and_dates_and_no_decimals(built: Path) -> None:
    """Sums of whole numbers as decimals without places would round every rate made of them, in Polars and in R."""
    types = {
        pl.String: "VARCHAR",
        pl.Int32: "INTEGER",
        pl.Int64: "BIGINT",
        pl.Float64: "DOUBLE",
        pl.Date: "DATE",
        pl.Boolean: "BOOLEAN",
    }
    with duckdb.connect(str(built / "county_lines.duckdb"), read_only=True) as warehouse:
        held = warehouse.sql(
            "select schema_name || '/' || table_name, column_name, data_type from duckdb_columns() where not internal"
        )
        found = {(table, column): dtype for table, column, dtype in held.fetchall()}
    declared = {(each.table, name): dtype for each in CONTRACTS for name, dtype in each.schema.items()}
    assert set(found.values()) <= set(types.values())
    assert {column: found[column] for column in declared} == {
        column: types[dtype.base_type()] for column, dtype in declared.items()
    }


def test_the_history_has_one_run_that_made_everything_once(built: Path) -> None:
    assert last_run(built) == ("SUCCESS", all_assets())
    with history(built) as instance:
        assert instance.get_runs_count() == 1
        force = dg.AssetKey(["report", "force"])
        assert len(instance.get_materialized_partitions(force)) == 43


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: str(contract.table))
def test_a_table_is_recorded_with_its_rows_and_columns(built: Path, contract: Contract) -> None:
    table = contract.table
    with history(built) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(table.split("/")))
    assert event is not None
    assert event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    frame = pl.read_parquet(built / "lake" / f"{table}.parquet")
    assert metadata["dagster/row_count"].value == len(frame)
    recorded = metadata["dagster/column_schema"].value
    assert isinstance(recorded, dg.TableSchema)
    assert [column.name for column in recorded.columns] == frame.columns
    assert metadata["dagster/uri"].value == str(built / "lake" / f"{table}.parquet")


def test_every_check_is_recorded_as_passed_but_one_warning_with_the_severity_of_its_rule(built: Path) -> None:
    expected = {
        (contract.table, rule.name): rule.severity == "critical" for contract in CONTRACTS for rule in contract.rules
    }
    with history(built) as instance:
        (run,) = instance.get_runs()
        events = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    found = [entry.dagster_event.asset_check_evaluation_data for entry in events if entry.dagster_event]
    failed = (f"{check.asset_key.to_user_string()}/{check.check_name}" for check in found if not check.passed)
    assert sorted(failed) == list(WARNED)
    severities = {
        (check.asset_key.to_user_string(), check.check_name): check.severity == dg.AssetCheckSeverity.ERROR
        for check in found
        if check.asset_key.path[0] != "report"
    }
    assert severities == expected
    assert set(digests(built / "quarantine")) == {f"{name}.csv" for name in WARNED}


def test_one_force_can_be_made_again_by_itself(copied: Path) -> None:
    paths = Paths(data=ROOT / "data", build=copied)
    before, documents = good(copied), digests(copied / "documents")
    for norfolk in (copied / "documents").rglob("norfolk.[hp]*"):
        norfolk.unlink()
    job = dg.define_asset_job("one_force", selection=dg.AssetSelection.assets(["report", "force"]))
    with dg.DagsterInstance.from_config(dagster_home(paths)) as instance:
        result = (
            dg.Definitions.merge(definitions(paths), dg.Definitions(jobs=[job]))
            .resolve_job_def("one_force")
            .execute_in_process(instance=instance, partition_key="norfolk")
        )
        assert result.success
        (event,) = result.get_asset_materialization_events()
        assert event.partition == "norfolk"
    assert digests(copied / "documents") == documents
    assert good(copied) == before
