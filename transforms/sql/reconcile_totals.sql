-- Every total that a publisher prints, beside the sum of the parts that it prints in the same table.
-- England and Wales is its 43 forces and British Transport Police; England, Wales and the regions are their forces only.
select
    'total' as kind,
    printed.source_id,
    printed.edition_id,
    printed.area_id,
    printed.value as published,
    sum(part.value) as computed,
    0.0 as tolerance,
    areas.name || ': ' || count(part.value) || ' parts add up to the printed total' as in_words,
    null as detail
from observations as printed
join areas on areas.area_id = printed.area_id
join parts on parts.area_id = printed.area_id
join observations as part
    on part.source_id = printed.source_id
    and part.edition_id = printed.edition_id
    and part."table" = printed."table"
    and part.measure_id = printed.measure_id
    and part.area_id = parts.part_id
where printed.measure_id in ('drug_offences', 'arrests_for_drug_offences') and printed.value is not null
group by printed.source_id, printed.edition_id, printed.area_id, printed.value, areas.name

union all

-- The printed rate of every area, beside the one that the printed count and the printed population give.
select
    'rate',
    printed.source_id,
    printed.edition_id,
    printed.area_id,
    printed.value,
    ours.value,
    1e-6,
    areas.name || ': the printed count over a whole number of residents that rounds to the printed population gives the printed rate',
    null
from observations as printed
join areas on areas.area_id = printed.area_id
join indicators as ours
    on ours.measure_id = 'drug_offences'
    and ours.source_id = printed.source_id
    and ours.edition_id = printed.edition_id
    and ours.area_id = printed.area_id
    and ours.denominator_rule = 'as_published'
where printed.measure_id = 'drug_offence_rate_published' and printed.value is not null

union all

-- The residents behind the printed rates of one mid-year, as an edition and the one before it that covers the same forces give them away
-- independently.
select
    'population',
    later.source_id,
    later.edition_id,
    later.area_id,
    earlier.denominator_used,
    later.denominator_used,
    0.0,
    areas.name || ': the residents behind the rates are the same in ' || earlier.edition_id || ' and ' || later.edition_id,
    null
from indicators as later
join areas on areas.area_id = later.area_id
join indicators as earlier
    on earlier.measure_id = later.measure_id
    and earlier.source_id = later.source_id
    and earlier.area_id = later.area_id
    and earlier.denominator_rule = later.denominator_rule
    and split_part(earlier.denominator_edition, ',', 1) = split_part(later.denominator_edition, ',', 1)
    and earlier.vintage < later.vintage
    and earlier.coverage = later.coverage
    and earlier.coverage_note is not distinct from later.coverage_note
where later.denominator_rule = 'as_published' and earlier.status = 'ok' and later.status = 'ok'
qualify row_number() over (
    partition by later.source_id, later.edition_id, later.area_id order by earlier.vintage desc, earlier.edition_id desc
) = 1

union all

-- Districts of a force, with its unassigned offences, beside the force's own row.
select
    'districts',
    force.source_id,
    force.edition_id,
    force.area_id,
    force.value,
    sum(district.value),
    0.0,
    areas.name || ': its districts and unassigned offences add up to the force row',
    null
from observations as force
join areas on areas.area_id = force.area_id
join districts as district
    on district.source_id = force.source_id
    and district.edition_id = force.edition_id
    and trim(district.area_code_text) = force.area_id
where force.measure_id = 'drug_offences'
group by force.source_id, force.edition_id, force.area_id, force.value, areas.name

union all

-- The printed total of police first responders, beside all responders, those outside England and Wales included.
select
    'referrals',
    total.source_id,
    total.edition_id,
    total.area_id,
    total.value,
    part.value,
    0.0,
    areas.name || ': all first responders, those outside England and Wales included, add up to the printed total',
    null
from observations as total
join areas on areas.area_id = total.area_id
join responders as part on part.source_id = total.source_id and part.edition_id = total.edition_id
where total.area_kind = 'published_total' and total.measure_id = 'nrm_police_referrals'

union all

-- What the table by kind of first responder prints of the police, beside all police responders of the quarter.
select
    'referrals',
    total.source_id,
    total.edition_id,
    total.area_id,
    total.value,
    part.value,
    0.0,
    areas.name || ': all first responders of the table by police first responder add up to the total in the table by kind',
    null
from observations as total
join areas on areas.area_id = total.area_id
join responders as part on part.edition_id = total.edition_id
where total.area_id = 'NRM-POLICE-TOTAL' and total.measure_id = 'nrm_referrals'

union all

-- Referrals by local authorities, of which a quarter has a table of its own: its total, beside that in the table of all kinds.
select
    'referrals',
    own.source_id,
    own.edition_id,
    own.area_id,
    own.value,
    among_all.value,
    0.0,
    areas.name || ': the table of their own has the total of the table by kind of first responder',
    null
