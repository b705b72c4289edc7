"""Keys come from what code can reach: any change that can reach an output changes the key of that output."""

import importlib.util
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from inspect import unwrap
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import dagster as dg
import pytest

from orchestration.assets import code_versions
from orchestration.assets.published import published_assets
from orchestration.assets.records import take_in
from orchestration.definitions import definitions
from orchestration.delivery.deliver import deliver
from orchestration.run.checks import checked
from orchestration.run.manifest import versions_of
from orchestration.store import closure
from orchestration.store.closure import reach_of, registers_in
from orchestration.store.lake import replace_atomically
from orchestration.store.paths import Paths
from orchestration.store.readable_files import readable_once
from tests.full_build import ROOT
from tests.full_build import built as built
from tests.orchestration.builds import copy_of_build
from transforms.contracts.contract import SCHEMA_RULE
from transforms.sources.published import cells_of
from transforms.sources.registry import load_sources

DATA = ROOT / "data"
PACKAGES = ("orchestration", "reports", "transforms")


def _no_limits() -> Any:
    raise AssertionError("nothing is fetched here")


@cache
def functions() -> dict[str, Callable[..., Any]]:
    """The function of every asset, those of a server included, by the first table that it makes; and those whose results are kept besides."""
    paths = Paths(data=DATA, build=ROOT / "data" / "build")
    fetched = published_assets(load_sources(DATA).values(), paths, _no_limits)
    assets = [*(definitions(paths).assets or []), *fetched]
    named = {
        sorted(key.to_user_string() for key in asset.keys)[0]: asset.op.compute_fn.decorated_fn  # type: ignore[union-attr]
        for asset in assets
        if isinstance(asset, dg.AssetsDefinition)
    }
    return named | {
        "months of records": take_in,
        "parsed files": cells_of,
        "files that can be read": readable_once,
        "checks": checked,
        "deliveries": deliver,
    }


def reached_by(file: str) -> set[str]:
    return {name for name, function in functions().items() if ROOT / file in reach_of(function).files}


def files_of_the_project() -> Iterator[str]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                yield str(file.relative_to(ROOT))


@pytest.mark.full
def test_every_module_template_query_and_font_that_makes_something_is_in_the_key_of_what_it_makes() -> None:
    assert len(list(files_of_the_project())) > 250
    idle = {
        file for file in files_of_the_project() if file.startswith(("reports/", "transforms/")) and not reached_by(file)
    }
    idle -= {str(Path(function.__code__.co_filename).relative_to(ROOT)) for function in functions().values()}
    # What looks at a finished build, what answers a person who asks for a series or why a figure is missing, what tells of a fetched file, and what only tests use.
    assert idle == {
        "transforms/contracts/data_docs.py",
        "transforms/harmonise/offences.py",
        "transforms/missing.py",
        "transforms/series.py",
        "transforms/sources/fetch/notice.py",
        "transforms/statistics/series.py",
    }


@pytest.mark.parametrize("register", sorted((DATA / "registers").glob("*.csv")), ids=lambda path: path.stem)
def test_every_register_is_in_the_key_of_what_is_made_of_it(register: Path) -> None:
    assert any(register in registers_in(reach_of(function), DATA) for function in functions().values())


