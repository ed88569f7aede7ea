import fc from 'fast-check'

import { memory } from '../../tests/documents'
import type { OfferName } from '../offers/stockOffer'
import { compact, isCompactionDue } from './compaction'
import { type Entry, entriesAfter } from './entry'
import { NO_GENERATION, newestGeneration, placeOf } from './generations'
import { Ledger } from './ledger'
import { type Receipt, type SentOffer, startedDocument, type UnsentOffer } from './receipt'

interface Batch {
  sent: SentOffer[]
  held: UnsentOffer[]
  shared: UnsentOffer[]
  taken: OfferName[]
  isCommitted: boolean
  /** How many versions before its own it did not know. */
  concurrent: number
}

const SKUS = 2_600

const offer = fc.record({
  skuId: fc.integer({ min: 1, max: SKUS }),
  sellerId: fc.constantFrom('1', 'shop'),
  offerSku: fc.constantFrom('A', 'B'),
  quantity: fc.nat(3),
  isGone: fc.boolean(),
})

const batch: fc.Arbitrary<Batch> = fc.record({
  sent: fc.uniqueArray(offer, { selector: ({ skuId }) => skuId, maxLength: 40 }),
  held: fc.array(offer, { maxLength: 5 }),
  shared: fc.array(offer, { maxLength: 3 }),
  taken: fc.array(offer, { maxLength: 3 }),
  isCommitted: fc.boolean(),
  concurrent: fc.constantFrom(0, 0, 0, 1, 2),
})

function offersOf(skus: number): SentOffer[] {
  return Array.from({ length: skus }, (_, index) => ({
    ...{ skuId: index + 1, sellerId: '1', offerSku: 'A', quantity: index % 3, isGone: false },
  }))
}

/** Everything at once: more SKUs than a shard holds. */
const whole: Batch = {
  sent: offersOf(SKUS),
  ...{ held: [], shared: [], taken: [] },
  isCommitted: true,
  concurrent: 0,
}

/** A ledger with its documents, and what it should say by folding all batches in memory. */
class Books {
  readonly documents = memory()
  readonly receipts: Receipt[] = []
  readonly expected = new Map<number, Entry[]>()
  private version = 0

  async add({ isCommitted, concurrent, ...batch }: Batch) {
    const { sent, held, shared, taken } = batch
    const ids = [...sent, ...held, ...shared, ...taken].map(({ skuId }) => skuId)
    if (ids.length === 0) return
    this.version += 1_000
    const id = `b${this.version}`
    const readAfter = Math.max(0, this.version - 1_000 * (1 + concurrent))
    const receipt: Receipt = {
      ...{ id, path: () => id, version: this.version, readAfter, isCommitted },
      ...{ firstSku: Math.min(...ids), lastSku: Math.max(...ids), offers: ids.length },
    }
    await this.documents.save('receipts', id, startedDocument({ ...batch, publishedUnder: 'u' }))
    this.receipts.push(receipt)
    for (const skuId of new Set(ids)) {
      const own = <T extends { skuId: number }>(all: T[]) =>
        all.filter((each) => each.skuId === skuId)
      const started = {
        ...{ sent: own(sent), held: own(held), shared: own(shared), taken: own(taken) },
        publishedUnder: 'u',
      }
      this.expected.set(skuId, entriesAfter(this.expected.get(skuId) ?? [], receipt, started))
    }
  }

  async fold(isOver = () => false) {
    let names = 0
    const uniqueId = () => `id${++names}`
    const isOther = (sellerId: string) => sellerId !== '1'
    const around = { documents: this.documents, clock: { uniqueId }, isOver, isOther }
    return compact(around, this.ledger(), this.receipts)
  }

  ledger() {
    return new Ledger({ documents: this.documents, clock: { sleep: async () => undefined } })
  }

  /** As a worker sees it that has just begun. */
  view() {
    return this.ledger().at(this.receipts)
  }

  async check() {
    const ledger = await this.view()
    const ids = [...this.expected.keys()].sort((a, b) => a - b)
    const published = await ledger.of(ids)
    for (const skuId of ids) expect(published.entries(skuId)).toEqual(this.expected.get(skuId))
    const walked: Array<readonly [number, Entry[]]> = []
    for await (const each of ledger.walk()) if (each[1].length > 0) walked.push(each)
    const kept = ids.map((id) => [id, this.expected.get(id) ?? []] as const)
    expect(walked).toEqual(kept.filter(([, entries]) => entries.length > 0))
  }
}

describe('Ledger', () => {
  it('returns the same entries whether or not receipts were folded into a generation', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof({ weight: 9, arbitrary: batch }, { weight: 1, arbitrary: fc.constant(whole) }),
          {
            maxLength: 12,
          }
        ),
        fc.array(fc.nat(12)),
        async (batches, folds) => {
          const books = new Books()
          for (const [index, each] of batches.entries()) {
            await books.add(each)
            if (folds.includes(index)) await books.fold()
          }
          await books.check()
        }
      ),
      { numRuns: 60 }
    )
  })

  it('treats the SKUs of a lost receipt document as uncertain', async () => {
    const books = new Books()
    await books.add(whole)
    await books.fold()
    await books.add({ ...whole, sent: whole.sent.slice(10, 20) })
    await books.documents.save('receipts', 'b2000', null)
    const published = await (await books.view()).of([5, 15])
    expect(published.entries(5)).toMatchObject([{ isCertain: true }])
    expect(published.entries(15)).toMatchObject([{ isCertain: false }])
  })

  it('reads only the shards of the requested SKUs', async () => {
    const books = new Books()
    await books.add(whole)
    await books.fold()
    books.documents.reads.clear()
    await (await books.view()).of([1, 2, 2_600])
    expect([...books.documents.reads].filter(([key]) => key.startsWith('ledger/'))).toHaveLength(2)
  })
})

