"""What became of every file of records: which archive stands for a force and month, what it replaces, and whether the month was supplied at all.

A month is a figure only where it was supplied. A force that has stopped supplying leaves stray files; a file may be cut, or be set aside as a whole;
all of them would print a zero, or a small number, that nobody counted.
"""

import polars as pl

from transforms.contracts.incidents import DRUGS, FEW_TYPES, RECORDS, ROWS, SET_ASIDE, UNDER_INVESTIGATION
from transforms.contracts.tables import RECORD_FILES
from transforms.errors import RegisterError
from transforms.standing import in_order_of_publication

SOURCE = "police_uk_archive"
# Answers of the interface are files of the same records, and an edition of one is none of the other.
SOURCES = (SOURCE, "police_uk_api")
# Below a tenth of what is usual, a month was not supplied, or in part only: the smallest month of those at hand has two thirds.
_LEAST_SHARE = 0.1
# So many months on either side are a force's own.
_MONTHS = 6
# Half or double of its own months is far from them; below twenty records it is chance.
_LEAST_RECORDS, _SMALLEST_RATIO, _LARGEST_RATIO = 20, 0.5, 2
# Above one row in fifty, what was set aside may change a figure.
_MOST_SET_ASIDE = 0.02
_KEY = ["month", "kind", "force"]
_FILE = ["edition_id", "file"]


def record_files(
    cells: pl.DataFrame, editions: pl.DataFrame, usual: pl.DataFrame, bodies: pl.DataFrame
) -> pl.DataFrame:
    """One row a file of records in every edition, as the contract RECORD_FILES.

    ``cells`` are those of raw/police_uk_archive and raw/police_uk_api; ``editions`` has edition_id, archive, published (YYYY-MM) and dated (the newest day that an archive states
    for its files, or null); ``usual`` is data/registers/incident_supply.csv, ``bodies`` data/registers/incident_bodies.csv.

    Of a force, month and kind that several editions hold, the one published last stands; of one month of publication that whose files have the later
    date, then that with fewer records under investigation. A month is supplied where a file keeps a tenth of what is usual: the median of the months within
    six of it that stand, or what the register says, whichever is more. Where neither is known, one record is enough. Crimes of few types are a
    part of a month, however many they are.

    Raises RegisterError for a body that no register has.
    """
    files = _ranked(numbers_of_files(cells).join(editions, on="edition_id", how="left", maintain_order="left"))
    known = bodies.unique("slug", keep="first", maintain_order=True).select(pl.col("slug").alias("force"), "area_id")
    for force in sorted(set(files["force"]) - set(known["force"])):
        raise RegisterError(f"No police body has the slug {force!r}; add a row to data/registers/incident_bodies.csv.")
    outside = pl.col("area_id") == ""
    stands = pl.col("place") == pl.col("place").max().over(_KEY)
    kept = pl.col("kept")
    judged = _judged(files.join(known, on="force", how="left", maintain_order="left"), usual)
    return (
        judged.with_columns(
            pl.when(stands & ~outside).then(kept).otherwise(0).alias("kept"),
            pl.when(~stands & ~outside).then(kept).otherwise(0).alias("replaced"),
            pl.when(outside).then(kept).otherwise(0).alias("out_of_scope"),
            pl.when(~stands).then(pl.col("archive").sort_by("place").last().over(_KEY)).alias("replaced_by"),
            pl.when(~stands).then("decided").alias("decided_by"),
            pl.when(~stands).then("changes").alias("changed"),
            pl.col("area_id").replace("", None),
        )
        .with_columns(
            (pl.col("rows") - pl.sum_horizontal("kept", "set_aside", "replaced", "out_of_scope")).alias("unaccounted")
        )
        .sort(*_KEY, "place", "edition_id")
        .select(pl.col(name).cast(dtype) for name, dtype in RECORD_FILES.schema.items())
    )


def not_supplied(files: pl.DataFrame) -> pl.DataFrame:
    """The files that give no figure: edition_id, table, not_supplied (the reason)."""
    return files.filter(pl.col("not_supplied").is_not_null()).select(
        "edition_id", pl.col("file").alias("table"), "not_supplied"
    )


