import type { FaultRule } from '../../sandbox/platform'
import { ACCOUNT } from '../../sandbox/sandbox'
import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { SENDER, TOPIC } from '../../sandbox/world/commerce/broadcaster/notification'
import { idAt } from '../../sandbox/world/commerce/ids'
import { App } from './support/app'
import { broughtBy, expectedOf, reportedFiles, sellable, untilTold } from './support/changes'
import { until } from './support/eventually'
import { errorOf, mayBeCached } from './support/expectations'
import { type Answer, type Sent, send } from './support/http'
import { heldOf } from './support/marketplace'
import { stock, untold } from './support/zeros'

const SKUS = 1_000
const AFFILIATE = '/_v/intershop/affiliate/notification'
const SAVING = { upstream: 'vbase', path: 'buckets/[^/]+/pending/', method: 'PUT' } as const

let app: App

beforeAll(async () => {
  app = await App.start({ skus: SKUS, replicas: 2 })
  await app.exported('update')
})

afterAll(() => app.stop())

afterEach(() => app.platform.faults.clear())

/** The nth SKU of the account. */
const sku = (n: number) => idAt(1, n)
const pendingFiles = () => reportedFiles(app)
const failing = (more: Partial<FaultRule> = {}) =>
  app.platform.faults.add({ ...SAVING, kind: 'status', status: 503, ...more })

const tell = (body: unknown) => app.platform.events.send(SENDER, TOPIC, body)

/** What VTEX tells, whole, with some of it changed. */
const told = (n: number, more: object = {}) => ({
  IdSku: String(sku(n)),
  ProductId: 9,
  An: ACCOUNT,
  IdAffiliate: '',
  DateModified: '2026-01-01T00:00:00Z',
  IsActive: true,
  StockModified: true,
  PriceModified: false,
  HasStockKeepingUnitModified: false,
  HasStockKeepingUnitRemovedFromAffiliate: false,
  ...more,
})

const typeOf = (body: object) => (Array.isArray(body) ? `a list of ${body.length}` : 'empty')

const lowercaseKeys = (body: object) =>
  Object.fromEntries(Object.entries(body).map(([key, value]) => [lowerFirst(key), value]))
const lowerFirst = (key: string) => key.charAt(0).toLowerCase() + key.slice(1)

let units = 100

/**
 * What the next update reads: exactly the offers of these SKUs. Every SKU has other units than Intershop was told, of
 * which VTEX tells nobody: an offer that is what was sent last would not be sent again.
 */
async function expectNextUpdateToSend(skuIds: readonly number[]) {
  units += 1
  untold(app, () => {
    for (const id of app.commerce.catalog.ids()) stock(app, id, units)
  })
  const read = await expectedOf(app, skuIds)
  const changed = read.filter(([name, quantity]) => heldOf(app, [name])[0] !== quantity)
  expect(changed).not.toEqual([])
  const said = await broughtBy(app, async () => {
    const { status, skus, offers } = await app.exported('update')
    expect([status, skus.planned, offers.unchanged]).toEqual([
      'completed',
      skuIds.length,
      read.length - changed.length,
    ])
  })
  expect(said).toEqual(changed)
}

describe('skuChanged', () => {
  const changes = [
    ['of stock', (n: number) => told(n)],
    [
      'of the SKU',
      (n: number) => told(n, { StockModified: false, HasStockKeepingUnitModified: true }),
    ],
    ['of an inactive SKU', (n: number) => told(n, { StockModified: false, IsActive: false })],
    ['of a price and of stock', (n: number) => told(n, { PriceModified: true })],
    ['in camelCase', (n: number) => lowercaseKeys(told(n))],
    ['with the id as a number', (n: number) => told(n, { IdSku: sku(n) })],
    ['without flags', (n: number) => ({ IdSku: String(sku(n)) })],
    [
      'with next to nothing',
      (n: number) => ({ IdSku: String(sku(n)), HasStockKeepingUnitModified: true }),
    ],
    [
      'with flags that are none',
      (n: number) => told(n, { StockModified: 'yes', IsActive: null, An: null }),
    ],
  ] as const

  const none = [
    ['of a price alone', told(30, { StockModified: false, PriceModified: true })],
    ['of another account', told(31, { An: 'another' })],
    ...['', '0', '-1', '1.5', '01', ' 7', '9007199254740993', '../7', null, {}, []].map(
      (IdSku) => [`with the id ${JSON.stringify(IdSku)}`, told(32, { IdSku })] as const
    ),
    // The runtime itself refuses bodies that are neither an object nor a list.
    ...[[], {}, [told(33)]].map((body) => [`that is ${typeOf(body)}`, body] as const),
  ] as const

  it(`counts as a change a notification ${changes.map(([what]) => what).join(', ')}`, async () => {
    for (const [index, [, body]] of changes.entries()) await tell(body(index))
    await app.idle()
    await expectNextUpdateToSend(changes.map((_, index) => sku(index)))
  })

  it(`ignores and acknowledges a notification ${none.map(([what]) => what).join(', ')}`, async () => {
    for (const [, body] of none) await tell(body)
    await app.idle()
    expect(await pendingFiles()).toEqual([])
  })

  it('loses and repeats no change if notifications come twice, late or in any order', async () => {
    const { broadcaster } = app.sandbox
    const well = { ...broadcaster.behaviour }
    Object.assign(broadcaster.behaviour, {
      ...{ doubled: 0.5, delayed: 0.3, delay: 700, reordered: 0.5, reorderWithin: 900 },
      partial: 0.5,
    })
    const ids = Array.from({ length: 60 }, (_, index) => sku(index))
    for (const total of [11, 12, 13]) {
      for (const id of ids) app.commerce.setBalance(id, '1_1', { total, reserved: 0 })
    }
    await untilTold(app)
    Object.assign(broadcaster.behaviour, well)
    await expectNextUpdateToSend(ids)
  })
})