@pytest.mark.parametrize(
    ("file", "makes", "does_not_make"),
    [
        ("transforms/statistics/counts.py", {"out/indicators", "report/force", "report/datapack"}, {"raw/ons_pfa_tables", "core/areas"}),
        ("transforms/indicators/rates.py", {"out/indicators", "out/plausibility"}, {"raw/ho_arrests", "core/excluded"}),
        ("transforms/sql/sums.sql", {"out/indicators"}, {"raw/ho_arrests", "core/excluded"}),
        ("transforms/harmonise/names.py", {"core/excluded"}, {"checks"}),
        ("transforms/sources/grid.py", {"raw/ons_pfa_tables", "parsed files"}, {"core/excluded", "out/indicators", "checks"}),
        ("transforms/contracts/validate.py", {"checks", "raw/ons_pfa_tables", "out/indicators"}, set()),
        ("transforms/incidents/records.py", {"months of records", "parsed files", "raw/police_uk_archive"}, {"core/areas"}),
        ("transforms/sources/fetch/download.py", {"published/ons_pfa_tables"}, {"raw/ons_pfa_tables"}),
        ("reports/templates/html/report.css", {"report/force", "report/pages"}, {"out/indicators", "checks"}),
        ("reports/templates/typst/style.typ.j2", {"report/national", "report/changes"}, {"out/tidy_csv"}),
        ("reports/templates/svg/chart.svg.j2", {"report/force", "report/region"}, {"out/tidy_csv"}),
        ("reports/templates/mail/letter.txt.j2", {"deliveries"}, {"report/force", "report/site"}),
        ("reports/fonts/SourceSansPro-Regular.ttf", {"report/force"}, {"core/areas"}),
        ("reports/wording/findings.py", {"report/force", "report/national"}, {"out/comparability"}),
        ("reports/datapack/workbook.py", {"report/datapack"}, {"out/indicators"}),
    ],
)  # fmt: skip
def test_a_file_is_in_the_keys_of_what_it_makes_and_of_nothing_before_it(
    file: str, makes: set[str], does_not_make: set[str]
) -> None:
    reached = reached_by(file)
    assert makes <= reached
    assert not does_not_make & reached
    assert does_not_make <= functions().keys()


def test_what_checks_a_table_is_in_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[tuple[Callable[..., Any], ...]] = []
    monkeypatch.setattr(code_versions, "hash_function", lambda *functions, data: hashed.append(functions) or "hash")
    assets = definitions(Paths(data=DATA, build=ROOT / "data" / "build")).assets or []
    checks = [{key.name for key in each.check_keys} for each in assets if isinstance(each, dg.AssetsDefinition)]
    assert [checked in functions for functions in hashed] == [SCHEMA_RULE in names for names in checks]


def test_other_limits_of_counts_make_every_number_stale_and_all_that_follows(tmp_path: Path) -> None:
    graph = definitions(Paths(data=DATA, build=tmp_path)).resolve_asset_graph()
    before, after = versions_of(graph), {}
    changed = reached_by("transforms/statistics/counts.py")
    for key in graph.toposorted_asset_keys:
        followed = any(parent in after for parent in graph.get(key).parent_keys)
        if key in before and (followed or key.to_user_string() in changed):
            after[key] = True
    stale = {key.to_user_string() for key in after}
    assert {"out/indicators", "out/tidy_csv", "out/comparability", "report/force", "report/site"} <= stale
    assert not {key for key in stale if key.startswith(("raw/", "core/"))}