describe('placeOf', () => {
  it('returns the place of the last shard that begins at or below an id', () => {
    const firsts = fc.uniqueArray(fc.nat(40), { maxLength: 12 })
    fc.assert(
      fc.property(firsts, fc.nat(42), (ids, skuId) => {
        const shards = ids.sort((a, b) => a - b)
        const begun = shards.filter((first) => first <= skuId).length
        expect(placeOf({ ...NO_GENERATION, shards }, skuId)).toBe(begun - 1)
      })
    )
  })
})

describe('isCompactionDue', () => {
  const due = (shards: number, receipts: number, offers: number) =>
    isCompactionDue(
      { ...NO_GENERATION, shards: Array.from({ length: shards }, (_, place) => place) },
      Array.from({ length: receipts }, (_, index) => ({
        ...{ id: `${index}`, path: () => '', version: index, readAfter: 0, isCommitted: true },
        ...{ firstSku: 1, lastSku: 9, offers },
      }))
    )

  it.each([
    { shards: 0, receipts: 0, offers: 0, is: false, why: 'nothing was sent' },
    { shards: 0, receipts: 1, offers: 1, is: true, why: 'there is no generation' },
    { shards: 8, receipts: 31, offers: 9, is: false, why: 'few receipts of few offers' },
    { shards: 8, receipts: 32, offers: 9, is: true, why: 'many receipts' },
    { shards: 8, receipts: 2, offers: 1_000, is: true, why: 'a quarter of the offers' },
    { shards: 1_000, receipts: 249, offers: 9, is: false, why: 'a large generation' },
    { shards: 9_000, receipts: 250, offers: 9, is: true, why: 'too many receipts for any' },
  ])('returns $is: $why', ({ shards, receipts, offers, is }) => {
    expect(due(shards, receipts, offers)).toBe(is)
  })
})

describe('compact', () => {
  it('resumes where it was stopped, with the receipts that it began with', async () => {
    const books = new Books()
    const many = { ...whole, sent: offersOf(9_000) }
    await books.add(many)
    for (let stops = 0; !(await books.fold(() => true)); stops++) {
      expect(stops).toBeLessThan(10)
      expect(await newestGeneration(books.documents)).toMatchObject({ version: 0 })
      // Sent after it began: it is not folded, and still counts.
      if (stops === 1)
        await books.add({ ...whole, sent: whole.sent.slice(0, 3), isCommitted: false })
    }
    await books.check()
    const { inStock, folded } = await newestGeneration(books.documents)
    expect([...inStock]).toEqual([['1', many.sent.filter(({ quantity }) => quantity > 0).length]])
    expect([...folded]).toEqual(['b1000'])
  })
})

describe('entriesAfter', () => {
  const offer: SentOffer = { skuId: 1, sellerId: '1', offerSku: 'A', quantity: 5, isGone: false }
  const nothing = { sent: [], held: [], shared: [], taken: [], publishedUnder: 'u' }
  const sending = (quantity: number, more: Partial<SentOffer> = {}) => ({
    ...{ ...nothing, sent: [{ ...offer, quantity, ...more }] },
  })
  const first = { version: 10, readAfter: 0, isCommitted: true }
  const second = { version: 20, readAfter: 10, isCommitted: true }
  const before = entriesAfter([], first, sending(5))

  it('keeps the larger quantity, uncertain, after a batch that was not committed', () => {
    const after = entriesAfter(before, { ...second, isCommitted: false }, sending(0))
    expect(after).toMatchObject([{ quantity: 5, version: 20, isCertain: false }])
  })

  it('keeps the larger quantity, uncertain, after a batch that did not know of the one before', () => {
    const after = entriesAfter(before, { ...second, readAfter: 9 }, sending(2))
    expect(after).toMatchObject([{ quantity: 5, isCertain: false }])
    const later = { version: 30, readAfter: 20, isCommitted: true }
    expect(entriesAfter(after, later, sending(2))).toMatchObject([{ quantity: 2, isCertain: true }])
  })

  it('drops a removed offer once its 0 was sent for certain', () => {
    const gone = sending(0, { isGone: true })
    expect(entriesAfter(before, second, gone)).toEqual([])
    expect(entriesAfter(before, { ...second, isCommitted: false }, gone)).toHaveLength(1)
  })

  it('notes when an offer was held until it is sent again', () => {
    const held = entriesAfter(before, second, { ...nothing, held: [offer] })
    expect(held).toMatchObject([{ quantity: 5, version: 10, heldAt: 20 }])
    const [sent] = entriesAfter(held, { ...second, version: 30, readAfter: 20 }, sending(5))
    expect(sent?.heldAt).toBeUndefined()
  })

  it('marks an offer as uncertain while another one shares its Intershop SKU', () => {
    const shared = entriesAfter(before, second, { ...nothing, shared: [offer] })
    expect(shared).toMatchObject([{ quantity: 5, isCertain: false, sharedAt: 20 }])
    const [sent] = entriesAfter(shared, { ...second, version: 30, readAfter: 20 }, sending(5))
    expect(sent).toMatchObject({ isCertain: true })
    expect(sent?.sharedAt).toBeUndefined()
  })

  it('drops an Intershop SKU that another offer was sent under', () => {
    const taken = { ...nothing, taken: [offer] }
    expect(entriesAfter(before, second, taken)).toEqual([])
    expect(entriesAfter(before, { ...second, isCommitted: false }, taken)).toEqual(before)
  })
})