describe('changeBuffer', () => {
  it('saves 1,000 changes, 100 at a time, with at most 50 calls to VBase', async () => {
    const calls = app.platform.requests.total('vbase')
    for (let start = 0; start < SKUS; start += 100) {
      const some = Array.from({ length: 100 }, (_, index) => tell(told(start + index)))
      await Promise.all(some)
      await app.idle()
    }
    const writes = app.platform.requests.total('vbase') - calls
    await expectNextUpdateToSend(Array.from({ length: SKUS }, (_, index) => sku(index)))
    expect(writes).toBeLessThanOrEqual(50)
  })

  it.each<[string, Partial<FaultRule>]>([
    ['fails', {}],
    ['is refused', { status: 429 }],
    ['breaks off', { kind: 'reset', status: undefined }],
    ['is done and the answer is lost', { kind: 'reset', status: undefined, after: true }],
  ])('lets courier deliver a change again if its saving %s', async (_, how) => {
    const rule = failing(how)
    await tell(told(1))
    await until('another attempt', () =>
      app.platform.courier.pending().some(({ attempts }) => attempts > 1)
    )
    app.platform.faults.remove(rule)
    await app.idle()
    await expectNextUpdateToSend([sku(1)])
  })

  it('acknowledges a change only once it is saved, so that courier repeats it after a death', async () => {
    failing({ kind: 'latency', status: undefined, ms: 3_000 })
    await tell(told(2))
    await until('the change to be on its way', () => app.platform.requests.of('vbase').open > 0)
    app.platform.replicas.killAll()
    app.platform.faults.clear()
    await app.idle()
    await expectNextUpdateToSend([sku(2)])
  })
})

