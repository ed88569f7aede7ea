import { LedgerWorld, NOW, offer, settingsOf } from '../../tests/ledger/world'
import type { ErrorCode } from '../common/errors'
import type { SkuReading, Sources } from '../sources/source'
import { rowsSource } from './unseenRows'

const settings = settingsOf({
  ...{ centraUrl: 'https://shop.centra.com/api/erp', centraToken: 'token' },
  ...{ centraSellerId: 'centra', centraTimeZone: 'Europe/Stockholm' },
})

const nothing: SkuReading = { offers: [], failures: [] }
const noRows = { offers: [], failures: [], unmapped: [] }
type Rows = Awaited<ReturnType<NonNullable<Sources['centra']>['row']>>

const gone = (sellerId: string, offerSku: string) =>
  expect.objectContaining({ skuId: 7, sellerId, offerSku, quantity: 0, why: 'removed' })

/** What asking for row 70 of Centra says of SKU 7. */
async function found(rows: Rows, context?: object, withheld: readonly string[] = []) {
  const world = new LedgerWorld()
  await world.told([offer(7, 3, { sellerId: 'centra', rowId: 70 })], settings)
  if (context) world.contexts.set(7, context)
  const source = rowsSource({
    ...{ settings, now: () => NOW, isAsked: () => true, heldSellers: new Set(withheld) },
    published: await (await world.ledger()).of([7]),
    sources: {
      direct: world.direct,
      centra: { row: async () => rows, read: () => Promise.reject(new Error('no pages')) },
    },
  })
  return (await source.open({ ids: [7] })).read(7)
}

describe('rowsSource', () => {
  const row = (more: Partial<Rows>): Rows => ({ ...noRows, identity: { ean: '4006' }, ...more })
  const unmapped = (code: ErrorCode) => [{ rowId: 70, sellerId: 'centra', code, message: 'm' }]

  it('returns an offer as removed if its row does not exist', async () => {
    expect(await found(noRows)).toEqual({ ...nothing, removed: [gone('centra', 'r7_centra')] })
  })

  it('returns the quantity of a row that still leads to the SKU', async () => {
    const offers = [offer(7, 2, { sellerId: 'centra' })]
    expect(await found(row({ offers }))).toEqual({ ...nothing, offers, removed: [] })
  })

  it('returns an offer as removed if its row leads to another SKU or to none', async () => {
    const elsewhere = row({ offers: [offer(8, 2, { sellerId: 'centra' })] })
    expect((await found(elsewhere, { ean: '1' })).removed).toHaveLength(1)
    expect((await found(row({ unmapped: unmapped('unmatched') }))).removed).toHaveLength(1)
  })

  it('fails an offer whose row does not lead to the SKU that its EAN names', async () => {
    const nowhere = row({ unmapped: unmapped('unmatched') })
    expect(await found(nowhere, { ean: '4006' })).toMatchObject({
      failures: [{ skuId: 7, rowId: 70, code: 'match_lost' }],
      removed: [],
    })
  })

  it('keeps an offer whose row is ambiguous or cannot be parsed', async () => {
    expect((await found(row({ unmapped: unmapped('ambiguous') }))).removed).toEqual([])
    const unreadable = row({ failures: unmapped('centra_row'), identity: undefined })
    expect(await found(unreadable)).toMatchObject({ failures: [{ skuId: 7 }], removed: [] })
  })

  it('returns offers of a held seller as removed, without a request', async () => {
    const offers = [offer(7, 2, { sellerId: 'centra' })]
    const zero = { ...nothing, removed: [gone('centra', 'r7_centra')] }
    expect(await found(row({ offers }), {}, ['centra'])).toEqual(zero)
  })
})
