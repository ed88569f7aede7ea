import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COMMANDS } from './arguments'
import { actionRequired, exportPage, heldOffers, ID, sentSku, status } from './support/answers'
import { FakeApp, TOKEN } from './support/fakeApp'

const app = new FakeApp()

beforeAll(() => app.start())
afterAll(() => app.stop())

beforeEach(() => {
  app.replies = {}
  app.requests.length = 0
})

describe('intershop-stock status', () => {
  it.each([
    ['ok', 0],
    ['late', 1],
    ['paused', 1],
    ['actionRequired', 2],
  ] as const)('exits for the state %s with %i', async (state, code) => {
    app.replies = { 'GET /status': { body: status({ state }) } }
    expect((await app.run('status')).code).toBe(code)
  })

  it('prints the state and its reason first, then an overview', async () => {
    app.replies = { 'GET /status': { body: actionRequired } }
    const { out } = await app.run('status')
    expect(out).toBe(`ACTION REQUIRED: 9 offers are held.
  do: Check them, then release them.
  call: POST /held/release {"sellers":["1"]}
- No update for 20 minutes.
  do: Wait.

last update        2 min 5 s ago, in 3 s (${ID})
last full export   never
next update        in 2 min 55 s (registered)
next full export   none (none)
queue              1 export
pending changes    40 SKUs, the oldest from 3 min 10 s ago
held offers        9 (own 7, centra 2)
files in the drop  3, the oldest 12 min old
version            0.8.0

exports in the queue:
EXPORT                           ROUTE   STATUS   READ  PLANNED   %  LEFT   LAST ERROR
${ID}  export  running   500     2000  25  3 min

last errors:
UPSTREAM  WHEN       CODE           EXPORT                           MESSAGE
vtex      1 min ago  upstream_down  ${ID}  VTEX logistics: status 503
`)
  })

  it('colours the state on a terminal, but not with NO_COLOR, JSON, or anywhere else', async () => {
    app.replies = { 'GET /status': { body: status() } }
    const colour = '\u001b['
    expect((await app.run('status', { isTTY: true })).out).toContain(`${colour}32mOK`)
    expect((await app.run('status --json', { isTTY: true })).out).not.toContain(colour)
    expect((await app.run('status')).out).not.toContain(colour)
    const environment = {
      INTERSHOP_STOCK_URL: app.origin,
      INTERSHOP_STOCK_TOKEN: TOKEN,
      NO_COLOR: '1',
    }
    expect((await app.run('status', { isTTY: true, environment })).out).not.toContain(colour)
  })

  it('prints the answer of the app with --json, and exits as without', async () => {
    app.replies = { 'GET /status': { body: actionRequired } }
    const { code, out } = await app.run('status --json')
    expect([code, JSON.parse(out)]).toEqual([2, actionRequired])
  })
})

describe('intershop-stock exports', () => {
  it('prints a table and how to get the next page', async () => {
    const call = 'GET /exports?status=failed&route=update&trigger=console&limit=3&before=x'
    app.replies = { [call]: { body: exportPage } }
    const line = 'exports --status failed --route update --trigger console --limit 3 --before x'
    const { code, out } = await app.run(line)
    expect(code).toBe(0)
    expect(
      out
    ).toBe(`EXPORT                           ROUTE                            STATUS     TRIGGER   ACCEPTED                 DURATION    SENT  UNCHANGED  HELD  FAILED  FILES  NOTE
${ID}  export                           running    schedule  2026-03-01 11:50:00 UTC  1 min       2000          0     0       0      2
${ID}  sellerTime (seller a.b, 30 min)  failed     schedule  2026-03-01 11:50:00 UTC  4 min 55 s  2000          0     0       0      2  sftp_host_key
${ID}  release (2 SKUs)                 completed  console   2026-03-01 11:50:00 UTC  4 min 55 s  2000          0     0       0      2  dry run
more: --before ${ID}
`)
  })

  it.each(['--status done', '--limit 0', '--limit 51', '--route x', '--trigger x'])(
    'refuses %s before it asks the app',
    async (option) => {
      const { code, error } = await app.run(`exports ${option}`)
      expect([code, app.requests]).toEqual([3, []])
      expect(error).toContain(option)
    }
  )
})

