import type { ChangesIo } from './changeLog'
import { changeBuffer } from './notification'

/** VBase that saves when it is told to. */
function setUp() {
  const saved: Array<{ path: string; document: unknown }> = []
  const pending: Array<{ succeed(): void; fail(): void }> = []
  const documents = {
    save: (_folder: string, path: string, document: unknown) =>
      new Promise<void>((resolve, reject) => {
        const succeed = () => {
          saved.push({ path, document })
          resolve()
        }
        pending.push({ succeed, fail: () => reject(new Error('VBase: status 503')) })
      }),
  }
  let uniqueIds = 0
  const clock = {
    now: () => 1_000,
    uniqueId: () => `n${++uniqueIds}`,
    sleep: async () => undefined,
  }
  const saving = { documents, clock } as unknown as ChangesIo
  return { saved, pending, saving }
}

/** Half a second is over at once. */
const newBuffer = () => changeBuffer({ sleep: async () => undefined })

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('changeBuffer', () => {
  it('saves changes together, each SKU once, and resolves once they are saved', async () => {
    const { saved, pending, saving } = setUp()
    const buffer = newBuffer()
    const answers: number[] = []
    for (const [skuId, modified] of [
      [1, false],
      [2, true],
      [1, false],
      [2, false],
      [3, false],
    ] as const) {
      void buffer
        .load({ reported: { skuId, modified }, io: saving })
        .then(() => answers.push(skuId))
    }
    await turn()
    expect([pending.length, answers]).toEqual([1, []])
    pending[0]?.succeed()
    await turn()
    expect(answers).toEqual([1, 2, 1, 2, 3])
    expect(saved).toEqual([
      {
        path: '19700101T000001000~1000~n1~3~modified',
        document: {
          v: 1,
          changes: [
            [1, 1_000, 0],
            [2, 1_000, 1_000],
            [3, 1_000, 0],
          ],
        },
      },
    ])
  })

  it('marks a SKU unverified only if every report of it is unverified', async () => {
    const { saved, pending, saving } = setUp()
    const buffer = newBuffer()
    for (const [skuId, modified, unverified] of [
      [1, false, true],
      [2, true, true],
      [2, false, false],
      [3, true, true],
    ] as const) {
      void buffer.load({ reported: { skuId, modified, unverified }, io: saving })
    }
    await turn()
    pending[0]?.succeed()
    await turn()
    expect(saved.map(({ document }) => document)).toEqual([
      {
        v: 1,
        changes: [
          [1, 1_000, 0, { unverified: true }],
          [2, 1_000, 1_000],
          [3, 1_000, 1_000, { unverified: true }],
        ],
      },
    ])
  })

  it('saves changes that arrive during a save as the next group', async () => {
    const { saved, pending, saving } = setUp()
    const buffer = newBuffer()
    const first = buffer.load({ reported: { skuId: 1, modified: false }, io: saving })
    await turn()
    const later = [2, 3].map((skuId) =>
      buffer.load({ reported: { skuId, modified: false }, io: saving })
    )
    await turn()
    expect(pending.length).toBe(2)
    for (const each of pending) each.succeed()
    await Promise.all([first, ...later])
    expect(saved.map(({ document }) => document)).toMatchObject([
      { changes: [[1, 1_000, 0]] },
      {
        changes: [
          [2, 1_000, 0],
          [3, 1_000, 0],
        ],
      },
    ])
  })

  it('rejects all changes of a failed save, and saves the next ones', async () => {
    const { saved, pending, saving } = setUp()
    const buffer = newBuffer()
    const failed = Promise.allSettled(
      [1, 2].map((skuId) => buffer.load({ reported: { skuId, modified: false }, io: saving }))
    )
    await turn()
    pending[0]?.fail()
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const next = buffer.load({ reported: { skuId: 3, modified: false }, io: saving })
    await turn()
    pending[1]?.succeed()
    await next
    expect(saved.length).toBe(1)
  })

  it('saves a later group with the clients of its own reporter', async () => {
    const [first, second] = [setUp(), setUp()]
    const buffer = newBuffer()
    const early = buffer.load({ reported: { skuId: 1, modified: false }, io: first.saving })
    await turn()
    const late = buffer.load({ reported: { skuId: 2, modified: false }, io: second.saving })
    first.pending[0]?.succeed()
    await early
    await turn()
    second.pending[0]?.succeed()
    await late
    expect([first.saved.length, second.saved.length]).toEqual([1, 1])
  })
})
