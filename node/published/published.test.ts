import fc from 'fast-check'

import { memory } from '../../tests/documents'
import { compact } from './compaction'
import type { Entry, HeldOffer, SentOffer } from './entry'
import { entriesAfter } from './entry'
import { newestGeneration } from './generations'
import { Ledger } from './ledger'
import { type Receipt, startedDocument } from './receipt'

interface Batch {
  sent: SentOffer[]
  held: HeldOffer[]
  isCommitted: boolean
  /** How many versions before its own it did not know. */
  unaware: number
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
  isCommitted: fc.boolean(),
  unaware: fc.constantFrom(0, 0, 0, 1, 2),
})

/** Everything at once: more SKUs than a shard holds. */
const whole: Batch = {
  sent: Array.from({ length: SKUS }, (_, index) => ({
    ...{ skuId: index + 1, sellerId: '1', offerSku: 'A', quantity: index % 3, isGone: false },
  })),
  held: [],
  isCommitted: true,
  unaware: 0,
}

/** A ledger with its documents, and what it should say by folding all batches in memory. */
class Books {
  readonly documents = memory()
  readonly receipts: Receipt[] = []
  readonly expected = new Map<number, Entry[]>()
  private version = 0

  async add({ sent, held, isCommitted, unaware }: Batch) {
    const ids = [...sent, ...held].map(({ skuId }) => skuId)
    if (ids.length === 0) return
    this.version += 1_000
    const path = `b${this.version}`
    const known = this.version - 1_000 * (1 + unaware)
    const at = { version: this.version, readAfter: Math.max(0, known), path, isCommitted }
    const range = { firstSku: Math.min(...ids), lastSku: Math.max(...ids), offers: ids.length }
    const receipt = { ...at, ...range, publishedUnder: 'hash@master' }
    await this.documents.save('delivered', path, startedDocument({ sent, held }))
    this.receipts.push(receipt)
    for (const skuId of new Set(ids)) {
      const own = <T extends { skuId: number }>(all: T[]) =>
        all.filter((each) => each.skuId === skuId)
      const before = this.expected.get(skuId) ?? []
      this.expected.set(skuId, entriesAfter(before, receipt, own(sent), own(held)))
    }
  }

  async fold(isOver = () => false) {
    let names = 0
    const uniqueId = () => `id${++names}`
    return compact({ documents: this.documents, uniqueId, isOver }, 'export', this.receipts)
  }

  /** As a worker sees it that has just begun. */
  async check() {
    const ledger = await Ledger.open(this.documents, this.receipts)
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
  it('says the same of each SKU whenever receipts were folded into a generation', async () => {
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

  it('is certain of nothing where the document of a receipt is lost', async () => {
    const books = new Books()
    await books.add(whole)
    await books.fold()
    await books.add({ ...whole, sent: whole.sent.slice(10, 20) })
    await books.documents.save('delivered', 'b2000', null)
    const published = await (await Ledger.open(books.documents, books.receipts)).of([5, 15])
    expect(published.entries(5)).toMatchObject([{ isCertain: true }])
    expect(published.entries(15)).toMatchObject([{ isCertain: false }])
  })

  it('reads the shards of the SKUs that are asked for, and no other', async () => {
    const books = new Books()
    await books.add(whole)
    await books.fold()
    books.documents.reads.clear()
    await (await Ledger.open(books.documents, books.receipts)).of([1, 2, 2_600])
    expect([...books.documents.reads].filter(([key]) => key.startsWith('ledger/'))).toHaveLength(2)
  })
})

describe('compact', () => {
  it('goes on where it was stopped, with what it began with', async () => {
    const books = new Books()
    await books.add(whole)
    for (let stops = 0; !(await books.fold(() => true)); stops++) {
      expect(stops).toBeLessThan(10)
      expect(await newestGeneration(books.documents)).toMatchObject({ version: 0 })
      // Sent after it began: it is not folded, and still counts.
      if (stops === 1)
        await books.add({ ...whole, sent: whole.sent.slice(0, 3), isCommitted: false })
    }
    await books.check()
    const { inStock, folded } = await newestGeneration(books.documents)
    expect([...inStock]).toEqual([['1', whole.sent.filter(({ quantity }) => quantity > 0).length]])
    expect([...folded]).toEqual(['b1000'])
  })
})

describe('entriesAfter', () => {
  const sent: SentOffer = { skuId: 1, sellerId: '1', offerSku: 'A', quantity: 5, isGone: false }
  const first = { version: 10, readAfter: 0, isCommitted: true, publishedUnder: 'u' }
  const [before] = entriesAfter([], first, [sent], [])

  it('keeps the larger quantity, uncertain, after a batch that was not committed', () => {
    const batch = { ...first, version: 20, readAfter: 10, isCommitted: false }
    expect(entriesAfter(before ? [before] : [], batch, [{ ...sent, quantity: 0 }], [])).toEqual([
      { ...before, quantity: 5, version: 20, isCertain: false },
    ])
  })

  it('keeps the larger quantity, uncertain, after a batch that did not know of the one before', () => {
    const batch = { ...first, version: 20, readAfter: 9 }
    const [after] = entriesAfter(before ? [before] : [], batch, [{ ...sent, quantity: 2 }], [])
    expect(after).toMatchObject({ quantity: 5, isCertain: false })
    const later = { ...first, version: 30, readAfter: 20 }
    expect(entriesAfter(after ? [after] : [], later, [{ ...sent, quantity: 2 }], [])).toMatchObject(
      [{ quantity: 2, isCertain: true }]
    )
  })

  it('forgets what is gone once its 0 was sent', () => {
    const batch = { ...first, version: 20, readAfter: 10 }
    const gone = { ...sent, quantity: 0, isGone: true }
    expect(entriesAfter(before ? [before] : [], batch, [gone], [])).toEqual([])
  })

  it('notes what is held until it is sent again', () => {
    const batch = { ...first, version: 20, readAfter: 10 }
    const held = entriesAfter(before ? [before] : [], batch, [], [{ skuId: 1, sellerId: '1' }])
    expect(held).toEqual([{ ...before, heldAt: 20 }])
    const later = { ...first, version: 30, readAfter: 20 }
    expect(entriesAfter(held, later, [sent], [])[0]?.heldAt).toBeUndefined()
  })
})
