import { HOUR, LedgerWorld, NOW, offer, settingsOf } from '../../tests/ledger/world'
import type { Entry } from '../ledger/entry'
import type { SkuReading, Sources } from '../sources/source'
import { isAskedFor, isHeld, isPassedOver } from './passedOver'
import { passedOverOffers } from './vanished'

const settings = settingsOf({
  ...{ centraUrl: 'https://shop.centra.com/api/erp', centraToken: 'token' },
  ...{ centraSellerId: 'centra', centraTimeZone: 'Europe/Stockholm' },
})

const nothing: SkuReading = { offers: [], failures: [] }
const failure = { skuId: 7, sellerId: 'abc', code: 'upstream_down', message: 'status 500' }
const noRows = { offers: [], failures: [], unmapped: [], identities: [] }
type Rows = Awaited<ReturnType<NonNullable<Sources['centra']>['rows']>>

class Vanished {
  readonly world = new LedgerWorld()
  /** What reading SKU 7 from VTEX gives. */
  reading: SkuReading = nothing
  /** What asking for row 70 of Centra gives. */
  rows: Rows = noRows
  withheld = new Set<string>()
  /** It is reported as failed already. */
  isReported = false

  async found(): Promise<SkuReading> {
    const reader = { read: async () => this.reading, close: async () => undefined }
    const source = { concurrency: 1, open: async () => reader, skuIds: async function* () {} }
    const sources: Sources = {
      ...{ own: source, sellers: source, direct: this.world.direct },
      centra: { rows: async () => this.rows, read: () => Promise.reject(new Error('no pages')) },
    }
    const around = { documents: this.world.documents, now: () => NOW }
    const asked = passedOverOffers(around, sources, settings, {
      ...{ isCandidate: () => true, withheld: this.withheld },
      toldWithin: async () => () => false,
      reported: async () => () => this.isReported,
    })
    return (await asked.open({ ids: [7] })).read(7)
  }
}

async function told(...sellers: string[]): Promise<Vanished> {
  const vanished = new Vanished()
  const all = sellers.map((sellerId) =>
    offer(7, 3, { sellerId, ...(sellerId === 'centra' && { rowId: 70 }) })
  )
  await vanished.world.told(all, settings)
  return vanished
}

const gone = (sellerId: string, offerSku: string) =>
  expect.objectContaining({ skuId: 7, sellerId, offerSku, quantity: 0, why: 'vanished' })

const binding = (sellerId: string) => ({ sellerId, sellerSkuId: 'x', isActive: true })

describe('an offer that no source told of', () => {
  it('is gone where VTEX has no such SKU', async () => {
    const vanished = await told('1', 'abc')
    vanished.reading = { offers: [], failures: [{ ...failure, code: 'upstream_missing' }] }
    expect(await vanished.found()).toEqual({
      ...nothing,
      vanished: [gone('1', 'r7'), gone('abc', 'r7_abc')],
    })
  })

  it('is what it is where the list alone did not have it', async () => {
    const vanished = await told('1')
    vanished.reading = { offers: [offer(7, 4)], failures: [] }
    expect(await vanished.found()).toMatchObject({ offers: [{ quantity: 4 }], vanished: [] })
  })

  it('is gone where the SKU is not bound to the seller any more', async () => {
    const vanished = await told('abc')
    vanished.world.contexts.set(7, { sellers: [binding('1'), binding('other')] })
    expect(await vanished.found()).toEqual({ ...nothing, vanished: [gone('abc', 'r7_abc')] })
  })

  it.each([
    ['is bound to the seller', { sellers: [binding('abc')] }],
    ['has sellers of whom VTEX does not tell', {}],
  ])('is failed where the SKU %s and cannot be read', async (_, context) => {
    const vanished = await told('abc')
    vanished.world.contexts.set(7, context)
    vanished.reading = { offers: [], failures: [failure] }
    expect(await vanished.found()).toEqual({ offers: [], failures: [failure], vanished: [] })
  })

  it('is failed where the SKU is bound to a seller that the register does not have', async () => {
    const vanished = await told('abc')
    vanished.world.contexts.set(7, { sellers: [binding('abc')] })
    expect(await vanished.found()).toMatchObject({
      failures: [{ skuId: 7, sellerId: 'abc', code: 'seller_unregistered' }],
      vanished: [],
    })
  })

  it('is failed where the account has the SKU and its stock cannot be read', async () => {
    const vanished = await told('1')
    vanished.world.contexts.set(7, { sellers: [] })
    vanished.reading = { offers: [], failures: [{ ...failure, sellerId: '1' }] }
    expect(await vanished.found()).toMatchObject({ failures: [{ sellerId: '1' }], vanished: [] })
  })

  it('is not failed twice where it is reported already, and gone all the same where it is', async () => {
    const vanished = await told('1')
    vanished.isReported = true
    vanished.reading = { offers: [], failures: [{ ...failure, sellerId: '1' }] }
    vanished.world.contexts.set(7, {})
    expect(await vanished.found()).toEqual({ ...nothing, vanished: [] })
    vanished.world.contexts.delete(7)
    expect(await vanished.found()).toEqual({ ...nothing, vanished: [gone('1', 'r7')] })
  })

  it('is not asked for where what Intershop sells of its seller is kept back', async () => {
    const vanished = await told('1', 'abc')
    vanished.withheld.add('abc')
    vanished.reading = { offers: [offer(7, 4)], failures: [] }
    const { offers, vanished: zeros } = await vanished.found()
    expect(offers).toHaveLength(1)
    expect(zeros).toEqual([gone('abc', 'r7_abc')])
  })
})

