SELECT 1
SELECT * FROM bi.observations
SELECT * FROM observations FINAL
SELECT * FROM bi.observations FINAL
SELECT * FROM bi.values_as_of(at='2024-01-15 00:00:00')
SELECT * FROM bi.values_as_of(at={at:DateTime64(3)})
SELECT * FROM values_as_of(at='2024-01-15 00:00:00')
WITH file AS (SELECT 1 AS url) SELECT url, url AS system FROM file
WITH url AS (SELECT 1 AS x), system AS (SELECT x FROM url) SELECT * FROM system JOIN url USING (x)
WITH bi AS (SELECT 1 AS x) SELECT x FROM bi
SELECT 'select file(1) from pacekeeper.secrets' AS s /* file('x') */ -- drop table
SELECT 1;
SELECT 1 ; -- the end
SELECT toStartOfMonth(at) AS m, sum(value), count(DISTINCT indicator) FROM bi.observations GROUP BY m WITH TOTALS ORDER BY m WITH FILL STEP INTERVAL 1 MONTH
SELECT indicator, value, lagInFrame(value) OVER (PARTITION BY indicator ORDER BY at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM bi.observations
SELECT sum(value) OVER w FROM bi.observations WINDOW w AS (PARTITION BY indicator ORDER BY at)
SELECT arrayMap(x -> upper(x), tags), arrayJoin(tags), tags[1] FROM bi.observations
SELECT indicator, t FROM bi.observations ARRAY JOIN tags AS t
SELECT JSONExtractString('{"a":"b"}', 'a'), JSON_VALUE('{"a":1}', '$.a')
SELECT quantileExactIf(0.5)(value, indicator = 'x'), sumIf(value, 1), uniqExactMerge(s) FROM (SELECT value, indicator, uniqExactState(1) AS s FROM bi.observations GROUP BY ALL)
SELECT sumOrNullIf(value, 1), groupArrayDistinct(indicator), argMax(value, at), avgOrDefault(value) FROM bi.observations
SELECT * FROM bi.observations WHERE indicator IN ('x','y') AND at BETWEEN '2020-01-01' AND now()
SELECT * FROM bi.observations WHERE indicator IN (SELECT indicator FROM bi.observations)
SELECT * FROM bi.observations WHERE (indicator, at) IN (SELECT indicator, max(at) FROM bi.observations GROUP BY indicator)
SELECT indicator IN tags FROM (SELECT 'a' AS indicator, ['a'] AS tags)
SELECT o.indicator, p.value FROM bi.observations AS o LEFT JOIN bi.observations AS p ON o.indicator = p.indicator AND o.at > p.at
SELECT * FROM bi.observations ASOF JOIN (SELECT indicator, at FROM bi.observations) AS q ON observations.indicator = q.indicator AND observations.at >= q.at
SELECT CASE WHEN value > 1 THEN 'a' ELSE 'b' END, CASE indicator WHEN 'x' THEN 1 ELSE 2 END, if(1,2,3), multiIf(1,2,3) FROM bi.observations
SELECT number FROM numbers(10)
SELECT * FROM system.numbers LIMIT 3
SELECT toDate('2024-01-01') + generate_series FROM generate_series(0, 10)
SELECT * FROM generateSeries(0, 10)
SELECT c1 FROM VALUES('c1 Int32', 1, 2)
SHOW TABLES
SHOW TABLES FROM bi
SHOW FULL TABLES FROM bi LIKE '%'
SHOW DATABASES
SHOW COLUMNS FROM observations
SHOW COLUMNS FROM observations FROM bi
SHOW CREATE TABLE bi.observations
SHOW CREATE VIEW bi.observations
SHOW FUNCTIONS LIKE 'sum%'
SHOW SETTINGS LIKE 'max_thr%'
DESCRIBE TABLE bi.observations
DESC observations
DESCRIBE (SELECT 1 AS a)
DESCRIBE (SELECT * FROM bi.observations) FORMAT JSON
EXISTS TABLE bi.observations
EXISTS bi.observations
EXPLAIN SELECT * FROM bi.observations
EXPLAIN PLAN header=1 SELECT 1
EXPLAIN SYNTAX SELECT 1
EXPLAIN AST SELECT 1
SELECT name, value FROM system.settings LIMIT 3
SELECT database, name, engine FROM system.tables WHERE database NOT IN ('system')
SELECT * FROM system.columns WHERE database = 'bi'
SELECT table_schema, table_name FROM information_schema.tables
SELECT * FROM INFORMATION_SCHEMA.COLUMNS LIMIT 1
SELECT version(), timezone(), currentUser(), currentDatabase(), hostName(), uptime()
SELECT 1 SETTINGS max_threads=1, max_execution_time=5
SELECT * EXCEPT (tags) FROM bi.observations
SELECT * REPLACE (upper(indicator) AS indicator) FROM bi.observations
SELECT COLUMNS('val') APPLY(toFloat64) FROM bi.observations
SELECT * APPLY(toString) FROM bi.observations
SELECT * APPLY(x -> toString(x)) FROM bi.observations
SELECT DISTINCT indicator FROM bi.observations LIMIT 10 OFFSET 0
SELECT indicator FROM bi.observations LIMIT 1 BY indicator
SELECT indicator, count() FROM bi.observations GROUP BY ROLLUP(indicator)
SELECT indicator, grouping(indicator) FROM bi.observations GROUP BY GROUPING SETS ((indicator), ())
SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 2
SELECT 1 EXCEPT SELECT 2
(SELECT 1) UNION DISTINCT (SELECT 2)
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r
SELECT EXISTS(SELECT 1), NOT EXISTS(SELECT 1 FROM bi.observations)
SELECT toDecimal128(value, 2), round(value, 1), value::Float64, CAST(value AS Nullable(String)) FROM bi.observations
SELECT formatDateTime(at, '%Y-%m'), dateDiff('day', at, now()), toYear(at), INTERVAL 1 DAY + at, date_trunc('month', at) FROM bi.observations
SELECT extract('a1', '\\d'), match('a','a'), replaceRegexpAll('a','a','b'), splitByChar(',','a,b'), position('a','a'), concat('a','b'), 'a' LIKE '%a', lower('A'), trim(' a ')
SELECT map('a',1)['a'], tuple(1,2).1, [1,2][1], length([1]), has([1],1), coalesce(NULL,1), ifNull(NULL,1), isNull(1), nullIf(1,1)
SELECT count() FILTER (WHERE value > 1) FROM bi.observations
SELECT -value, value % 2, value * 2 / 3, 1 + 1, not 1, 1 and 0 or 1, 1 <> 2, 1 <=> 2 FROM bi.observations
SELECT row_number() OVER (ORDER BY at), rank() OVER (ORDER BY at), dense_rank() OVER (ORDER BY at), first_value(value) OVER (ORDER BY at), ntile(2) OVER (ORDER BY at) FROM bi.observations
SELECT median(value), stddevPop(value), quantiles(0.1,0.9)(value), corr(1,2), topK(3)(indicator), anyLast(value) FROM bi.observations
SELECT toTypeName(value), toJSONString(tags), hex('a'), MD5('a'), cityHash64('a'), generateUUIDv4(), rand() FROM bi.observations
SELECT a.x FROM (SELECT 1 AS x) AS a
SELECT `observations`.`value` FROM `bi`.`observations`
SELECT "value" FROM "bi"."observations"
SELECT bar(1,0,10,10), transform(1,[1],[2],3), materialize(1), ignore(1), formatReadableSize(1)
SELECT getSetting('max_threads')
SELECT sum(value) AS settings FROM bi.observations HAVING settings > 0
SELECT * FROM bi.observations SAMPLE 1
SELECT `中文` FROM (SELECT 1 AS `中文`)
SELECT 1 FORMAT JSON
SELECT 1 AS a FORMAT JSONEachRow
SELECT number AS n FROM numbers(3) ORDER BY n DESC NULLS LAST LIMIT 2 WITH TIES
SELECT {x:UInt8} + 1
SELECT b FROM (SELECT 1 AS b) WHERE b = {x:UInt8} OR 1
SELECT * FROM {view:Identifier}
SELECT * FROM bi.{view:Identifier}
SELECT groupConcat(',')(indicator), kurtPop(1), simpleLinearRegression(1,2), histogram(3)(toFloat64(value)), retention(1,1), windowFunnel(10)(toDateTime(at), value > 1) FROM bi.observations
SELECT toStartOfInterval(at, INTERVAL 1 WEEK), toMonday(at), toQuarter(at), addMonths(at,1), timeSlots(toDateTime(at), toUInt32(10)), parseDateTimeBestEffort('2024-01-01'), toUnixTimestamp(at), monthName(at), age('day', at, now()) FROM bi.observations
