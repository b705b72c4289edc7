-- What an analyst opens first in county_lines.duckdb: each fact once, under plain names. Counts, rates and residents are DOUBLE, so that a sum of them is.
create view forces as
select
    force.area_id,
    force.name,
    force.operating_name,
    force.slug,
    force.region_id,
    region.name as region_name
from core.areas as force
left join core.areas as region on region.area_id = force.region_id
where force.kind = 'police_force_area'
order by force.name;

create view indicators as
select
    figure.measure_id,
    measure.name as measure_name,
    figure.area_id,
    figure.area_name,
    figure.area_kind,
    figure.period_start,
    figure.period_end,
    figure.months,
    figure.numerator as count,
    figure.denominator_used as residents,
    figure.value as rate,
    cast(figure.multiplier as double) as per,
    figure.lower_95,
    figure.upper_95,
    figure.status,
    figure.coverage_note,
    figure.source_id,
    figure.edition_id,
    figure.indicator_id
from "out".indicators as figure
left join measures as measure using (measure_id)
where figure.is_preferred
order by figure.measure_id, figure.area_id, figure.period_end, figure.months;

create view series as
with places as (
    select *, 12 * year(period_end) + month(period_end) as place from indicators
),
newest as (
    select measure_id, months, max(place) filter (where count is not null) as place from places group by measure_id, months
)
select places.* exclude (place)
from places
inner join newest using (measure_id, months)
where (newest.place - places.place) % places.months = 0
order by measure_id, area_id, months, period_end;
