"""The package `countylines` on a whole build: what an analyst asks, with the same answers from a build, an edition and a DuckDB file."""

import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import countylines as cl
from countylines.build import Build
from tests.full_build import ROOT
from tests.full_build import built as built
from tests.incidents.stores import BUCKET, s3_server
from tests.orchestration.builds import run

NORFOLK = "E23000024"


@pytest.fixture(scope="session")
def build(built: Path) -> Build:
    return cl.open(built)


def test_the_import_takes_less_than_a_third_of_a_second_and_brings_no_orchestrator() -> None:
    program = (
        "import sys, time; start = time.process_time(); import countylines; spent = time.process_time() - start; "
        "slow = {'dagster', 'great_expectations', 'polars', 'scipy', 'duckdb', 'jinja2'} & set(sys.modules); print(spent, *slow)"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    spent, *slow = printed.stdout.split()
    assert float(spent) <= 0.3
    assert not slow


@pytest.mark.full
def test_no_answer_brings_the_orchestrator_or_the_checks(built: Path) -> None:
    program = (
        f"import sys, countylines as cl; build = cl.open({str(built)!r}); build.measures(); "
        "build.compare('Norfolk', 'Suffolk', measure='M01'); build.figure('Norfolk', 'M01'); "
        "build.explain(build.value('Norfolk', 'M01')['indicator_id']); "
        "print(*{'dagster', 'great_expectations', 'pandas', 'pyarrow', 'httpx', 'typst', 'xlsxwriter'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


@pytest.mark.parametrize("spelling", ["Norfolk", "norfolk", "E23000024", "Norfolk Constabulary"])
@pytest.mark.parametrize("measure", ["drug_offences", "M01", "m01", "Drug offences"])
def test_any_known_spelling_gives_the_same_number(build: Build, spelling: str, measure: str) -> None:
    found = build.value(spelling, measure, "YE Dec 2019")
    assert (found["area_code"], found["measure"], found["numerator"]) == (NORFOLK, "drug_offences", 2772)


@pytest.mark.full
def test_the_newest_is_meant_where_no_period_is_named(build: Build) -> None:
    newest = build.value("Norfolk", "drug_offences")
    assert newest == build.value("Norfolk", "drug_offences", "latest")
    assert newest["period"].endswith(str(build.periods("drug_offences", "Norfolk")["period_end"][0]))


@pytest.mark.full
def test_the_command_line_gives_the_same_number(build: Build, built: Path) -> None:
    said = json.loads(run(["value", "Norfolk", "drug_offences", "YE Dec 2019", "--json"], built).stdout)
    asked = build.value("Norfolk", "drug_offences", "YE Dec 2019")
    assert said == json.loads(json.dumps(asked, default=str))
    pair = ["compare", "Norfolk", "Suffolk", "--measure", "M01", "--period", "2019", "--json"]
    of_build = build.compare("Norfolk", "Suffolk", measure="M01", period="2019")
    assert json.loads(run(pair, built).stdout) == json.loads(json.dumps(of_build, default=str))


def test_no_month_of_a_series_is_counted_twice(build: Build) -> None:
    for measure_id in build.measures().filter(pl.col("figures") > 0)["measure_id"]:
        for area_id in build.indicators(measure_id)["area_id"].unique().sort().head(3):
            series = build.series(area_id, measure_id)
            assert series["months"].n_unique() == 1
            before = series["period_end"].shift(1)
            assert (series["period_start"] > before).all(), (measure_id, area_id)


@pytest.mark.full
def test_areas_stand_side_by_side_in_their_series(build: Build) -> None:
    ends = [build.series(area, "drug_offences")["period_end"].to_list() for area in ("Norfolk", "Suffolk", "Wales")]
    assert ends[0] == ends[1]
    assert {end.month for of_area in ends for end in of_area} == {ends[0][-1].month}
    assert len(build.series("Norfolk", "drug_offences", overlapping=True)) > len(ends[0])
    assert set(build.series("Norfolk", "drug_offences", months=3)["months"]) == {3}


@pytest.mark.full
def test_each_fact_stands_once_unless_others_are_asked_for(build: Build) -> None:
    fact = ["measure_id", "area_id", "period_start", "period_end"]
    preferred = build.indicators("drug_offences", "Norfolk")
    assert not preferred.select(fact).is_duplicated().any()
    assert len(build.indicators("drug_offences", "Norfolk", preferred=False)) > len(preferred)


@pytest.mark.full
def test_what_there_is_is_listed(build: Build) -> None:
    measures = build.measures()
    assert measures.filter(measure_id="drug_offences").select("code", "unit", "per").row(0) == (
        "M01",
        "drug offences",
        1000,
    )
    assert measures["figures"].sum() == len(build.indicators())
    assert len(build.areas("police_force_area")) == 43
    assert build.areas().filter(area_id=NORFOLK)["figures"][0] > 100
    with pytest.raises(cl.CountyLinesError, match=r"the kinds are .*police_force_area"):
        build.areas("planet")


def test_what_the_rules_forbid_is_raised_with_its_reason(build: Build) -> None:
    with pytest.raises(cl.NotComparableError, match=r"Grade C: unit differs; population differs\. .*722 drug offences"):
        build.compare("Norfolk", "City of London", measure="M01", period="YE Dec 2019")
    pair = build.graded("Norfolk", "City of London", measure="M01", period="YE Dec 2019")
    assert (pair["grade"], pair["change"]) == ("C", None)
    assert build.compare("Norfolk", "Suffolk", measure="M01", period="2019")["grade"] == "A"


@pytest.mark.full
@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda build: build.series("Atlantis", "M01"), "No area is called 'Atlantis'"),
        (lambda build: build.series("Norfolk", "murders"), "No measure is called 'murders'"),
        (lambda build: build.series("Norfolk", "M01", months=7), "the lengths held are 3, 12 months"),
        (
            lambda build: build.series("Norfolk", "resident_population"),
            "No series of resident_population is held for Norfolk",
        ),
        (lambda build: build.value("Norfolk", "M21"), "A PEEL grade is a word"),
        (lambda build: build.figure(["Norfolk", "Suffolk", "Essex", "Kent", "Surrey"], "M01"), "at most 4"),
        (lambda build: build.explain("M01.nothing"), "No number has the identifier"),
    ],
)
def test_what_there_is_not_is_one_sentence(build: Build, ask, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(cl.CountyLinesError, match=words):
        ask(build)


@pytest.mark.full
def test_a_chart_names_its_areas_and_joins_no_line_over_a_change_of_recording(build: Build) -> None:
    chart = build.figure(["Norfolk", "Suffolk", "Cambridgeshire", "Lincolnshire"], "drug_offences")._repr_svg_()
    assert chart.startswith("<svg ")
    for words in ("Norfolk", "Lincolnshire", "per 1,000 residents", "<title", "<desc"):
        assert words in chart


ANSWERS = ("value", "series", "compare", "explain", "measures", "areas", "figure")


def answers(build: Build) -> dict[str, object]:
    number = build.value("Norfolk", "drug_offences", "YE Dec 2019")
    way_back = build.explain(number["indicator_id"])
    return {
        "value": number,
        "series": build.series("Norfolk", "drug_offences").to_dicts(),
        "compare": build.compare("Norfolk", "Suffolk", measure="drug_offences", period="YE Dec 2019"),
        "grades": build.graded("Norfolk", "Suffolk", measure="peel_grade", period="2018/19", question="Efficiency"),
        "explain": (way_back.formula, way_back.numerator.to_dicts(), way_back.editions.to_dicts()),
        "measures": build.measures().to_dicts(),
        "areas": build.areas().to_dicts(),
        "figure": build.figure("Norfolk", "drug_offences").svg,
    }


@pytest.mark.full
def test_an_edition_and_a_duckdb_file_say_what_the_build_says(built: Path, build: Build, tmp_path: Path) -> None:
    expected = answers(build)
    edition = shutil.copytree(
        (built / "reports").resolve(), tmp_path / "edition", ignore=shutil.ignore_patterns("*.pdf")
    )
    assert answers(cl.open(edition)) == expected
    file = Path(shutil.copy(built / "county_lines.duckdb", tmp_path / "figures.duckdb"))
    assert answers(cl.open(file)) == expected
    for name in ("out/indicators", "core/observations"):
        assert_frame_equal(cl.open(file).table(name), build.table(name))


@pytest.mark.full
def test_a_place_without_a_build_is_named(tmp_path: Path) -> None:
    (tmp_path / "text.duckdb").write_text("not a database", encoding="utf-8")
    for place, words in {
        tmp_path: "is no build and no edition",
        tmp_path / "text.duckdb": "cannot be read as a DuckDB file",
        "ftp://example.org/x": "is no address of an edition",
    }.items():
        with pytest.raises(cl.CountyLinesError, match=words):
            cl.open(place).table("out/indicators")


def manifest_of(edition: Path) -> bytes:
    files = [path for path in sorted(edition.rglob("*")) if path.is_file()]
    listed = [
        {"path": str(path.relative_to(edition)), "sha256": sha256(path.read_bytes()).hexdigest()} for path in files
    ]
    return json.dumps({"files": listed}).encode()


@pytest.mark.full
def test_an_edition_in_a_store_is_read_and_a_changed_file_is_refused(
    built: Path, build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = shutil.copytree((built / "reports").resolve() / "data", tmp_path / "edition" / "data").parent
    (edition / "manifest.json").write_bytes(manifest_of(edition))
    with s3_server() as address:
        for name, value in {
            "AWS_ENDPOINT_URL": address,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "synthetic",
            "AWS_SECRET_ACCESS_KEY": "synthetic",
            "AWS_REGION": "eu-west-2",
        }.items():
            monkeypatch.setenv(name, value)
        from obstore.store import from_url

        url = f"s3://{BUCKET}/{tmp_path.name}/editions/one"
        store = from_url(url, client_options={"allow_http": True})
        for path in [*edition.rglob("*.parquet"), *edition.rglob("registers/*"), edition / "manifest.json"]:
            store.put(str(path.relative_to(edition)), path.read_bytes())
        assert cl.open(url).value("Norfolk", "drug_offences") == build.value("Norfolk", "drug_offences")
        store.put("data/tables/indicators.parquet", b"another file")
        with pytest.raises(cl.CountyLinesError, match="its SHA-256 differs"):
            cl.open(url).table("out/indicators")
        with pytest.raises(cl.CountyLinesError, match=r"There is no manifest\.json"):
            cl.open(f"s3://{BUCKET}/{tmp_path.name}").table("out/indicators")
