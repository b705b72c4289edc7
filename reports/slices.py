"""The rows that a report may read. Each report is made from them alone, so that what they say is what it is made again for.

A report on an area reads all that is held of the area and of the police forces in it; of all other areas only the measures by which forces
are set side by side. The national report reads everything. What belongs to no area (registers, editions) every report reads whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

import numpy as np
import polars as pl

from reports.document import Document
from reports.numbers import COMPARED, ReportData
from reports.products import products
from reports.products.programme import SOURCE as PROGRAMME
from reports.products.shared import DRUGS, NATION

# What a report reads of the scoreboard, which is about the nation: not its values, but for whether there is one.
_OF_FINDINGS: Final = ("finding_id", "finding", "status", "grade", "baseline_period", "latest_period")
# Read of all areas where a claim about one is checked.
_OF_CLAIMS: Final = ("london_linked_rank_published", "resident_population")
_NOT_READ: Final = ("coverage", "reconciliation", "boundaries", "united_kingdom")
_BY_ROWS: Final = (
    "indicators",
    "observations",
    "comparability",
    "notes",
    "excluded",
    "record_files",
    "plausibility",
    "profile",
    "beside",
    "similar",
    "districts",
    "grades",
    "statements",
)

Rows = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Slices:
    """The rows of some data that each report may read. What several reports share is worked out once."""

    data: ReportData

    def of(self, area_id: str) -> ReportData:
        """What the report on an area may read; all of it for the nation."""
        if area_id == NATION:
            return replace(self.data, common=self.common)
        frames = {
            name: getattr(self._readable, name).filter(pl.Series(rows)) for name, rows in self._rows(area_id).items()
        }
        return replace(self._readable, **frames, common=self.common)

    def key(self, area_id: str) -> str:
        """SHA-256 over what the report on an area may read."""
        if area_id == NATION:
            return _hashed(
                [*(hashes.tobytes() for hashes in self._hashes(self.data).values()), self._others(self.data)]
            )
        hashes = self._hashes_of_rows
        own = (hashes[name][rows].tobytes() for name, rows in self._rows(area_id).items())
        return _hashed([area_id.encode(), *own, self._of_all])

    @cached_property
    def common(self) -> ReportData:
        """What every report reads of all areas: the measures by which forces are set side by side, and how they compare, worked out."""
        frames = {
            name: getattr(self._readable, name).filter(pl.col("measure_id").is_in(COMPARED))
            for name in ("indicators", "comparability")
        }
        common = replace(self._readable, **frames)
        if headline := common.headline_period(DRUGS):  # kept, and handed on with it to another process
            common.compared(DRUGS, *headline)
        return common

    @cached_property
    def _readable(self) -> ReportData:
        """The data without what no report on an area reads."""
        held = pl.when(pl.col("latest").is_not_null()).then(True)
        findings = self.data.scoreboard.select(*_OF_FINDINGS, latest=held)
        nothing = {name: getattr(self.data, name).clear() for name in _NOT_READ}
        return replace(self.data, **nothing, scoreboard=findings, known_sources={}, build_id="")

    def _rows(self, area_id: str) -> dict[str, Rows]:
        """Which rows of each table the report on an area may read."""
        data = self._readable
        own = [area_id, *products.forces_of(data, area_id)]
        about = [*own, area_id.removesuffix("-AREA")]
        indicators = self._compared["indicators"] | _is_in(data.indicators, "area_id", own)
        behind = np.zeros(len(data.observations), dtype=bool)
        behind[self._behind[1][indicators[self._behind[0]]]] = True
        policing = data.area(area_id)["kind"] == "policing_region"
        has_localities = len(data.localities) > 0 and area_id in data.localities["area_id"]
        return {
            "indicators": indicators,
            "observations": behind | self._compared["observations"] | _is_in(data.observations, "area_id", own),
            "comparability": self._compared["comparability"]
            | _is_in(data.comparability, "area_id_a", own)
            | _is_in(data.comparability, "area_id_b", own)
            | (_is_in(data.comparability, "kind", ["programme"]) if policing else False),
            "notes": _is_in(data.notes, "area_id", own),
            "excluded": np.full(len(data.excluded), has_localities),
            "record_files": _is_in(data.record_files, "area_id", own),
            "plausibility": _is_in(data.plausibility, "area_id", [area_id]),
            "profile": _is_in(data.profile, "area_id", [area_id]),
            "beside": _is_in(data.beside, "area_id", [area_id]),
            "similar": _is_in(data.similar, "area_id", [area_id]),
            "districts": _is_in(data.districts, "force_id", [area_id]),
            "grades": _is_in(data.grades, "area_id", own),
            "statements": _is_in(data.statements, "area_id", about) | _is_in(data.statements, "source_id", [PROGRAMME]),
        }

    @cached_property
    def _compared(self) -> dict[str, Rows]:
        data = self._readable
        return {
            "indicators": _is_in(data.indicators, "measure_id", COMPARED),
            "comparability": _is_in(data.comparability, "measure_id", COMPARED),
            "observations": _is_in(data.observations, "measure_id", _OF_CLAIMS),
        }

    @cached_property
    def _behind(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The places of indicators and of the observations behind them, a pair each."""
        parts = ("numerator_observations", "denominator_observations")
        named = pl.concat(
            self._readable.indicators.select(
                pl.int_range(pl.len()).alias("indicator"), pl.col(part).str.split("; ").alias("observation_id")
            )
            for part in parts
        ).explode("observation_id")
        places = self._readable.observations.select("observation_id", pl.int_range(pl.len()).alias("observation"))
        found = named.join(places, on="observation_id").select("indicator", "observation")
        return found["indicator"].to_numpy(), found["observation"].to_numpy()

    @cached_property
    def _hashes_of_rows(self) -> dict[str, np.ndarray[Any, Any]]:
        return {name: hashes for name, hashes in self._hashes(self._readable).items() if name in _BY_ROWS}

    @cached_property
    def _of_all(self) -> bytes:
        """What every report reads whole."""
        others = (hashes.tobytes() for name, hashes in self._hashes(self._readable).items() if name not in _BY_ROWS)
        return _hashed([*others, self._others(self._readable)]).encode()

    @staticmethod
    def _hashes(data: ReportData) -> dict[str, np.ndarray[Any, Any]]:
        """A hash of each row of each table."""
        frames = {field.name: getattr(data, field.name) for field in fields(data) if field.init}
        return {
            name: frame.hash_rows(seed=0).to_numpy()
            for name, frame in frames.items()
            if isinstance(frame, pl.DataFrame) and frame.width
        }

    @staticmethod
    def _others(data: ReportData) -> bytes:
        """What is read beside tables: the register of sources, the day of a report on the past, what is published beside it; and the columns."""
        columns = [
            (field.name, frame.schema)
            for field in fields(data)
            if isinstance(frame := getattr(data, field.name), pl.DataFrame)
        ]
        return repr(
            (
                columns,
                data.sources,
                data.known_sources,
                data.known_on,
                data.contact,
                data.address,
                sorted(data.downloads),
            )
        ).encode()


def report_from_slice(slices: Slices, area_id: str) -> tuple[Document, ReportData]:
    """The report on an area, and the data that it was made from."""
    data = slices.of(area_id)
    return products.report(data, area_id), data


def _is_in(frame: pl.DataFrame, column: str, values: Iterable[str]) -> Rows:
    if column not in frame.columns:  # of a table that is not held
        return np.zeros(len(frame), dtype=bool)
    return frame.select(pl.col(column).is_in(list(values)).fill_null(False)).to_series().to_numpy()


def _hashed(parts: Iterable[bytes]) -> str:
    digest = sha256()
    for part in parts:
        digest.update(sha256(part).digest())
    return digest.hexdigest()