def numbers_of_files(cells: pl.DataFrame) -> pl.DataFrame:
    """The numbers of each file of records: edition_id, file, month, force, kind; rows, kept, set_aside, set_aside_why, waiting (under investigation) and counted (records of drugs)."""
    value = pl.col("value_text").cast(pl.Int64, strict=False)
    measure = pl.col("measure_text")

    def of(is_it: pl.Expr) -> pl.Expr:
        return value.filter(is_it).sum()

    is_set_aside = measure.str.starts_with(f"{SET_ASIDE} | ")
    reason = pl.format("{}: {}", measure.str.strip_prefix(f"{SET_ASIDE} | "), _with_commas(value))
    named = pl.col("file").str.extract_groups(
        r"^(?<month>\d{4}-\d{2})-(?<force>[a-z-]+?)-(?<kind>street|outcomes|stop-and-search)\.(?:csv|json)$"
    )
    return (
        cells.filter((pl.col("kind") == "figure") & pl.col("breakdown_text").is_null())
        .group_by("edition_id", pl.col("table").alias("file"), maintain_order=True)
        .agg(
            value.filter(measure == ROWS).first().alias("rows"),
            of(measure == RECORDS).alias("kept"),
            of(is_set_aside).alias("set_aside"),
            reason.filter(is_set_aside).str.join("; ").replace("", None).alias("set_aside_why"),
            of(measure == f"{RECORDS} | {UNDER_INVESTIGATION}").alias("waiting"),
            value.filter(measure == f"{RECORDS} | {FEW_TYPES}").first().alias("few_types"),
            pl.when(measure.is_in(list(DRUGS.values())).any())
            .then(of(measure.is_in(list(DRUGS.values()))))
            .alias("counted"),
        )
        .drop_nulls("rows")
        .with_columns(named.alias("named"))
        .unnest("named")
    )


def _ranked(files: pl.DataFrame) -> pl.DataFrame:
    """With place, from 1 for the edition of a force and month that was published first, decided (what the last place is decided by) and changes."""
    ordered = in_order_of_publication(files.with_columns(pl.col("dated").fill_null("")), _KEY)

    def last(name: str) -> pl.Expr:
        return pl.col(name).last().over(_KEY)

    changed = [
        pl.when(pl.col(name) != last(name)).then(
            pl.format(f"{words} {{}}, now {{}}", _with_commas(pl.col(name)), _with_commas(last(name)))
        )
        for name, words in (
            ("rows", "rows"),
            ("kept", "records kept"),
            ("counted", "drugs"),
            ("waiting", "under investigation"),
        )
    ]
    return ordered.with_columns(
        pl.when(pl.col("published") != last("published"))
        .then(pl.format("published later ({}, after {})", last("published"), "published"))
        .when(pl.col("dated") != last("dated"))
        .then(
            pl.format(
                "files dated later ({}, after {}), published in one month as far as is known",
                last("dated"),
                "dated",
            )
        )
        .when(pl.col("waiting") != last("waiting"))
        .then(pl.format("fewer records under investigation ({}, not {})", last("waiting"), "waiting"))
        .otherwise(pl.format("the name of its edition alone ({})", last("edition_id")))
        .alias("decided"),
        pl.coalesce(
            pl.concat_str(changed, separator="; ", ignore_nulls=True).replace("", None), pl.lit("no number of it")
        ).alias("changes"),
    )


