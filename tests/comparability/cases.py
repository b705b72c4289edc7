"""Thirty pairs of published figures with the grade that each must get. The metadata is real; no value is needed for a grade."""

from datetime import date
from typing import Any

Side = dict[str, Any]


def year_ending(year: int, month: int = 3) -> Side:
    """Twelve months to the end of a month."""
    return interval((year - 1, month + 1) if month < 12 else (year, 1), (year, month))


def interval(first: tuple[int, int], last: tuple[int, int], kind: str = "interval") -> Side:
    """Whole months, both included."""
    following = date(last[0] + last[1] // 12, last[1] % 12 + 1, 1)
    end = date.fromordinal(following.toordinal() - 1)
    return {"period_kind": kind, "period_start": date(*first, 1), "period_end": end}


def side(measure: str, definition: str, unit: str, area: str, period: Side, **more: Any) -> Side:
    """An official, complete count of a police force area, unless told otherwise."""
    return {
        **{"measure_id": measure, "definition_id": definition, "unit_id": unit, "area_id": area},
        **{"level": "police_force_area", "geography_basis": "place of offence", "coverage": "complete", "left_out": ""},
        **{"source_quality": "official", "recut": False, "per_month": False, "redenominated": False},
        **period,
        **more,
    }


RATE = {"multiplier": 1000, "population": "residents", "population_rule": "as_published"}
MANAGEMENT = {"source_quality": "management information"}
UK = {"level": "united_kingdom", "geography_basis": "United Kingdom"}
EXCEPT_MANCHESTER = {"coverage": "partial", "left_out": "Greater Manchester"}
NORFOLK, SUFFOLK, MANCHESTER, NATION = "E23000024", "E23000025", "E23000005", "K04000001"


def drugs(area: str, period: Side, **more: Any) -> Side:
    return side("drug_offences", "D23", "offence", area, period, **more)


def links(period: Side, **more: Any) -> Side:
    basis = {"geography_basis": "importing place", **MANAGEMENT}
    return side("london_linked_individuals", "D11", "person_county_link", NORFOLK, period, **basis, **more)


def slavery(period: Side, **more: Any) -> Side:
    level = {"level": "countries"}
    return side("modern_slavery_offences", "D25", "offence", NATION, period, **level, **more)


def lines(definition: str, unit: str, period: Side, **more: Any) -> Side:
    return side("active_lines", definition, unit, "UK", period, **UK, **MANAGEMENT, **more)


def closures(period: Side, definition: str = "D08", **more: Any) -> Side:
    basis = {"level": "taskforces", "geography_basis": "taskforce", **MANAGEMENT, **more}
    return side("line_closures_type_1", definition, "line_closure", "E&W", period, **basis)


def referrals(period: Side, **more: Any) -> Side:
    return side(
        "nrm_police_referrals", "D14", "referral", NORFOLK, period, **{"geography_basis": "first responder", **more}
    )


def assessed(measure: str, area: str, year: int, **more: Any) -> Side:
    children = {"multiplier": 10_000, "population": "residents aged 0 to 17", "population_rule": "canonical"}
    basis = {"level": "local_authority", "geography_basis": "authority of the child", **children, **more}
    return side(measure, "D17", "episode", area, year_ending(year), **basis)


def graded(area: str, first: int, last: int, question: str = "protecting vulnerable people", **more: Any) -> Side:
    cycle = interval((first, 4), (last, 3), "cycle")
    return side(
        "peel_grade", "D30", "grade", area, cycle, **{"geography_basis": "force", "breakdown": question, **more}
    )


EXPLOITATION = "child_criminal_exploitation_episodes"
FINANCIAL_YEAR, CALENDAR_YEAR = year_ending(2024), year_ending(2023, 12)
FIRST, SECOND = interval((2018, 1), (2019, 3)), interval((2019, 5), (2020, 4))

# name: first side, second side, claim scope, grade, reasons that must be among those given
CASES: dict[str, tuple[Side, Side, str, str, tuple[str, ...]]] = {
    "P01": (drugs(NORFOLK, year_ending(2025), **RATE), drugs(SUFFOLK, year_ending(2025), **RATE), "recorded activity", "A", ()),
    "P02": (drugs(NORFOLK, year_ending(2025), **RATE), drugs(SUFFOLK, year_ending(2025), **RATE), "level of crime or harm", "C", ("R2",)),
    "P03": (drugs(NORFOLK, year_ending(2025), **RATE), drugs(SUFFOLK, year_ending(2025), **RATE | {"multiplier": 100_000}), "recorded activity", "B", ("U1",)),
    "P04": (drugs(NORFOLK, FINANCIAL_YEAR, recut=True), drugs(NORFOLK, CALENDAR_YEAR, recut=True), "recorded activity", "B", ("T1",)),
    "P05": (drugs(NORFOLK, FINANCIAL_YEAR), drugs(NORFOLK, CALENDAR_YEAR), "recorded activity", "C", ("T2",)),
    "P06": (drugs(NATION, year_ending(2020), level="countries", **EXCEPT_MANCHESTER), drugs(NATION, year_ending(2019), level="countries"), "recorded activity", "C", ("C2",)),
    "P07": (drugs(NATION, year_ending(2020), level="countries", **EXCEPT_MANCHESTER), drugs(NATION, year_ending(2019), level="countries", **EXCEPT_MANCHESTER), "recorded activity", "B", ("C1",)),
    "P08": (links(FIRST), links(SECOND), "intelligence-identified", "C", ("T2", "R2 (B11)")),
    "P09": (links(FIRST, per_month=True), links(SECOND, per_month=True), "intelligence-identified", "C", ("T1", "R2 (B11)")),
    "P10": (lines("D05", "telephone_number", interval((2019, 1), (2019, 1), "point")), lines("D06", "line_active_in_month", year_ending(2021)), "volume", "X", ("U3",)),
    "P11": (lines("D06", "line_active_in_month", year_ending(2020)), lines("D06", "line_active_in_month", year_ending(2021)), "volume", "C", ("R2 (L01)",)),
    "P12": (closures(interval((2024, 7), (2024, 9))), closures(interval((2019, 11), (2022, 2), "cumulative"), "D09"), "programme output", "X", ("T3", "D2")),
    "P13": (closures(interval((2024, 7), (2025, 3)), per_month=True), closures(interval((2025, 4), (2025, 9)), per_month=True, coverage="partial", left_out="taskforces"), "programme output", "C", ("T1", "C2")),
    "P14": (assessed(EXPLOITATION, "E92000001", 2024, level="country", multiplier=None, population=None, population_rule=None), side(EXPLOITATION, "D18", "child", "E92000001", year_ending(2024), level="country", geography_basis="England"), "identified need", "X", ("U2", "D2")),
    "P15": (assessed(EXPLOITATION, "E10000020", 2025), assessed(EXPLOITATION, "E10000029", 2025), "identified need", "A", ()),
    "P16": (assessed(EXPLOITATION, "E10000020", 2023), assessed("gangs_episodes", "E10000020", 2020), "identified need", "X", ("D3",)),
    "P17": (referrals(interval((2023, 10), (2023, 12))), referrals(interval((2022, 10), (2022, 12))), "identification activity", "A", ()),
    "P18": (referrals(year_ending(2023, 12)), referrals(year_ending(2023, 12), geography_basis="place of exploitation", coverage="partial", left_out="referrals by local authorities"), "victims in the area", "X", ("G2", "C2")),
    "P19": (graded(NORFOLK, 2018, 2019), graded(NORFOLK, 2021, 2022), "inspection", "C", ("R2 (B21)",)),
    "P20": (graded("E23000001", 2023, 2025, "investigating crime"), graded(NORFOLK, 2023, 2025, "investigating crime"), "inspection", "A", ()),
    "P21": (graded("E23000001", 2023, 2025, unit_id="mean_of_grades"), graded(NORFOLK, 2023, 2025, unit_id="mean_of_grades"), "inspection", "X", ("U3",)),
    "P22": (side("drug_offences", "D24", "offence", NORFOLK, interval((2018, 10), (2018, 12)), **MANAGEMENT), drugs(NORFOLK, interval((2018, 10), (2018, 12))), "recorded activity", "C", ("S2",)),
    "P23": (side("drug_offences", "D24", "offence", MANCHESTER, year_ending(2024, 12), coverage="absent"), side("drug_offences", "D24", "offence", "E23000004", year_ending(2024, 12)), "recorded activity", "X", ("C3",)),
    "P24": (slavery(year_ending(2020), **EXCEPT_MANCHESTER), slavery(year_ending(2019), **EXCEPT_MANCHESTER), "recorded activity", "C", ("C1", "R2 (B05)")),
    "P25": (slavery(year_ending(2023)), slavery(year_ending(2024)), "recorded activity", "C", ("R2 (B17)",)),
    "P26": (side("recording_accuracy", "D30", "per_cent", NORFOLK, interval((2019, 7), (2019, 7), "point"), geography_basis="force"), side("recording_accuracy", "D30", "per_cent", "E23000035", interval((2016, 9), (2016, 9), "point"), geography_basis="force"), "data quality", "C", ("T2",)),
    "P27": (side("class_a_seizures", "D28", "seizure", NATION, year_ending(2025), level="countries", geography_basis="force"), side("class_a_seizures", "D28", "seizure", NATION, year_ending(2024), level="countries", geography_basis="force"), "police activity", "A", ()),
    "P28": (links(FIRST, level="county", boundary="exact"), side("resident_population", "D26", "resident", NORFOLK, interval((2018, 6), (2018, 6), "point")), "derived rate", "B", ("G1",)),
    "P29": (links(FIRST, level="county", boundary="ambiguous", area_id="E23000028"), side("resident_population", "D26", "resident", "E23000028", interval((2018, 6), (2018, 6), "point")), "derived rate", "C", ("G2",)),
    "P30": (side("week_of_action_outputs", "D29", "arrest", "UK", {"period_kind": "interval", "period_start": date(2019, 10, 7), "period_end": date(2019, 10, 13)}, **UK, **MANAGEMENT, coverage="partial", left_out="not said"), side("week_of_action_outputs", "D29", "arrest", "UK", {"period_kind": "interval", "period_start": date(2019, 5, 13), "period_end": date(2019, 5, 20)}, **UK, **MANAGEMENT, coverage="partial", left_out="not said by force"), "operational output", "C", ("C2",)),
}  # fmt: skip


def pair(first: Side, second: Side, claim_scope: str) -> dict[str, Any]:
    """The two sides as one pair."""
    return {
        **{f"{name}_a": value for name, value in first.items()},
        **{f"{name}_b": value for name, value in second.items()},
        "claim_scope": claim_scope,
    }
