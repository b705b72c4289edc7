"""What could be known on a day is built again, byte for byte, also when later editions have arrived since."""

import tomllib
from pathlib import Path

import polars as pl
import pytest

from orchestration.store.editions_in_use import registered
from orchestration.store.paths import Paths
from tests.full_build import DAY
from tests.full_build import known_then as known_then
from tests.orchestration.builds import digests, run
from tests.small_data import NORFOLK, small_data
from transforms.sources.published import read_editions, to_csv

pytestmark = pytest.mark.full

SOURCE = "ons_pfa_tables"


def before_the_newest_came(data: Path) -> str:
    """Take the newest edition that is kept of a source out of a copy of the data: entry, layout, cells and checksum; returns its id."""
    entry = data / "sources" / f"{SOURCE}.toml"
    head, *texts = entry.read_text(encoding="utf-8").split("\n[[edition]]\n")
    editions = [tomllib.loads(text) for text in texts]
    held = [edition for edition in editions if edition.get("published", True)]
    newest = max(held, key=lambda edition: str(edition["vintage"]))["id"]
    kept = [text for text, edition in zip(texts, editions, strict=True) if edition["id"] != newest]
    entry.write_text("\n[[edition]]\n".join([head, *kept]), encoding="utf-8")
    layout = data / "layouts" / f"{SOURCE}.csv"
    pl.read_csv(layout, infer_schema=False).filter(pl.col("edition_id") != newest).write_csv(layout)
    listed = read_editions(data).filter((pl.col("source_id") != SOURCE) | (pl.col("edition_id") != newest))
    (data / "published" / "editions.csv").write_bytes(to_csv(listed))
    (data / "published" / SOURCE / f"{newest}.csv").unlink()
    return str(newest)


def test_later_editions_change_no_byte_of_what_was_known_before(known_then: Path, tmp_path: Path) -> None:
    data = small_data(tmp_path / "data")
    newest = before_the_newest_came(data)
    assert newest not in {edition.id for edition in registered(Paths(data, tmp_path)).sources[SOURCE].editions}
    made = run(["build", "--as-of", DAY], tmp_path / "then", COUNTYLINES_DATA=data)
    assert made.returncode == 0, made.stderr
    then, now = (folder / f"as-of-{DAY}" for folder in (tmp_path / "then", known_then))
    assert (then / "reports").readlink() == (now / "reports").readlink()
    assert digests((then / "reports").resolve()) == digests((now / "reports").resolve())
    assert digests(then / "lake", ".parquet") == digests(now / "lake", ".parquet")


def test_what_was_not_published_by_a_day_is_not_in_the_reports_of_that_day(known_then: Path) -> None:
    build = known_then / f"as-of-{DAY}"
    assert {path.name for path in known_then.iterdir()} == {build.name}
    editions = pl.read_parquet(build / "lake" / "raw" / "editions.parquet")
    assert editions["vintage"].max() == "2020-01"
    norfolk = pl.read_parquet(build / "lake" / "out" / "indicators.parquet").filter(
        area_id=NORFOLK, measure_id="drug_offences"
    )
    assert str(norfolk["period_end"].max()) == "2019-09-30"
    page = (build / "reports" / "norfolk.html").read_text(encoding="utf-8")
    assert "As known on 31 January 2020: nothing that was published later is in it." in page
    assert "December 2019" not in page.partition("<main")[2].partition('id="sources"')[0]
