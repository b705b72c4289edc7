"""Table contracts as asset checks: validate first, publish after. A table that breaks a critical rule never reaches the lake."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg
import polars as pl

from orchestration.run.side_process import validated
from orchestration.store.closure import hash_function
from orchestration.store.hashes import digest_of, hash_text
from orchestration.store.lake import replace_atomically, table_path
from orchestration.store.paths import Paths
from transforms.contracts import Contract, RuleResult, Validation
from transforms.spreadsheets import without_formulas

# The time that the checks of a table took, the import of Great Expectations included where it had to be.
SECONDS_OF_CHECKING = "seconds of checking"

_SEVERITY = {"critical": dg.AssetCheckSeverity.ERROR, "warning": dg.AssetCheckSeverity.WARN}
_DAGSTER_TYPES = {
    pl.String: "string",
    pl.Float64: "float",
    pl.Int32: "int",
    pl.Int64: "int",
    pl.Date: "date",
    pl.Boolean: "bool",
}

# The columns that say where a row stands, and what is compared there, in the order in which a reader wants them.
_PLACE = ("source_id", "edition_id", "table", "cell", "area_id", "measure_id", "in_words", "published", "computed")

CheckedTable = Iterator[dg.AssetCheckResult | dg.Output[pl.DataFrame]]
MakesTables = TypeVar("MakesTables", bound=Callable[..., Iterator[Any]])


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
    began = time.monotonic()
    content = content_hash(frame)
    results = _results(frame, contract, paths, content)
    checking, folder = time.monotonic() - began, _quarantine_folder(contract, paths)
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
                "what is wrong": result["wrong"],
                "failing rows": dg.MetadataValue.md(result["sample"] or "none"),
                **(
                    {"all failing rows": dg.MetadataValue.path(str(listed))}
                    if (listed := folder / f"{result['rule']}.csv").is_file()
                    else {}
                ),
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
                SECONDS_OF_CHECKING: checking,
                "preview": dg.MetadataValue.md(markdown(frame.head(5))),
            },
        )


def unless_same(**contracts: Contract) -> Callable[[MakesTables], MakesTables]:
    """A function of an asset that is called only if its code or an input says something else than when its tables were made.

    ``contracts`` are those of its tables by the name of the output. Otherwise it gives the tables that are in the lake, if they are as they were
    written; their checks are reported as they were found.
    """

    def decorate(function: MakesTables) -> MakesTables:
        @wraps(function)
        def made(**given: Any) -> Iterator[Any]:
            paths = given["paths"]
            inputs = (
                f"{name} {content_hash(frame)}" for name, frame in given.items() if isinstance(frame, pl.DataFrame)
            )
            versions = dg.AssetExecutionContext.get().assets_def.code_versions_by_key
            made_of = hash_text(*sorted(inputs), *sorted(str(version) for version in versions.values()))
            if any(_noted(contract, paths).get("made_of") != made_of for contract in contracts.values()):
                for event in function(**given):
                    yield event
                    if isinstance(
                        event, dg.Output
                    ):  # by now it is in the lake; a table that breaks a critical rule never is
                        _note(contracts[event.output_name], paths, made_of)
                return
            for name, contract in contracts.items():
                yield from checked(pl.read_parquet(table_path(paths, asset_key(contract))), contract, paths, name)

        return made  # type: ignore[return-value]

    return decorate


def _noted(contract: Contract, paths: Paths) -> dict[str, Any]:
    """What was noted of a table when it was checked; nothing where its file is not the one that was written then."""
    noted = _read_record(_record(contract, paths))
    return noted if noted.get("sha256") == digest_of(table_path(paths, asset_key(contract))) else {}


def _note(contract: Contract, paths: Paths, made_of: str) -> None:
    """Note beside the results of its checks what a table was made of, once it is in the lake."""
    noted = _read_record(_record(contract, paths))
    noted |= {"made_of": made_of, "sha256": digest_of(table_path(paths, asset_key(contract)))}
    replace_atomically(_record(contract, paths), json.dumps(noted, ensure_ascii=False, indent=1).encode())


def _record(contract: Contract, paths: Paths) -> Path:
    return (paths.checks / contract.table).with_suffix(".json")


def _read_record(path: Path) -> dict[str, Any]:
    """What is noted in a file; nothing where there is none yet, or not what is written below."""
    try:
        noted = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _results(frame: pl.DataFrame, contract: Contract, paths: Paths, content: str) -> list[dict[str, Any]]:
    """The result of every rule: from the last run if the table held every critical rule and neither has changed since, else from a validation."""
    path = _record(contract, paths)
    version = hash_text(content, hash_function(_results))
    if (kept := _kept_results(path, version, _quarantine_folder(contract, paths))) is not None:
        return kept
    validation = validated(frame, contract)
    _quarantine(validation, paths)
    results = [
        {
            "rule": result.rule,
            "description": result.description,
            "severity": result.severity,
            "passed": result.passed,
            "evaluated_rows": result.evaluated_rows,
            "failing_count": result.failing_count,
            "wrong": _what_is_wrong(result, contract, paths),
            "sample": "" if result.passed else markdown(result.failing_rows.head(5)),
        }
        for result in validation.results
    ]
    record = {"table": contract.table, "rows": len(frame), "version": version, "results": results}
    replace_atomically(path, json.dumps(record, ensure_ascii=False, indent=1).encode())
    return results


def _kept_results(path: Path, version: str, listed: Path) -> list[dict[str, Any]] | None:
    try:
        kept = json.loads(path.read_bytes())
        same = kept["version"] == version and all(
            result["passed"] or (result["severity"] != "critical" and (listed / f"{result['rule']}.csv").is_file())
            for result in kept["results"]
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):  # none yet, or not what is written below
        return None
    return list(kept["results"]) if same else None


def _what_is_wrong(result: RuleResult, contract: Contract, paths: Paths) -> str:
    """How many rows break a rule, where the first of them stands, and where all are listed; empty for a rule that holds."""
    if result.passed:
        return ""
    if result.failing_rows.is_empty():
        return "the table as a whole breaks it"
    first = result.failing_rows.row(0, named=True)
    place = [f"{name} {first[name]}" for name in dict.fromkeys((*_PLACE, *contract.key)) if first.get(name) is not None]
    listed = (_quarantine_folder(contract, paths) / f"{result.rule}.csv").relative_to(paths.build)
    rows = "1 row fails" if result.failing_count == 1 else f"{result.failing_count} rows fail"
    return f"{rows}, the first {', '.join(place)}; all are listed in {listed} of the build folder"


def _quarantine_folder(contract: Contract, paths: Paths) -> Path:
    return paths.quarantine / contract.table


def _quarantine(validation: Validation, paths: Paths) -> None:
    folder = _quarantine_folder(validation.contract, paths)
    shutil.rmtree(folder, ignore_errors=True)
    for result in validation.failures:
        replace_atomically(folder / f"{result.rule}.csv", without_formulas(result.failing_rows).write_csv().encode())


def content_hash(frame: pl.DataFrame) -> str:
    """SHA-256 over the columns, rows and order of rows of a frame, by this version of Polars."""
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
