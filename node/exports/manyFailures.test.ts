import { memory } from '../../tests/documents'
import { Ledger } from '../published/ledger'
import { type BatchResult, committedDocument, counted } from './batchResult'
import { basisOf, END, endedPath, listingNames, planNames, receiptNames } from './documentNames'
import type { Dependencies } from './engine'
import { finish } from './finish'
import { QueueReader } from './queue'

/** More than the stack holds where they are spread into the arguments of a call. */
const MANY = 200_000
const AT = Date.UTC(2026, 10, 21, 12)
const exportId = '20261121T120000000-0123456789ab'

const documents = memory()
const unused = () => Promise.reject(new Error('not used here'))
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const engine: Dependencies = {
  ...{ documents, workspace: 'master', log: silent, mostSkus: 10_000 },
  clock: {
    now: () => AT + 1_000,
    sleep: unused,
    every: () => () => undefined,
    uniqueId: () => 'n',
  },
  settings: unused,
  changeIndex: unused,
  sources: () => ({
    direct: {
      ...{ skuDetails: unused, skuIdOf: unused, sellers: unused },
    },
  }),
  traffic: () => ({}),
  delivery: unused,
  requestRun: unused,
}

const failures = Array.from({ length: MANY }, (_, index) => ({
  ...{ skuId: index + 1, sellerId: '1', code: 'upstream_down' as const, message: 'm' },
}))

const part: BatchResult = {
  ...{ v: 1, skus: MANY, counts: counted({ failed: MANY }), failures, unmapped: [], offers: [] },
  zeroed: { read: 0, removed: 0, renamed: 0 },
  newlyZero: { own: 0, centra: 0, sellers: 0 },
  ...{ held: [], taken: [], nameConflicts: [], drifted: [], sellers: ['1'] },
}

const list = { uniqueId: 'l', total: MANY, firstIds: [1], consumes: [] }
const plan = {
  ...{ v: 1, exportId, uniqueId: 'p', startedAt: AT, covers: [], notes: [], everything: true },
  sources: ['own'],
}
const listed = {
  ...{ exportId, plan: 'p', source: 'own' as const, at: AT, uniqueId: 'l' },
}
const name = {
  ...{
    exportId,
    source: 'own' as const,
    from: 0,
    to: END,
    readAfter: 0,
    version: AT,
    uniqueId: 'n',
  },
  basis: basisOf('f', plan, list),
}

/** An export that read everything there is, and failed to. */
async function reader() {
  const request = { v: 1, exportId, route: 'export', scope: {}, acceptedAt: AT, dry: false }
  await documents.save('exports', exportId, request)
  await documents.save('plans', planNames.build({ ...plan, settingsHash: 'f' }), plan)
  await documents.save('worklists', listingNames.build(listed), { v: 1, ...list })
  const ledger = { offers: 0, firstSku: 0, lastSku: 0 }
  const more = {
    ...ledger,
    worker: 'w',
    zeroed: part.newlyZero,
    dry: false,
    state: 'committed' as const,
  }
  const delivered = committedDocument(part, { files: [], traffic: {}, deliveredAt: AT }, false)
  await documents.save('receipts', receiptNames.build({ ...name, ...more }), delivered)
  return new QueueReader(documents, engine.clock)
}

describe('finish', () => {
  it('ends an export with 200,000 failures in one batch, and counts them in the report', async () => {
    const lines = await reader()
    const outcome = { exportId, outcome: 'finished' } as const
    const around = { engine, reader: lines, ledger: new Ledger(engine) }
    await finish(around, await lines.read('f'), outcome)
    const report = await documents.read('ended', endedPath(exportId))
    expect(report).toMatchObject({ status: 'completedWithErrors', offers: { failed: MANY } })
  })
})
