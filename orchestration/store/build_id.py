"""The build id: a hash of the editions' checksums, the registers and the code, which stands on the pages around the reports and in the data pack."""

from collections.abc import Mapping

from orchestration.store.hashes import hash_code, hash_data, hash_text
from orchestration.store.landing_zone import originals
from orchestration.store.paths import Paths
from transforms.sources.published import editions_in_use
from transforms.sources.registry import Source


def build_id(paths: Paths, sources: Mapping[str, Source]) -> str:
    """Twelve hexadecimal digits that change with any edition, register or line of code that a report could depend on.

    Those of a build of what was known on a day do not change with editions that came later: they are what makes it the same build again.
    """
    editions = editions_in_use(sources, paths.data, paths.landing, originals(paths))
    read = _known(paths, sources) if paths.as_of else hash_data(paths, "sources", "layouts", "published")
    return hash_text(
        *editions.select("sha256").to_series(),
        read,
        hash_data(paths, "registers", "corrections"),
        hash_code("transforms", "reports"),
        str(paths.as_of or ""),
    )[:12]


def _known(paths: Paths, sources: Mapping[str, Source]) -> str:
    """SHA-256 over what is read of the editions that were known: register entries and published cells; layouts where files are parsed."""
    cells = [
        f"published/{source.id}/{edition.id}.csv"
        for source in sources.values()
        for edition in source.editions
        if (paths.data / "published" / source.id / f"{edition.id}.csv").is_file()
    ]
    return hash_text(repr(sources), hash_data(paths, *cells), hash_data(paths, "layouts") if paths.landing else "")