from observations as own
join areas on areas.area_id = own.area_id
join observations as among_all
    on among_all.source_id = own.source_id
    and among_all.edition_id = replace(own.edition_id, '-local-authorities', '')
    and among_all.edition_id <> own.edition_id
    and among_all.area_id = own.area_id
    and among_all.measure_id = own.measure_id
where own.measure_id = 'nrm_referrals'

union all

-- The printed figure of a region or country, beside its local authorities or districts, where each of them has one. The department rounds sums
-- of episodes to the nearest ten, so that five may be the rounding; sums of residents are exact. A table with counties that were divided since
-- is no set of today's authorities, and is not added up.
select
    'authorities',
    printed.source_id,
    printed.edition_id,
    printed.area_id,
    printed.value,
    sum(part.value),
    case when printed.measure_id in ('child_population', 'resident_population') then 0.0 else 5.0 end,
    areas.name || ', ' || printed.measure_id || ': ' || count(part.value) || ' local authorities add up to the printed figure',
    case
        when printed.measure_id = 'resident_population' then printed.measure_id || '.' || year(printed.period_end)
        else printed.measure_id
    end
from observations as printed
anti join former_counties on former_counties.source_id = printed.source_id and former_counties.edition_id = printed.edition_id
join areas on areas.area_id = printed.area_id
join local_authorities as authority
    on printed.area_id in (authority.region_id, 'K04000001')
    or (printed.area_id = 'E92000001' and authority.region_id like 'E%')
join observations as part
    on part.source_id = printed.source_id
    and part.edition_id = printed.edition_id
    and part.measure_id = printed.measure_id
    and part.period_end = printed.period_end
    and part.area_kind in ('local_authority', 'district')
    and part.area_id = authority.authority_id
where printed.area_kind in ('region', 'country', 'countries') and printed.value is not null
group by
    printed.source_id, printed.edition_id, printed.measure_id, printed.period_end, printed.area_id, printed.value, areas.name
having count(part.value) = count(*)

union all

-- The printed total of the 43 forces' officers on one day, beside the forces.
select
    'officers',
    total.source_id,
    total.edition_id,
    'K04000001',
    total.value,
    sum(part.value),
    1e-6,
    count(part.value) || ' police forces add up to the printed total of column ' || total."column" || ' of ' || total."table",
    total."table" || '.' || total."column"
from officers as total
join observations as part
    on part.source_id = total.source_id
    and part.edition_id = total.edition_id
    and part."table" = total."table"
    and regexp_extract(part.cell, '^[A-Z]+') = total."column"
    and part.area_kind = 'police_force_area'
group by total.source_id, total.edition_id, total."table", total."column", total.value

union all

-- Records of one kind, beside what came of them: every outcome that is counted is one of them, and none is counted twice.
select
    'outcomes',
    whole.source_id,
    whole.edition_id,
    whole.area_id,
    sum(whole.value),
    sum(part.value),
    0.0,
    areas.name || ', ' || whole.measure_id || ': what came of the records adds up to the records, ' || count(*) || ' months',
    whole.measure_id
from observations as whole
join areas on areas.area_id = whole.area_id
join (
    select source_id, edition_id, area_id, period_end, records.measure_id, sum(value) as value
    from observations
    join (values ('police_uk_drugs_records'), ('police_uk_searches_for_drugs')) as records (measure_id)
        on starts_with(observations.measure_id, records.measure_id || '_')
    group by all
) as part
    on part.source_id = whole.source_id
    and part.edition_id = whole.edition_id
    and part.area_id = whole.area_id
    and part.period_end = whole.period_end
    and part.measure_id = whole.measure_id
group by whole.source_id, whole.edition_id, whole.measure_id, whole.area_id, areas.name

union all

-- Tables that print parts beside a whole: how many first responders have parts by type and age that add up to their total.
select
    'parts',
    whole.source_id,
    whole.edition_id,
    case when whole.measure_id = 'nrm_referrals' then 'NRM-LOCAL-AUTHORITY-TOTAL' else 'K04000001' end,
    count(*),
    count(*) filter (where whole.value = whole.added_up),
    0.0,
    case
        when whole.measure_id = 'nrm_referrals'
            then 'United Kingdom: the types and ages of every kind of first responder with parts add up to its total'
        else 'England and Wales: the types and ages of every first responder add up to its total'
    end,
    null
from (
    select
        total.source_id,
        total.edition_id,
        total.measure_id,
        total.area_id,
        total.value,
        sum(part.value) as added_up
    from observations as total
    join observations as part
        on part.source_id = total.source_id
        and part.edition_id = total.edition_id
        and part."table" = total."table"
        and part.area_id = total.area_id
        and part.part is not null
    where total.measure_id in ('nrm_police_referrals', 'nrm_referrals') and total.part is null
    group by all
) as whole
group by whole.source_id, whole.edition_id, whole.measure_id

union all

