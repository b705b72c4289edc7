"""Layer report: documents for people, rendered beside each other and published together."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import dagster as dg
import polars as pl

from orchestration.assets.datapack import DATAPACK, download_names
from orchestration.assets.inspection import CURATED, GRADES
from orchestration.build_id import build_id
from orchestration.checks import asset_key
from orchestration.hashes import hash_text
from orchestration.paths import Paths
from orchestration.publish import CHECKS, Written, publish, sizes, write_documents, write_pages, write_what_changed
from orchestration.versions import versioned
from reports.numbers import ReportData
from reports.products import inspection, pages, products, scoreboard
from reports.products.changes import CHANGED
from reports.products.places import places
from reports.render import evidence_address
from reports.texts import texts_address
from transforms.contracts import BOUNDARIES
from transforms.differences import TABLES
from transforms.harmonise import load_registers
from transforms.inspection import with_areas
from transforms.sources.registry import Source

_INS = {
    "editions": dg.AssetIn(key=["raw", "editions"]),
    "areas": dg.AssetIn(key=["core", "areas"]),
    "observations": dg.AssetIn(key=["core", "observations"]),
    "notes": dg.AssetIn(key=["core", "notes"]),
    "excluded": dg.AssetIn(key=["core", "excluded"]),
    "indicators": dg.AssetIn(key=["out", "indicators"]),
    "reconciliation": dg.AssetIn(key=["out", "reconciliation"]),
    "coverage": dg.AssetIn(key=["out", "coverage"]),
    "plausibility": dg.AssetIn(key=["out", "plausibility"]),
    "comparability": dg.AssetIn(key=["out", "comparability"]),
    "scoreboard": dg.AssetIn(key=["out", "scoreboard"]),
}
_GRADES = "inspection_grades"
_BOUNDARIES = "boundaries"


def report_assets(
    sources: Mapping[str, Source], known: Mapping[str, Source], paths: Paths, *, has_boundaries: bool = False
) -> list[dg.AssetsDefinition]:
    """The assets report/national, report/region, report/force (one partition a force), report/pages, report/changes and report/site."""
    registers = load_registers(paths.data)
    identity = build_id(paths, sources)
    version = hash_text(identity, repr(known))
    forces = registers.areas.filter(pl.col("kind") == "police_force_area").sort("slug")

    def asset(name: str, description: str, **more: Any) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
        decorator: Callable[[Callable[..., Any]], dg.AssetsDefinition] = dg.asset(
            key=["report", name],
            description=description,
            group_name="report",
            owners=["team:reporting"],
            kinds={"jinja", "html", "typst"},
            code_version=version,
            check_specs=_checks(name) if name in {"national", "region", "force"} else None,
            **more,
        )
        return lambda function: versioned(paths)(decorator(function))

    held = [
        source_id for source_id in (*CURATED, inspection.RECORDING, inspection.ORGANISED_CRIME) if source_id in sources
    ]
    ins = {
        **_INS,
        **{source_id: dg.AssetIn(key=["raw", source_id]) for source_id in held},
        **({_GRADES: dg.AssetIn(key=["out", _GRADES])} if GRADES in sources else {}),
        **({_BOUNDARIES: dg.AssetIn(key=asset_key(BOUNDARIES))} if has_boundaries else {}),
    }

    def statements(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        return with_areas(pl.concat(tables[source_id] for source_id in held), registers.areas, registers.area_names)

    def data(tables: Mapping[str, pl.DataFrame]) -> ReportData:
        return ReportData(
            **{name: tables[name] for name in _INS},
            **({"statements": statements(tables)} if held else {}),
            **({"grades": tables[_GRADES]} if _GRADES in tables else {}),
            **({_BOUNDARIES: tables[_BOUNDARIES]} if _BOUNDARIES in tables else {}),
            breaks=registers.breaks,
            measures=registers.measures,
            localities=registers.localities,
            source_quality=registers.source_quality,
            sources=sources,
            known_sources=known,
            build_id=identity,
            known_on=paths.as_of,
            downloads=sizes(paths, identity, download_names(registers.areas)),
        )

    @asset("national", "England and Wales, HTML and PDF.", ins=ins, deps=[DATAPACK])
    def national(paths: dg.ResourceParam[Paths], **tables: Any) -> Written:
        content = data(tables)
        return write_documents([partial(products.national, content)], paths, content)

    @asset("region", "Nine English regions, Wales, and ten policing regions, HTML and PDF.", ins=ins, deps=[DATAPACK])
    def region(paths: dg.ResourceParam[Paths], **tables: Any) -> Written:
        content = data(tables)
        ids = [*products.region_ids(content), *products.policing_region_ids(content)]
        reports = [partial(products.region, content, area_id) for area_id in ids]
        return write_documents(reports, paths, content)

    @asset(
        "force",
        "One report a police force area, HTML and PDF; a backfill of all of them is one run.",
        ins=ins,
        deps=[DATAPACK],
        partitions_def=dg.StaticPartitionsDefinition(forces["slug"].to_list()),
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def force(context: dg.AssetExecutionContext, paths: dg.ResourceParam[Paths], **tables: Any) -> Written:
        content = data(tables)
        chosen = forces.filter(pl.col("slug").is_in(list(context.partition_keys)))["area_id"]
        reports = [partial(products.force, content, area_id) for area_id in chosen]
        return write_documents(reports, paths, content)

    @asset(
        "pages",
        "Findings in full, data quality (what each expectation found), data dictionary, methods and sources, and the page that leads to every report.",
        ins=ins,
        deps=[["core", "unmatched"], ["out", "revisions"], DATAPACK],
    )
    def other_pages(paths: dg.ResourceParam[Paths], **tables: Any) -> Written:
        content = data(tables)
        quality = pages.data_quality(content, paths.checks, paths.lake)
        methods = pages.methods(content, known)
        index = pages.index(content, places(registers))
        return write_pages([index, scoreboard.page(content), quality, pages.dictionary(content), methods], paths)

    @asset(
        "changes",
        "What changed since the edition that was published before, as HTML and PDF; says so where there was none.",
        deps=[*(table.split("/") for table in TABLES), *(["report", name] for name in ("national", "region", "force"))],
    )
    def changes(paths: dg.ResourceParam[Paths]) -> Written:
        return write_what_changed(paths, identity)

    @asset(
        "site",
        "Publishes all documents of a build together: readers see the whole new edition or the whole old one.",
        deps=[*(["report", name] for name in ("national", "region", "force", "pages", "changes")), DATAPACK],
    )
    def site(paths: dg.ResourceParam[Paths]) -> Written:
        reports = [f"{slug}.{ending}" for slug in products.slugs(registers.areas) for ending in ("html", "pdf")]
        reports += [
            address(slug) for slug in products.slugs(registers.areas) for address in (evidence_address, texts_address)
        ]
        around = [*(f"{slug}.html" for slug in pages.SLUGS), *(f"{CHANGED}.{ending}" for ending in ("html", "pdf"))]
        return publish(paths, identity, [*reports, *around, *download_names(registers.areas)])

    return [national, region, force, other_pages, changes, site]


def _checks(name: str) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(check, asset=["report", name], description=said, blocking=True)
        for check, said in CHECKS.items()
    ]
