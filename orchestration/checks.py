"""Table contracts as asset checks: validate first, publish after. A table that breaks a critical rule never reaches the lake."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from orchestration.fingerprint import hash_code
from orchestration.lake import replace_atomically, table_path
from orchestration.paths import Paths
from transforms.contracts import Contract, Validation, validate

_SEVERITY = {"critical": dg.AssetCheckSeverity.ERROR, "warning": dg.AssetCheckSeverity.WARN}
_DAGSTER_TYPES = {
    pl.String: "string",
    pl.Float64: "float",
    pl.Int32: "int",
    pl.Int64: "int",
    pl.Date: "date",
    pl.Boolean: "bool",
}

CheckedTable = Iterator[dg.AssetCheckResult | dg.Output[pl.DataFrame]]


def asset_key(contract: Contract) -> dg.AssetKey:
    """The asset that a contract is about: 'core/observations' is the key core, observations."""
    return dg.AssetKey(contract.table.split("/"))


def check_specs(contract: Contract) -> list[dg.AssetCheckSpec]:
    """One asset check a rule; critical rules block everything downstream."""
    return [
        dg.AssetCheckSpec(
            rule.name, asset=asset_key(contract), description=rule.description, blocking=rule.severity == "critical"
        )
        for rule in contract.rules
    ]


def column_schema(contract: Contract) -> dg.TableSchema:
    """The contract as the table schema that the Dagster UI shows."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                _DAGSTER_TYPES[column.dtype],  # type: ignore[index]
                column.description,
                constraints=dg.TableColumnConstraints(nullable=column.nullable),
            )
            for column in contract.columns
        ]
    )


def checked(frame: pl.DataFrame, contract: Contract, paths: Paths, output_name: str = "result") -> CheckedTable:
    """Yield the result of every rule, then the table itself unless a critical rule is broken.

    Withholding the output keeps the last good table in the lake and everything downstream as it was; the rows that broke a
    rule are in the quarantine folder, one CSV a rule.
    """
    content = _content_hash(frame)
    results = _results(frame, contract, paths, content)
    for result in results:
        yield dg.AssetCheckResult(
            check_name=result["rule"],
            asset_key=asset_key(contract),
            passed=result["passed"],
            severity=_SEVERITY[result["severity"]],
            description=result["description"],
            metadata={
                "rows looked at": result["evaluated_rows"],
                "rows failing": result["failing_count"],
                "failing rows": dg.MetadataValue.md(result["sample"] or "none"),
            },
        )
    if not any(not result["passed"] and result["severity"] == "critical" for result in results):
        yield dg.Output(
            frame,
            output_name=output_name,
            data_version=dg.DataVersion(content),
            metadata={
                "dagster/row_count": len(frame),
                "dagster/column_schema": column_schema(contract),
                "dagster/uri": str(table_path(paths, asset_key(contract))),
                "preview": dg.MetadataValue.md(markdown(frame.head(5))),
            },
        )


def _results(frame: pl.DataFrame, contract: Contract, paths: Paths, content: str) -> list[dict[str, Any]]:
    """The result of every rule: from the last run if neither the table nor its contract has changed since, else from a validation."""
    path = (paths.checks / contract.table).with_suffix(".json")
    version = hashlib.sha256((content + hash_code("transforms/contracts")).encode()).hexdigest()
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["version"] == version:
            return list(kept["results"])
    validation = validate(frame, contract)
    _quarantine(validation, paths)
    results = [
        {
            "rule": result.rule,
            "description": result.description,
            "severity": result.severity,
            "passed": result.passed,
            "evaluated_rows": result.evaluated_rows,
            "failing_count": result.failing_count,
            "sample": "" if result.passed else markdown(result.failing_rows.head(5)),
        }
        for result in validation.results
    ]
    record = {"table": contract.table, "rows": len(frame), "version": version, "results": results}
    replace_atomically(path, json.dumps(record, ensure_ascii=False, indent=1).encode())
    return results


def _quarantine(validation: Validation, paths: Paths) -> None:
    folder = paths.quarantine / validation.contract.table
    shutil.rmtree(folder, ignore_errors=True)
    for result in validation.failures:
        replace_atomically(folder / f"{result.rule}.csv", result.failing_rows.write_csv().encode())


def _content_hash(frame: pl.DataFrame) -> str:
    digest = hashlib.sha256(str(frame.schema).encode())
    digest.update(frame.hash_rows(seed=0).to_numpy().tobytes())
    return digest.hexdigest()


def markdown(frame: pl.DataFrame) -> str:
    """A frame as a Markdown table for the Dagster UI, with what would break the table escaped."""
    rows = [
        frame.columns,
        ["---"] * frame.width,
        *(["" if value is None else str(value) for value in row] for row in frame.iter_rows()),
    ]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows
    )
