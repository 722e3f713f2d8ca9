SELECT * FROM pacekeeper.secrets
SELECT * FROM `pacekeeper`.`secrets`
SELECT * FROM `\x70acekeeper`.secrets
SELECT file('/etc/passwd')
SELECT FILE('/etc/passwd')
SELECT * FROM '/etc/passwd'
SELECT * FROM `/etc/passwd`
SELECT * FROM passwd
SELECT `\x66ile`('/etc/passwd')
SELECT arrayMap(x -> file(x), ['/etc/passwd'])
SELECT * APPLY(file) FROM (SELECT '/etc/passwd' AS a)
SELECT COLUMNS('a') APPLY(x -> file(x)) FROM (SELECT '/etc/passwd' AS a)
SELECT * REPLACE(file('/etc/passwd') AS a) FROM (SELECT 1 AS a)
WITH file('/etc/passwd') AS x SELECT x
SELECT throwIf(1, file('/etc/passwd'))
SELECT * FROM file('/etc/passwd', 'TSV', 'a String')
SELECT * FROM url('http://127.0.0.1:1/', 'TSV', 'a String')
SELECT * FROM sqlite('/OUT/', 't')
DESCRIBE TABLE url('http://127.0.0.1:1/')
DESCRIBE file('/etc/passwd')
DESCRIBE (SELECT file('/etc/passwd'))
DESC pacekeeper.secrets
EXPLAIN SELECT file('/etc/passwd')
EXPLAIN AST SELECT * FROM pacekeeper.secrets
EXPLAIN TABLE OVERRIDE mysql('127.0.0.1:1','a','b','c','d') COLUMNS (a Int)
SELECT * FROM viewIfPermitted(SELECT * FROM pacekeeper.secrets ELSE null('a Int'))
SELECT * FROM view(SELECT * FROM pacekeeper.secrets)
SELECT * FROM merge(REGEXP('.*'), '.*')
SELECT * FROM merge('pacekeeper', '.*')
SELECT * FROM cluster('default', pacekeeper.secrets)
SELECT * FROM remote('127.0.0.1', pacekeeper.secrets)
SELECT * FROM loop(pacekeeper.secrets)
SELECT * FROM dictionary('pacekeeper.secrets')
SELECT dictGet('pacekeeper.d', 'a', 1)
SELECT dictGetOrDefault('d', 'a', 1, 2)
SELECT joinGet('pacekeeper.secrets', 'b', 1)
SELECT hasColumnInTable('pacekeeper','secrets','b')
SELECT 1 IN pacekeeper.secrets
SELECT in(1, pacekeeper.secrets)
SELECT 1 GLOBAL NOT IN pacekeeper.secrets
SELECT 1 WHERE (1,'treasure') IN (SELECT a, b FROM pacekeeper.secrets)
SELECT 1 INTO OUTFILE '/OUT/'
EXPLAIN SELECT 1 INTO OUTFILE '/OUT/'
SHOW TABLES INTO OUTFILE '/OUT/'
SELECT * FROM Python(passwords)
SELECT * FROM python('passwords')
SELECT 1 FORMAT Template SETTINGS format_template_row='/etc/passwd'
SELECT 1 SETTINGS format_template_row='/etc/passwd'
SELECT 1 FORMAT CapnProto SETTINGS format_schema='/etc/passwd:x'
SELECT 1 SETTINGS max_execution_time=0
SELECT 1 SETTINGS max_memory_usage=100000000000
SELECT 1 SETTINGS max_result_rows=0
SELECT 1 SETTINGS readonly=0
SELECT 1 SETTINGS additional_table_filters={}
SELECT * FROM (SELECT 1 SETTINGS additional_table_filters={})
SELECT 1; SELECT 2
SELECT 1; DROP TABLE pacekeeper.secrets
DROP TABLE pacekeeper.secrets
INSERT INTO pacekeeper.secrets VALUES (2,'x')
INSERT INTO pacekeeper.secrets SELECT 1,'x'
INSERT INTO FUNCTION file('/OUT/','TSV','a Int32') SELECT 1
CREATE TABLE bi.x (a Int32) ENGINE=Memory
CREATE VIEW bi.y AS SELECT * FROM pacekeeper.secrets
CREATE TEMPORARY TABLE x (a Int32)
ALTER TABLE bi.observations MODIFY QUERY SELECT 1
TRUNCATE TABLE pacekeeper.secrets
OPTIMIZE TABLE pacekeeper.secrets
SET max_threads=100
SET readonly=0
USE pacekeeper
SYSTEM SHUTDOWN
SYSTEM DROP MARK CACHE
KILL QUERY WHERE 1
ATTACH TABLE x
DETACH TABLE pacekeeper.secrets
BACKUP DATABASE pacekeeper TO File('/OUT/')
GRANT SELECT ON *.* TO default
WITH bi AS (SELECT 1) SELECT * FROM pacekeeper.secrets
SELECT * FROM (WITH `/etc/passwd` AS (SELECT 1) SELECT 1), `/etc/passwd`
SELECT * FROM (WITH passwd AS (SELECT 1) SELECT 1), passwd
SELECT * FROM system.errors
SELECT * FROM system.processes
SELECT * FROM system.query_log
SELECT * FROM system.parts
SELECT * FROM system.stack_trace
SELECT * FROM system.settings_changes
SELECT * FROM `system`.`events`
SELECT * FROM default.x
SHOW TABLES FROM pacekeeper
SHOW CREATE TABLE pacekeeper.secrets
SHOW CREATE DATABASE pacekeeper
SHOW COLUMNS FROM secrets FROM pacekeeper
SHOW INDEX FROM secrets FROM pacekeeper
SHOW PROCESSLIST
SHOW USERS
EXISTS TABLE pacekeeper.secrets
EXISTS DATABASE pacekeeper
CHECK TABLE pacekeeper.secrets
SELECT sum(1) OVER (ORDER BY file('/etc/passwd'))
SELECT 1 AS a ORDER BY a WITH FILL FROM 1 TO 2 INTERPOLATE (b AS file('/etc/passwd'))
SELECT a FROM (SELECT 1 AS a) QUALIFY file('/etc/passwd') != ''
SELECT a FROM (SELECT 1 AS a) LIMIT 1 BY file('/etc/passwd')
SELECT evalMLMethod(1,2)
SELECT aiGenerate('x')
SELECT getServerSetting('listen_host')
SELECT getClientHTTPHeader('Authorization')
SELECT generateSerialID('x')
SELECT sleep(3)
SELECT sleepEachRow(3) FROM numbers(10)
SELECT filesystemAvailable()
SELECT addressToSymbol(1)
SELECT showCertificate()
SELECT fileIf('/etc/passwd', 1)
SELECT * FROM bi.observations, pacekeeper.secrets
SELECT * FROM bi.observations JOIN pacekeeper.secrets ON 1
SELECT * FROM bi.observations UNION ALL SELECT now(), b, 1, [] FROM pacekeeper.secrets
SELECT (SELECT groupArray(b) FROM pacekeeper.secrets)
SELECT * FROM executable('x','TSV','a Int')
SELECT * FROM s3('http://127.0.0.1:1/x')
SELECT * FROM format(TSV, 'a String', 'x')
SELECT * FROM input('a Int')
SELECT * FROM eval('x')
SELECT * FROM filesystem('/etc')
SELECT * FROM fuzzJSON('x')
SELECT * FROM mergeTreeIndex('pacekeeper','secrets')
SELECT * FROM bi.values_as_of(at = (SELECT max(at) FROM pacekeeper.vals))
SELECT * FROM values_as_of(at = file('/etc/passwd'))
/* */ SELECT /* x */ file('/etc/passwd') -- y
SELECT * FROM information_schema.tables, pacekeeper.secrets
SELECT 'a'||file('/etc/passwd')
SELECT 1 FROM numbers(10) WHERE file('/etc/passwd') = ''
SELECT CAST(file('/etc/passwd') AS String)
SELECT count() FROM system.tables WHERE database = 'pacekeeper' SETTINGS additional_result_filter='1'
SELECT * FROM system.dictionaries
SELECT b FROM {hidden:Identifier}
SELECT b FROM {database:Identifier}.{table:Identifier}
SELECT b FROM pacekeeper.{table:Identifier}
SELECT 1 IN {hidden:Identifier}
SELECT * FROM system.databases WHERE dictGet('x','y',1)=1
SHOW TABLES FROM {database:Identifier}
SHOW FULL TABLES FROM `pacekeeper` LIKE '%'
SHOW CREATE TABLE {database:Identifier}.{table:Identifier}
EXISTS {database:Identifier}.{table:Identifier}
DESCRIBE TABLE {hidden:Identifier}
DESCRIBE TABLE {database:Identifier}.{table:Identifier}
DESCRIBE (SELECT * FROM pacekeeper.secrets)
SHOW CREATE TABLE bi.observations INTO OUTFILE '/OUT/'
SHOW CREATE TABLE bi.observations FORMAT Template SETTINGS format_template_row='/etc/passwd'
EXISTS TABLE bi.observations FORMAT Template SETTINGS format_template_row='/etc/passwd'
SELECT * FROM `bi.observations`.secrets
SELECT * FROM "pacekeeper"."secrets"
WITH secrets AS (SELECT 1) SELECT * FROM pacekeeper.secrets
SELECT * FROM bi.observations WHERE indicator IN (pacekeeper.secrets)
SELECT * FROM bi.observations WHERE indicator GLOBAL IN (SELECT b FROM pacekeeper.secrets)
SELECT arrayFold((acc, x) -> acc || file(x), ['/etc/passwd'], '')
SELECT sumMap(map(file('/etc/passwd'), 1))
SELECT x.1 FROM (SELECT (file('/etc/passwd'), 1) AS x)
SELECT 1 UNION ALL (SELECT a FROM pacekeeper.secrets)
SELECT 1 EXCEPT SELECT a FROM pacekeeper.secrets
SELECT * FROM (SELECT * FROM (SELECT * FROM pacekeeper.secrets))
SELECT * FROM numbers((SELECT max(a) FROM pacekeeper.secrets))
SELECT * FROM values('a Int32', (SELECT max(a) FROM pacekeeper.secrets))
SELECT count() FROM bi.observations LIMIT (SELECT max(a) FROM pacekeeper.secrets)
SELECT * FROM bi.observations ORDER BY (SELECT b FROM pacekeeper.secrets)
SELECT count() FROM bi.observations GROUP BY (SELECT b FROM pacekeeper.secrets)
SELECT count() FROM bi.observations HAVING (SELECT b FROM pacekeeper.secrets) != ''
SELECT 1 ARRAY JOIN [file('/etc/passwd')] AS f
SELECT * FROM values('a Int32 DEFAULT CAST(file(\'/CANARY/\') AS Int32)', 1)
SELECT a FROM values('b Int32, a String ALIAS file(\'/CANARY/\')', 1)
SELECT a FROM VALUES('b Int32, a String ALIAS file(\'/CANARY/\')', 1)
SELECT * FROM values('a String MATERIALIZED (SELECT any(b) FROM pacekeeper.secrets)', 1)
SELECT * FROM values(concat('b Int32, a String ALIAS fi', 'le(\'/CANARY/\')'), 1)
SELECT * FROM values({x:String}, 1)
SELECT * FROM values('a Array(Int8) /**/ ALIAS file(\'/CANARY/\')', [1])
SELECT * FROM values('a Decimal(3, 1) ALIAS file(\'/CANARY/\')', 1)
SELECT * FROM values('a DateTime DEFAULT 1 TTL a + toIntervalDay(length(file(\'/CANARY/\')))', 1)
SELECT * FROM null('a Int32 DEFAULT CAST(file(\'/CANARY/\') AS Int32)')
SELECT a FROM null('b Int32, a String ALIAS file(\'/CANARY/\')')
DESCRIBE (SELECT * FROM null('a Int32 DEFAULT CAST(file(\'/CANARY/\') AS Int32)'))
EXPLAIN SELECT * FROM null('a Int32 DEFAULT CAST(file(\'/CANARY/\') AS Int32)')
DESCRIBE values('a Int32 DEFAULT CAST(file(\'/CANARY/\') AS Int32)', 1)
SELECT arrayReduce('groupConcat(file(\'/CANARY/\'))', ['a', 'b'])
SELECT arrayReduce('groupConcat((SELECT any(b) FROM pacekeeper.secrets))', ['a', 'b'])
SELECT arrayReduce(concat('groupConcat(fi', 'le(\'/CANARY/\'))'), ['a', 'b'])
SELECT arrayReduce(unhex('67726f7570436f6e6361742866696c652829'), ['a', 'b'])
WITH 'groupConcat(file(\'/CANARY/\'))' AS f SELECT arrayReduce(f, ['a', 'b'])
SELECT arrayReduce({x:String}, ['a', 'b'])
SELECT arrayReduce(CAST('groupConcat(file(\'/CANARY/\'))' AS String), ['a', 'b'])
SELECT arrayReduce('quantile(toFloat64(file(\'/CANARY/\')))', [1, 2])
SELECT arrayReduce('flameGraph', [[1]])
SELECT arrayReduceInRanges('groupConcat(file(\'/CANARY/\'))', [(1, 2)], ['a', 'b'])
SELECT initializeAggregation('groupConcat(file(\'/CANARY/\'))', 'a')
SELECT finalizeAggregation(initializeAggregation('groupConcatState(file(\'/CANARY/\'))', 'a'))
SELECT initializeAggregation('groupConcat(url(\'http://127.0.0.1:/PORT/\'))', 'a')
SELECT * APPLY(arrayReduce) FROM (SELECT 'groupConcat(file(\'/CANARY/\'))')
SELECT * APPLY(x -> arrayReduce(x, ['a'])) FROM (SELECT 'groupConcat(file(\'/CANARY/\'))')
SELECT arrayMap(file, ['/CANARY/'])
SELECT arrayMap((file AS f), ['/CANARY/'])
SELECT arrayMap(`file`, ['/CANARY/'])
SELECT arrayMap("file", ['/CANARY/'])
SELECT arrayMap(`\x66ile`, ['/CANARY/'])
SELECT arrayMap({function:Identifier}, ['/CANARY/'])
SELECT arraySort(file, ['/CANARY/'])
SELECT arrayExists(file, ['/CANARY/'])
SELECT arrayFilter(sleep, [1])
SELECT mapApply(file, map('/CANARY/', 'x'))
SELECT arrayFold(file, ['/CANARY/'], '')
SELECT arrayMap(dictGet, ['d'], ['a'], [1])
SELECT arrayMap(getServerSetting, ['listen_host'])
SELECT arrayMap(getClientHTTPHeader, ['Authorization'])
SELECT * APPLY(x -> arrayMap(file, [x])) FROM (SELECT '/CANARY/')
SELECT arrayMap(x -> arrayMap(file, [x]), ['/CANARY/'])
SELECT arrayMap(lambda(tuple(x), file(x)), ['/CANARY/'])
WITH (x -> file(x)) AS f SELECT arrayMap(f, ['/CANARY/'])
SELECT formatRow('Template', 1)
SELECT formatRow('Protobuf', 1)
SELECT formatRow('CustomSeparated', 1)
SELECT formatRow('AvroConfluent', 1)
SELECT formatRow(concat('Temp', 'late'), 1)
SELECT formatRowNoNewline('Template', 1)
SELECT groupFormat('Template')(1)
SELECT groupFormatIf('Protobuf')(1, 1)
SELECT 1 FORMAT Protobuf
SELECT 1 FORMAT AvroConfluent
SELECT 1 FORMAT AvroConfluent SETTINGS format_avro_schema_registry_url='http://127.0.0.1:/PORT/'
SELECT 1 FORMAT AvroConfluent SETTINGS output_format_avro_confluent_subject='x'
SELECT 1 FORMAT MySQLWire
SELECT 1 FORMAT CustomSeparated
SELECT 1 SETTINGS output_format_schema='/OUT/'
SELECT 1 SETTINGS input_format_record_errors_file_path='/OUT/'
SELECT 1 SETTINGS session_timezone='/CANARY/'
SELECT 1 SETTINGS session_timezone='file:/CANARY/'
SELECT 1 SETTINGS param_x='pacekeeper.secrets'
SELECT b FROM {x:Identifier} SETTINGS param_x='pacekeeper.secrets'
SELECT 1 SETTINGS max_execution_time=DEFAULT
SELECT 1 SETTINGS max_result_bytes='10G'
SELECT 1 SETTINGS result_overflow_mode='break'
SELECT 1 SETTINGS timeout_overflow_mode='break'
SELECT 1 SETTINGS max_threads=10000
SELECT 1 SETTINGS max_block_size=100000000000
SELECT 1 SETTINGS max_temporary_data_on_disk_size_for_query=0
SELECT 1 SETTINGS allow_introspection_functions=1
SELECT 1 SETTINGS allow_ddl=1
SELECT 1 SETTINGS dialect='kusto'
SELECT 1 SETTINGS implicit_select=1
SELECT 1 SETTINGS use_query_cache=1
SELECT 1 SETTINGS profile='default'
SELECT 1 SETTINGS limit=1, readonly=0
SELECT * FROM (SELECT * FROM (SELECT 1 SETTINGS max_memory_usage=0))
SELECT 1 WHERE 1 IN (SELECT 1 SETTINGS readonly=0)
EXPLAIN SELECT 1 SETTINGS readonly=0
SHOW TABLES SETTINGS readonly=0
SHOW MERGES
SHOW CLUSTERS
SHOW CLUSTER 'default'
SHOW FILESYSTEM CACHES
SHOW DICTIONARIES FROM pacekeeper
SHOW TEMPORARY TABLES FROM pacekeeper
SHOW TABLES FROM bi WHERE name IN (SELECT b FROM pacekeeper.secrets)
SHOW TABLES FROM bi LIMIT (SELECT max(a) FROM pacekeeper.secrets)
SHOW COLUMNS FROM observations FROM bi WHERE field = file('/CANARY/')
SHOW KEYS FROM pacekeeper.secrets
SHOW FIELDS FROM pacekeeper.secrets
SHOW CREATE TABLE system.errors
SHOW CREATE USER
SHOW CREATE PROFILE default
SHOW ACCESS
SHOW ROLES
SHOW QUOTA
SHOW POLICIES
SHOW PROFILES
SHOW GRANTS FOR pacekeeper
SHOW CREATE TEMPORARY TABLE secrets
DESCRIBE TABLE system.errors
DESCRIBE TABLE file('/CANARY/', 'TSV')
DESCRIBE s3('http://127.0.0.1:/PORT//x')
DESCRIBE TABLE pacekeeper.secrets SETTINGS describe_compact_output=1
DESCRIBE (SELECT * FROM url('http://127.0.0.1:/PORT/', 'TSV'))
DESCRIBE TABLE (SELECT 1) INTO OUTFILE '/OUT/'
EXISTS TABLE pacekeeper.secrets FORMAT JSON
EXISTS VIEW pacekeeper.secrets
EXISTS DICTIONARY pacekeeper.secrets
EXISTS TEMPORARY TABLE secrets
EXPLAIN QUERY TREE SELECT b FROM pacekeeper.secrets
EXPLAIN PIPELINE SELECT b FROM pacekeeper.secrets
EXPLAIN ESTIMATE SELECT b FROM pacekeeper.secrets
EXPLAIN ANALYZE SELECT b FROM pacekeeper.secrets
EXPLAIN AST DROP TABLE pacekeeper.secrets
EXPLAIN SYNTAX SELECT * FROM pacekeeper.secrets
EXPLAIN SYNTAX INSERT INTO pacekeeper.secrets VALUES (1, 'x')
EXPLAIN PLAN SELECT * FROM url('http://127.0.0.1:/PORT/', 'TSV', 'a String')
EXPLAIN SELECT arrayMap(file, ['/CANARY/'])
SELECT * FROM (EXPLAIN SELECT * FROM pacekeeper.secrets)
SELECT * FROM (EXPLAIN SELECT file('/CANARY/'))
SELECT * FROM viewExplain('EXPLAIN', '', (SELECT * FROM pacekeeper.secrets))
FROM pacekeeper.secrets |> SELECT b
FROM numbers(1) |> EXTEND file('/CANARY/') AS f
FROM numbers(1) |> JOIN pacekeeper.secrets ON 1
FROM numbers(1) |> WHERE file('/CANARY/') != ''
FROM numbers(1) |> AGGREGATE any(file('/CANARY/'))
FROM pacekeeper.secrets
FROM pacekeeper.secrets SELECT b
SELECT b FROM pacekeeper . secrets
SELECT b FROM/**/pacekeeper/**/./**/secrets
SELECT b FROM pacekeeper.secrets AS observations
SELECT observations.b FROM pacekeeper.secrets observations
SELECT * FROM bi.observations NATURAL JOIN pacekeeper.secrets
SELECT * FROM bi.observations PASTE JOIN pacekeeper.secrets
SELECT * FROM bi.observations CROSS JOIN (SELECT b FROM pacekeeper.secrets)
SELECT * FROM bi.observations ANY LEFT JOIN pacekeeper.secrets ON a = 1
SELECT (SELECT b FROM pacekeeper.secrets LIMIT 1) AS s
SELECT EXISTS(SELECT 1 FROM pacekeeper.secrets)
SELECT 1 WHERE EXISTS(SELECT 1 FROM pacekeeper.secrets WHERE b LIKE 't%')
SELECT 1 = ANY(SELECT a FROM pacekeeper.secrets)
SELECT 1 IN (SELECT a FROM pacekeeper.secrets)
SELECT nullIn(1, pacekeeper.secrets)
SELECT notIn((1, 'x'), pacekeeper.secrets)
SELECT (1, 'treasure') NOT IN pacekeeper.secrets
WITH (SELECT b FROM pacekeeper.secrets) AS s SELECT s
WITH s AS (SELECT b FROM pacekeeper.secrets) SELECT * FROM s
WITH s AS MATERIALIZED (SELECT b FROM pacekeeper.secrets) SELECT * FROM s
WITH RECURSIVE s AS (SELECT b FROM pacekeeper.secrets UNION ALL SELECT b FROM s) SELECT * FROM s
WITH pacekeeper AS (SELECT 1 AS secrets) SELECT * FROM pacekeeper.secrets
WITH `pacekeeper.secrets` AS (SELECT 1) SELECT * FROM pacekeeper.secrets
SELECT * FROM (SELECT 1) AS pacekeeper JOIN pacekeeper.secrets ON 1
SELECT * FROM bi.pacekeeper.secrets
SELECT * FROM bi.`pacekeeper.secrets`
SELECT * FROM default.secrets
SELECT * FROM `default`.`/CANARY/`
SELECT * FROM "/CANARY/"
SELECT * FROM './canary.txt'
SELECT * FROM _temporary_and_external_tables.secrets
SELECT * FROM bi.file('/CANARY/')
SELECT * FROM file(concat('/CAN', 'ARY/'), 'TSV', 'a String')
SELECT * FROM fileCluster('default', '/CANARY/', 'TSV', 'a String')
SELECT * FROM urlCluster('default', 'http://127.0.0.1:/PORT/', 'TSV', 'a String')
SELECT * FROM url('http://127.0.0.1:/PORT/', 'TSV', 'a String')
SELECT * FROM s3('http://127.0.0.1:/PORT//b/x', 'TSV', 'a String')
SELECT * FROM gcs('http://127.0.0.1:/PORT//b/x', 'TSV', 'a String')
SELECT * FROM remote('127.0.0.1:/PORT/', system.one)
SELECT * FROM remoteSecure('127.0.0.1:/PORT/', system.one)
SELECT * FROM clusterAllReplicas('default', pacekeeper.secrets)
SELECT * FROM mysql('127.0.0.1:/PORT/', 'a', 'b', 'c', 'd')
SELECT * FROM postgresql('127.0.0.1:/PORT/', 'a', 'b', 'c', 'd')
SELECT * FROM mongodb('127.0.0.1:/PORT/', 'a', 'b', 'c', 'd', 'e String')
SELECT * FROM redis('127.0.0.1:/PORT/', 'k', 'k String, v String')
SELECT * FROM hdfs('hdfs://127.0.0.1:/PORT//x', 'TSV', 'a String')
SELECT * FROM jdbc('jdbc:x://127.0.0.1:/PORT/', 't')
SELECT * FROM odbc('DSN=x', 't')
SELECT * FROM deltaLakeLocal('/CANARY/')
SELECT * FROM icebergLocal('/CANARY/')
SELECT * FROM iceberg('http://127.0.0.1:/PORT//x')
SELECT * FROM hudi('http://127.0.0.1:/PORT//x')
SELECT * FROM paimonLocal('/CANARY/')
SELECT * FROM arrowstream('/CANARY/')
SELECT * FROM bigquery('127.0.0.1:/PORT/', 'a', 'b')
SELECT * FROM prometheusQuery('pacekeeper', 'secrets', 'up', now())
SELECT * FROM timeSeriesData('pacekeeper.secrets')
SELECT * FROM mergeTreeProjection('pacekeeper', 'secrets', 'p')
SELECT * FROM mergeTreeTextIndex('pacekeeper', 'secrets', 'i')
SELECT * FROM generateRandom('a String DEFAULT file(\'/CANARY/\')')
SELECT * FROM fuzzQuery('SELECT 1')
SELECT * FROM mergeTreeAnalyzeIndexes('pacekeeper', 'secrets')
SELECT * FROM numbers(length(file('/CANARY/')))
SELECT * FROM generate_series(1, (SELECT max(a) FROM pacekeeper.secrets))
SELECT aiGenerate('http://127.0.0.1:/PORT/', 'x')
SELECT aiEmbed('x')
SELECT chdb('x')
SELECT getMacro('shard')
SELECT getMergeTreeSetting('index_granularity')
SELECT getOSKernelVersion()
SELECT currentRequestURL()
SELECT parseQueryToJSON('SELECT 1')
SELECT formatQueryFromJSON('{}')
SELECT structureToCapnProtoSchema('a Int8', 'x')
SELECT tokenizeQuery('SELECT 1')
SELECT buildId()
SELECT serverUUID()
SELECT zookeeperSessionUptime()
SELECT demangle('x')
SELECT tid()
SELECT logTrace('x')
SELECT regionToName(1)
SELECT dictHas('pacekeeper.d', 1)
SELECT dictGetAll('pacekeeper.d', 'a', 1)
SELECT dictIsIn('pacekeeper.d', 1, 1)
SELECT joinGetOrNull('pacekeeper.secrets', 'b', 1)
SELECT naiveBayesClassifier('m', 'x')
SELECT runningConcurrency(now(), now())
SELECT partitionId(1)
SELECT __getScalar('x')
SELECT __actionName(1, 'x')
SELECT stochasticLinearRegression(1, 2)
SELECT (SELECT file('/CANARY/')) AS x, x
SELECT [file('/CANARY/')][1]
SELECT map('a', file('/CANARY/'))['a']
SELECT tuple(file('/CANARY/')).1
SELECT CASE WHEN 1 THEN file('/CANARY/') ELSE '' END
SELECT if(1, file('/CANARY/'), '')
SELECT file('/CANARY/') = '' ? 1 : 2
SELECT -length(file('/CANARY/'))
SELECT file('/CANARY/')::String
SELECT file('/CANARY/') LIKE '%t%'
SELECT file('/CANARY/') BETWEEN 'a' AND 'z'
SELECT INTERVAL length(file('/CANARY/')) DAY
SELECT DATE_ADD(DAY, length(file('/CANARY/')), now())
SELECT substring(file('/CANARY/') FROM 1 FOR 3)
SELECT EXTRACT(DAY FROM toDate(length(file('/CANARY/'))))
SELECT groupConcat(file('/CANARY/'))('a')
SELECT count() FILTER (WHERE file('/CANARY/') != '')
SELECT sum(1) OVER (PARTITION BY file('/CANARY/'))
SELECT sum(number) OVER w FROM numbers(2) WINDOW w AS (ORDER BY file('/CANARY/'))
SELECT sum(number) OVER (ROWS BETWEEN length(file('/CANARY/')) PRECEDING AND CURRENT ROW) FROM numbers(3)
SELECT number FROM numbers(2) ORDER BY number WITH FILL FROM length(file('/CANARY/'))
SELECT number FROM numbers(2) LIMIT length(file('/CANARY/'))
SELECT number FROM numbers(2) LIMIT 1 OFFSET length(file('/CANARY/'))
SELECT number FROM numbers(2) GROUP BY number HAVING file('/CANARY/') != ''
SELECT number FROM numbers(2) PREWHERE file('/CANARY/') != ''
SELECT number FROM numbers(2) SAMPLE length(file('/CANARY/'))
SELECT count() FROM numbers(2) GROUP BY GROUPING SETS ((file('/CANARY/')))
SELECT DISTINCT ON (file('/CANARY/')) number FROM numbers(2)
SELECT * EXCEPT (number), file('/CANARY/') FROM numbers(2)
SELECT COLUMNS('n') REPLACE (file('/CANARY/') AS number) FROM numbers(2)
SELECT * APPLY(x -> file('/CANARY/')) FROM numbers(2)
SELECT bi.observations.* APPLY(file) FROM bi.observations
SELECT 1 UNION DISTINCT SELECT length(file('/CANARY/'))
SELECT 1 INTERSECT SELECT length(file('/CANARY/'))
(SELECT 1) EXCEPT (SELECT length(file('/CANARY/')))
((SELECT b FROM pacekeeper.secrets))
SELECT 1 INTO OUTFILE '/OUT/' TRUNCATE
SELECT 1 INTO OUTFILE '/OUT/' APPEND FORMAT CSV
SELECT 1 INTO OUTFILE '/OUT/' AND STDOUT
SELECT 1 INTO OUTFILE '/OUT/' COMPRESSION 'gzip' LEVEL 5
SELECT 1 UNION ALL SELECT 2 INTO OUTFILE '/OUT/' FORMAT Native
DESCRIBE bi.observations INTO OUTFILE '/OUT/'
EXISTS bi.observations INTO OUTFILE '/OUT/'
EXPLAIN AST SELECT 1 INTO OUTFILE '/OUT/'
INSERT INTO FUNCTION url('http://127.0.0.1:/PORT/', 'TSV', 'a Int8') VALUES (1)
INSERT INTO pacekeeper.secrets FROM INFILE '/CANARY/' FORMAT TSV
INSERT INTO FUNCTION null('a Int8') VALUES (1)
CREATE TABLE bi.f (a String) ENGINE = File(TSV, '/OUT/')
CREATE TABLE bi.u (a String) ENGINE = URL('http://127.0.0.1:/PORT/', TSV)
CREATE DATABASE x ENGINE = Memory
CREATE DATABASE x ENGINE = SQLite('/OUT/')
CREATE DICTIONARY bi.d (a Int8) PRIMARY KEY a SOURCE(FILE(PATH '/CANARY/' FORMAT TSV)) LAYOUT(FLAT()) LIFETIME(0)
CREATE FUNCTION f AS x -> file(x)
CREATE NAMED COLLECTION c AS url = 'http://127.0.0.1:/PORT/'
CREATE OR REPLACE VIEW bi.observations AS SELECT * FROM pacekeeper.secrets
CREATE MATERIALIZED VIEW bi.m ENGINE = Memory AS SELECT * FROM pacekeeper.secrets
CREATE WINDOW VIEW bi.w AS SELECT 1
CREATE TEMPORARY TABLE t ENGINE = Memory AS SELECT b FROM pacekeeper.secrets
CREATE TEMPORARY VIEW t AS SELECT b FROM pacekeeper.secrets
CREATE USER x
CREATE ROW POLICY p ON bi.observations USING 1
DROP VIEW bi.observations
DROP DATABASE pacekeeper
UNDROP TABLE pacekeeper.secrets
RENAME TABLE pacekeeper.secrets TO bi.secrets
EXCHANGE TABLES pacekeeper.secrets AND bi.observations
DELETE FROM pacekeeper.secrets WHERE 1
UPDATE pacekeeper.secrets SET b = '' WHERE 1
ALTER TABLE pacekeeper.secrets DELETE WHERE 1
ALTER TABLE pacekeeper.secrets ADD COLUMN c String DEFAULT file('/CANARY/')
MOVE TABLE x TO y
WATCH bi.observations
CHECK ALL TABLES
RESTORE DATABASE pacekeeper FROM File('/CANARY/')
BACKUP TABLE pacekeeper.secrets TO Disk('default', 'x')
BACKUP TABLE pacekeeper.secrets TO S3('http://127.0.0.1:/PORT//x')
EXECUTE AS pacekeeper SELECT b FROM pacekeeper.secrets
EXECUTE AS default
SET ROLE ALL
SET DEFAULT ROLE NONE TO default
SET allow_introspection_functions = 1
SET param_x = 'pacekeeper.secrets'
USE system
BEGIN TRANSACTION
COMMIT
REVOKE ALL ON *.* FROM default
SYSTEM FLUSH LOGS
SYSTEM RELOAD CONFIG
SYSTEM STOP MERGES
SYSTEM KILL
SYSTEM SUSPEND FOR 1 SECOND
SYSTEM ENABLE FAILPOINT x
system /* */ shutdown -- x
KILL MUTATION WHERE 1
CREATE TABLE bi.x (a Int8) ENGINE = Memory PARALLEL WITH DROP TABLE pacekeeper.secrets
SELECT * FROM bi.observations; DROP TABLE pacekeeper.secrets;
SELECT 1;;SELECT b FROM pacekeeper.secrets
exit
\q
SELECT * FROM Python(os)
SELECT * FROM Python(server)
SELECT * FROM __main__.passwords
SELECT * FROM df
SELECT passwords FROM Python('passwords')
SELECT * FROM system.users
SELECT * FROM system.grants
SELECT * FROM system.roles
SELECT * FROM system.tables, system.errors
SELECT * FROM (SELECT * FROM system.processes)
SELECT query FROM system.processes WHERE 1
SELECT * FROM system.zookeeper WHERE path = '/'
SELECT * FROM system.server_settings
SELECT * FROM system.macros
SELECT * FROM system.disks
SELECT * FROM system.detached_parts
SELECT * FROM system.data_skipping_indices
SELECT * FROM system.functions JOIN system.query_cache ON 1
SELECT * FROM system.asynchronous_metrics
SELECT * FROM system.text_log
SELECT * FROM system.remote_data_paths
SELECT * FROM system.named_collections
SELECT * FROM system.environment
