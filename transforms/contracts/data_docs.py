"""Great Expectations' own Data Docs of the contracts: for engineers who know them, made on request and never published.

What it shows of a table is text from outside, which it writes into its pages as it is: so every text of a frame is escaped before it is handed
over, and a page may load nothing and run nothing. The pages that Great Expectations writes load style sheets, scripts and pictures from other servers. What is written here asks nothing of
any server: those references are taken out, so that the pages are plain and tell nobody that they were opened.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import polars as pl

from transforms.contracts.contract import Contract
from transforms.contracts.validate import great_expectations, to_suite

_SITE: Final = "local"
# Scripts, whatever they hold (they need libraries from elsewhere), and elements whose style sheet or picture stands on a server.
_FETCHING: Final = re.compile(
    r"<script\b.*?</script>|<iframe\b.*?</iframe>|<(?:link|img)\b[^>]*\b(?:href|src)\s*=\s*[\"']?(?:https?:)?//[^>]*>",
    re.DOTALL | re.IGNORECASE,
)
_IMPORTED: Final = re.compile(r"@import\b[^;]*;|url\(\s*['\"]?(?:https?:)?//[^)]*\)", re.IGNORECASE)
# Nothing is loaded but what is in the page and pictures that it holds itself; no script runs, whatever brought it there.
_POLICY: Final = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'\">"
)
_REFERENCES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_STYLE: Final = (
    "<style>body{font-family:sans-serif;margin:1rem auto;max-width:70rem;padding:0 1rem}table{border-collapse:collapse}"
    "td,th{border:1px solid #71828b;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    ".collapse{display:block}.modal{display:none}</style>"
)


def write_data_docs(tables: Iterable[tuple[Contract, pl.DataFrame]], folder: Path) -> dict[str, Path]:
    """Validate each frame against its contract and write Data Docs to a folder; returns the page of each table's results.

    The schema is no expectation of Great Expectations', and is not in these pages. Their own index needs scripts, and is not written.
    """
    gx = great_expectations()
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    for site in list(context.get_site_names()):
        context.delete_data_docs_site(site)
    context.add_data_docs_site(
        _SITE,
        {
            "class_name": "SiteBuilder",
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},  # required; its page is removed below
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
        },
    )
    names: dict[str, str] = {}
    for contract, frame in tables:
        name = names[contract.table] = contract.table.replace("/", "-")  # names become files
        asset = context.data_sources.add_pandas(name).add_dataframe_asset(name)
        suite = to_suite(contract)
        suite.name = name
        definition = gx.ValidationDefinition(
            name=name,
            data=asset.add_batch_definition_whole_dataframe(name),
            suite=context.suites.add(suite),
        )
        context.validation_definitions.add(definition)
        definition.run(batch_parameters={"dataframe": escaped(frame).to_pandas()})
    context.build_data_docs(site_names=[_SITE])
    for page in sorted(folder.rglob("*.html")):
        page.write_text(without_requests(page.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "index.html").unlink()
    return {table: next((folder / "validations" / name).rglob("*.html")) for table, name in names.items()}


def escaped(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the five characters of markup in its texts written as references, so that a page shows them and a browser obeys none."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(
        pl.col(name).str.replace_many(list(_REFERENCES), list(_REFERENCES.values())) for name in texts
    )


def without_requests(page: str) -> str:
    """Take out of a page everything that a browser would fetch for it; links that a reader may follow stay."""
    plain = _IMPORTED.sub("", _FETCHING.sub("", page))
    return re.sub("(<head[^>]*>)", rf"\1{_POLICY}", plain, count=1, flags=re.IGNORECASE).replace(
        "</head>", f"{_STYLE}</head>", 1
    )
