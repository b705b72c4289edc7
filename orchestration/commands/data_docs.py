"""`countylines data-docs`: what Great Expectations itself shows of the checks, for engineers who know its pages."""

import click

from orchestration.store.paths import paths_from_environment
from transforms.errors import CountyLinesError


@click.command("data-docs")
@click.argument("tables", nargs=-1)
def data_docs(tables: tuple[str, ...]) -> None:
    """Check the tables of the build again, all or those named, and write Great Expectations' own Data Docs of them.

    They go to data-docs in the build folder and are no part of the reports: stakeholders read data-quality.html. The pages ask nothing
    of any server; what Great Expectations would have them fetch is taken out.

    \b
    Example: countylines data-docs
             countylines data-docs core/observations out/indicators
    """
    import shutil

    import polars as pl
    from rich.console import Console

    from orchestration.store.lake import replace_atomically
    from reports.products.pages import contracts, data_docs_index
    from reports.render import render_page
    from transforms.contracts.data_docs import write_data_docs
    from transforms.sources.registry import load_sources

    paths = paths_from_environment()
    held = {
        contract.table: contract
        for contract in contracts(load_sources(paths.data), has_boundaries=True)
        if (paths.lake / f"{contract.table}.parquet").is_file()
    }
    unknown = [table for table in tables if table not in held]
    if unknown or not held:
        what = f"no table {unknown[0]}" if unknown else "no tables"
        known = f"; it holds {', '.join(held)}" if held else "; run countylines build first"
        raise CountyLinesError(f"{paths.build} holds {what}{known}.")
    folder = paths.build / "data-docs"
    shutil.rmtree(folder, ignore_errors=True)
    chosen = tables or tuple(held)
    with Console(stderr=True).status(f"Checking {len(chosen)} tables"):
        pages = write_data_docs(
            ((held[table], pl.read_parquet(paths.lake / f"{table}.parquet")) for table in chosen), folder
        )
    index = data_docs_index({table: page.relative_to(folder) for table, page in pages.items()})
    source = render_page(index)
    replace_atomically(folder / "index.html", source.encode())
    click.echo(
        f"{folder / 'index.html'}: {len(pages)} tables. Not for publication: the reports have data-quality.html."
    )
