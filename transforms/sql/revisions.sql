-- Every figure that more than one edition prints for the same measure, area and period: each value with the one before it.
-- Editions are in the order of their publication; of two of one month the one that reaches further was compiled later. Archives of records are in
-- the order of their files.
with reach as (
    select source_id, edition_id, max(period_end) as reaches from counts group by all
),
printed as (
    select
        counts.measure_id,
        counts.area_id,
        counts.period_start,
        counts.period_end,
        counts.source_id,
        counts.edition_id,
        counts.vintage,
        counts.value,
        counts.observation_id,
        row_number() over editions as place,
        count(*) over (partition by counts.measure_id, counts.area_id, counts.period_start, counts.period_end) as editions,
        lag(counts.value) over editions as value_before,
        lag(counts.edition_id) over editions as edition_before,
        first_value(counts.value) over editions as value_first
    from counts
    join reach using (source_id, edition_id)
    where counts.value is not null
    window editions as (
        partition by counts.measure_id, counts.area_id, counts.period_start, counts.period_end
        order by counts.vintage, counts.order_of_file, reach.reaches, counts.source_id, counts.edition_id
    )
)
select
    printed.measure_id,
    printed.area_id,
    areas.name as area_name,
    printed.period_start,
    printed.period_end,
    printed.place::integer as place,
    printed.source_id,
    printed.edition_id,
    printed.vintage,
    printed.value,
    printed.edition_before,
    printed.value_before,
    printed.value - printed.value_before as change,
    printed.value - printed.value_first as change_since_first,
    printed.observation_id
from printed
join areas on areas.area_id = printed.area_id
where printed.editions > 1
order by all
