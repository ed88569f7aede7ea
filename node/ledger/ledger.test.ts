import { memory } from '../../tests/documents'
import { NOW } from '../../tests/ledger/world'
import type { MappedOffer } from '../offers/stockOffer'
import type { Documents } from '../state/documents'
import type { Entry } from './entry'
import { Ledger } from './ledger'
import { record } from './record'
import { announce } from './tellings'
import { positives, walkLedger } from './walk'

const offer = (skuId: number, quantity = 1, more: Partial<MappedOffer> = {}): MappedOffer => ({
  ...{ skuId, quantity, sellerId: '1', offerSku: `r${skuId}`, observedAt: NOW, ...more },
})

/** Counts what is asked of documents. */
function counting(): { documents: Documents; calls: () => number } {
  const inner = memory()
  let calls = 0
  const counted =
    <Given extends unknown[], T>(call: (...given: Given) => T) =>
    (...given: Given): T => {
      calls++
      return call(...given)
    }
  const documents: Documents = {
    ...inner,
    read: counted(inner.read),
    save: counted(inner.save),
    list: counted(inner.list),
    remove: counted(inner.remove),
  }
  return { documents, calls: () => calls }
}

/** As a part is read, judged and delivered. */
async function tell(documents: Documents, stamp: number, offers: readonly MappedOffer[]) {
  const skuIds = offers.map(({ skuId }) => skuId)
  await Ledger.open(documents, skuIds)
  const telling = { name: `${stamp}~n`, skuIds }
  await announce(documents, telling)
  await record(documents, { telling, stamp, offers, held: [], shared: [], released: [], mark: 'm' })
}

async function all(documents: Documents): Promise<Array<[number, Entry[]]>> {
  const found: Array<[number, Entry[]]> = []
  for await (const [skuId, entries] of walkLedger(documents)) found.push([skuId, entries])
  return found
}

describe('the ledger', () => {
  it('costs an export of N sorted offers N/500 calls at most, also when all are new', async () => {
    const { documents, calls } = counting()
    const count = 100_000
    const slices = Array.from({ length: count / 10_000 }, (_, slice) =>
      Array.from({ length: 10_000 }, (__, index) => offer((slice * 10_000 + index) * 3 + 7))
    )
    for (const turn of [1, 2]) {
      const before = calls()
      for (const [slice, offers] of slices.entries())
        await tell(documents, turn * 100 + slice, offers)
      for await (const _ of walkLedger(documents));
      expect(calls() - before).toBeLessThanOrEqual(count / 500)
    }
    expect(await all(documents)).toHaveLength(count)
  })

  it('knows since when a quantity is as it is, and by which delivery it was told last', async () => {
    const documents = memory()
    await tell(documents, 10, [offer(7, 3, { observedAt: 9 })])
    await tell(documents, 20, [offer(7, 3, { observedAt: 19 })])
    expect(await all(documents)).toMatchObject([[7, [{ changedAt: 9, toldAt: 20 }]]])
    await tell(documents, 30, [offer(7, 4, { observedAt: 29 })])
    expect(await all(documents)).toMatchObject([[7, [{ changedAt: 29, toldAt: 30 }]]])
  })

  it('keeps what was told later', async () => {
    const documents = memory()
    await tell(documents, 20, [offer(7, 3)])
    await tell(documents, 10, [offer(7, 4)])
    expect(await all(documents)).toMatchObject([[7, [{ quantity: 3, toldAt: 20 }]]])
  })

  it('forgets what was 0 for forty days, and nothing that Intershop may be selling', async () => {
    const documents = memory()
    const day = 24 * 3_600_000
    await tell(documents, 10, [offer(7, 0), offer(8, 1), offer(9, 0)])
    await tell(documents, 30 * day, [offer(9, 0)])
    await tell(documents, 41 * day, [offer(10, 1)])
    expect((await all(documents)).map(([skuId]) => skuId)).toEqual([8, 9, 10])
  })

  it('believes nothing of what a dead worker was telling, and still knows its names', async () => {
    const documents = memory()
    await tell(documents, 10, [offer(7, 3), offer(8, 1)])
    await announce(documents, { name: '20~dead', skuIds: [7] })
    const trusted = async (skuId: number) =>
      (await Ledger.open(documents, [skuId])).trusted(skuId, '1', 'm', 30)?.quantity
    expect([await trusted(7), await trusted(8)]).toEqual([undefined, 1])
    await tell(documents, 30, [offer(9)])
    expect([await trusted(7), await trusted(8)]).toEqual([undefined, 1])
    expect((await Ledger.open(documents, [7])).entry(7, '1')?.offerSku).toBe('r7')
  })

  it('counts what Intershop sells by seller, anew after half an hour', async () => {
    const documents = memory()
    await tell(documents, 10, [offer(7, 3), offer(8, 0), offer(7, 1, { sellerId: 'constructor' })])
    const counted = async (now: number) => [...(await positives(documents, 10, now)).bySeller]
    const first = [
      ['1', 1],
      ['constructor', 1],
    ]
    expect(await counted(NOW)).toEqual(first)
    await tell(documents, 20, [offer(9, 3)])
    expect(await counted(NOW + 29 * 60_000)).toEqual(first)
    expect(await counted(NOW + 31 * 60_000)).toEqual([
      ['1', 2],
      ['constructor', 1],
    ])
  })
})
