"""Checks a frame against its contract. Great Expectations is imported inside the functions: it costs seconds, and most runs
of the command line check nothing."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import LazyLoader, find_spec, module_from_spec
from typing import TYPE_CHECKING, Any

import polars as pl
import polars.selectors as cs

from transforms.contracts.contract import FINITE_RULE, SCHEMA_RULE, Contract, Rule, Severity
from transforms.errors import ContractError

if TYPE_CHECKING:
    import great_expectations as gx


@dataclass(frozen=True)
class RuleResult:
    """What one rule found in one table.

    ``evaluated_rows`` is the number of rows that the rule looked at (a rule about values skips the empty ones); it and
    ``failing_count`` are None where the rule was not evaluated because the schema is not as declared. ``failing_rows`` holds
    the offending rows with all their columns, also of a rule that tolerates some; it is empty where the table as a whole breaks
    the rule, and for ``schema_as_declared`` it has one row a differing column: column, declared, found.
    """

    rule: str
    description: str
    severity: Severity
    passed: bool
    evaluated_rows: int | None
    failing_count: int | None
    failing_rows: pl.DataFrame


@dataclass(frozen=True)
class Validation:
    """The results of every rule of a contract on one frame, in the order of `Contract.rules`; ``rows`` is its height."""

    contract: Contract
    results: tuple[RuleResult, ...]
    rows: int

    @property
    def blocked(self) -> bool:
        """Whether a critical rule did not pass, so that nothing downstream may be built from this frame."""
        return any(result.severity == "critical" and not result.passed for result in self.results)

    @property
    def failures(self) -> tuple[RuleResult, ...]:
        """The rules that were evaluated and broken, whatever their severity."""
        return tuple(result for result in self.results if not result.passed and result.evaluated_rows is not None)


def validate(frame: pl.DataFrame, contract: Contract) -> Validation:
    """Check a frame against every rule of its contract.

    The schema comes first (order of columns aside); if it is not as declared, no other rule is evaluated and the whole is
    blocked. An empty frame is checked all the same: rules about values then report zero evaluated rows, and
    ``has_rows`` fails unless the contract says that the table may be empty.

    Raises `ContractError` where a rule could not be evaluated at all, which says nothing about the data.
    """
    rules = {rule.name: rule for rule in contract.rules}
    differences = _schema_differences(frame.schema, contract.schema)
    results = {SCHEMA_RULE: _result(rules[SCHEMA_RULE], differences.is_empty(), len(frame), differences)}
    if differences.is_empty():
        if FINITE_RULE in rules:
            not_finite = frame.filter(pl.any_horizontal(cs.float().is_finite().not_()))
            results[FINITE_RULE] = _result(rules[FINITE_RULE], not_finite.is_empty(), len(frame), not_finite)
        results |= _evaluate_suite(frame, contract)
    else:
        not_evaluated = {name: rule for name, rule in rules.items() if name != SCHEMA_RULE}
        results |= {name: _result(rule, False, None, None) for name, rule in not_evaluated.items()}
    if len(results) != len(contract.rules):
        raise ContractError(
            f"Table {contract.table}: evaluated {len(results)} of {len(contract.rules)} expectations, so that it counts as unchecked; give each rule a name of its own and an expectation that answers."
        )
    return Validation(contract, tuple(results[name] for name in rules), len(frame))


def to_suite(contract: Contract) -> "gx.ExpectationSuite":
    """The Great Expectations suite of a contract: one expectation a rule, with the rule's sentence as its description, its
    severity, and its name under ``rule`` in the meta data (results come back in another order).

    Raises `ContractError` for a rule whose expectation or arguments Great Expectations does not know.
    """
    suite: gx.ExpectationSuite = _suite(contract, [rule for rule in contract.rules if rule.expectation is not None])
    return suite


def results_frame(validations: Sequence[Validation]) -> pl.DataFrame:
    """One row a rule, tables and rules in the order given: table, rule, description, severity, passed, evaluated_rows,
    failing_count (the last two null where the rule was not evaluated)."""
    return pl.DataFrame(
        [
            (
                validation.contract.table,
                result.rule,
                result.description,
                result.severity,
                result.passed,
                result.evaluated_rows,
                result.failing_count,
            )
            for validation in validations
            for result in validation.results
        ],
        schema={
            "table": pl.String,
            "rule": pl.String,
            "description": pl.String,
            "severity": pl.String,
            "passed": pl.Boolean,
            "evaluated_rows": pl.Int64,
            "failing_count": pl.Int64,
        },
        orient="row",
    )


def _result(rule: Rule, passed: bool, evaluated_rows: int | None, failing: pl.DataFrame | None) -> RuleResult:
    return RuleResult(
        rule.name,
        rule.description,
        rule.severity,
        passed,
        evaluated_rows,
        None if failing is None else len(failing),
        pl.DataFrame() if failing is None else failing,
    )


def _schema_differences(found: pl.Schema, declared: pl.Schema) -> pl.DataFrame:
    names = [*declared, *(name for name in found if name not in declared)]
    return pl.DataFrame(
        [
            (name, str(declared[name]) if name in declared else None, str(found[name]) if name in found else None)
            for name in names
            if declared.get(name) != found.get(name)
        ],
        schema={"column": pl.String, "declared": pl.String, "found": pl.String},
        orient="row",
    )


def get_ready() -> None:
    """Import Great Expectations, and make what every validation needs: for a process that is going to validate."""
    _batch_definition()


@cache
def great_expectations() -> Any:
    """Great Expectations, imported when it is needed, and without its analytics."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read once, at import
    # A quarter of its import is scipy.stats, for expectations about distributions, which no contract has.
    _put_off_importing("scipy.stats")
    import great_expectations

    return great_expectations


