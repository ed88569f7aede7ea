import { memory } from '../../tests/documents'
import { compact } from '../published/compaction'
import { Ledger } from '../published/ledger'
import { startedDocument } from '../published/receipt'
import { type Checkpoint, saveCheckpoint } from './checkpoints'
import { END } from './documentNames'
import type { ExportRequest } from './exportRequest'
import { dueSkus, refreshOf } from './sellersRefresh'

const NOW = Date.UTC(2026, 10, 21, 12)
const MINUTE = 60_000
const settings = { sellersRefreshMinutes: 240 }
const update: ExportRequest = {
  ...{ v: 1, exportId: 'e', route: 'update', scope: {}, acceptedAt: NOW },
  ...{ dry: false, dryRun: false, force: false },
}
const NO_PLANS = { exports: [], settingsHash: 'mine' }

/** @param minutes ago */
const refreshed = (minutes: number, next: number): Checkpoint => ({
  ...{ kind: 'sellersRefresh', at: NOW - minutes * MINUTE, settingsHash: 'mine' },
  ...{ exportId: 'e', next },
})
const fullSync = (minutes: number): Checkpoint => ({
  ...{ kind: 'fullSync', at: NOW - minutes * MINUTE, settingsHash: 'mine', exportId: 'e' },
})

const refresh = (checkpoints: Checkpoint[], more: Partial<ExportRequest> = {}, minutes = 240) =>
  refreshOf({ ...update, ...more }, NO_PLANS, checkpoints, { sellersRefreshMinutes: minutes }, NOW)

describe('refreshOf', () => {
  it('continues from the checkpoint, for a quarter of the time since then at most', () => {
    const found = refresh([fullSync(60), refreshed(10, 5), refreshed(3, 9)], {}, 100)
    expect(found).toEqual({
      ...{ from: 9, since: NOW - 3 * MINUTE, readAt: NOW - 60 * MINUTE },
      until: NOW + 0.75 * MINUTE,
    })
  })

  it('begins at the first SKU again after the last one, and goes on for 70 seconds at most', () => {
    expect(refresh([refreshed(10, END)])).toMatchObject({ from: 0, until: NOW + 70_000 })
  })

  it('says when the round before read the next SKU', () => {
    const round = [refreshed(250, 4), refreshed(200, 8), refreshed(150, END)]
    const readAt = (...next: Checkpoint[]) => refresh([fullSync(900), ...round, ...next])?.readAt
    expect(readAt(refreshed(100, 4))).toBe(NOW - 200 * MINUTE)
    expect(readAt(refreshed(100, 3))).toBe(NOW - 250 * MINUTE)
    expect(readAt(refreshed(100, 8))).toBe(NOW - 150 * MINUTE)
    expect(refresh([...round, fullSync(120), refreshed(110, 0)])?.readAt).toBe(NOW - 120 * MINUTE)
  })

  it('counts a pause that is longer than a round as one round', () => {
    expect(refresh([refreshed(2_000, 5)])?.since).toBe(NOW - 0.98 * 240 * MINUTE)
  })

  it.each([
    ['for another route', [refreshed(10, 5)], { route: 'export' }],
    ['in a dry run', [refreshed(10, 5)], { dry: true }],
    ['with force', [refreshed(10, 5)], { force: true }],
    ['soon after the refresh before', [refreshed(4, 5)], {}],
    ['before the first full export', [], {}],
  ] as const)('refreshes nothing %s', (_when, checkpoints, more) => {
    expect(refresh([...checkpoints], more)).toBeUndefined()
  })

  it('refreshes nothing if the setting is 0, or another update refreshes', () => {
    expect(refresh([refreshed(10, 5)], {}, 0)).toBeUndefined()
    const exports = [{ plan: { refresh: { from: 0, since: 0, readAt: 0, until: 0 } } }]
    const queue = { ...NO_PLANS, exports: exports as never }
    expect(refreshOf(update, queue, [refreshed(10, 5)], settings, NOW)).toBeUndefined()
  })

  it('finds its checkpoint among the documents', async () => {
    const documents = memory()
    await saveCheckpoint(documents, refreshed(10, 7))
    expect(await documents.list('checkpoints')).toEqual([
      'sellersRefresh~20261121T115000000~mine~e~7',
    ])
  })
})

/** A ledger of 3,000 SKUs in three shards; each tenth of the first and of the last shard has another seller's offer. */
async function ledger() {
  const documents = memory()
  const sent = Array.from({ length: 3_000 }, (_, index) => {
    const isOther = index % 10 === 0 && Math.floor(index / 1_000) !== 1
    return { ...{ skuId: index + 1, quantity: 1, isGone: false }, ...seller(isOther, index) }
  })
  const lists = { held: [], shared: [], taken: [] }
  await documents.save('receipts', 'r', startedDocument({ sent, ...lists, publishedUnder: 'u' }))
  const receipt = {
    ...{ id: 'r', path: () => 'r', version: 5, readAfter: 0, isCommitted: true },
    ...{ offers: 3_000, firstSku: 1, lastSku: 3_000 },
  }
  const around = { documents, clock: { sleep: async () => undefined } }
  const io = { documents, clock: { uniqueId: () => 'id' }, isOver: () => false, isOther: isAsked }
  await compact(io, new Ledger(around), [receipt])
  return { documents, view: new Ledger(around).at([]) }
}

const seller = (isOther: boolean, index: number) =>
  isOther ? { sellerId: '2', offerSku: `${index}_2` } : { sellerId: '1', offerSku: `${index}` }

const isAsked = (sellerId: string) => sellerId === '2'

describe('dueSkus', () => {
  const due = async (from: number, minutes: number, isOver = () => false) => {
    const { view } = await ledger()
    const since = NOW - minutes * MINUTE
    const where = { from, since, readAt: 0, until: 0 }
    return dueSkus(view, where, settings, NOW, isAsked, isOver)
  }

  it('returns as many SKUs as updates at this interval need to read all in time', async () => {
    // 200 SKUs, 47 updates of five minutes.
    const { ids, refreshed: found } = await due(0, 5)
    expect(ids).toEqual([1, 11, 21, 31, 41])
    expect(found.next).toBe(51)
    expect(found.skuMs).toBeCloseTo((0.98 * 240 * MINUTE) / 200)
    expect((await due(51, 5)).ids).toEqual([51, 61, 71, 81, 91])
  })

  it('goes on in the next shard that has such offers, and ends after the last one', async () => {
    expect((await due(991, 5)).ids).toEqual([991, 2_001, 2_011, 2_021, 2_031])
    expect(await due(2_981, 5)).toMatchObject({ ids: [2_981, 2_991], refreshed: { next: END } })
  })

  it('returns all where an interval is longer than a round', async () => {
    expect(await due(0, 240)).toMatchObject({ refreshed: { next: END } })
    expect((await due(0, 240)).ids).toHaveLength(200)
  })

  it('stops after a shard when its time is over', async () => {
    const found = await due(0, 240, () => true)
    expect(found.ids).toHaveLength(100)
    expect(found.refreshed.next).toBe(2_001)
  })
})
