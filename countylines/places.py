"""Where the tables of a build are: its folder, a published edition, a DuckDB file, or an edition at an address. Each gives tables as Parquet files."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from reports.datapack.names import EDITION_TABLES, FOLDER, REGISTERS_FOLDER
from transforms.errors import CountyLinesError
from transforms.folders import PROJECT, build_folder, data_folder, day_in_environment

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_MANIFEST = "manifest.json"
# Files of a store that are asked for at the same time; registers are many and small.
_AT_ONCE = 8


class Place(Protocol):
    """A build, wherever it is."""

    name: str

    def table(self, table: str) -> Path:
        """The Parquet file of a table, named as in the lake: 'out/indicators'. Raises CountyLinesError where the build has none."""

    def data(self) -> Path:
        """The folder whose ``registers`` are those of the build."""


def place_at(place: "str | os.PathLike[str] | None" = None, data: Path | None = None) -> Place:
    """The build at a folder, file or address, or that of this checkout; raises CountyLinesError where there is none."""
    if place is None:
        folder = build_folder(day_in_environment())
        if (
            not folder.is_dir()
            and not os.environ.get("COUNTYLINES_BUILD")
            and not (PROJECT / "pyproject.toml").is_file()
        ):
            raise CountyLinesError(
                "No build stands beside an installed package; give countylines.open the folder or address of an edition, or set COUNTYLINES_BUILD."
            )
        return BuildFolder(folder, data or data_folder())
    if "://" in str(place):
        return EditionAtAddress(str(place))
    path = Path(place).resolve()
    if path.is_file():
        return Warehouse(path)
    if (path / FOLDER / EDITION_TABLES["out/indicators"]).is_file():
        return EditionFolder(path)
    if (path / "lake").is_dir() or data is not None:
        return BuildFolder(path, data or data_folder())
    raise CountyLinesError(
        f"{path} is no build and no edition: a build has a folder lake, an edition {FOLDER}/{EDITION_TABLES['out/indicators']}."
    )


class BuildFolder:
    """What `countylines build` fills; the registers are those of the data that it was made from, or, without them, those that it published."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder, self.name, self._data = folder, str(folder), data

    def table(self, table: str) -> Path:
        """See Place."""
        path = self.folder / "lake" / f"{table}.parquet"
        if not path.exists():
            raise CountyLinesError(f"There is no table {table} yet; run countylines build first.")
        return path

    def data(self) -> Path:
        """See Place."""
        published = self.folder / "reports" / FOLDER
        return self._data if (self._data / REGISTERS_FOLDER).is_dir() or not published.is_dir() else published


