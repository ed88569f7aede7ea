import { VTEX_CALLS } from './allowed-calls'
import type { LiveReport } from './app-client'
import type { Counts } from './request-counts'
import {
  durationLines,
  offerLines,
  permissionLines,
  requestLines,
  sellerLines,
  unmappedLines,
} from './summary'

const report = (unmapped: LiveReport['unmapped'], all = unmapped.length): LiveReport => ({
  ...{ exportId: 'a', route: 'export', status: 'completed', notes: [], acceptedAt: '' },
  ...{ skus: { planned: 100, read: 100 }, sources: {}, files: 1, failures: [], unmapped },
  offers: {
    ...{ processed: all, sent: 0, unchanged: 0, held: 0, filtered: 0, unmapped: all, failed: 0 },
  },
})

describe('permissionLines', () => {
  const probe = (
    name: keyof typeof VTEX_CALLS,
    outcome: 'allowed' | 'unauthorized' | 'forbidden' | 'unknown',
    reason = ''
  ) => ({ call: VTEX_CALLS[name], outcome, reason })

  it('says that nothing is missing', () => {
    expect(permissionLines({ probes: [probe('stock', 'allowed')] })).toBe(
      'Permissions: the key has all that the app needs.'
    )
  })

  it('names what is missing by its name in License Manager, and the calls', () => {
    const probes = [
      ...[probe('skuIds', 'allowed'), probe('stock', 'forbidden'), probe('offers', 'forbidden')],
      ...[probe('warehouses', 'forbidden'), probe('kits', 'unknown', 'status 500')],
    ]
    expect(permissionLines({ probes })).toBe(
      [
        'The key lacks permissions:',
        '  Logistics viewer (License Manager), for: stock, warehouses',
        "  View Seller (License Manager), for: sellers' offers",
        '  kits: not known (status 500)',
      ].join('\n')
    )
  })

  it('says that the key opens nothing', () => {
    const probes = [
      probe('skuIds', 'unauthorized', 'status 401'),
      probe('stock', 'forbidden', 'status 403'),
    ]
    expect(permissionLines({ probes })).toContain(
      'VTEX refused every call (status 401, status 403)'
    )
  })
})

it('lists sellers, and how many more there are', () => {
  const first = Array.from({ length: 25 }, (_, n) => ({
    ...{ id: String(n + 1), name: n === 0 ? 'Own' : null, isActive: n !== 1 },
  }))
  const lines = sellerLines({ sellers: { total: 1_030, first } }).split('\n')
  expect(lines.slice(0, 4)).toEqual(['Sellers: 1,030', '  1 (Own)', '  2, inactive', '  3'])
  expect(lines.at(-1)).toBe('  and 1,010 more')
  expect(lines).toHaveLength(22)
  expect(sellerLines({})).toBe('Sellers: the register could not be read.')
})

describe('unmappedLines', () => {
  const noRef = (skuId: number, sellerId = '1') => ({
    ...{ skuId, sellerId, code: 'unmapped', message: 'the SKU has no refId' },
  })
  const row = (rowId: number) => ({
    ...{ rowId, sellerId: 'shop', code: 'unmatched', message: `no EAN ${rowId}, nor C${rowId}DL` },
  })

  it('counts by reason, the numbers in it apart, with examples', () => {
    const unmapped = [noRef(1), row(7), noRef(2, 'shop'), noRef(3), row(8), noRef(4)]
    expect(unmappedLines(report(unmapped))).toBe(
      [
        'Unmapped offers: 6',
        '  4: unmapped, the SKU has no refId (SKU 1, SKU 2 of shop, SKU 3)',
        '  2: unmatched, no EAN 7, nor C7DL (row 7 of shop, row 8 of shop)',
      ].join('\n')
    )
  })

  it('says that a report names the first of them alone', () => {
    expect(unmappedLines(report([noRef(1)], 1_234))).toContain(
      'Unmapped offers: 1,234 (the first 1 by reason)'
    )
    expect(unmappedLines(report([]))).toBe('Unmapped offers: none')
  })
})

it('shows offers of each seller', () => {
  const offers = Array.from(
    { length: 30 },
    (_, n): [string, { sellerId: string; quantity: number; file: string }] => [
      `S${n}`,
      { sellerId: n < 25 ? '1' : 'shop', quantity: n, file: 'a' },
    ]
  )
  const lines = offerLines(offers).split('\n')
  expect(lines[0]).toBe('Offers: 30, such as')
  expect(lines.slice(1).map((line) => line.trim())).toEqual([
    ...[0, 1, 2, 3, 4].map((n) => `S${n}: ${n} (seller 1)`),
    ...[25, 26, 27, 28, 29].map((n) => `S${n}: ${n} (seller shop)`),
  ])
  expect(offerLines([])).toBe('Offers: none')
})

describe('durationLines', () => {
  const counts: Counts = {
    [VTEX_CALLS.stock.name]: { 200: 1_100, 429: 100 },
    [VTEX_CALLS.skuById.name]: { 200: 1_200 },
    "Centra's stock": { 200: 999 },
  }
  const progress = { exportId: 'a', milliseconds: 120_000, counts }

  it('tells how long the requests take, at several rates and the one of this run', () => {
    expect(durationLines(report([]), progress, 900).split('\n')).toEqual([
      'A full export of 100 SKUs makes 2,400 requests to VTEX:',
      '  4:00 at 600 a minute',
      '  2:40 at 900 a minute',
      '  2:00 at 1,200 a minute',
      '  0:48 at 3,000 a minute',
      '  0:24 at 6,000 a minute',
      '  this one: 2:00, 1,200 a minute',
      '  1,200 of them were SKU records, which later exports remember for a week',
    ])
  })

  it.each<Partial<LiveReport>>([
    { status: 'failed' },
    { status: 'cancelled' },
    {
      status: 'completedWithErrors',
      sources: { own: {}, sellers: { error: { code: 'a', message: 'b' } } },
    },
  ])('says nothing of how long it takes where not all was read (%j)', (changes) => {
    expect(durationLines({ ...report([]), ...changes }, progress, 600)).toBe(
      'No full export was read to its end: how long one takes is not known.'
    )
  })

  it('takes a failed SKU for read', () => {
    const some = { ...report([]), status: 'completedWithErrors' as const }
    expect(durationLines(some, progress, 600)).toContain('2,400 requests')
  })
})

it('counts requests by call and outcome, and what was not let out', () => {
  const refused = { count: 2, examples: new Set(['PUT /a is not one of the calls']) }
  expect(requestLines({ stock: { 200: 1_000, ECONNRESET: 1 } }, 10, refused)).toBe(
    [
      'Requests: 1,001, and 10 to look at the key',
      '  stock: 1,000 x 200, 1 x ECONNRESET',
      'Not let out: 2',
      '  PUT /a is not one of the calls',
    ].join('\n')
  )
})
