-- First and last day of each version of a target, and what was set.
CREATE VIEW IF NOT EXISTS pacekeeper.target_spans
AS SELECT
    target, version,
    if(year IS NULL, toDateOrZero(JSONExtractString(first, 'from')), makeDate(year, 1, 1)) AS since,
    if(year IS NULL, toDateOrZero(JSONExtractString(first, 'to')), makeDate(year, 12, 31)) AS until,
    first AS definition
FROM
(
    SELECT
        JSONExtractString(data, 'target') AS target,
        toUInt32(JSONExtractUInt(data, 'version')) AS version,
        argMin(data, (kafka_partition, kafka_offset, line)) AS first,
        JSONExtract(first, 'year', 'Nullable(Int32)') AS year
    FROM pacekeeper.raw
    WHERE type = 'target.set'
    GROUP BY target, version
);

-- What each period first showed and what became of it. A period that was missed is made up by the
-- first later one of its span that is met: it turns yellow, never green. One that is met by what
-- is known now was never missed: both its lamps say so. Grey tells nothing.
CREATE VIEW IF NOT EXISTS bi.lamp_ledger
(
    target String COMMENT '目标',
    period String COMMENT '报告期',
    first_lamp String COMMENT '首次评判的灯；更正后表明当期已完成的，与现在的灯相同',
    current_lamp String COMMENT '现在的灯；当期未完成、后来补上的为 yellow，不会变绿',
    made_up_in String COMMENT '在哪一期补上；没有补上为空'
)
AS SELECT
    target, period,
    if(met OR first = '', lamp, first) AS first_lamp,
    if(made_up_in = '', lamp, 'yellow') AS current_lamp,
    if(NOT met AND lamp != 'grey' AND next_end <= until, assumeNotNull(next_met), '') AS made_up_in
FROM
(
    SELECT
        target, said.1 AS period, said.2 AS lamp, said.3 AS version, first,
        lamp IN ('green', 'blue') AS met,
        first_value(if(met, period, NULL)) IGNORE NULLS OVER later AS next_met,
        ifNull(first_value(if(met, last_day, NULL)) IGNORE NULLS OVER later, toDate('2149-06-06'))
            AS next_end
    FROM
    (
        SELECT
            target, assumeNotNull(period_end) AS last_day,
            -- What is taken back under one name may be said under another in the same breath.
            argMax((period, lamp, version, retracted), (sequence, NOT retracted)) AS said,
            argMinIf(lamp, sequence, lamp != 'grey') AS first
        FROM pacekeeper.assessments FINAL
        WHERE period_end IS NOT NULL
        GROUP BY target, last_day
    )
    WHERE NOT said.4
    WINDOW later AS (
        PARTITION BY target ORDER BY last_day
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
) AS l
LEFT JOIN pacekeeper.target_spans AS s ON l.target = s.target AND l.version = s.version;

-- The version of each target that is in force today, else its earliest, with what its goal counts.
CREATE VIEW IF NOT EXISTS pacekeeper.targets_in_force
AS SELECT
    t.target AS target, t.entity AS entity, t.goal AS goal, t.goal_value AS goal_value,
    t.parent AS parent, t.indicator AS indicator, t.lead AS lead, t.effective_from AS effective_from,
    s.since AS since, s.until AS until, i.unit AS unit,
    t.goal IN ('at_least', 'at_most', 'increase') AND i.measure != 'rate' AND i.unit != '%'
        AS is_amount,
    t.effective_from > toDate(now('Asia/Shanghai')) AS ahead
FROM bi.targets AS t
JOIN pacekeeper.target_spans AS s ON t.target = s.target AND t.version = s.version
LEFT JOIN bi.indicators AS i ON t.indicator = i.indicator
ORDER BY
    target, ahead,
    if(ahead, -1, 1) * toInt32(t.effective_from) DESC, if(ahead, -1, 1) * toInt64(t.version) DESC
LIMIT 1 BY target;

-- Targets below targets. By line (条) the same place is shared out among departments, by block (块)
-- among the places below: each is a sum of its own. Only what counts the same adds up.
CREATE VIEW IF NOT EXISTS bi.target_tree
(
    parent String COMMENT '上级目标',
    child String COMMENT '下级目标',
    goal_value Nullable(Decimal(38, 10)) COMMENT '下级目标值',
    sum_of_children Nullable(Decimal(38, 10)) COMMENT '同一上级、同一分解方式各下级目标值之和；无可加的为空',
    difference Nullable(Decimal(38, 10)) COMMENT '上级目标值减去下级之和：正数为尚未分解的部分',
    parent_goal_value Nullable(Decimal(38, 10)) COMMENT '上级目标值',
    goal String COMMENT '下级目标类型：assigned 为待上级下达',
    branch String COMMENT '分解方式：line 条（部门）、block 块（地区、企业）',
    counted Bool COMMENT '是否计入下级之和：与上级同单位、同类型、同起止的总量目标才能相加'
)
AS SELECT
    parent, child, goal_value,
    if(max(counted) OVER siblings, sumIf(goal_value, counted) OVER siblings, NULL)
        AS sum_of_children,
    parent_goal_value - sum_of_children AS difference, parent_goal_value, goal, branch, counted
FROM
(
    SELECT
        c.parent AS parent, c.target AS child, c.goal_value AS goal_value, c.goal AS goal,
        p.goal_value AS parent_goal_value,
        if(c.entity = p.entity OR e.kind = 'department', 'line', 'block') AS branch,
        c.is_amount AND (c.goal, c.unit, c.since, c.until) = (p.goal, p.unit, p.since, p.until)
            AS counted
    FROM pacekeeper.targets_in_force AS c
    LEFT JOIN pacekeeper.targets_in_force AS p ON c.parent = p.target AND p.goal != 'withdrawn'
    LEFT JOIN bi.entities AS e ON c.entity = e.entity
    WHERE c.parent != '' AND c.goal != 'withdrawn'
)
WINDOW siblings AS (PARTITION BY parent, branch);

-- Placeholders whose target has not come from above: who is asked for it, and for how long.
CREATE VIEW IF NOT EXISTS bi.awaited_targets
(
    target String COMMENT '目标',
    indicator String COMMENT '指标',
    entity String COMMENT '对象',
    awaited_from String COMMENT '待其下达的上级单位',
    since Date COMMENT '自何日起应有目标（生效日）',
    days Int32 COMMENT '已等天数；负数为尚未到生效日',
    lead String COMMENT '牵头单位'
)
AS SELECT
    f.target AS target, indicator, entity, a.awaited_from AS awaited_from, effective_from AS since,
    dateDiff('day', effective_from, toDate(now('Asia/Shanghai')))::Int32 AS days, lead
FROM pacekeeper.targets_in_force AS f
JOIN
(
    SELECT
        JSONExtractString(data, 'target') AS target,
        argMax(
            JSONExtractString(data, 'goal', 'from'), JSONExtractUInt(data, 'version')
        ) AS awaited_from
    FROM pacekeeper.raw
    WHERE type = 'target.set' AND JSONExtractString(data, 'goal', 'kind') = 'assigned'
    GROUP BY target
) AS a ON f.target = a.target
WHERE goal = 'assigned';

-- What was set, in full: bi.targets has no columns for plans, comparisons and milestones.
CREATE VIEW IF NOT EXISTS bi.target_definitions
(
    target String COMMENT '目标',
    version UInt32 COMMENT '版本',
    since Date COMMENT '第一天',
    until Date COMMENT '最后一天',
    definition String COMMENT '目标全文（JSON，target.set 的 data）'
)
AS SELECT target, version, since, until, definition FROM pacekeeper.target_spans;
