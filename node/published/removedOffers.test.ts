import { LedgerWorld, NOW, offer, settingsOf } from '../../tests/ledger/world'
import type { Failure } from '../offers/stockOffer'
import type { SkuReading, SkuSource } from '../sources/source'
import { withRemoved } from './removedOffers'

const nothing: SkuReading = { offers: [], failures: [] }
const failure: Failure = { skuId: 7, sellerId: 'abc', code: 'upstream_down', message: 'status 500' }
const gone = (sellerId: string, offerSku: string) =>
  expect.objectContaining({ skuId: 7, sellerId, offerSku, quantity: 0, why: 'removed' })
const binding = (sellerId: string) => ({ sellerId, sellerSkuId: 'x', isActive: true })

/** What a source says of SKU 7 that reads it so, where Intershop was sent offers of these sellers. */
async function read(
  sellers: readonly string[],
  reading: SkuReading,
  prepare: (world: LedgerWorld) => unknown = () => undefined
): Promise<SkuReading> {
  const world = new LedgerWorld()
  await world.told(
    sellers.map((sellerId) => offer(7, 3, { sellerId })),
    settingsOf()
  )
  prepare(world)
  const source: Pick<SkuSource, 'open'> = {
    open: async () => ({ read: async () => reading, close: async () => undefined }),
  }
  const removing = withRemoved(source, {
    published: await (await world.ledger()).of([7]),
    isAsked: (sellerId) => sellerId !== 'elsewhere',
    skuDetails: world.direct.skuDetails,
    now: () => NOW,
  })
  return (await removing.open({ ids: [7] })).read(7)
}

describe('withRemoved', () => {
  it('returns an offer as removed if VTEX has no such SKU', async () => {
    const missing = { ...nothing, failures: [{ ...failure, code: 'upstream_missing' as const }] }
    expect(await read(['1', 'abc'], missing)).toEqual({
      ...nothing,
      removed: [gone('1', 'r7'), gone('abc', 'r7_abc')],
    })
  })

  it('returns an offer as removed if the SKU is no longer bound to the seller', async () => {
    const sellers = [binding('1'), binding('other')]
    const reading = await read(['abc'], nothing, ({ contexts }) => contexts.set(7, { sellers }))
    expect(reading).toEqual({ ...nothing, removed: [gone('abc', 'r7_abc')] })
  })

  it.each([
    ['is bound to the seller', { sellers: [binding('abc')] }],
    ['has sellers of whom VTEX does not tell', {}],
  ])('fails an offer whose SKU %s and cannot be read', async (_, context) => {
    const reading = { offers: [], failures: [failure] }
    const found = await read(['abc'], reading, ({ contexts }) => contexts.set(7, context))
    expect(found).toEqual({ ...reading, removed: [] })
  })

  it('fails an offer whose SKU is bound to a seller that the register lacks', async () => {
    const context = { sellers: [binding('abc')] }
    const found = await read(['abc'], nothing, ({ contexts }) => contexts.set(7, context))
    expect(found).toMatchObject({
      failures: [{ skuId: 7, sellerId: 'abc', code: 'seller_unregistered' }],
      removed: [],
    })
  })

  it('fails an offer if VTEX cannot say whether the SKU exists', async () => {
    const found = await read(['1'], nothing, ({ unreadable }) => unreadable.add(7))
    expect(found).toMatchObject({ failures: [{ skuId: 7, code: 'upstream_down' }], removed: [] })
  })

  it('ignores an offer of a seller that the source is not asked for', async () => {
    expect(await read(['elsewhere'], nothing)).toEqual(nothing)
  })

  it('makes no request for an offer that was 0 already or was read', async () => {
    const unreadable = (world: LedgerWorld) => world.unreadable.add(7)
    const found = { offers: [offer(7, 4)], failures: [] }
    expect(await read(['1'], found, unreadable)).toEqual(found)
  })
})