describe('POST /_v/intershop/affiliate/notification', () => {
  const post = async (body: unknown, more: Partial<Sent> = {}): Promise<Answer> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const headers = { 'content-type': 'application/json' }
    const sent = { method: 'POST', path: AFFILIATE, headers, body: text, ...more }
    const answer = await send(app.sandbox.url, sent)
    expect([answer.status, mayBeCached(answer)]).toEqual([answer.status, false])
    return answer
  }
  const outcome = (answer: Answer) => [answer.status, errorOf(answer).code]

  it('responds 404 unless the settings enable it', async () => {
    expect(outcome(await post(told(3)))).toEqual([404, 'affiliate_off'])
    expect(await pendingFiles()).toEqual([])
    await app.configure({ affiliateNotifications: true })
  })

  it('makes the next update read the SKU, in either spelling, and does nothing else', async () => {
    const before = await app.reports()
    const events = app.platform.requests.total('courier')
    for (const body of [told(3), lowercaseKeys(told(4)), { IdSku: String(sku(5)), An: ACCOUNT }]) {
      const { status, body: answered } = await post(body)
      expect([status, answered.length]).toEqual([200, 0])
    }
    expect(app.platform.requests.total('courier')).toBe(events)
    expect(await app.reports()).toEqual(before)
    await expectNextUpdateToSend([sku(3), sku(4), sku(5)])
  })

  it('saves before it responds, and responds 503 if it cannot', async () => {
    const rule = failing()
    expect(outcome(await post(told(6)))).toEqual([503, expect.any(String)])
    app.platform.faults.remove(rule)
    expect((await post(told(6))).status).toBe(200)
    expect(await pendingFiles()).toHaveLength(1)
    await expectNextUpdateToSend([sku(6)])
  })

  it.each<[string, unknown]>([
    ['no id', told(7, { IdSku: undefined })],
    ...['', '0', '-7', '1.5', '007', '9007199254740993', '7 ', '../7', null, [7], {}].map(
      (IdSku): [string, unknown] => [`the id ${JSON.stringify(IdSku)}`, told(7, { IdSku })]
    ),
    ['no account', told(7, { An: undefined })],
    ['another account', told(7, { An: 'another' })],
    ['an account that only looks like it', told(7, { An: ACCOUNT.toUpperCase() })],
    ['an account that is none', told(7, { An: [ACCOUNT] })],
    ['half a body', '{"IdSku": "7", '],
    ['no JSON', 'IdSku=7'],
    ['no body', ''],
    ['a list', [told(7)]],
    ['null', 'null'],
  ])('responds 400 to %s, and saves nothing', async (_, body) => {
    expect(outcome(await post(body))).toEqual([400, 'invalid_notification'])
    expect(await pendingFiles()).toEqual([])
  })

  it('accepts a body of up to 64 KB', async () => {
    const padded = (bytes: number) => {
      const body = JSON.stringify(told(8, { Padding: '' }))
      return body.replace('"Padding":""', `"Padding":"${'x'.repeat(bytes - body.length)}"`)
    }
    expect((await post(padded(64 * 1024))).status).toBe(200)
    expect(outcome(await post(padded(64 * 1024 + 1)))).toEqual([413, 'body_too_large'])
    await expectNextUpdateToSend([sku(8)])
  })

  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('responds 405 to %s', async (method) => {
    const answer = await post('', { method })
    expect([...outcome(answer), answer.headers.allow]).toEqual([405, 'method_not_allowed', 'POST'])
  })

  describe('with SKU ids that VTEX does not know', () => {
    const INVENTED = 987_000_000
    const named = (id: number) => told(0, { IdSku: String(id) })
    const calls = async (action: () => Promise<unknown>) => {
      const before = app.platform.requests.total(COMMERCE_HOST)
      await action()
      return app.platform.requests.total(COMMERCE_HOST) - before
    }
    /** Pending changes of invented ids, also those that are to be read once more. */
    const left = async () =>
      (await app.written())
        .filter(({ path, text }) => path.includes('/pending/') && /\b98700\d{4}\b/.test(text))
        .map(({ text }) => text)
    /** An export that has nothing to complain of. */
    const expectCompleted = async (path: string, planned?: number) => {
      const { status, skus, offers, failures } = await app.exported(path)
      const said = { status, failed: offers.failed, failures }
      expect(said).toEqual({ status: 'completed', failed: 0, failures: [] })
      if (planned !== undefined) expect(skus.planned).toBe(planned)
    }

    // What was sent before is a minute ago.
    beforeEach(() => app.live(60_000))
    afterAll(() => app.live(60_000))

    it('accepts 300 a minute in each process, and drops them with the next update', async () => {
      await app.exported('update')
      const most = 300 * app.platform.replicas.pids().length
      const answers: Answer[] = []
      for (let start = 0; start < most + 100; start += 100) {
        const some = Array.from({ length: 100 }, (_, n) => post(named(INVENTED + start + n)))
        answers.push(...(await Promise.all(some)))
      }
      const refused = answers.filter(({ status }) => status !== 200)
      expect(refused.length).toBeGreaterThan(0)
      for (const answer of refused) {
        expect(outcome(answer)).toEqual([429, 'too_many_notifications'])
        expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1)
        expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60)
      }
      const taken = answers.length - refused.length
      expect(taken).toBeLessThanOrEqual(most)
      // A window has other SKUs too, and leaves the changes to the update.
      await expectCompleted('export/time/1')
      const first = await calls(() => expectCompleted('update', taken))
      // The warehouses, and whether there is such a SKU.
      expect(first).toBeLessThanOrEqual(taken + 5)
      expect(await left()).toEqual([])
      expect(await calls(() => expectCompleted('update', 0))).toBeLessThanOrEqual(5)
      await expectCompleted('export/time/1')
    })

    it('drops an id that VTEX could not check at first', async () => {
      const down = app.platform.faults.add({
        ...{ upstream: COMMERCE_HOST, path: `${INVENTED}`, kind: 'status', status: 503 },
      })
      expect((await post(named(INVENTED))).status).toBe(200)
      expect((await app.exported('update')).offers.failed).toBe(1)
      app.platform.faults.remove(down)
      await expectCompleted('update', 1)
      expect(await left()).toEqual([])
    })

    it('retries an id that the broadcaster reported too, and counts no failure, since nothing sells it', async () => {
      await post(named(INVENTED))
      await tell(named(INVENTED))
      await app.idle()
      const { status, failures } = await app.exported('update')
      expect([status, failures]).toEqual(['completed', []])
      expect(await left()).toEqual([expect.stringContaining('"attempts":1')])
    })

    it('reads an id in the ledger like any other, and sends 0 once its SKU is deleted', async () => {
      const [id = 0] = await sellable(app, 1)
      const [[name] = ['']] = await expectedOf(app, [id])
      expect(heldOf(app, [name])).not.toEqual([0])
      untold(app, () => app.commerce.removeSku(id))
      expect((await post(named(id))).status).toBe(200)
      const said = await broughtBy(app, async () => {
        const { failures, zeroed } = await app.exported('update')
        expect(failures).toEqual([])
        expect(zeroed).toEqual({ read: 0, removed: 1, renamed: 0 })
      })
      expect(said).toEqual([[name, 0]])
    })
  })

  it('accepts a notification of a price and ignores it', async () => {
    const body = told(9, { StockModified: false, PriceModified: true })
    expect((await post(body)).status).toBe(200)
    expect(await pendingFiles()).toEqual([])
  })
})
