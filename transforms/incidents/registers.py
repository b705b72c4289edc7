"""Reads the registers of labels, columns and bodies under ``data/registers/incident_*.csv``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from transforms.contracts.registers import read_register
from transforms.errors import RegisterError
from transforms.incidents.archive import KINDS

# Columns of these roles are no vocabulary of their own.
PLAIN_ROLES = ("text", "number", "month", "body", "time", "crime_id", "area_name", "ignored")
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
    ``forces_of_districts``: name of a local authority, as archives print it, → area_id of its police force. ``districts``: the same name of a
    district → code and name of the district that it is today.
    """

    labels: dict[str, dict[str, str]]
    columns: dict[str, dict[str, HeaderLabel]]
    bodies: dict[str, Body]
    forces_of_districts: dict[str, str]
    districts: dict[str, tuple[str, str]]

    def file_of(self, vocabulary: str) -> str:
        """The register in which an unknown label of a vocabulary is to be added."""
        return "incident_bodies.csv" if vocabulary == BODY_NAME else "incident_labels.csv"

    @cached_property
    def printed(self) -> dict[str, pl.Enum]:
        """Vocabulary → type of a column of its printed labels, in the order of the register."""
        return {vocabulary: pl.Enum(list(labels)) for vocabulary, labels in self.labels.items()}

    @cached_property
    def registered(self) -> dict[str, pl.Enum]:
        """Vocabulary → type of a column of its values, in the order of the register."""
        return {vocabulary: pl.Enum(list(dict.fromkeys(labels.values()))) for vocabulary, labels in self.labels.items()}

    @cached_property
    def forces(self) -> pl.Enum:
        """Type of a column of slugs."""
        return pl.Enum(sorted(self.bodies))


def load_incident_registers(data: Path) -> IncidentRegisters:
    """Read the registers of incidents below the ``data`` folder.

    Raises RegisterError for a row that breaks the contract of its register, and for a role that does not exist.
    """
    labels: dict[str, dict[str, str]] = {}
    for row in read_register(data, "incident_labels").iter_rows(named=True):
        labels.setdefault(row["vocabulary"], {})[row["label"]] = row["value"]
    bodies: dict[str, Body] = {}
    for row in read_register(data, "incident_bodies").iter_rows(named=True):
        names = (*(bodies[row["slug"]].names if row["slug"] in bodies else ()), row["name"])
        is_key = row["crime_id_is_key"] == "true"
        bodies[row["slug"]] = Body(row["slug"], names, row["area_id"], is_key)
    labels[BODY_NAME] = {name: name for body in bodies.values() for name in body.names}
    columns: dict[str, dict[str, HeaderLabel]] = {kind: {} for kind in KINDS}
    for row in read_register(data, "incident_columns").iter_rows(named=True):
        if row["role"] not in {*PLAIN_ROLES, *labels}:
            raise RegisterError(
                f"incident_columns.csv: {row['kind']} {row['label']} has the role {row['role']}; use a role or vocabulary that exists."
            )
        columns[row["kind"]][row["label"]] = HeaderLabel(row["column"], row["role"], row["required"] == "true")
    authorities = {row["authority_id"]: row for row in read_register(data, "local_authorities").iter_rows(named=True)}
    named = [(row["name"], row["authority_id"]) for row in authorities.values()]
    named += [
        (row["printed"], row["authority_id"]) for row in read_register(data, "incident_districts").iter_rows(named=True)
    ]
    forces = {name: authorities[authority_id]["police_force_area_id"] for name, authority_id in named}
    districts = {
        name: _today(authority_id, authorities)
        for name, authority_id in named
        if authorities[authority_id]["tier"] != "county"
    }
    return IncidentRegisters(
        labels, columns, bodies, {name: force for name, force in forces.items() if force}, districts
    )


def _today(authority_id: str, authorities: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
    """Code and name of what an authority is today: itself, or what followed it."""
    while successor := authorities[authority_id]["successor_ids"]:
        authority_id = successor
    return authority_id, authorities[authority_id]["name"]