describe('intershop-stock sku', () => {
  it('prints what was sent, without control characters, and exits with 1 if an offer is held', async () => {
    app.replies = { 'GET /skus/31': { body: sentSku } }
    const { code, out } = await app.run('sku 31')
    expect(code).toBe(1)
    expect(out).toBe(`SELLER    INTERSHOP SKU  SOURCE  LAST SENT  WHEN            STATE  EXPORT
1         REF-31         own            12  6 min 40 s ago  sent   ${ID}
evil?[2J  REF-31_2                       3  1 h 6 min ago   held
`)
  })

  it.each([
    [0, 'sent and readable', {}],
    [1, 'unreadable', { error: { code: 'upstream_down', message: 'status 503' } }],
  ])('exits with %i with --live for a SKU that is %s', async (code, _, more) => {
    const [offer] = sentSku.offers
    const now = { sellerId: '1', offerSku: 'REF-31', quantity: 11, next: 'send' as const, ...more }
    const live = { at: '2026-03-01T12:00:00Z', offers: [now], failures: [] }
    app.replies = { 'GET /skus/31?live=true': { body: { skuId: 31, offers: [offer], live } } }
    const result = await app.run('sku 31 --live')
    expect(result.code).toBe(code)
    expect(result.out).toMatch(
      /SELLER {2}INTERSHOP SKU {2}NOW {2}NEXT .*\n1 {7}REF-31 {10}11 {2}send/
    )
  })

  it('exits with 1 if nothing was sent', async () => {
    app.replies = { 'GET /skus/7': { body: { skuId: 7, offers: [] } } }
    expect(await app.run('sku 7')).toMatchObject({
      code: 1,
      out: 'Nothing was sent yet of SKU 7.\n',
    })
  })
})

describe('intershop-stock held, release and dismiss', () => {
  it('lists held offers and exits with 2, or with 0 if there are none', async () => {
    app.replies = {
      'GET /held?sellerId=2&before=40&limit=5': { body: heldOffers },
      'GET /held': { body: { items: [] } },
    }
    const { code, out } = await app.run('held --seller 2 --before 40 --limit 5')
    expect(code).toBe(2)
    expect(out).toBe(`SKU  SELLER  INTERSHOP SKU  SOURCE   LAST SENT  FOUND  HELD
 31  2       REF-31_2       sellers          3      0  6 min 40 s ago
more: --before 31
`)
    expect(await app.run('held')).toMatchObject({ code: 0, out: 'No offers are held.\n' })
  })

  it.each(['release', 'dismiss'])('%s posts the sellers and SKUs that it names', async (verb) => {
    const body = { exportId: ID, location: `/exports/${ID}`, dryRun: true }
    app.replies = { [`POST /held/${verb}`]: { status: 202, body } }
    const { code, out } = await app.run(`${verb} --seller 1 --seller 2 --sku 31 --dry-run`)
    expect([code, out]).toEqual([0, `A dry run was accepted: intershop-stock watch ${ID}\n`])
    const [request] = app.requests
    expect(JSON.parse(request?.body ?? '')).toEqual({
      sellers: ['1', '2'],
      skus: [31],
      dryRun: true,
    })
  })

  it.each(['release', 'dismiss', 'release --sku x', 'release --sku -1'])(
    'refuses %s without a request',
    async (line) => {
      expect((await app.run(line)).code).toBe(3)
      expect(app.requests).toEqual([])
    }
  )
})

describe('intershop-stock check', () => {
  const ok = { name: 'vbase', status: 'ok', durationMs: 12, message: 'a document was written' }
  const bad = {
    ...{ name: 'publisher', status: 'failed', durationMs: 120, code: 'sftp_down' },
    ...{ message: 'no connection', do: 'Check the server.' },
  }

  it('prints each connection and exits with 0 if none fails', async () => {
    app.replies = { 'POST /check': { body: { status: 'ok', checks: [ok] } } }
    expect(await app.run('check')).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^OK: no connection fails\n\nCONNECTION {2}STATUS {2}MS {2}RESULT\nvbase {7}ok {6}12/
      ),
    })
  })

  it('says what to do and exits with 2 if one fails', async () => {
    app.replies = { 'POST /check': { status: 424, body: { status: 'failed', checks: [ok, bad] } } }
    const { code, out } = await app.run('check')
    expect(code).toBe(2)
    expect(out).toMatch(/^FAILED: 1 of 2, first publisher: no connection\n/)
    expect(out).toContain('What to do:\n- publisher: Check the server.\n')
  })
})