def _judged(files: pl.DataFrame, usual: pl.DataFrame) -> pl.DataFrame:
    """With usual_records, usual_counted (the months of the force that stand within six, else the register), not_supplied and warning."""
    registered = usual.select(
        pl.col("slug").alias("force"),
        "kind",
        pl.col("records").cast(pl.Float64).alias("registered_records"),
        pl.col("drugs").cast(pl.Float64).alias("registered_counted"),
    )
    # A body of which no month is at hand supplies at least what the smallest does.
    smallest = registered.filter(pl.col("kind") == "street")["registered_records"].min()
    months = files.with_columns(
        (pl.col("month").str.slice(0, 4).cast(pl.Int32) * 12 + pl.col("month").str.slice(5).cast(pl.Int32)).alias(
            "number"
        )
    ).join(registered, on=["force", "kind"], how="left", maintain_order="left")
    floor = pl.coalesce("registered_records", pl.when(pl.col("kind") == "street").then(pl.lit(smallest)))
    standing = months.filter(pl.col("place") == pl.col("place").max().over(_KEY))
    months = months.join(_own(standing, "kept"), on=_KEY, how="left", maintain_order="left").with_columns(
        pl.max_horizontal("own_kept", floor).alias("usual_records")
    )
    supplied = (pl.col("kept") > 0) & (pl.col("kept") >= pl.col("usual_records").fill_null(0) * _LEAST_SHARE)
    months = months.with_columns((supplied & pl.col("few_types").is_null()).alias("is_supplied"))
    own = _own(months.filter("is_supplied").join(standing.select(*_FILE), on=_FILE, how="semi"), "counted")
    months = months.join(own, on=_KEY, how="left", maintain_order="left").with_columns(
        pl.coalesce("own_counted", "registered_counted").alias("usual_counted")
    )
    enough = pl.max_horizontal("counted", "usual_counted") >= _LEAST_RECORDS
    ratio = (pl.col("usual_counted") * _SMALLEST_RATIO, pl.col("usual_counted") * _LARGEST_RATIO)
    is_far = pl.col("is_supplied") & enough & ~pl.col("counted").is_between(*ratio)
    about = _with_commas(_about(pl.col("usual_records")))
    is_set_aside = pl.col("set_aside") > pl.col("rows") * _MOST_SET_ASIDE
    return months.with_columns(
        pl.when(pl.col("is_supplied"))
        .then(None)
        .when(pl.col("rows") == 0)
        .then(pl.lit("not supplied: the file holds no record"))
        .when(pl.col("kept") == 0)
        .then(
            pl.format("not supplied: none of {} rows could be kept ({})", _with_commas(pl.col("rows")), "set_aside_why")
        )
        .when(supplied)
        .then(
            pl.format(
                "supplied in part: {} records of {} {} of crime only",
                _with_commas(pl.col("kept")),
                "few_types",
                pl.when(pl.col("few_types") == 1).then(pl.lit("type")).otherwise(pl.lit("types")),
            )
        )
        .otherwise(
            pl.format(
                "supplied in part: {} records where {}",
                _with_commas(pl.col("kept")),
                pl.when(pl.col("usual_records") == pl.max_horizontal("own_kept", "registered_records"))
                .then(pl.format("about {} are usual", about))
                .otherwise(pl.format("the smallest force supplies about {}", about)),
            )
        )
        .alias("not_supplied"),
        pl.concat_str(
            pl.when(is_far).then(
                pl.format(
                    "{} of drugs among {} records, where about {} are usual",
                    _with_commas(pl.col("counted")),
                    _with_commas(pl.col("kept")),
                    _with_commas(_about(pl.col("usual_counted"))),
                )
            ),
            pl.when(is_set_aside).then(
                pl.format(
                    "{} of {} rows were set aside ({})",
                    _with_commas(pl.col("set_aside")),
                    _with_commas(pl.col("rows")),
                    "set_aside_why",
                )
            ),
            separator="; ",
            ignore_nulls=True,
        )
        .replace("", None)
        .alias("warning"),
    )


def _own(standing: pl.DataFrame, name: str) -> pl.DataFrame:
    """The median of a number over the other months of a force within six of each of its months: month, kind, force, own_<name>."""
    every = standing.select("kind", "force", "month", "number").unique()
    others = standing.select("kind", "force", pl.col("number").alias("other"), name)
    distance = (pl.col("number") - pl.col("other")).abs()
    return (
        every.join(others, on=["kind", "force"])
        .filter(distance.is_between(1, _MONTHS))
        .group_by(_KEY)
        .agg(pl.col(name).median().alias(f"own_{name}"))
    )


def _about(number: pl.Expr) -> pl.Expr:
    """A number to two digits: 3,486 is about 3,500."""
    return number.round_sig_figs(2)


def _with_commas(number: pl.Expr) -> pl.Expr:
    digits = number.cast(pl.Float64).round().cast(pl.Int64).cast(pl.String)
    return digits.str.replace(r"(\d)(\d{3})$", "${1},${2}").str.replace(r"(\d)(\d{3}),", "${1},${2},")
