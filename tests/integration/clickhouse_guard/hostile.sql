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
