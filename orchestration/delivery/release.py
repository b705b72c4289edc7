"""The time of release: read from what a person writes, with its time zone, and refused where it could be two times or none."""

from datetime import UTC, datetime

from reports.delivery.editions import LONDON
from transforms.errors import CountyLinesError


def read_moment(text: str) -> datetime:
    """A time in UTC from '2026-11-26 09:30' (in London) or '2026-11-26T09:30+00:00' (as it says).

    Raises CountyLinesError for a text that is no time, and for one that the clocks of London show twice or never.
    """
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise CountyLinesError(
            f"{text!r} is no time of release; write it as 2026-11-26 09:30, which means London."
        ) from error
    if len(text.strip()) <= len("2026-11-26"):
        raise CountyLinesError(f"{text!r} has no time of day; write it as 2026-11-26 09:30, which means London.")
    if given.tzinfo is not None:
        return given.astimezone(UTC)
    earlier, later = (given.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    if earlier != later:
        raise CountyLinesError(
            f"The clocks of London change at {text!r}: it comes twice or never; write the time with its difference from UTC, as 2026-10-25T01:30+01:00."
        )
    return earlier


def now_in_utc() -> datetime:
    """The time, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
