import { LedgerWorld, NOW, offer, settingsOf } from '../../tests/ledger/world'
import type { SkuReading, SkuSource } from '../sources/source'
import { withRemoved } from './removedOffers'

const nothing: SkuReading = { offers: [], failures: [] }
const failure = { skuId: 7, sellerId: 'abc', code: 'upstream_down', message: 'status 500' }
const gone = (sellerId: string, offerSku: string) =>
  expect.objectContaining({ skuId: 7, sellerId, offerSku, quantity: 0, why: 'vanished' })
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

describe('a source, of an offer that Intershop was sent and that it does not find', () => {
  it('says that it is gone where VTEX has no such SKU', async () => {
    const missing = { ...nothing, failures: [{ ...failure, code: 'upstream_missing' }] }
    expect(await read(['1', 'abc'], missing)).toEqual({
      ...nothing,
      vanished: [gone('1', 'r7'), gone('abc', 'r7_abc')],
    })
  })

  it('says that it is gone where the SKU is not bound to the seller any more', async () => {
    const sellers = [binding('1'), binding('other')]
    const reading = await read(['abc'], nothing, ({ contexts }) => contexts.set(7, { sellers }))
    expect(reading).toEqual({ ...nothing, vanished: [gone('abc', 'r7_abc')] })
  })

  it.each([
    ['is bound to the seller', { sellers: [binding('abc')] }],
    ['has sellers of whom VTEX does not tell', {}],
  ])('fails it where the SKU %s and cannot be read', async (_, context) => {
    const reading = { offers: [], failures: [failure] }
    const found = await read(['abc'], reading, ({ contexts }) => contexts.set(7, context))
    expect(found).toEqual({ ...reading, vanished: [] })
  })

  it('fails it where the SKU is bound to a seller that the register does not have', async () => {
    const context = { sellers: [binding('abc')] }
    const found = await read(['abc'], nothing, ({ contexts }) => contexts.set(7, context))
    expect(found).toMatchObject({
      failures: [{ skuId: 7, sellerId: 'abc', code: 'seller_unregistered' }],
      vanished: [],
    })
  })

  it('fails it where VTEX does not answer whether there is such a SKU', async () => {
    const found = await read(['1'], nothing, ({ unreadable }) => unreadable.add(7))
    expect(found).toMatchObject({ failures: [{ skuId: 7, code: 'upstream_down' }], vanished: [] })
  })

  it('says nothing of an offer that it is not asked for', async () => {
    expect(await read(['elsewhere'], nothing)).toEqual(nothing)
  })

  it('asks nobody where the offer was 0 already, or is read', async () => {
    const unreadable = (world: LedgerWorld) => world.unreadable.add(7)
    const found = { offers: [offer(7, 4)], failures: [] }
    expect(await read(['1'], found, unreadable)).toEqual(found)
  })
})
