"""Archives of data.police.uk to clean single records: crimes, outcomes, and stops and searches, one Parquet file a month and kind.

Here belongs what knows how an archive is laid out, which records are kept and which are set aside with a reason, and the counts by
force and month that are made from them. What a count means as a statistic does not belong here (``transforms.harmonise``), nor does
deciding where work runs: every function takes what can be sent to another process, and gives back small frames.

Three rules hold everywhere. Records without a Crime ID are never compared away: anti-social behaviour is published without one, and
equal rows are different events. A force without a file for a month is absent, not zero. Rows read are rows kept and rows set aside.
"""

from transforms.incidents.archive import Member, by_month, read_archive
from transforms.incidents.counts import coverage, district_cells, drug_cells, file_cells
from transforms.incidents.ingest import MonthResult, ingest_month, refuse_lost_rows
from transforms.incidents.registers import IncidentRegisters, load_incident_registers
from transforms.incidents.stored import Original, StoredArchive, as_file, sha256_of, size_of

__all__ = [
    "IncidentRegisters",
    "Member",
    "MonthResult",
    "Original",
    "StoredArchive",
    "as_file",
    "by_month",
    "coverage",
    "district_cells",
    "drug_cells",
    "file_cells",
    "ingest_month",
    "load_incident_registers",
    "read_archive",
    "refuse_lost_rows",
    "sha256_of",
    "size_of",
]
