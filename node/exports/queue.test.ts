import type { Clock } from '../common/clock'
import { type Documents, SETTLE_MS } from '../state/documents'
import { type BatchReceipt, receiptNames } from './documentNames'
import { QueueReader, type QueueSnapshot } from './queue'

const BEGAN = Date.UTC(2026, 4, 1)
const receipt = (worker: string, atMs: number, exportId = 'e'): BatchReceipt => ({
  ...{ version: BEGAN + atMs, exportId, source: 'own', from: 0, to: 9, readAfter: 0, basis: 'b' },
  ...{ uniqueId: `${worker}${atMs}`, worker, zeroed: { own: 0, centra: 0, sellers: 0 }, skus: 1 },
  ...{ offers: 1, firstSku: 1, lastSku: 1, dry: false, state: 'committed' },
})

const own = receipt('me', 300)
const sent = (deliveries: BatchReceipt[] = [own]) => ({ deliveries }) as unknown as QueueSnapshot

/** A run's reader. Listings show what others wrote as late as they may: a moment afterwards. */
function reader(others: readonly BatchReceipt[] = []) {
  let now = BEGAN
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms
    },
  } as Partial<Clock> as Clock
  const documents = {
    save: async () => undefined,
    list: async (_folder: string, prefix = '') =>
      others
        .filter(({ version }) => version + SETTLE_MS <= now)
        .map((each) => receiptNames.build(each))
        .filter((name) => name.startsWith(prefix)),
  } as Partial<Documents> as Documents
  const queue = new QueueReader(documents, clock)
  return { queue, clock, since: () => now - BEGAN }
}

describe('isUnsettled', () => {
  it.each([
    [290, 300],
    [SETTLE_MS, 1_500],
  ])(
    'finds what another worker wrote after %d ms and a run of %d ms did not see',
    async (wrote, lasted) => {
      const { queue, clock } = reader([receipt('other', wrote)])
      await queue.receipts.list()
      await clock.sleep(lasted)
      await queue.save('receipts', receiptNames.build(own), {})
      await queue.receipts.list()
      await expect(queue.isUnsettled(sent(), 'e')).resolves.toBe(true)
    }
  )

  it('looks again at most a moment after the last receipt', async () => {
    const { queue, clock, since } = reader()
    await clock.sleep(300)
    await queue.save('receipts', receiptNames.build(own), {})
    await expect(queue.isUnsettled(sent(), 'e')).resolves.toBe(false)
    expect(since()).toBe(300 + SETTLE_MS)
  })

  it('needs no second listing two moments after a run began', async () => {
    // A worker that lost the lease publishes for the last time a moment after that.
    const { queue, clock, since } = reader([receipt('other', SETTLE_MS)])
    await clock.sleep(2 * SETTLE_MS)
    await queue.receipts.list()
    expect(queue.receipts.all).toHaveLength(1)
    await clock.sleep(10)
    await expect(queue.isUnsettled(sent(), 'e')).resolves.toBe(false)
    expect(since()).toBe(2 * SETTLE_MS + 10)
  })

  it('does not look again for an export that sent nothing', async () => {
    const { queue, since } = reader([receipt('other', 0)])
    const nothing = [{ ...own, offers: 0 }, receipt('me', 0, 'another')]
    await expect(queue.isUnsettled(sent(nothing), 'e')).resolves.toBe(false)
    expect(since()).toBe(0)
  })
})
