-- The figures that a formula leaves undefined, and why.
ALTER TABLE pacekeeper.series
    ADD COLUMN IF NOT EXISTS lack.scope Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS lack.measure Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS lack.start Array(Date),
    ADD COLUMN IF NOT EXISTS lack.end Array(Date),
    ADD COLUMN IF NOT EXISTS lack.period Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS lack.reason Array(LowCardinality(String));

CREATE VIEW IF NOT EXISTS bi.undefined_values
(
    indicator String COMMENT '指标',
    entity String COMMENT '对象',
    scope String COMMENT '口径',
    period String COMMENT '报告期',
    period_start Date COMMENT '起始日',
    period_end Date COMMENT '截止日',
    measure String COMMENT '计量方式',
    reason String COMMENT '无法推算的原因'
)
AS SELECT
    indicator, entity, u.scope AS scope, u.period AS period, u.start AS period_start,
    u.end AS period_end, u.measure AS measure, u.reason AS reason
FROM pacekeeper.series FINAL
ARRAY JOIN lack AS u
SETTINGS optimize_move_to_prewhere_if_final = 1, local_filesystem_read_method = 'pread',
    split_intersecting_parts_ranges_into_layers_final = 0;