-- What came of the offences of a quarter, those not yet assigned an outcome too, beside the offences recorded in it: how many forces,
-- quarters and offence codes have outcomes that add up.
select
    'cohort',
    cohort.source_id,
    cohort.edition_id,
    'K04000001',
    count(*),
    count(*) filter (where cohort.outcomes = cohort.recorded),
    0.0,
    'England and Wales: the outcomes of every police force, quarter and offence code add up to the offences recorded',
    null
from (
    select
        outcome.source_id,
        outcome.edition_id,
        outcome.area_id,
        outcome.period_end,
        recorded.measure_id,
        recorded.value as recorded,
        sum(outcome.value) as outcomes
    from observations as outcome
    join (
        values
            ('trafficking_offences_charged', 'drug_trafficking_offences'),
            ('trafficking_offences_not_charged', 'drug_trafficking_offences'),
            ('trafficking_offences_not_yet_assigned', 'drug_trafficking_offences'),
            ('modern_slavery_offences_charged', 'modern_slavery_offences'),
            ('modern_slavery_offences_not_charged', 'modern_slavery_offences'),
            ('modern_slavery_offences_not_yet_assigned', 'modern_slavery_offences'),
            ('other_drug_offences_with_outcome', 'other_drug_offences'),
            ('other_possession_offences_with_outcome', 'other_possession_offences'),
            ('cannabis_possession_offences_with_outcome', 'cannabis_possession_offences')
    ) as cohorts (of_outcome, of_offence) on cohorts.of_outcome = outcome.measure_id
    -- Only what was known in the same month: an older or newer edition of either has other figures.
    join observations as recorded
        on recorded.source_id = 'ho_recorded_crime_open_data'
        and recorded.vintage = outcome.vintage
        and recorded.measure_id = cohorts.of_offence
        and recorded.area_id = outcome.area_id
        and recorded.period_end = outcome.period_end
    group by all
) as cohort
group by cohort.source_id, cohort.edition_id

union all

-- How many of the police force areas an edition names in all of its tables and periods, beside how many there are. It is asked of
-- every measure that some edition gives for all of them: a force that is absent elsewhere was lost, or is news. It is not asked of
-- parts beside a whole, which have no row where they count none, nor of tables of districts.
select
    'coverage',
    asked.source_id,
    asked.edition_id,
    asked.area_id,
    count(distinct asked.part_id),
    count(distinct asked.part_id) - count(distinct asked.part_id) filter (where asked.lacking > 0),
    0.0,
    any_value(asked.name) || ': ' || coalesce(
        string_agg(
            asked.part_name || ' is not in ' || trim(asked."table") || ' (' || asked.measure_id || ', ' || asked.lacking
            || ' of ' || asked.periods || ' periods, the first to ' || asked.first_lacking || ')',
            '; ' order by asked.part_name, asked."table", asked.measure_id
        ) filter (where asked.lacking > 0),
        'every table and period of the edition names all ' || count(distinct asked.part_id) || ' police force areas'
    ),
    null
from (
    select
        printed.source_id,
        printed.edition_id,
        printed."table",
        printed.measure_id,
        whole.area_id,
        whole.name,
        parts.part_id,
        part.name as part_name,
        count(*) as periods,
        count(*) filter (where held.area_id is null) as lacking,
        min(printed.period_end) filter (where held.area_id is null) as first_lacking
    from (
        select distinct source_id, edition_id, "table", measure_id, period_end
        from observations
        semi join (
            select measure_id
            from observations
            where area_kind = 'police_force_area'
            group by source_id, edition_id, "table", measure_id, period_end
            having count(distinct area_id) = (select count(*) from areas where kind = 'police_force_area')
        ) using (measure_id)
        anti join (
            select distinct part.source_id, part.edition_id, part."table", part.measure_id
            from observations as part
            join observations as whole using (source_id, edition_id, "table", area_id, period_end)
            where part.part is not null and whole.part is null
        ) as beside_a_whole using (source_id, edition_id, "table", measure_id)
        anti join (
            select distinct source_id, edition_id, "table", measure_id from observations where area_kind = 'district'
        ) as of_districts using (source_id, edition_id, "table", measure_id)
    ) as printed
    join areas as whole on whole.kind = 'countries'
    join parts on parts.area_id = whole.area_id and parts.part_kind = 'police_force_area'
    join areas as part on part.area_id = parts.part_id
    left join (select distinct source_id, edition_id, "table", measure_id, period_end, area_id from observations) as held
        on held.source_id = printed.source_id
        and held.edition_id = printed.edition_id
        and held."table" = printed."table"
        and held.measure_id = printed.measure_id
        and held.period_end = printed.period_end
        and held.area_id = parts.part_id
    group by all
) as asked
group by asked.source_id, asked.edition_id, asked.area_id

-- What a reader asks first comes first.
order by list_position(['coverage', 'total', 'districts', 'referrals', 'parts', 'authorities', 'officers', 'cohort', 'outcomes', 'rate', 'population'], kind), edition_id, area_id, source_id, detail nulls first