def _put_off_importing(name: str) -> None:
    """Let a submodule be imported when something is first looked up in it, unless it is there already."""
    package = import_module(name.rpartition(".")[0])
    spec = find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    setattr(package, name.rpartition(".")[2], module)


def _suite(contract: Contract, rules: Iterable[Rule]) -> Any:
    return great_expectations().ExpectationSuite(
        name=contract.table, expectations=[_expectation(contract, rule) for rule in rules]
    )


def _expectation(contract: Contract, rule: Rule) -> Any:
    expectation = getattr(great_expectations().expectations, rule.expectation or "", None)
    if expectation is None:
        raise ContractError(
            f"Table {contract.table}, rule {rule.name}: Great Expectations has no expectation {rule.expectation}; correct its name in the contract."
        )
    try:
        return expectation(
            **rule.kwargs, description=rule.description, severity=rule.severity, meta={"rule": rule.name}
        )
    except (TypeError, ValueError) as error:  # pydantic's ValidationError is a ValueError
        raise ContractError(
            f"Table {contract.table}, rule {rule.name}: {rule.expectation} does not take {rule.kwargs}; correct them in the contract ({error})."
        ) from error


def _evaluate_suite(frame: pl.DataFrame, contract: Contract) -> dict[str, RuleResult]:
    rules = {rule.name: rule for rule in contract.rules if rule.expectation is not None}
    batch = _batch_definition().get_batch({"dataframe": frame.to_pandas()})
    with _configurations_made_once():
        outcomes = _outcomes(batch.validate(to_suite(contract), result_format="BASIC"))
    for name, outcome in outcomes.items():
        if not outcome.result:  # Great Expectations swallows exceptions and calls the expectation broken
            raise ContractError(
                f"Table {contract.table}, rule {name}: {rules[name].expectation} could not be evaluated ({_exception_message(outcome.exception_info)}); correct the rule in the contract."
            )
    # Positions of failing rows cost a third more than counts: asked for the broken rules alone, and without
    # `unexpected_index_column_names`, which would cost twenty times as much.
    broken = [
        rules[name]
        for name, outcome in outcomes.items()
        if not outcome.success
        or outcome.result.get("unexpected_count")  # with `mostly`, a rule passes in spite of some
    ]
    if broken:
        outcomes |= _outcomes(batch.validate(_suite(contract, broken), result_format="COMPLETE"))
    return {name: _rule_result(frame, rules[name], outcome) for name, outcome in outcomes.items()}


@contextmanager
def _configurations_made_once() -> Iterator[None]:
    """While a suite is evaluated, let each expectation make its configuration once.

    Great Expectations asks an expectation for it about ninety times, and makes it anew from all fields each time: a quarter of what checking
    costs. Nothing changes an expectation meanwhile.
    """
    from great_expectations.expectations.expectation import Expectation

    kind: Any = Expectation
    always = kind.configuration
    made: dict[int, tuple[Any, Any]] = {}

    def once(expectation: Any) -> Any:
        if id(expectation) not in made:  # the expectation is kept too: no other is given its number
            made[id(expectation)] = expectation, always.fget(expectation)
        return made[id(expectation)][1]

    kind.configuration = property(once)
    try:
        yield
    finally:
        kind.configuration = always


@cache
def _batch_definition() -> Any:
    """What makes a batch of any frame: one for all tables, since each that is added to a context has all of it written out again."""
    context = great_expectations().get_context(mode="ephemeral")
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")


def _outcomes(run: Any) -> dict[str, Any]:
    return {outcome.expectation_config.meta["rule"]: outcome for outcome in run.results}


def _rule_result(frame: pl.DataFrame, rule: Rule, outcome: Any) -> RuleResult:
    found = outcome.result
    if "element_count" in found:
        failing = frame[sorted(found.get("unexpected_index_list", []))]
        return _result(rule, outcome.success, found["element_count"] - found.get("missing_count", 0), failing)
    # Where no row may be in the table, each row breaks the rule; otherwise only the table as a whole does.
    none_allowed = 0 in (rule.kwargs.get("value"), rule.kwargs.get("max_value"))
    failing = frame if none_allowed and not outcome.success else frame.clear()
    return _result(rule, outcome.success, len(frame), failing)


def _exception_message(exception_info: dict[str, Any]) -> str:
    infos = [exception_info] if "exception_message" in exception_info else list(exception_info.values())
    return "; ".join(sorted({str(info["exception_message"]) for info in infos})) or "no reason given"
