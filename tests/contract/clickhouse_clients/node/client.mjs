// What users of the official Node client do, step by step; each step is a line of JSON on stdout.
import { createClient, ClickHouseError } from '@clickhouse/client'
import { Readable } from 'node:stream'

const { CLIENT_HOST, CLIENT_PORT, CLIENT_USER, CLIENT_PASSWORD, CLIENT_WRITES, CLIENT_SLOW, CLIENT_ROWS } =
  process.env

const options = {
  url: `http://${CLIENT_HOST}:${CLIENT_PORT}`,
  username: CLIENT_USER,
  password: CLIENT_PASSWORD,
  database: 'bi',
}

async function step(name, work) {
  try {
    console.log(JSON.stringify({ step: name, result: await work() }))
  } catch (error) {
    const { code, type, message } = error
    const server = error instanceof ClickHouseError
    console.log(JSON.stringify({ step: name, error: { server, code, type, message } }))
  }
}

const client = createClient(options)
const rows = async (query, more = {}) =>
  (await client.query({ query, format: 'JSONEachRow', ...more })).json()

await step('ping', async () => (await client.ping()).success)
await step('ping with a query', async () => (await client.ping({ select: true })).success)
await step('version', async () => (await rows('SELECT version() AS v'))[0].v)
await step('databases', async () => (await rows('SHOW DATABASES')).map((row) => row.name))
await step('tables', async () => (await rows('SHOW TABLES FROM bi')).map((row) => row.name))
await step('columns', () => rows('DESCRIBE TABLE bi.all_types'))

await step('parameters', () =>
  rows(
    'SELECT {text:String} AS text, {number:UInt64} AS number, {amount:Decimal(38, 10)} AS amount, ' +
      '{words:Array(String)} AS words, {shares:Map(String, Int32)} AS shares, {nothing:Nullable(String)} AS nothing, ' +
      '{flag:Bool} AS flag, {at:DateTime64(3)} AS at',
    {
      query_params: {
        text: "武进'; DROP TABLE x --\\\t\n",
        number: '18446744073709551615',
        amount: '1234567890123456789012345678.0123456789',
        words: ['武进', "新'北"],
        shares: { 公共桩: 3 },
        nothing: null,
        flag: true,
        at: new Date('2024-07-10T01:00:00.123Z'),
      },
      clickhouse_settings: { output_format_json_quote_decimals: 1, output_format_json_quote_64bit_integers: 1 },
    },
  ),
)

const quoted = {
  output_format_json_quote_decimals: 1,
  output_format_json_quote_64bit_integers: 1,
}
for (const format of ['JSONEachRow', 'JSON', 'JSONCompactEachRowWithNamesAndTypes', 'CSVWithNames', 'TabSeparatedRaw']) {
  await step(format, async () => {
    const query = 'SELECT * FROM all_types ORDER BY id'
    const found = await client.query({ query, format, clickhouse_settings: quoted })
    return format.startsWith('JSON') ? found.json() : found.text()
  })
}

await step('stream', async () => {
  let count = 0
  let total = 0
  const found = await client.query({ query: 'SELECT id, name, value FROM series', format: 'JSONEachRow' })
  for await (const part of found.stream()) {
    count += part.length
    for (const row of part) total += row.json().id
  }
  return [count, total]
})

await step('compressed stream', async () => {
  const compressing = createClient({ ...options, compression: { request: CLIENT_WRITES === 'True', response: true } })
  let count = 0
  const found = await compressing.query({ query: 'SELECT id, name FROM series', format: 'CSV' })
  for await (const part of found.stream()) count += part.length
  await compressing.close()
  return count
})

await step('typed binary', async () => {
  const found = await client.exec({ query: 'SELECT id, name FROM series ORDER BY id FORMAT RowBinaryWithNamesAndTypes' })
  let size = 0
  for await (const part of found.stream) size += part.length
  return size
})

await step('sql error', () => rows('SELECT missing FROM all_types'))
await step('late error', () => rows('SELECT throwIf(id = 150000), * FROM series'))
await step('limit', () => rows(CLIENT_SLOW, { clickhouse_settings: { max_execution_time: 1 } }))
await step('impatience', async () => {
  const hurried = createClient({ ...options, request_timeout: 1000 })
  try {
    await hurried.query({ query: CLIENT_SLOW, clickhouse_settings: { cancel_http_readonly_queries_on_client_close: 1 } })
  } finally {
    await hurried.close()
  }
})
await step('abort', () => {
  const abort = new AbortController()
  setTimeout(() => abort.abort(), 300)
  const settings = { cancel_http_readonly_queries_on_client_close: 1 }
  return client.query({ query: CLIENT_SLOW, abort_signal: abort.signal, clickhouse_settings: settings })
})
await step('afterwards', () => rows('SELECT 1 AS one'))

const figures = Array.from({ length: Number(CLIENT_ROWS) }, (_, id) => ({
  client: 'node',
  id,
  name: `充电桩${id}`,
  value: `${id / 4}`,
  at: '2024-07-10 00:00:00.000',
  words: ['武进', '桩'],
}))
const target = { table: 'pacekeeper.inserted', format: 'JSONEachRow' }
await step('insert', async () => (await client.insert({ ...target, values: figures })).summary.written_rows)
if (CLIENT_WRITES === 'True') {
  await step('inserted', () =>
    rows("SELECT count() AS rows, sum(value) AS total, any(words) AS words FROM pacekeeper.inserted WHERE client = 'node'", {
      clickhouse_settings: quoted,
    }),
  )
  await step('insert as a compressed stream', async () => {
    const compressing = createClient({ ...options, compression: { request: true, response: true } })
    const values = Readable.from(figures.map((row) => ({ ...row, client: 'node stream' })))
    const { summary } = await compressing.insert({ ...target, values })
    await compressing.close()
    return summary.written_rows
  })
  await step('command', async () => {
    await client.command({ query: 'CREATE TABLE pacekeeper.from_node (a Int8) ENGINE = Memory' })
    await client.command({ query: 'DROP TABLE pacekeeper.from_node' })
    return 'done'
  })
}
await client.close()

await step('wrong password', async () => {
  const stranger = createClient({ ...options, password: 'no' })
  try {
    return await (await stranger.query({ query: 'SELECT 1' })).text()
  } finally {
    await stranger.close()
  }
})
