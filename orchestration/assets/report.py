"""Layer report: documents for people, rendered beside each other and published together."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import dagster as dg
import polars as pl

from orchestration.assets.calls import Decorates, Folders, files_asset, made_from
from orchestration.assets.datapack import DATAPACK, download_names, unlisted_names
from orchestration.assets.inspection import CURATED, GRADES
from orchestration.assets.series import SERIES, series_names
from orchestration.run.checks import asset_key, content_hash
from orchestration.run.documents import Asked
from orchestration.run.publish import CHECKS, Written, publish, sizes, write_documents, write_pages, write_what_changed
from orchestration.store.build_id import build_id
from orchestration.store.closure import hash_function
from orchestration.store.hashes import hash_text
from orchestration.store.paths import Paths
from reports.numbers import ReportData
from reports.products import claims, inspection, pages, products, scoreboard, stated, united_kingdom
from reports.products import site as site_pages
from reports.products.changes import CHANGED
from reports.products.places import places
from reports.products.shared import NATION
from reports.render import evidence_address
from reports.slices import Slices, report_from_slice
from reports.texts import texts_address
from transforms.contracts import BOUNDARIES
from transforms.contracts.tables import LANDING_FILES
from transforms.differences import TABLES
from transforms.harmonise import load_registers
from transforms.indicators.sums import spoken_of
from transforms.inspection import statements
from transforms.sources.registry import Source

_INS = (
    *("editions", "areas", "observations", "notes", "excluded", "record_files"),
    *("indicators", "reconciliation", "coverage", "plausibility", "comparability", "scoreboard", "profile"),
    *("beside", "similar", "districts"),
)
_GRADES = "inspection_grades"
_BOUNDARIES = "boundaries"
_LANDED = "landing_files"
_CLAIMS = "claims"


def report_assets(
    sources: Mapping[str, Source], known: Mapping[str, Source], paths: Paths, *, has_boundaries: bool = False
) -> list[dg.AssetsDefinition]:
    """The assets report/national, report/region, report/force (one partition a force), report/pages, report/changes and report/site."""
    registers = load_registers(paths.data)
    identity = build_id(paths, sources)
    slugs = products.slugs(registers.areas)
    reported = products.reported(registers.areas)
    forces = reported.filter(pl.col("kind") == "police_force_area")

    # One for all reports of a run: what is worked out for one is there for the others. It is known by what it was made of.
    shared: dict[str, Slices] = {}

    def asset(name: str, words: str, *of: str, **more: Any) -> Decorates:
        read = (repr(sources), repr(known), str(paths.as_of or ""), *of)
        return files_asset(["report", name], words, paths, *read, kinds={"jinja", "html", "typst"}, **more)

    gathered = (*CURATED, inspection.RECORDING, inspection.ORGANISED_CRIME, GRADES, stated.LAW)
    held = [source_id for source_id in gathered if source_id in sources]
    of_united_kingdom = [source_id for source_id in united_kingdom.SOURCES if source_id in sources]
    ins = {
        **made_from(*_INS, *held, *of_united_kingdom, *([_GRADES] if GRADES in sources else [])),
        **({_BOUNDARIES: dg.AssetIn(key=asset_key(BOUNDARIES))} if has_boundaries else {}),
    }

    def slices(tables: Mapping[str, pl.DataFrame]) -> Slices:
        content = hash_text(*(f"{name} {content_hash(tables[name])}" for name in sorted(tables)))
        if content not in shared:
            shared.clear()
            shared[content] = Slices(data(tables))
        return shared[content]

    def data(tables: Mapping[str, Any]) -> ReportData:
        given: dict[str, Any] = {}
        if held:
            cells = pl.concat(tables[source_id] for source_id in held)
            given["statements"] = statements(cells, registers)
        if of_united_kingdom:
            given["united_kingdom"] = pl.concat(tables[source_id] for source_id in of_united_kingdom)
        given |= {"grades": tables[_GRADES]} if _GRADES in tables else {}
        given |= {_BOUNDARIES: tables[_BOUNDARIES]} if _BOUNDARIES in tables else {}
        tables_read = {name: tables[name] for name in _INS}
        return ReportData(
            **{**tables_read, "indicators": spoken_of(tables["indicators"])},
            **given,
            breaks=registers.breaks,
            measures=registers.measures,
            localities=registers.localities,
            headlines=registers.headlines,
            source_quality=registers.source_quality,
            sources=sources,
            known_sources=known,
            build_id=identity,
            known_on=paths.as_of,
            contact=paths.contact,
            address=paths.address,
            downloads=dict.fromkeys(download_names(registers.areas), 0),
        )

    def written(areas: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> Written:
        content = slices(tables)
        named = areas.select("slug", "area_id").iter_rows()
        code = hash_function(report_from_slice)
        asked = [
            Asked(slug, hash_text(content.key(area_id), code), partial(report_from_slice, content, area_id))
            for slug, area_id in named
        ]
        return write_documents(asked, paths, content.data)

    @asset("national", "England and Wales, HTML and PDF.", ins=ins, check_specs=_checks("national"))
    def national(**tables: Any) -> Written:
        return written(reported.filter(pl.col("area_id") == NATION), tables)

    @asset(
        "region",
        "Nine English regions, Wales, and ten policing regions, HTML and PDF.",
        ins=ins,
        check_specs=_checks("region"),
    )
    def region(**tables: Any) -> Written:
        return written(reported.filter(pl.col("kind").is_in(["region", "policing_region"])), tables)

    @asset(
        "force",
        "One report a police force area, HTML and PDF; a backfill of all of them is one run.",
        ins=ins,
        check_specs=_checks("force"),
        partitions_def=dg.StaticPartitionsDefinition(forces["slug"].to_list()),
    )
    def force(context: dg.AssetExecutionContext, **tables: Any) -> Written:
        return written(forces.filter(pl.col("slug").is_in(list(context.partition_keys))), tables)

    @asset(
        "pages",
        "Findings in full, data quality (what each expectation found), data dictionary, methods and sources, and the page that leads to every report.",
        identity,
        ins={
            **ins,
            **made_from(_CLAIMS),
            **({_LANDED: dg.AssetIn(key=asset_key(LANDING_FILES))} if paths.landing else {}),
        },
        deps=[["core", "unmatched"], ["out", "revisions"], DATAPACK],
    )
    def other_pages(paths: Folders, **tables: Any) -> Written:
        landed = tables.pop(_LANDED, LANDING_FILES.schema.to_frame())
        checked = tables.pop(_CLAIMS)
        named = download_names(registers.areas)
        content = replace(slices(tables).data, downloads=sizes(paths, identity, slugs, named))
        quality = pages.data_quality(content, paths.checks, paths.lake, landed)
        methods = pages.methods(content, known)
        index = site_pages.index(content, places(registers))
        return write_pages(
            [
                *(index, *site_pages.maps(content), site_pages.downloads(content)),
                *(scoreboard.page(content), claims.page(content, checked), stated.page(content)),
                *(quality, pages.dictionary(content), methods),
            ],
            paths,
        )

    @asset(
        "changes",
        "What changed since the edition that was published before, as HTML and PDF; says so where there was none.",
        identity,
        deps=[*(table.split("/") for table in TABLES), *(["report", name] for name in ("national", "region", "force"))],
    )
    def changes(paths: Folders) -> Written:
        return write_what_changed(paths, identity, slugs)

    @asset(
        "site",
        "Publishes all documents of a build together: readers see the whole new edition or the whole old one.",
        identity,
        deps=[*(["report", name] for name in ("national", "region", "force", "pages", "changes")), DATAPACK, SERIES],
    )
    def site(paths: Folders) -> Written:
        reports = [f"{slug}.{ending}" for slug in slugs for ending in ("html", "pdf")]
        reports += [address(slug) for slug in slugs for address in (evidence_address, texts_address)]
        around = [*(f"{slug}.html" for slug in pages.SLUGS), *(f"{CHANGED}.{ending}" for ending in ("html", "pdf"))]
        return publish(
            paths,
            identity,
            slugs,
            [
                *reports,
                *around,
                *download_names(registers.areas),
                *unlisted_names(registers.measures),
                *series_names(paths, identity),
            ],
        )

    return [national, region, force, other_pages, changes, site]


def _checks(name: str) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(check, asset=["report", name], description=said, blocking=True)
        for check, said in CHECKS.items()
    ]
