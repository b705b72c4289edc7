"""The contract of a partition, checked in a process of its own beside the one that takes records in.

Great Expectations and the frame that it looks at take as much memory as the records at work: here neither is added to the other. The process is
asked by lines of JSON and ends when its input does, so that none stays when the one that asks is gone, however that came.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TextIO

import polars as pl

from transforms.contracts import Column, Contract, validate
from transforms.contracts.incidents import incidents
from transforms.contracts.validate import great_expectations
from transforms.errors import ContractError, CountyLinesError
from transforms.incidents.ingest import record_schema
from transforms.incidents.registers import load_incident_registers

# What is not kept: rule → rows. Critical rules, and warnings.
NotKept = tuple[dict[str, int], dict[str, int]]

# Records of whole forces that are looked at together.
_ROWS_AT_A_TIME = 100_000

_asking = Lock()


def begin() -> None:
    """Start the process, which imports Great Expectations while records are read."""
    _process()


def end() -> None:
    """End the process, if it runs: it would stay, with its memory, as long as this one."""
    with _asking:
        if _process.cache_info().currsize:
            _process().communicate()
            _process.cache_clear()


def rules_not_kept(path: Path, kind: str, data: str) -> NotKept:
    """Rules of the contract that the records of a file do not keep, with the number of rows: critical ones, and warnings.

    Raises ContractError for a file with other columns than its contract has, and where no rule was evaluated, and CountyLinesError where the
    process that checks was ended from outside.
    """
    with _asking:
        process = _process()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps([str(path), kind, data]) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except BrokenPipeError:
            answer = ""
    if not answer:
        _process.cache_clear()
        raise CountyLinesError(
            f"The process that checks records was ended while it checked {path.name}, perhaps for want of memory; run the build again."
        )
    refused, broken, warned = json.loads(answer)
    if refused:
        raise ContractError(refused)
    return broken, warned


def answer(asked: TextIO, answers: TextIO) -> None:
    """Answer each line that is asked until there is no other: what `rules_not_kept` gives, or the sentence of its refusal before it."""
    great_expectations()
    for line in asked:
        path, kind, data = json.loads(line)
        try:
            found = ["", *_not_kept(Path(path), kind, data)]
        except ContractError as error:
            found = [str(error), {}, {}]
        answers.write(json.dumps(found) + "\n")
        answers.flush()


def _not_kept(path: Path, kind: str, data: str) -> NotKept:
    """The types of all columns are compared here, their values by Great Expectations."""
    contract = incidents(kind, record_schema(kind, load_incident_registers(Path(data))))
    if (found := pl.Schema(pl.read_parquet_schema(path))) != contract.schema:
        raise ContractError(
            f"{path.name} of {contract.table}: its columns are {dict(found)}, not {dict(contract.schema)}; run the build again."
        )
    results = [result for frame, part in _parts(path, contract) for result in validate(frame, part).results]
    if not results:
        raise ContractError(
            f"{path.name}: no rule of {contract.table} was evaluated, so that it counts as unchecked; run the build again."
        )
    broken: dict[str, int] = {}
    warned: dict[str, int] = {}
    for each in results:
        if not each.passed or each.failing_count:
            rows = broken if each.severity == "critical" else warned
            rows[each.rule] = rows.get(each.rule, 0) + (each.failing_count or 0)
    return broken, warned


def _parts(path: Path, contract: Contract) -> Iterator[tuple[pl.DataFrame, Contract]]:
    """What is looked at, one part after the other, with its part of the contract: the months, then the records of some whole forces at a time.

    No force is in two parts, so that what identifies a record within each does so in all. Of a month of 540,000 records together, copies of all
    columns would be in memory.
    """
    records = pl.scan_parquet(path)
    months = tuple(column for column in contract.columns if column.name == "month")
    yield records.select("month").unique().collect(), replace(contract, columns=months, key=("month",))
    columns = tuple(column for column in contract.columns if column.name != "month" and _has_rule(column))
    ruled = replace(contract, columns=columns, extra_rules=())
    few = ((pl.col("rows").cum_sum() - pl.col("rows")) // _ROWS_AT_A_TIME).alias("few")
    forces = records.group_by("force").agg(pl.len().alias("rows")).sort("force").select("force", few).collect()
    for of_few in forces.partition_by("few", maintain_order=True):
        wanted = pl.col("force").is_in(of_few["force"].implode())
        yield records.filter(wanted).select(list(ruled.schema)).collect(), ruled


def _has_rule(column: Column) -> bool:
    return not column.nullable or column.minimum is not None or column.maximum is not None


@cache
def _process() -> "subprocess.Popen[str]":
    # Not of multiprocessing: workers of a cluster may not have children of that kind.
    process = subprocess.Popen(
        [sys.executable, "-m", "transforms.incidents.checks"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "POLARS_MAX_THREADS": "1"},
    )
    return process


def _forget() -> None:
    """A forked copy of this process starts its own: two would read each other's answers."""
    global _asking
    _asking = Lock()
    _process.cache_clear()


os.register_at_fork(after_in_child=_forget)


def main() -> None:
    """Answer the process that started this one; what libraries print goes where errors go."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers, sys.stdout = sys.stdout, sys.stderr
    answer(sys.stdin, answers)


if __name__ == "__main__":
    main()