describe("an offer of Centra's that no page told of", () => {
  const row = (more: Partial<Rows>): Rows => ({ ...noRows, identities: [{ ean: '4006' }], ...more })
  const found = async (rows: Rows, context?: object) => {
    const vanished = await told('centra')
    vanished.rows = rows
    if (context) vanished.world.contexts.set(7, context)
    return vanished.found()
  }
  const unmapped = (code: string) => [{ rowId: 70, sellerId: 'centra', code, message: 'm' }]

  it('is gone where there is no such row', async () => {
    expect(await found(noRows)).toEqual({ ...nothing, vanished: [gone('centra', 'r7_centra')] })
  })

  it('is what the row says where it leads to the SKU', async () => {
    const offers = [offer(7, 2, { sellerId: 'centra' })]
    expect(await found(row({ offers }))).toEqual({ ...nothing, offers, vanished: [] })
  })

  it('is gone where the row leads to another SKU, or nowhere', async () => {
    const elsewhere = row({ offers: [offer(8, 2, { sellerId: 'centra' })] })
    expect((await found(elsewhere, { ean: '1' })).vanished).toHaveLength(1)
    expect((await found(row({ unmapped: unmapped('unmatched') }))).vanished).toHaveLength(1)
  })

  it('is failed where VTEX does not find the SKU by what the SKU itself says', async () => {
    const nowhere = row({ unmapped: unmapped('unmatched') })
    expect(await found(nowhere, { ean: '4006' })).toMatchObject({
      failures: [{ skuId: 7, rowId: 70, code: 'match_lost' }],
      vanished: [],
    })
  })

  it('stays where the row is one of two that lead there, or cannot be understood', async () => {
    expect((await found(row({ unmapped: unmapped('ambiguous') }))).vanished).toEqual([])
    const unreadable = row({ failures: unmapped('centra_row'), identities: [] })
    expect(await found(unreadable)).toMatchObject({ failures: [{ skuId: 7 }], vanished: [] })
  })
})

describe('what an export asks for of what Intershop was told', () => {
  const entry = (more: Partial<Entry> = {}): Entry => ({
    ...{ sellerId: '1', offerSku: 'r7', quantity: 3, changedAt: 0, toldAt: NOW - HOUR, mark: 'm' },
    ...more,
  })
  const isAsked = (more: Partial<Entry>, scope = {}, given = settings) =>
    isAskedFor({ scope, sources: ['own', 'sellers'] }, given)(7, entry(more))

  it('is what Intershop may be selling, of its scope and of sources that it read', () => {
    expect(isAsked({})).toBe(true)
    expect(isAsked({ quantity: 0 })).toBe(false)
    expect(isAsked({ quantity: 0, mark: '' })).toBe(true)
    expect(isAsked({ sellerId: 'centra' })).toBe(false)
    expect(isAsked({ sellerId: 'abc' }, {}, settingsOf({ sellers: '1,other' }))).toBe(false)
    expect([isAsked({}, { startId: 7 }), isAsked({}, { startId: 8 })]).toEqual([true, false])
    expect([isAsked({}, { sellerId: '1' }), isAsked({}, { sellerId: 'abc' })]).toEqual([
      true,
      false,
    ])
  })

  it('was told, and kept back, before the export told its first', () => {
    const isOver = isPassedOver(NOW)
    expect([isOver(7, entry()), isOver(7, entry({ toldAt: NOW }))]).toEqual([true, false])
    expect([isOver(7, entry({ heldAt: 1 })), isOver(7, entry({ heldAt: NOW }))]).toEqual([
      true,
      false,
    ])
    expect([isOver(7, entry({ sharedAt: 1 })), isOver(7, entry({ sharedAt: NOW }))]).toEqual([
      true,
      false,
    ])
    expect([isHeld(7, entry({ heldAt: 1 })), isHeld(7, entry())]).toEqual([true, false])
  })
})