@pytest.fixture
def copied_project(tmp_path: Path) -> Path:
    """The code of the project in another folder, to be changed."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def closure_of(project: Path) -> ModuleType:
    """The module that is tested, with nothing remembered, for a project in another folder."""
    spec = importlib.util.spec_from_file_location("closure_of_a_copy", closure.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    module.PROJECT = project  # type: ignore[attr-defined]
    return module


@pytest.mark.full
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("transforms/statistics/counts.py", "BYAR_FROM", "BYAR_FROM_NOW"),
        ("transforms/sql/sums.sql", "select", "select distinct"),
        ("reports/templates/typst/style.typ.j2", "report", "paper"),
        ("reports/fonts/OFL.txt", "SIL", "LIS"),
        ("reports/render/__init__.py", "Documents in", "Documents into"),
        ("orchestration/assets/out.py", "registers.coverage_gaps", "registers.breaks"),
    ],
)
def test_a_changed_file_changes_the_keys_that_it_is_in_and_no_other(
    copied_project: Path, file: str, old: str, new: str
) -> None:
    first = closure_of(copied_project)
    before = {name: first.hash_function(function) for name, function in functions().items()}
    text = (copied_project / file).read_text(encoding="utf-8")
    assert old in text
    (copied_project / file).write_text(text.replace(old, new), encoding="utf-8")
    second = closure_of(copied_project)
    after = {name: second.hash_function(function) for name, function in functions().items()}
    different = {name for name in before if before[name] != after[name]}
    assert different == ({"out/coverage"} if file.startswith("orchestration/assets") else reached_by(file))


def test_a_changed_register_changes_the_key_of_what_reads_it(tmp_path: Path) -> None:
    data = Path(shutil.copytree(DATA / "registers", tmp_path / "registers")).parent
    function = functions()["out/indicators"]
    before = closure.hash_function(function, data=data)
    (data / "registers" / "findings.csv").write_text("changed", encoding="utf-8")
    assert closure.hash_function(function, data=data) == before
    (data / "registers" / "measures.csv").write_text("changed", encoding="utf-8")
    assert closure.hash_function(function, data=data) != before


@pytest.mark.full
def test_all_code_that_runs_while_an_asset_is_made_is_in_its_key(built: Path, tmp_path: Path) -> None:
    paths = Paths(data=DATA, build=copy_of_build(built, tmp_path / "build"))
    for record in paths.checks.rglob("*.json"):  # so that no table is kept as being made of the same
        noted = json.loads(record.read_bytes())
        replace_atomically(record, json.dumps({**noted, "made_of": "another"}).encode())
    defs = definitions(paths)
    names = ("raw/ons_pfa_tables", "core/excluded", "out/indicators", "report/force")
    chosen = [
        *names,
        "core/observations",
        "core/unmatched",
        "core/notes",
        "core/record_files",
        "out/comparability",
        "out/scoreboard",
    ]  # made in one step with those
    by_code = {unwrap(functions()[name]).__code__: name for name in names}
    ran: dict[str, set[str]] = {name: set() for name in names}
    inside: list[str] = []

    def look(frame: FrameType, event: str, _: object) -> None:
        if event not in {"call", "return"}:
            return
        if (name := by_code.get(frame.f_code)) is not None:
            inside.append(name) if event == "call" else inside.pop()
        elif inside and event == "call" and (file := frame.f_code.co_filename).startswith(f"{ROOT}/"):
            ran[inside[-1]].add(file)

    sys.setprofile(look)
    try:
        made = dg.materialize(
            [asset for asset in defs.assets or [] if isinstance(asset, dg.AssetsDefinition)],
            selection=[dg.AssetKey(name.split("/")) for name in chosen],
            resources=defs.resources,
            partition_key="norfolk",
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    finally:
        sys.setprofile(None)
    assert made.success
    for name in names:
        files = {str(file) for file in reach_of(functions()[name]).files} | {
            unwrap(functions()[name]).__code__.co_filename
        }
        project = {file for file in ran[name] if Path(file).relative_to(ROOT).parts[0] in PACKAGES}
        assert project, name
        assert project <= files, name


def test_a_name_that_is_put_together_and_says_nothing_of_its_package_is_refused(copied_project: Path) -> None:
    broken = copied_project / "transforms" / "errors.py"
    broken.write_text(
        f"import importlib\nimportlib.import_module(name)\n{broken.read_text(encoding='utf-8')}", encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"transforms\.errors, line 2: it cannot be told what is imported here"):
        closure_of(copied_project).hash_function(functions()["core/areas"])


@pytest.mark.parametrize(
    ("statement", "counts"),
    [
        ("if TYPE_CHECKING:\n    from transforms.sources import grid", False),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    from transforms.sources import grid", True),
        ("def asked() -> None:\n    from transforms.sources.grid import Grid", True),
        ("try:\n    import transforms.sources.grid\nexcept ImportError:\n    pass", True),
    ],
)
def test_imports_count_wherever_they_stand_but_not_those_for_type_checkers_alone(
    copied_project: Path, statement: str, counts: bool
) -> None:
    module = copied_project / "transforms" / "errors.py"
    module.write_text(f"{module.read_text(encoding='utf-8')}\n{statement}\n", encoding="utf-8")
    found = closure_of(copied_project).reach_of(functions()["core/areas"])
    assert (copied_project / "transforms" / "sources" / "grid.py" in found.files) == counts
