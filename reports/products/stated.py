"""The page of what others state: results of the programme, weeks of action, numbers of lines, law and money; each statement with its page and whose page it is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Link, Page, Paragraph, Quotation, Run, Table, TableColumn
from reports.numbers import ReportData

PAGE: Final = "statements"
"""The page of statements, beside the reports."""
TITLE: Final = "What others state: programme, weeks of action, lines, law and money"
LAW: Final = "county_lines_law_and_money"
_PROGRAMME, _ASSESSMENTS = "ho_county_lines_programme", "county_lines_assessments"
_WEEKS, _LINES, _RESULTS = "county_lines_intensification_weeks", "county_lines_line_counts", "county_lines_"
_ESTIMATES: Final = "child_exploitation_estimates"
_OF_PROGRAMME: Final = {
    "lines_closed": "Lines closed",
    "type1_closures": "By charge of the holder",
    "line_holders_charged": "Line holders charged",
    "arrests": "Arrests",
    "safeguarding_referrals": "Safeguarding referrals",
    "specialist_support": "Given specialist support",
}
_OF_WEEKS: Final = {
    "arrests": "Arrests",
    "lines_closed_or_disrupted": "Lines closed or disrupted",
    "weapons": "Weapons",
    "cuckooed_addresses_visited": "Addresses visited for cuckooing",
    "people_safeguarded": "People safeguarded",
    "nrm_referrals": "Referrals to the National Referral Mechanism",
}
_TOPICS: Final = ("law", "phones", "funding", "centre")
# How a page says that a number is a bound, as the remark beside it repeats.
_BOUND = re.compile(r'"(over|more than|around)"')
# Where what was gathered later remarks on what the project holds.
_ASIDE = re.compile(r" \((?:the project holds|held:)[^)]*\)")
# The evidence of stated facts ends with who says it, in brackets.
_LAST_SOURCE = re.compile(r"\(([^()]*)\)")
_MONEY, _MONEY_HELD = "funding", "I14a"


@dataclass(frozen=True)
class _Statement:
    """One row of a hand-gathered table: what it states, as printed, by name."""

    table: str
    period: str
    labels: Sequence[str]
    url: str
    values: Mapping[str, str]
    bound: str
    remark: str
    cells: Sequence[str]

    @property
    def how_sure(self) -> str:
        """Whose page it is, in the tables that say so."""
        says_so = self.table.endswith(("_more", "_charged")) or self.table == "law_funding_and_others"
        return self.labels[-1] if says_so and self.labels else formats.NOT_AVAILABLE

    def number(self, name: str) -> str:
        """A number as it is stated, with the word that makes it a bound."""
        text = self.values.get(name)
        if text is None:
            return formats.NOT_AVAILABLE
        return f"{self.bound} {formats.count(float(text))}".strip()

    def ends(self) -> tuple[Run, ...]:
        """The last cells of its row: whose page, the page, and the cells."""
        return self.how_sure, Link(urlsplit(self.url).hostname or "page", self.url), ", ".join(self.cells)


_ENDS: Final = (TableColumn("Whose page"), TableColumn("Seen at"), TableColumn("Cells"))


def page(data: ReportData) -> Page:
    """The page of statements, with a table for each subject that any is held of; where two statements on one thing differ, it says so, with both."""
    return Page(
        slug=PAGE,
        title=TITLE,
        lead="What publishers, Parliament, the press and others say of county lines and what is done about them; never added up, and no figure of a report.",
        build_id=data.build_id,
        status_line=wording.status_line(data.known_on),
        blocks=(Paragraph((wording.STATED_ELSEWHERE,)), *_programme(data), *_weeks(data), *_lines(data), *_law(data)),
    )


def _programme(data: ReportData) -> Iterator[Block]:
    stated = [each for each in _statements(data, _PROGRAMME, _RESULTS) if each.table != _ESTIMATES]
    yield from _numbers("The County Lines Programme", "programme", stated, _OF_PROGRAMME)


def _weeks(data: ReportData) -> Iterator[Block]:
    stated = _statements(data, _ASSESSMENTS, _WEEKS)
    yield from _numbers("Weeks of action", "weeks", _that_say_more(stated, _OF_WEEKS), _OF_WEEKS)


def _numbers(title: str, anchor: str, stated: Sequence[_Statement], names: Mapping[str, str]) -> Iterator[Block]:
    """A table of numbers by period, in the order of time, and which of them differ."""
    shown = sorted((each for each in stated if each.values.keys() & names), key=lambda each: (each.period, each.table))
    if not shown:
        return
    yield Heading(2, title, anchor)
    if differing := list(_differing(shown, names)):
        yield Paragraph((wording.statements_differ(differing),))
    yield Table(
        anchor=f"table-{anchor}",
        caption=f"{title}: what is stated, for periods that overlap",
        columns=(TableColumn("Period"), *(TableColumn(name, numeric=True) for name in names.values()), *_ENDS),
        rows=tuple(
            (wording.stated_period(each.period), *(each.number(name) for name in names), *each.ends()) for each in shown
        ),
        source_note=f"Gathered by hand. {formats.legend([formats.NOT_AVAILABLE])}",
        dense=True,
    )


def _lines(data: ReportData) -> Iterator[Block]:
    stated = sorted(_statements(data, _ASSESSMENTS, _LINES), key=lambda each: (each.period, each.table))
    if not stated:
        return
    yield Heading(2, "Numbers of lines", "lines")
    yield Table(
        anchor="table-lines",
        caption="Numbers of lines that were stated: the unit is another from one to the next",
        columns=(
            *(TableColumn("Period"), TableColumn("Lines", numeric=True), TableColumn("Stated by")),
            *_ENDS,
        ),
        rows=tuple(
            (
                *(wording.stated_period(each.period), _range(each), each.labels[0] or formats.NOT_AVAILABLE),
                *each.ends(),
            )
            for each in stated
        ),
        source_note=f"Gathered by hand. {formats.legend([formats.NOT_AVAILABLE])}",
        dense=True,
    )
    for each in stated:
        if each.remark:
            yield Quotation(each.remark, f"{wording.stated_period(each.period)}, {urlsplit(each.url).hostname}")


def _range(each: _Statement) -> str:
    ends = [formats.count(float(each.values[name])) for name in ("lines_low", "lines_high") if name in each.values]
    return " to ".join(ends) or formats.NOT_AVAILABLE


def _law(data: ReportData) -> Iterator[Block]:
    stated = [each for each in _statements(data, LAW, "") if each.labels and each.labels[0] in _TOPICS]
    if not stated:
        return
    yield Heading(2, "Law and money", "law-and-money")
    held = data.scoreboard.filter(pl.col("indicator_id") == _MONEY_HELD).to_dicts()
    for each, (_, text) in ((each, _named(each)) for each in stated if each.labels[0] == _MONEY):
        for row in held:
            if each.period == row["latest_period"] and text and float(text) != row["latest"]:
                yield Paragraph(
                    (
                        wording.money_differs(
                            each.period, text, each.how_sure, row["latest"], _LAST_SOURCE.findall(row["evidence"])[-1]
                        ),
                    )
                )
    yield Table(
        anchor="table-law-and-money",
        caption="Law, telephones, money and the co-ordination centre: what is stated",
        columns=(
            *(TableColumn("Subject"), TableColumn("Statement"), TableColumn("Number", numeric=True)),
            *(TableColumn("Date"), *_ENDS),
        ),
        rows=tuple(
            (
                *(wording.capitalised(each.labels[0]), _ASIDE.sub("", name), text or formats.NOT_APPLICABLE),
                *(wording.stated_period(each.period), *each.ends()),
            )
            for each, (name, text) in ((each, _named(each)) for each in stated)
        ),
        source_note=f"Gathered by hand. {formats.legend([formats.NOT_APPLICABLE])}",
        dense=True,
    )


def _named(each: _Statement) -> tuple[str, str]:
    """What a statement of the table of law and money is about, and its number, blank where it has none."""
    ((name, text),) = each.values.items()
    return name, text


def _statements(data: ReportData, source_id: str, table: str) -> list[_Statement]:
    """The rows of tables whose name begins so; a number that is blank is none, but a statement of law may be words alone."""
    cells = data.statements.filter((pl.col("source_id") == source_id) & pl.col("table").str.starts_with(table))
    rows = cells.with_columns(pl.col("cell").str.extract(r"(\d+)$").cast(pl.Int64).alias("row"))
    return [
        _statement(str(name), of, has_blanks=source_id == LAW)
        for (name, _), of in rows.group_by("table", "row", maintain_order=True)
    ]


def _statement(table: str, of: pl.DataFrame, *, has_blanks: bool) -> _Statement:
    figures = of.filter(pl.col("kind") == "figure")
    if not has_blanks:
        figures = figures.drop_nulls("value_text")
    remarks = of.filter(pl.col("kind") == "note")["value_text"].to_list()
    first = of.row(0, named=True)
    bound = _BOUND.search("; ".join(remarks))
    return _Statement(
        *(table, first["period_text"], (first["breakdown_text"] or "").split(" | "), first["source_url"] or ""),
        {row["measure_text"]: row["value_text"] or "" for row in figures.iter_rows(named=True)},
        *(bound[1] if bound else "", "; ".join(remarks), figures["cell"].to_list()),
    )


def _that_say_more(stated: Sequence[_Statement], names: Mapping[str, str]) -> list[_Statement]:
    """The statements without those of which another on the same period, gathered later, says all the same."""
    return [
        each
        for each in stated
        if not any(
            other.table > each.table
            and other.period == each.period
            and all(each.number(name) in (formats.NOT_AVAILABLE, other.number(name)) for name in names)
            for other in stated
        )
    ]


def _differing(stated: Sequence[_Statement], names: Mapping[str, str]) -> Iterator[tuple[str, str, list[str]]]:
    """What is stated of one period in the same words by different numbers: what, the period, and each number with whose it is."""
    for name, header in names.items():
        alike: dict[tuple[str, str], dict[str, _Statement]] = {}
        for each in stated:
            if name in each.values:
                alike.setdefault((each.period, each.bound), {}).setdefault(each.number(name), each)
        for (period, _), numbers in alike.items():
            if len(numbers) > 1:
                said = [f"{number} ({urlsplit(each.url).hostname})" for number, each in numbers.items()]
                yield header, wording.stated_period(period), said
