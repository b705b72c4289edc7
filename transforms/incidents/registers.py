"""Reads the registers of labels, columns and bodies under ``data/registers/incident_*.csv``."""

import csv
from dataclasses import dataclass
from pathlib import Path

from transforms.errors import RegisterError
from transforms.incidents.archive import KINDS

# Columns of these roles are no vocabulary of their own.
PLAIN_ROLES = ("text", "number", "month", "body", "time", "ignored")
# The vocabulary of printed names of bodies, which stands in incident_bodies.csv, not among the labels.
BODY_NAME = "body_name"


@dataclass(frozen=True)
class HeaderLabel:
    """One printed column header: the column it becomes, its role (a plain one, or a vocabulary), and whether a file may lack it."""

    column: str
    role: str
    required: bool


@dataclass(frozen=True)
class Body:
    """One police body as archives name it: printed names, oldest first; area_id is empty for a body outside England and Wales."""

    slug: str
    names: tuple[str, ...]
    area_id: str
    crime_id_is_key: bool


@dataclass(frozen=True)
class IncidentRegisters:
    """What labels, columns and bodies mean. Plain values, so that it can be sent to another process.

    ``labels``: vocabulary → printed label → value. ``columns``: kind of record → printed header → its meaning. ``bodies``: by slug.
    ``forces_of_districts``: name of a local authority, as archives print it, → area_id of its police force.
    """

    labels: dict[str, dict[str, str]]
    columns: dict[str, dict[str, HeaderLabel]]
    bodies: dict[str, Body]
    forces_of_districts: dict[str, str]

    def file_of(self, vocabulary: str) -> str:
        """The register in which an unknown label of a vocabulary is to be added."""
        return "incident_bodies.csv" if vocabulary == BODY_NAME else "incident_labels.csv"

    def values(self, vocabulary: str) -> list[str]:
        """The values of a vocabulary, in the order of the register."""
        return list(dict.fromkeys(self.labels[vocabulary].values()))


def load_incident_registers(data: Path) -> IncidentRegisters:
    """Read the registers of incidents below the ``data`` folder.

    Raises RegisterError for a header, kind, role or truth value that is not one of those known, and for a label given twice.
    """
    folder = data / "registers"
    labels: dict[str, dict[str, str]] = {}
    for row in _rows(folder / "incident_labels.csv", "vocabulary", "label", "value", "evidence"):
        known = labels.setdefault(row["vocabulary"], {})
        if row["label"] in known:
            raise RegisterError(
                f"incident_labels.csv: {row['vocabulary']} has the label {row['label']!r} twice; delete one."
            )
        known[row["label"]] = row["value"]
    bodies: dict[str, Body] = {}
    for row in _rows(folder / "incident_bodies.csv", "slug", "name", "area_id", "crime_id_is_key"):
        names = (*(bodies[row["slug"]].names if row["slug"] in bodies else ()), row["name"])
        is_key = _truth("incident_bodies.csv", row["crime_id_is_key"])
        bodies[row["slug"]] = Body(row["slug"], names, row["area_id"], is_key)
    labels[BODY_NAME] = {name: name for body in bodies.values() for name in body.names}
    columns: dict[str, dict[str, HeaderLabel]] = {kind: {} for kind in KINDS}
    for row in _rows(folder / "incident_columns.csv", "kind", "label", "column", "role", "required"):
        if row["kind"] not in columns or row["role"] not in {*PLAIN_ROLES, *labels}:
            raise RegisterError(
                f"incident_columns.csv: {row['kind']} {row['label']} has the role {row['role']}; use a kind, role or vocabulary that exists."
            )
        columns[row["kind"]][row["label"]] = HeaderLabel(
            row["column"], row["role"], _truth("incident_columns.csv", row["required"])
        )
    districts = {
        row["name"]: row["police_force_area_id"]
        for row in _rows(folder / "local_authorities.csv", "name", "police_force_area_id", exactly=False)
    } | {
        row["printed"]: row["police_force_area_id"]
        for row in _rows(folder / "incident_districts.csv", "printed", "police_force_area_id", "evidence")
    }
    return IncidentRegisters(labels, columns, bodies, {name: force for name, force in districts.items() if force})


def _rows(path: Path, *wanted: str, exactly: bool = True) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        found = tuple(reader.fieldnames or ())
        if (found != wanted) if exactly else not set(wanted) <= set(found):
            raise RegisterError(
                f"{path.name}: its columns are {', '.join(found)}, not {', '.join(wanted)}; restore the header."
            )
        return list(reader)


def _truth(register: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise RegisterError(f"{register}: {text!r} is neither true nor false; write one of them.")
    return text == "true"
