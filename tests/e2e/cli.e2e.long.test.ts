import { execFile } from 'child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'fs'
import { tmpdir } from 'os'
import { join } from 'path'
import { TOKEN } from '../../sandbox/sandbox'
import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { App } from './support/app'
import { until } from './support/eventually'
import { idsOf, onSale, STOCKED, soldOut, UNITS } from './support/zeros'

const PROGRAM = join(__dirname, '..', '..', 'cli', 'bin', 'intershop-stock.cjs')

let directory: string
let app: App
let ids: number[]

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cli-'))
  writeFileSync(join(directory, 'token'), `${TOKEN}\n`)
  writeFileSync(join(directory, 'wrong'), 'another-token\n')
  // Once a year: nothing is late, and no update runs but those of the tests.
  const settings = { ...STOCKED.settings, updateSchedule: '0 0 1 1 *' }
  app = await App.start({ skus: 40, settings })
  ids = idsOf(app)
})

afterAll(async () => {
  await app.stop()
  rmSync(directory, { recursive: true, force: true })
})

afterEach(() => app.platform.faults.clear())

interface Result {
  code: number
  out: string
  error: string
}

/** Runs the program as a shell would; calls `onProgress` with what it writes to stderr. */
function run(
  line: string,
  { tokenFile = 'token', url = app.platform.url, onProgress = (_: string) => {} } = {}
): Promise<Result> {
  const access = ['--url', url, '--token-file', join(directory, tokenFile)]
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [PROGRAM, ...line.split(' '), ...access],
      (_, out, error) => {
        expect(`${out}${error}`).not.toContain(TOKEN)
        resolve({ code: child.exitCode ?? -1, out, error })
      }
    )
    child.stderr?.on('data', onProgress)
  })
}

/** The answer of a command with `--json`. */
const answerOf = async (line: string) => JSON.parse((await run(`${line} --json`)).out)

it('status says that no update ran yet, and exits with 1', async () => {
  const { code, out, error } = await run('status')
  expect([code, error]).toEqual([1, ''])
  expect(out).toMatch(/^LATE: [\s\S]*\nlast update +never\n/)
})

it('watch follows an export to its end, and exits, like why, with 0', async () => {
  await onSale(app)
  // The export cannot end before the first line was printed.
  app.platform.faults.add({ upstream: COMMERCE_HOST, kind: 'latency', ms: 6_000 })
  const id = await app.accepted('export')
  const onProgress = () => app.platform.faults.clear()
  const { code, out, error } = await run(`watch ${id} --interval 1`, { onProgress })
  expect([code, out]).toEqual([0, expect.stringMatching(/^status +completed\n/)])
  expect(error).toMatch(/^\d\d:\d\d:\d\d (queued|running)/)
  const why = await run(`why ${id}`)
  expect([why.code, why.out]).toEqual([
    0,
    expect.stringContaining(`Export ${id} (POST /export) is complete.`),
  ])
})

it('exports and status show the exports that ended', async () => {
  const { exports } = await answerOf('exports --status completed')
  expect(exports.map(({ route }: { route: string }) => route)).toEqual(['export', 'update'])
  expect((await run('exports --limit 1')).out).toMatch(
    /^EXPORT .*\n.* export +completed +api .*\nmore: --before /
  )
  const { code, out } = await run('status')
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^OK: [\s\S]*\nlast full export +\d+ s ago, in /),
  ])
})

it('sku shows what was last sent, and with --live what the source says now', async () => {
  const [id = 0] = ids
  const sent = await run(`sku ${id}`)
  expect([sent.code, sent.out]).toEqual([
    0,
    expect.stringMatching(new RegExp(`\\n1 +${id} +own +${UNITS} `)),
  ])
  const { live } = await answerOf(`sku ${id} --live`)
  expect(live.offers).toContainEqual(
    expect.objectContaining({ sellerId: '1', quantity: UNITS, next: 'unchanged' })
  )
})

it('held, why, status and release: from held offers to none', async () => {
  expect(await run('held')).toMatchObject({ code: 0, out: 'No offers are held.\n' })
  await soldOut(app, ids)
  const { exportId, offers } = await app.exported('update')
  expect(offers.held).toBeGreaterThan(0)
  const why = await run(`why ${exportId}`)
  expect([why.code, why.out]).toEqual([
    2,
    expect.stringContaining(`${offers.held} offers dropped to 0`),
  ])
  await until(
    'the status to know',
    async () => (await answerOf('status')).held.total === offers.held
  )
  const status = await run('status')
  expect([status.code, status.out]).toEqual([2, expect.stringMatching(/^ACTION REQUIRED: /)])

  const { items } = await answerOf('held')
  expect(items).toHaveLength(offers.held)
  expect((await run('held')).code).toBe(2)
  const skuId: number = items[0].skuId
  const of = () => app.intershop.inventory.get(String(skuId))?.quantity
  await run(`release --sku ${skuId} --dry-run --watch --interval 1`)
  await app.intershop.idle()
  expect(of()).toBe(UNITS)
  const released = await run(`release --sku ${skuId} --watch --interval 1`)
  expect([released.code, released.out]).toEqual([
    0,
    expect.stringContaining('(POST /held/release) is complete.'),
  ])
  await app.intershop.idle()
  expect(of()).toBe(0)
  expect((await answerOf('held')).items).toHaveLength(offers.held - 1)
})

it('watch and why of an export that cannot reach VTEX exit with 1 while it is late', async () => {
  app.platform.faults.add({ upstream: COMMERCE_HOST, kind: 'status', status: 503 })
  const id = await app.accepted('export')
  await until('an attempt to fail', async () => (await run(`why ${id}`)).code === 1)
  const { out } = await run(`why ${id}`)
  expect(out).toMatch(/ is late: [\s\S]*\(upstream_down\)|\(circuit_open\)/)
  expect(out).toContain('\nWhat to do:\n- check')
  app.platform.faults.clear()
  await app.send('DELETE', `exports/${id}`)
  expect((await run(`watch ${id} --interval 1`)).code).toBe(1)
})

it('exits with 3 for a wrong token, an unknown export and an app that is not there', async () => {
  const wrong = await run('status', { tokenFile: 'wrong' })
  expect([wrong.code, wrong.error]).toEqual([
    3,
    expect.stringContaining('does not accept the token'),
  ])
  const unknown = await run('why 20200101T000000000-0123456789ab')
  expect([unknown.code, unknown.error]).toEqual([3, expect.stringContaining('unknown_export')])
  const gone = await run('status', { url: 'http://127.0.0.1:1' })
  expect([gone.code, gone.error]).toEqual([3, expect.stringContaining('cannot be reached')])
})
