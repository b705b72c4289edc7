"""Nothing is made twice: what an unchanged, a touched and a damaged build do."""

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import polars as pl
import pytest

from orchestration.build import _touched
from orchestration.store.fingerprint import outputs, read_manifest
from orchestration.store.paths import Paths
from reports.products import products
from tests.full_build import ROOT, Measured, Small
from tests.full_build import measured as measured
from tests.orchestration.builds import AFTER_A_CELL, build_id, digests, good, history, last_run, run
from tests.orchestration.graph import graph


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b"[]", b"null", b'{"assets": [], "outputs": {}}', b"{}"]
)
def test_a_manifest_that_is_none_counts_as_none(tmp_path: Path, content: bytes) -> None:
    paths = Paths(data=ROOT / "data", build=tmp_path)
    assert read_manifest(paths) == {}
    paths.manifest.write_bytes(content)
    assert read_manifest(paths) == {}


@pytest.mark.parametrize(
    ("file", "made_again"),
    [
        ("lake/core/areas.parquet", {"core/areas"}),
        ("checks/out/indicators.json", {"out/indicators"}),
        ("county_lines.csv", {"out/tidy_csv"}),
        ("county_lines.duckdb", {"out/warehouse"}),
        ("editions/0123-4567/norfolk.html", {"report/site"}),
        (
            "documents/0123/norfolk.html",
            {
                f"report/{name}"
                for name in ("datapack", "national", "region", "force", "pages", "series", "changes", "site")
            },
        ),
        ("lake/notes-of-a-reader.txt", set()),
    ],
)
@pytest.mark.parametrize("size", [None, 2], ids=["deleted", "edited"])
def test_a_damaged_file_leads_to_the_assets_that_make_it(file: str, made_again: set[str], size: int | None) -> None:
    after = {} if size is None else {file: [size, 0]}
    touched = _touched({file: [1, 0]}, after, sorted(graph().get_all_asset_keys()))
    assert {key.to_user_string() for key in touched} == made_again


@pytest.mark.full
def test_what_a_build_beside_this_one_takes_away_meanwhile_is_no_error(tmp_path: Path) -> None:
    tables = {tmp_path / "lake" / f"{number}.parquet" for number in range(50)}
    (tmp_path / "lake").mkdir()
    for table in tables:
        table.write_bytes(b"synthetic")
    over = Event()

    def write_and_tidy() -> None:
        while not over.is_set():
            folder = tmp_path / "documents" / "0123"
            folder.mkdir(parents=True)
            for number in range(5):
                (folder / f"{number}.html").write_bytes(b"synthetic")
            shutil.rmtree(folder)

    with ThreadPoolExecutor() as beside:
        other = beside.submit(write_and_tidy)
        try:
            for _ in range(300):
                found = outputs(Paths(data=ROOT / "data", build=tmp_path))
                assert {tmp_path / name for name in found if name.startswith("lake")} == tables
        finally:
            over.set()
        other.result()


@pytest.mark.full
def test_an_unchanged_build_makes_nothing_and_imports_none_of_the_machinery(copied: Path) -> None:
    before = outputs(Paths(data=ROOT / "data", build=copied))
    program = (
        "import json, sys; from orchestration.cli import cli; "
        f"cli(['build', '--json', '--output', {str(copied)!r}], standalone_mode=False); "
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    result = run(["-c", program], copied, command=sys.executable)
    assert result.returncode == 0, result.stderr
    said, imported = map(json.loads, result.stdout.splitlines())
    assert said["ran"] == 0
    assert not set(imported) & {
        "dagster",
        "polars",
        "duckdb",
        "great_expectations",
        "pandas",
        "typst",
        "jinja2",
        "rich",
    }
    assert outputs(Paths(data=ROOT / "data", build=copied)) == before
    with history(copied) as instance:
        assert instance.get_runs_count() == 1


@pytest.mark.full
def test_deleted_reports_and_files_are_put_back_without_making_the_rest(copied: Path) -> None:
    before = good(copied)
    (copied / "reports" / "norfolk.html").unlink()
    (copied / "reports" / "region-london.pdf").unlink()
    (copied / "county_lines.csv").unlink()
    result = run(["build"], copied)
    assert result.returncode == 0, result.stderr
    assert last_run(copied) == ("SUCCESS", {"report/site", "out/tidy_csv"})
    assert good(copied) == before


@pytest.mark.full
def test_a_touched_cell_makes_again_what_depends_on_it(measured: Measured, small: Small) -> None:
    before, build = measured.from_nothing, measured.changed
    ours, theirs = (digests(data / "published") for data in (measured.data, small.data))
    (source,) = {Path(name).parts[0] for name in ours if ours[name] != theirs[name]}
    assert last_run(build) == ("SUCCESS", {f"raw/{source}", *AFTER_A_CELL})
    lake, reports, was = digests(before / "lake"), good(before), build_id(before)
    changed = {name for name, digest in digests(build / "lake").items() if lake[name] != digest}
    assert changed == {
        f"raw/{source}.parquet",
        *("core/observations.parquet", "out/indicators.parquet", "out/plausibility.parquet", "out/profile.parquet"),
        "out/beside.parquet",
    }
    assert build_id(build) != was
    now = good(build)
    assert now.keys() == reports.keys()
    different = {name.removeprefix("reports/") for name in now if now[name] != reports[name]}
    assert {f"{name}.html" for name in ("index", "data-quality", "findings", "methods", "what-changed")} < different
    assert "data/indicators.csv" in different
    assert "data/areas.csv" not in different
    areas = pl.read_parquet(build / "lake" / "core" / "areas.parquet")
    remade = {slug for slug in products.slugs(areas) if f"{slug}.html" in different}
    # The small data hold no policing region; with all data its report is the fourth.
    own = {"norfolk", "region-east-of-england", "england-and-wales"}
    assert own <= remade
    # Of the others, those whose place among forces, or whom they stand beside, is another now.
    moved: set[str] = set()
    for table in ("profile", "beside"):
        then, at_last = (pl.read_parquet(folder / "lake" / "out" / f"{table}.parquet") for folder in (before, build))
        moved |= set(at_last.join(then, on=then.columns, how="anti", nulls_equal=True)["area_id"])
    slug_of = dict(areas.select("area_id", "slug").iter_rows())
    assert remade - own == {slug_of[area_id] for area_id in moved} & set(products.slugs(areas)) - own
    for slug in products.slugs(areas):
        for name in (f"{slug}.html", f"{slug}.pdf", f"texts/{slug}.json", f"evidence/{slug}.html"):
            assert (name in different) == (slug in remade), name
    page = (build / "reports" / "what-changed.html").read_text(encoding="utf-8")
    assert f"between build {was} and build {build_id(build)}" in page
    assert "An older figure moved" in page or "The newest figure moved" in page or "A figure moved" in page
