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
EXISTS TABLE bi.no_such_view
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
SELECT 1 -- x; SELECT 2
SELECT 1 /* ; DROP TABLE pacekeeper.secrets */
SELECT argMin(o.value, o.at), argMax(o.indicator, o.at), max(min2(o.value, 2)) FROM bi.observations AS o
SELECT arrayMin(x -> length(x), o.tags), arrayMap(upper, o.tags) FROM bi.observations AS o
SELECT arrayReduce('sum', [1, 2]), arrayReduce('quantile(0.5)', [1, 2]), arrayReduce('groupConcat(\'-\')', ['a', 'b'])
SELECT finalizeAggregation(initializeAggregation('sumState', 1))
SELECT formatRow('JSONEachRow', indicator, value) FROM bi.observations
SELECT * FROM values('a Int32, b Nullable(Decimal(10, 2))', (1, 2.5), (3, NULL))
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v
SELECT file, url FROM (SELECT 'a' AS file, 'b' AS url) WHERE file LIKE 'a%' AND length(url) = 1
WITH secrets AS (SELECT 1 AS a) SELECT a FROM secrets
WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM b, a
WITH a AS MATERIALIZED (SELECT indicator, sum(value) AS v FROM observations GROUP BY indicator) SELECT x.v, y.v FROM a AS x JOIN a AS y USING (indicator)
SELECT indicator, value, value - lagInFrame(value, 1, value) OVER w AS change FROM bi.observations WINDOW w AS (PARTITION BY indicator ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
SELECT indicator, sum(value) OVER (ORDER BY at RANGE BETWEEN 100 PRECEDING AND CURRENT ROW) FROM (SELECT indicator, value, toUnixTimestamp(at) AS at FROM bi.observations)
SELECT toStartOfDay(at) AS d, sum(value) AS v FROM bi.observations GROUP BY d ORDER BY d WITH FILL FROM toDateTime('2024-01-01') TO toDateTime('2024-02-05') STEP toIntervalDay(7) INTERPOLATE (v AS v)
SELECT number, number % 2 AS odd FROM numbers(6) ORDER BY odd WITH FILL, number LIMIT 2 BY odd
SELECT quantilesExactWeighted(0.25, 0.75)(toFloat64(value), 1), uniqCombined64(indicator), groupUniqArray(3)(indicator) FROM bi.observations
SELECT sumMap(map(indicator, 1)), groupArraySorted(2)(indicator), maxMap([1], [2]) FROM bi.observations
SELECT JSONExtract('{"a": [1, 2]}', 'a', 'Array(UInt8)'), JSONExtractKeys('{"a": 1}'), simpleJSONExtractInt('{"a": 1}', 'a'), JSON_QUERY('{"a": {"b": 1}}', '$.a'), JSONLength('[1]'), toJSONString(map('a', 1))
SELECT CAST('{"a": {"b": 1}}' AS JSON).a.b, JSONAllPaths(CAST('{"a": 1}' AS JSON))
SELECT tupleElement(CAST((1, 'x') AS Tuple(a Int8, b String)), 'b'), untuple((1, 2))
SELECT * FROM bi.values_as_of(at = toDateTime64('2024-01-15 00:00:00', 3)) AS v WHERE v.value > 0
SELECT o.indicator, v.value FROM bi.observations AS o LEFT JOIN bi.values_as_of(at = '2024-01-15 00:00:00') AS v USING (indicator)
SELECT count() FROM bi.values_as_of(at = {at:DateTime64(3)}) WHERE indicator IN (SELECT indicator FROM bi.values_as_of(at = now64()))
SELECT * FROM bi.observations WHERE at > now() - INTERVAL 10 YEAR AND toYear(at) IN (2024, 2025)
SELECT {x:String} AS s, {x:UInt8} + 1 AS n, [{x:Int32}] AS a
SELECT indicator, max(at) OVER () FROM bi.observations QUALIFY row_number() OVER (PARTITION BY indicator ORDER BY at DESC) = 1
SELECT indicator, sum(value) FROM bi.observations GROUP BY CUBE(indicator) WITH TOTALS
SELECT any(indicator) FROM bi.observations GROUP BY ALL ORDER BY ALL
SELECT indicator FROM bi.observations INTERSECT DISTINCT SELECT indicator FROM bi.observations
SELECT * FROM (SELECT indicator, value FROM bi.observations) PASTE JOIN (SELECT number FROM numbers(2))
SELECT dateDiff('month', toDate('2024-01-01'), toDate('2024-12-01')), date_add(MONTH, 1, toDate('2024-01-01')), toLastDayOfMonth(today()), makeDate(2024, 1, 1)
SELECT toTimeZone(at, 'Asia/Shanghai'), formatDateTimeInJodaSyntax(at, 'yyyy'), fromUnixTimestamp(0), toISOWeek(at), toDayOfWeek(at) FROM bi.observations
SELECT splitByString(', ', 'a, b'), arrayStringConcat(['a', 'b'], '-'), extractAll('a1b2', '[0-9]'), substring('中文字', 1, 2), lengthUTF8('中文'), upperUTF8('ä'), base64Encode('a'), leftPad('1', 3, '0')
SELECT arraySort(x -> -x, [1, 2]), arrayFilter((x, i) -> i > 1, [1, 2], [1, 2]), arrayZip([1], ['a']), arrayCumSum([1, 2]), arrayFold((a, x) -> a + x, [1, 2], toInt64(0)), arrayEnumerate(['a'])
SELECT mapKeys(m), mapValues(m), mapFilter((k, v) -> v > 0, m), mapApply((k, v) -> (k, v + 1), m) FROM (SELECT map('a', 1) AS m)
SELECT bitAnd(5, 3), intDiv(7, 2), greatest(1, 2), least(1, 2), pow(2, 3), log10(100), sign(-1), roundBankers(2.5), toDecimal64('1.23', 2) * 2
SELECT isNull(value), value IS NOT NULL, coalesce(value, 0), assumeNotNull(value), toNullable(1), value IS DISTINCT FROM 1 FROM bi.observations
SELECT multiIf(value > 2, '高', value > 1, '中', '低') AS `档`, count() AS `数` FROM bi.observations GROUP BY `档` HAVING `数` > 0 ORDER BY `数` DESC
SELECT * FROM bi.observations ORDER BY at DESC, indicator COLLATE 'zh' LIMIT 10, 5
SELECT geoDistance(0, 0, 1, 1), pointInPolygon((1, 1), [(0, 0), (2, 0), (2, 2), (0, 2)]), IPv4NumToString(1), domain('http://a.b/c'), cutQueryString('http://a/b?c')
SELECT (number AS n), ((n) + 1) * 2, rowNumberInAllBlocks() FROM numbers(3) WHERE ((n) > 1)
FROM bi.observations SELECT indicator, value WHERE value > 1
FROM bi.observations |> WHERE value > 1 |> AGGREGATE count() GROUP BY indicator
EXPLAIN indexes = 1 SELECT * FROM bi.observations
EXPLAIN PIPELINE graph = 0 SELECT indicator FROM bi.observations
EXPLAIN QUERY TREE SELECT 1
EXPLAIN ESTIMATE SELECT 1
EXPLAIN header = 1, actions = 1 SELECT sum(value) FROM bi.observations
SHOW TABLES FROM bi LIKE 'obs%' FORMAT JSON
SHOW FULL COLUMNS FROM bi.observations
SHOW INDEX FROM bi.observations
SHOW SETTING max_threads
SHOW CHANGED SETTINGS ILIKE '%time%'
SHOW ENGINES
SHOW PRIVILEGES
SHOW CURRENT ROLES
SHOW ENABLED ROLES
SHOW GRANTS
SHOW DICTIONARIES FROM bi
SHOW CREATE DATABASE bi
EXISTS DATABASE bi
EXISTS VIEW bi.observations FORMAT JSONCompact
DESCRIBE bi.observations FORMAT JSONCompactEachRow
SELECT * FROM system.current_roles
SELECT 1 AS check FORMAT Native
SELECT version() AS server_version, timezone() AS server_timezone
SELECT currentUser(), user() AS u, current_user(), currentDatabase(), currentRoles()
SELECT name, value, readonly FROM system.settings LIMIT 10000 FORMAT Native
SELECT name, value, changed, description, type FROM system.settings WHERE name = 'max_threads'
SELECT engine, engine_full, comment FROM system.tables WHERE database = 'bi' AND name = 'observations'
SELECT name FROM system.tables WHERE database = currentDatabase() AND engine IN ('View', 'WindowView')
SELECT name, type, comment, default_kind, is_in_primary_key FROM system.columns WHERE database = 'bi' AND table = 'observations' ORDER BY position
SELECT database AS TABLE_SCHEM, name AS TABLE_NAME, multiIf(engine = 'View', 'VIEW', 'TABLE') AS TABLE_TYPE, comment AS REMARKS FROM system.tables WHERE database LIKE '%' AND name LIKE '%' ORDER BY 1, 2
SELECT name AS TABLE_SCHEM, null AS TABLE_CATALOG FROM system.databases WHERE name LIKE '%' ORDER BY name
SELECT DISTINCT engine FROM system.tables
SELECT name, is_aggregate, case_insensitive FROM system.functions WHERE name NOT LIKE '\\_%' LIMIT 5
SELECT name FROM system.data_type_families WHERE alias_to = ''
SELECT alias_to, name, case_insensitive FROM system.data_type_families ORDER BY name LIMIT 5
SELECT name, is_input, is_output FROM system.formats
SELECT * FROM system.time_zones WHERE time_zone = 'Asia/Shanghai'
SELECT * FROM system.build_options LIMIT 1
SELECT name FROM system.table_functions LIMIT 3
SELECT table_catalog, table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema = 'bi'
SELECT column_name, data_type, is_nullable, ordinal_position FROM information_schema.columns WHERE table_schema = 'bi' AND table_name = 'observations'
SELECT schema_name FROM information_schema.schemata
SELECT toStartOfInterval(toDateTime(at), INTERVAL 3600 second) AS time, avg(value) AS value FROM bi.observations WHERE toDateTime(at) >= toDateTime(1704067200) AND toDateTime(at) <= toDateTime(1893456000) GROUP BY time ORDER BY time
SELECT time, groupArray((indicator, v)) AS groupArr FROM (SELECT (intDiv(toUInt32(at), 60) * 60) * 1000 AS time, indicator, max(value) AS v FROM bi.observations GROUP BY time, indicator ORDER BY time) GROUP BY time ORDER BY time
SELECT DATE_TRUNC('month', "source"."at") AS "at", SUM("source"."value") AS "sum" FROM (SELECT "bi"."observations"."at" AS "at", "bi"."observations"."value" AS "value" FROM "bi"."observations") AS "source" GROUP BY DATE_TRUNC('month', "source"."at") ORDER BY 1 ASC LIMIT 1048575
SELECT indicator AS indicator, SUM(value) AS "SUM(value)" FROM (SELECT * FROM bi.observations) AS virtual_table WHERE at >= toDateTime('2020-01-01 00:00:00') GROUP BY indicator ORDER BY "SUM(value)" DESC LIMIT 10000
SELECT count(*) AS "count" FROM "bi"."observations" WHERE "bi"."observations"."indicator" LIKE '%x%'
SELECT `observations`.`indicator`, CAST(`observations`.`value` AS Nullable(Float64)) FROM `bi`.`observations` `observations` LIMIT 1000
SELECT * FROM bi.observations LIMIT 0 FORMAT JSON
SELECT * FROM bi.observations FORMAT Parquet
SELECT * FROM bi.observations FORMAT ArrowStream
SELECT * FROM bi.observations FORMAT CSVWithNames
SELECT * FROM bi.observations FORMAT RowBinaryWithNamesAndTypes
SELECT 1 SETTINGS session_timezone = 'Asia/Shanghai', max_threads = 2, final = 1, output_format_json_quote_64bit_integers = 0, date_time_output_format = 'iso'
SELECT 1 /* /* */ SELECT b FROM pacekeeper.secrets */
