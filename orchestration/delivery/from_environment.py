"""A delivery as the environment describes it: what the command and the schedule have in common."""

import os
from collections.abc import Callable
from pathlib import Path

from orchestration.delivery.deliver import Delivered, deliver
from orchestration.delivery.mailing import Outside
from orchestration.delivery.release import now_in_utc, read_moment
from orchestration.delivery.settings import settings_from_environment
from orchestration.store.paths import Paths
from reports.products.products import slugs
from transforms.answers import find_area
from transforms.errors import CountyLinesError
from transforms.harmonise import load_registers


def deliver_from_environment(
    paths: Paths,
    to: str | None = None,
    release_at: str | None = None,
    dry_run: bool = False,
    resend_unknown: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Delivered:
    """Deliver with the settings of the environment, before which ``to`` and ``release_at`` stand, a time as a person writes it. Raises what `deliver` raises."""
    not_before = os.environ.get("COUNTYLINES_RELEASE_AT")
    return deliver(
        paths,
        settings_from_environment(to),
        report_finder(paths.data),
        Outside(now_in_utc, say=say),
        release_at=read_moment(release_at) if release_at else None,
        not_before=read_moment(not_before) if not_before else None,
        dry_run=dry_run,
        resend_unknown=resend_unknown,
    )


def report_finder(data: Path) -> Callable[[str], str]:
    """A function from any known name, code or slug of an area to the slug of the report on it; it raises CountyLinesError for others."""
    registers = load_registers(data)
    names = dict(registers.areas.select("area_id", "slug").iter_rows())
    made = set(slugs(registers.areas))

    def find(area: str) -> str:
        slug = (
            area if area in made else names[find_area(area, registers.areas, registers.area_names, registers.elsewhere)]
        )
        if slug not in made:
            raise CountyLinesError(
                f"There is no report on {area!r}; name a police force area, a region, or England and Wales."
            )
        return slug

    return find
