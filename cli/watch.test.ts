import { failed, ID, incomplete, report, stuck } from './support/answers'
import { FakeApp } from './support/fakeApp'

const app = new FakeApp()
const CALL = `GET /exports/${ID}`

beforeAll(() => app.start())
afterAll(() => app.stop())

beforeEach(() => {
  app.replies = {}
  app.requests.length = 0
})

const running = report({
  status: 'running',
  skus: { planned: 2_000, read: 500, remaining: 1_500 },
  durationMs: 60_000,
})

describe('intershop-stock watch', () => {
  it('prints a line at each change until the export ends, then its result', async () => {
    const bodies = [
      report({ status: 'queued', skus: { read: 0 } }),
      running,
      running,
      stuck,
      report(),
    ]
    app.replies = { [CALL]: bodies.map((body) => ({ body })) }
    const waits: number[] = []
    const sleep = async (ms: number) => void waits.push(ms)
    const { code, out, error } = await app.run(`watch ${ID} --interval 5`, { sleep })
    expect([code, waits]).toEqual([0, [5_000, 5_000, 5_000, 5_000]])
    expect(error).toBe(`12:00:00 queued  0 SKUs read, 2000 sent
12:00:00 running  25%  500 of 2000 SKUs, 2000 sent, about 3 min left
12:00:00 running  25%  500 of 2000 SKUs, 2000 sent, about 3 min left; upstream_down: VTEX logistics: status 503
`)
    expect(out).toBe(`status     completed
duration   4 min 55 s
SKUs read  2000 of 2000
offers     2000: 2000 sent
files      2

Export ${ID} (POST /export) is complete. It ended 5 min ago.
- Every selected SKU was read, and nothing is left.
`)
  })

  it.each([
    [0, 'completed', report()],
    [1, 'cancelled', report({ status: 'cancelled' })],
    [2, 'incomplete', incomplete],
    [2, 'failed', failed],
  ])('exits with %i for an export that is %s', async (code, _, body) => {
    app.replies = { [CALL]: { body } }
    expect((await app.run(`watch ${ID}`)).code).toBe(code)
    const json = await app.run(`watch ${ID} --json`)
    expect([json.code, JSON.parse(json.out)]).toEqual([code, JSON.parse(JSON.stringify(body))])
  })

  it('exits by the export into which this one was merged', async () => {
    app.replies = {
      [CALL]: { body: report({ status: 'completedWithErrors', coveredBy: 'other' }) },
      'GET /exports/other': { body: incomplete },
    }
    const { code, out } = await app.run(`watch ${ID}`)
    expect([code, out]).toEqual([
      2,
      expect.stringContaining('merged into the identical export other'),
    ])
  })

  it('replaces its line on a terminal and leaves none behind', async () => {
    app.replies = { [CALL]: [{ body: running }, { body: report() }] }
    const { error } = await app.run(`watch ${ID}`, { isTTY: true })
    const line = error.replaceAll('\r\u001b[K', '|')
    expect(line).toMatch(/^\|12:00:00 running .* left\|$/)
  })

  it('goes on after failures that pass, and exits with 3 after ten in a row', async () => {
    const down = { status: 503, body: { code: 'state_unavailable', message: 'no VBase' } }
    app.replies = { [CALL]: [...Array(9).fill(down), { body: running }, down, { body: report() }] }
    const { code, error } = await app.run(`watch ${ID}`)
    expect(code).toBe(0)
    expect(error).toContain('12:00:00 no VBase (state_unavailable, 503); trying again\n')
    app.replies = { [CALL]: down }
    app.requests.length = 0
    expect((await app.run(`watch ${ID}`)).code).toBe(3)
    expect(app.requests).toHaveLength(10)
  })

  it('exits with 3 at once for an unknown export', async () => {
    const { code, error } = await app.run(`watch ${ID}`)
    expect([code, error]).toEqual([3, expect.stringContaining('(unknown_export, 404)')])
    expect(app.requests).toHaveLength(1)
  })
})

describe('intershop-stock why', () => {
  it('explains an export, and exits as its outcome', async () => {
    app.replies = { [CALL]: { body: failed } }
    const { code, out } = await app.run(`why ${ID}`)
    expect(code).toBe(2)
    expect(out).toMatch(
      /^Export .* failed\. .*\n- The reason: .*\n- A failed export.*\n\nWhat to do:\n- /
    )
    const { reasons, report: its } = JSON.parse((await app.run(`why ${ID} --json`)).out)
    expect([reasons.length, its]).toEqual([2, JSON.parse(JSON.stringify(failed))])
  })

  it('prints no control characters of messages', async () => {
    const error = { code: 'sftp_down', message: 'evil\u001b]0;title\u0007' }
    app.replies = { [CALL]: { body: report({ status: 'failed', error }) } }
    expect((await app.run(`why ${ID}`)).out).toContain('Evil?]0;title?.')
  })
})

describe('intershop-stock release --watch', () => {
  it('watches the export that it started, and exits by its outcome', async () => {
    app.replies = {
      'POST /held/release': { status: 202, body: { exportId: ID, location: 'x', dryRun: false } },
      [CALL]: { body: incomplete },
    }
    expect((await app.run('release --sku 31 --watch')).code).toBe(2)
    expect(app.requests.map(({ call }) => call)).toEqual(['POST /held/release', CALL])
  })
})