class EditionFolder:
    """A published edition: the folder with index.html."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, str(folder)

    def table(self, table: str) -> Path:
        """See Place."""
        path = self.folder / FOLDER / _file_of(table, self.name)
        if not path.is_file():
            raise CountyLinesError(f"The edition {self.name} has no table {table}; open a build that has it.")
        return path

    def data(self) -> Path:
        """See Place."""
        return self.folder / FOLDER


class Warehouse:
    """A file county_lines.duckdb; what is asked for is written as Parquet into a folder that goes with this object."""

    def __init__(self, file: Path) -> None:
        self.file, self.name = file, str(file)
        self._folder = tempfile.TemporaryDirectory(prefix="countylines-")

    def table(self, table: str) -> Path:
        """See Place."""
        path = Path(self._folder.name) / f"{table}.parquet"
        if not path.exists():
            layer, _, name = table.partition("/")
            self._copy(layer, {name: path})
        return path

    def data(self) -> Path:
        """See Place."""
        from transforms.contracts.registers import REGISTERS

        folder = Path(self._folder.name) / REGISTERS_FOLDER
        if not folder.is_dir():
            self._copy("registers", {name: folder / f"{name}.csv" for name in REGISTERS})
        return folder.parent

    def _copy(self, layer: str, files: Mapping[str, Path]) -> None:
        import duckdb

        from transforms.sql import identifier

        try:
            with duckdb.connect(str(self.file), read_only=True) as connection:
                for name, path in files.items():
                    path.parent.mkdir(parents=True, exist_ok=True)
                    rows = connection.table(f"{identifier(layer)}.{identifier(name)}")
                    if path.suffix == ".csv":
                        rows.write_csv(str(path), header=True)
                    else:
                        rows.write_parquet(str(path))
        except duckdb.CatalogException as error:
            raise CountyLinesError(
                f"{self.name} has no table {layer}/{name}; make it again with this version of countylines."
            ) from error
        except duckdb.Error as error:
            raise CountyLinesError(
                f"{self.name} cannot be read as a DuckDB file ({str(error).partition(chr(10))[0]}); give county_lines.duckdb of a build."
            ) from error


class EditionAtAddress:
    """A published edition at https:// or s3://; each file is fetched when it is asked for, once, and must have the checksum of the manifest."""

    def __init__(self, address: str) -> None:
        self.name = address.rstrip("/")
        self._folder = tempfile.TemporaryDirectory(prefix="countylines-")
        self._edition = EditionFolder(Path(self._folder.name))

    def table(self, table: str) -> Path:
        """See Place."""
        self._fetch([f"{FOLDER}/{_file_of(table, self.name)}"])
        return self._edition.table(table)

    def data(self) -> Path:
        """See Place."""
        self._fetch([name for name in self._listed if name.startswith(f"{FOLDER}/{REGISTERS_FOLDER}/")])
        return self._edition.data()

    @cached_property
    def _store(self) -> "ObjectStore":
        from obstore.exceptions import BaseError
        from obstore.store import from_url

        # Without encryption only where somebody asks for it, as for a store on a machine of one's own; the manifest would be as open as the files.
        options: Any = {"allow_http": os.environ.get("AWS_ALLOW_HTTP") == "true"}
        try:
            return from_url(self.name, client_options=options)
        except (BaseError, ValueError) as error:
            raise CountyLinesError(f"{self.name} is no address of an edition ({_first_line(error)}).") from error

    @cached_property
    def _listed(self) -> dict[str, str]:
        """The SHA-256 of every file of the edition, by its manifest."""
        try:
            return {file["path"]: file["sha256"] for file in json.loads(self._get(_MANIFEST))["files"]}
        except (ValueError, KeyError, TypeError) as error:
            raise CountyLinesError(
                f"{self.name}/{_MANIFEST} is no manifest of an edition; give the address of one edition, which ends in editions/ and its name."
            ) from error

    def _fetch(self, names: list[str]) -> None:
        folder = Path(self._folder.name)
        wanted = [name for name in names if not (folder / name).exists()]
        if missing := [name for name in wanted if name not in self._listed]:
            raise CountyLinesError(f"The edition {self.name} has no {missing[0]}; open a newer one.")
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for name, content in zip(wanted, pool.map(self._get, wanted), strict=True):
                if hashlib.sha256(content).hexdigest() != self._listed[name]:
                    raise CountyLinesError(
                        f"{self.name}/{name} is not the file that the manifest of the edition names: its SHA-256 differs; do not use it, and tell the publisher."
                    )
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)

    def _get(self, name: str) -> bytes:
        from obstore.exceptions import BaseError

        try:
            return bytes(self._store.get(name).bytes())
        except FileNotFoundError as error:
            raise CountyLinesError(f"There is no {name} at {self.name}; give the address of one edition.") from error
        except BaseError as error:
            raise CountyLinesError(
                f"{self.name} did not give {name} ({_first_line(error)}); try again later."
            ) from error


def _file_of(table: str, where: str) -> str:
    if table not in EDITION_TABLES:
        raise CountyLinesError(f"An edition such as {where} does not publish the table {table}; open the build itself.")
    return EDITION_TABLES[table]


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