describe('the exit code 3', () => {
  it.each([
    ['401', { status: 401, body: '' }, 'does not accept the token (401)'],
    [
      '404 of another server',
      { status: 404, body: '<html>' },
      'responds 404: is the app installed there, and the URL right?',
    ],
    [
      'a redirect',
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      'redirects elsewhere',
    ],
    ['500', { status: 500, body: 'x' }, 'responds 500: try again'],
    [
      '503 of the app',
      { status: 503, body: { code: 'state_unavailable', message: 'VBase is silent' } },
      'VBase is silent (state_unavailable, 503)',
    ],
    [
      'an answer of another form',
      { body: { ...status(), queue: 7 } },
      '/status responds with something else',
    ],
    ['text', { body: 'no JSON' }, '/status responds with something else'],
  ])('is for the response: %s', async (_, reply, message) => {
    app.replies = { 'GET /status': reply }
    const { code, out, error } = await app.run('status')
    expect([code, out]).toEqual([3, ''])
    expect(error).toContain(message)
  })

  it('is for an app that cannot be reached', async () => {
    const gone = new FakeApp()
    await gone.start()
    await gone.stop()
    const { code, error } = await gone.run('status')
    expect(code).toBe(3)
    expect(error).toMatch(
      /^intershop-stock: http:\/\/127\.0\.0\.1:\d+ cannot be reached: connect ECONNREFUSED/
    )
  })

  it.each([
    ['', 'no command: expected one of status, exports'],
    ['stats', 'unknown command stats: expected one of'],
    ['status now', 'status: expected nothing after it'],
    ['why', 'why: expected one ID after it'],
    ['why a b', 'why: expected one ID after it'],
    ['why a/b', 'a/b: expected the id of an export'],
    ['sku x', 'SKU x: expected a whole number'],
    ['status --live', 'status has no option --live; see status --help'],
    ['status --colour', "Unknown option '--colour'; see --help"],
    ['watch x --interval 0', '--interval 0: expected a whole number from 1 to 3600'],
    ['status --url ftp://x', 'the URL: expected one such as https://'],
    ['status --url http://shop.example', 'the URL: expected https'],
    ['status --url https://u:p@shop.example', 'the URL: expected one such as https://'],
    ['status --url https://shop.example/x', 'the URL: expected no path, or /_v/intershop/stock'],
    ['status --token-file /nowhere/at/all', '--token-file /nowhere/at/all: ENOENT'],
    [`status --token ${TOKEN}`, 'can be read by others: put it into a file'],
    [`status --token=${TOKEN}`, 'can be read by others: put it into a file'],
  ])('is for the command line "%s"', async (line, message) => {
    const { code, error } = await app.run(line)
    expect([code, app.requests]).toEqual([3, []])
    expect(error).toContain(message)
  })

  it('is for a missing URL and for a missing token', async () => {
    expect((await app.run('status', { environment: {} })).error).toContain('expected --url URL')
    const environment = { INTERSHOP_STOCK_URL: `${app.origin}/_v/intershop/stock/` }
    expect((await app.run('status', { environment })).error).toContain('expected --token-file FILE')
  })
})

describe('the token', () => {
  let directory: string

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'command-line-'))
  })

  afterEach(() => rmSync(directory, { recursive: true }))

  it('comes from a file before the environment', async () => {
    const file = join(directory, 'token')
    writeFileSync(file, `${TOKEN}\n`)
    app.replies = { 'GET /status': { body: status() } }
    const environment = { INTERSHOP_STOCK_TOKEN: 'other' }
    const line = `status --url ${app.origin}/_v/intershop/stock --token-file ${file}`
    expect((await app.run(line, { environment })).code).toBe(0)
  })

  it.each([`${TOKEN} x`, `x\n${TOKEN}`, `${TOKEN}\u00e9`])(
    'is refused, and not printed, if it cannot be sent',
    async (token) => {
      const file = join(directory, 'token')
      writeFileSync(file, token)
      const { code, error } = await app.run(`status --token-file ${file}`)
      expect([code, app.requests]).toEqual([3, []])
      expect(error).toContain('beyond visible ASCII')
    }
  )
})

describe('--help', () => {
  it.each([...Object.keys(COMMANDS)])('describes %s and its exit codes', async (command) => {
    const { code, out } = await app.run(`${command} --help`, { environment: {} })
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`^intershop-stock ${command}.*\n[^]*\nExit code: 0`))
    expect((await app.run('--help')).out).toContain(`\n  ${command}`)
  })
})
