"""The build id: a hash of the editions' checksums, the registers and the code, printed on every cover."""

from collections.abc import Mapping

from orchestration.fingerprint import hash_code, hash_data, hash_text
from orchestration.paths import Paths
from transforms.sources.published import editions_in_use
from transforms.sources.registry import Source


def build_id(paths: Paths, sources: Mapping[str, Source]) -> str:
    """Twelve hexadecimal digits that change with any edition, register or line of code that a report could depend on."""
    editions = editions_in_use(sources, paths.data, paths.landing)
    return hash_text(
        *editions.select("sha256").to_series(),
        hash_data(paths, "sources", "layouts", "registers", "corrections", "published"),
        hash_code("transforms", "reports"),
        str(paths.as_of or ""),
    )[:12]
