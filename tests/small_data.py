"""The smallest data folder of which everything is made: six forces and five sources of all that the project keeps.

A whole build of it has every kind of table, check and report, at a quarter of the cost. Nothing in it is made up: rows are only left out.
"""

import shutil
import tomllib
from pathlib import Path
from typing import Final

import polars as pl

from orchestration.run import bench

ROOT: Final = Path(__file__).parents[1]

LONDON, CITY, NORFOLK, SUFFOLK, ESSEX, MANCHESTER = (
    f"E230000{number}" for number in ("01", "34", "24", "25", "28", "05")
)
FORCES: Final = (LONDON, CITY, NORFOLK, SUFFOLK, ESSEX, MANCHESTER)
"""As many as a map has bands; two make up London, and Greater Manchester has footnotes and a known gap."""
_AROUND: Final = ("E12000007", "E12000006", "LONDON-AREA", "E92000001", "K04000001", "BTP", "NRM-POLICE-TOTAL")

# No source in full, so that a name or an exclusion that only another edition needs is not a dead one.
EDITIONS: Final = {
    "ons_pfa_tables": ("ye-mar-2018", "ye-mar-2019", "ye-sep-2019", "ye-dec-2019", "ye-dec-2024"),
    "mopac_rescue_and_response": ("year-1",),
    "ho_nrm_police_first_responder": ("2023-q1", "2023-q2", "2023-q3", "2023-q4"),
    # The source that is offered to a server anew.
    "ho_nrm_national_facts": ("to-2024-11",),
}


def small_data(folder: Path) -> Path:
    """Write the small data below a folder that is not there yet, and return it."""
    shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("build", "published"))
    for register in sorted((folder / "registers").glob("*.csv")):
        _keep_areas(register)
    registers = folder / "registers"
    authorities = _texts(registers / "local_authorities.csv").select("authority_id")
    districts = _texts(registers / "incident_districts.csv").join(
        authorities, on="authority_id", how="semi", maintain_order="left"
    )
    districts.write_csv(registers / "incident_districts.csv")
    known = pl.col("district_ids").str.split(";").list.eval(pl.element().is_in(authorities["authority_id"].to_list()))
    partnerships = _texts(registers / "partnerships.csv").filter(known.list.all())
    partnerships.write_csv(registers / "partnerships.csv")
    rows = {
        (source, edition): _keep_cells(folder, source, edition)
        for source, editions in EDITIONS.items()
        for edition in editions
    }
    _list_editions(folder, rows)
    for entry in sorted((folder / "sources").glob("*.toml")):
        _name_what_is_kept(entry)
    return folder


def change_one_figure(published: Path) -> Path:
    """Add one to Norfolk's referrals of the last quarter of 2023, total and part: the total of all police is not in small data."""
    return bench.change_one_figure(published, bench.CHANGED_CELLS[:2])


def _texts(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def _keep_areas(register: Path) -> None:
    rows = _texts(register)
    named = {"area_id", "neighbour_id", "parent_id", "child_id", "police_force_area_id", "region_id"} & set(
        rows.columns
    )
    kept = [pl.col(name).is_null() | pl.col(name).is_in([*FORCES, *_AROUND]) for name in sorted(named)]
    if kept:
        rows.filter(*kept).write_csv(register)


def _keep_cells(folder: Path, source: str, edition: str) -> int:
    """Keep the figures of the forces, and all that stands beside figures; the number of cells that are kept."""
    known = _texts(folder / "registers" / "area_names.csv").select("area_id", "name")
    areas = _texts(folder / "registers" / "areas.csv")
    known = pl.concat([known, areas.select("area_id", "name"), areas.select("area_id", name="operating_name")])
    names = known.filter(pl.col("area_id").is_in(FORCES))["name"].str.to_lowercase().unique()
    cells = _texts(ROOT / "data" / "published" / source / f"{edition}.csv")
    # A footnote's mark stands after the name.
    name = pl.col("area_text").str.to_lowercase().str.replace(r"[\d,]+$", "")
    is_kept = pl.col("area_text").is_null() | pl.col("area_code_text").is_in(FORCES) | name.is_in(names.implode())
    path = folder / "published" / source / f"{edition}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = cells.filter(is_kept)
    kept.write_csv(path)
    return kept.height


def _list_editions(folder: Path, rows: dict[tuple[str, str], int]) -> None:
    listed = _texts(ROOT / "data" / "published" / "editions.csv")
    counts = pl.DataFrame(
        [(source, edition, str(number)) for (source, edition), number in rows.items()],
        schema=["source_id", "edition_id", "rows"],
        orient="row",
    )
    keys = ["source_id", "edition_id"]
    listed.drop("rows").join(counts, on=keys, how="inner", maintain_order="left").write_csv(
        folder / "published" / "editions.csv"
    )


def _name_what_is_kept(entry: Path) -> None:
    """Say of every other edition of the register that its cells are not kept."""
    head, *editions = entry.read_text(encoding="utf-8").split("\n[[edition]]\n")

    def marked(text: str) -> str:
        edition = tomllib.loads(text)
        is_kept = edition["id"] in EDITIONS.get(entry.stem, ()) or not edition.get("published", True)
        return text if is_kept else f"published = false\n{text}"

    entry.write_text("\n[[edition]]\n".join([head, *map(marked, editions)]), encoding="utf-8")
