-- The count of every area made of parts, from the counts of its parts, edition by edition.
-- A part without a value leaves the sum, and its name says so; a body without residents (British Transport Police, the
-- regional units) counts where the source prints it and is named where it does not.
with held as (
    select measure_id, source_id, edition_id, vintage, period_start, period_end, area_id, value, status, observation_id, area_basis
    from counts
),
editions as (
    select distinct measure_id, source_id, edition_id, vintage, period_start, period_end from held
),
expected as (
    select editions.*, parts.area_id, parts.part_id, parts.part_kind, areas.name as part_name
    from editions
    cross join parts
    join areas on areas.area_id = parts.part_id
)
select
    expected.measure_id,
    expected.source_id,
    expected.edition_id,
    expected.vintage,
    expected.period_start,
    expected.period_end,
    expected.area_id,
    sum(held.value) as numerator,
    count(held.value) filter (where expected.part_kind = 'police_force_area') as forces_covered,
    count(*) filter (where expected.part_kind = 'police_force_area') as forces_expected,
    string_agg(expected.part_name, ', ' order by expected.part_name)
        filter (where held.value is null and expected.part_kind = 'police_force_area') as missing_forces,
    string_agg(expected.part_name, ', ' order by expected.part_name)
        filter (where held.value is null and expected.part_kind = 'non_territorial_force') as missing_bodies,
    string_agg(held.observation_id, '; ' order by held.observation_id) filter (where held.value is not null) as numerator_observations
from expected
left join held
    on held.measure_id = expected.measure_id
    and held.source_id = expected.source_id
    and held.edition_id = expected.edition_id
    and held.period_start = expected.period_start
    and held.period_end = expected.period_end
    and held.area_id = expected.part_id
group by all
order by all
