"""Synthetic files of the Home Office's open data by offence code, in the documented layouts: no count in them was ever published."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from transforms.harmonise import Harmonised, harmonise, load_registers
from transforms.sources.landing import survey, with_landing
from transforms.sources.published import editions_held, read_cells
from transforms.sources.recognise import READ
from transforms.sources.registry import Source, load_sources

from .open_documents import ods_bytes
from .workbooks import DATA, workbook_bytes

# The counts of one force in every quarter of a file, by (offence code, outcome type): recorded in the quarter, closed in it.
Outcomes = Mapping[tuple[str, str], tuple[int, int]]

_OFFENCES = {
    "92A": ("Trafficking in controlled drugs", "Drug offences", "Trafficking of drugs"),
    "92C": ("Other drug offences", "Drug offences", "Possession of drugs"),
    "92D": ("Possession of controlled drugs (excl. Cannabis)", "Drug offences", "Possession of drugs"),
    "92E": ("Possession of controlled drugs (Cannabis)", "Drug offences", "Possession of drugs"),
    "106": ("Modern Slavery", "Violence against the person", "Violence without injury"),
}
_QUARTERS = ("Q1", "Q2", "Q3", "Q4")


def outcomes(year: str, counts: Mapping[str, Outcomes], quarters: Sequence[str] = _QUARTERS) -> bytes:
    """A workbook of crime outcomes of one financial year, '2023/24', with the same counts in each quarter."""
    header = [
        *("Financial Year", "Financial Quarter", "Force Name", "Offence Code", "Offence Description", "Offence Group"),
        *("Offence Subgroup", "Offence code expired", "Outcome Type", "Outcome Description", "Outcome Group"),
        *(f"Outcomes for {what} in the quarter" for what in ("offences that were recorded", "investigations closed")),
    ]
    rows = [
        [year, quarter, force, code, *_OFFENCES[code], "No", outcome, "Synthetic", "Synthetic", str(recorded), str(closed)]
        for quarter in quarters
        for force, of in counts.items()
        for (code, outcome), (recorded, closed) in of.items()
    ]  # fmt: skip
    return workbook_bytes({"Notes": [["Synthetic"]], year.replace("/", "_"): [header, *rows]})


def subcodes(years: Sequence[str], counts: Mapping[str, Mapping[tuple[str, str], int]]) -> bytes:
    """A workbook of drug offence subcodes with the same counts in each quarter, by (description, outcome type), and their sum."""
    header = [
        *("Financial Year", "Financial Quarter", "Force Name", "Offence Description", "Offence Group", "Offence Subgroup"),
        *("Offence Code", "Subcode Description", "Offence Subcode", "Outcome Description", "Outcome Group", "Outcome Type"),
        *("Force outcomes for offences recorded in quarter", "Force outcomes recorded in quarter"),
    ]  # fmt: skip
    described, group, subgroup = _OFFENCES["92A"]

    def row(year: str, quarter: str, force: str, description: str, outcome: str, count: int) -> list[str]:
        of_subcode = [described, group.title(), subgroup, "92A", description, "Synthetic code"]
        return [year, quarter[1:], force, *of_subcode, "Synthetic", "Synthetic", outcome, str(count), str(count + 1)]

    rows = [
        row(year, quarter, force, description, outcome, count)
        for year in years
        for quarter in _QUARTERS
        for force, of in counts.items()
        for (description, outcome), count in of.items()
    ]
    total = row(years[0], "Q1", "England and Wales", "Synthetic sum", "1", 1)
    return ods_bytes({"Data": [header, *rows, total]})


def recorded_crime(
    years: Sequence[str], counts: Callable[[str, str], Mapping[str, int]], forces: Sequence[str]
) -> bytes:
    """A workbook of recorded crime, a sheet a financial year; ``counts`` gives the counts by offence code of a year and force."""
    header = [
        "Financial Year",
        "Financial Quarter",
        "Force Name",
        "Offence Description",
        "Offence Group",
        "Offence Subgroup",
    ]
    header += ["Offence Code", "Number of Offences"]
    return ods_bytes(
        {
            year.replace("/", "_"): [
                header,
                *(
                    [year, quarter, force, *_OFFENCES[code], code, str(count)]
                    for quarter in _QUARTERS
                    for force in forces
                    for code, count in counts(year, force).items()
                ),
            ]
            for year in years
        }
    )


def landed(folder: Path, files: Mapping[str, bytes], data: Path = DATA) -> tuple[pl.DataFrame, dict[str, Source]]:
    """The cells of files in a landing folder, and their sources with the editions that the folder adds."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    register = load_sources(data)
    found = survey(folder, register, data)
    assert {file.outcome for file in found} == {READ}, [file.reason for file in found]
    files_of = {path for file in found if (path := file.path)}
    sources = {
        name: replace(source, editions=own)
        for name, source in with_landing(register, found).items()
        if (own := tuple(edition for edition in source.editions if edition.file in files_of))
    }
    assert all(editions_held(source, folder) for source in sources.values())
    return pl.concat(read_cells(source, data, folder) for source in sources.values()), sources


def read(folder: Path, files: Mapping[str, bytes], data: Path = DATA) -> Harmonised:
    """What becomes of the cells of files in a landing folder: none is unmatched, and none is lost."""
    cells, sources = landed(folder, files, data)
    result = harmonise(cells, sources, load_registers(data), settled=())
    assert result.unmatched.is_empty(), result.unmatched["text"].to_list()
    assert cells.height == result.observations.height + result.excluded.height
    return result
