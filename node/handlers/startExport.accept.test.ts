import { endedPath } from '../exports/documentNames'
import type { WorkEvent } from '../exports/engine'
import { requestSchema } from '../exports/exportRequest'
import { HttpError } from '../middlewares/errorHandler'
import { type Documents, StateError } from '../state/documents'
import { enqueue } from './startExport'

const PLAIN = { dry: false, dryRun: false, force: false }
const NOW = Date.UTC(2026, 10, 21, 20)
const down = () => Promise.reject(new StateError('VBase: status 503'))

/** A VBase of one folder, and a courier. */
function setUp(more: Partial<Documents> = {}) {
  const exports = new Map<string, unknown>()
  const woken: WorkEvent[] = []
  const logged: string[] = []
  const note = (step: string) => void logged.push(step)
  const documents: Documents = {
    save: async (_folder, name, document) => void exports.set(name, document),
    remove: async (_folder, name) => void exports.delete(name),
    list: async () => [...exports.keys()],
    read: async () => null,
    readTagged: down,
    saveOver: down,
    ...more,
  }
  const acceptance = {
    documents,
    log: { info: note, warn: note, error: note },
    requestRun: async (event: WorkEvent) => void woken.push(event),
    resumeQueueIfStalled: async () => void logged.push('resumed'),
    now: () => NOW,
  }
  return { exports, woken, logged, acceptance }
}

const refusal = async (accepted: Promise<unknown>) => {
  const error = await accepted.catch((thrown: unknown) => thrown)
  if (error instanceof HttpError) return error
  throw new Error('it was accepted')
}

describe('accept', () => {
  it('saves the request and requests a run before it returns', async () => {
    const { exports, woken, logged, acceptance } = setUp()
    const manner = { dry: true, dryRun: true, force: true }
    const request = await enqueue(acceptance, 'start', { startId: 7 }, manner)
    expect(request).toMatchObject({
      route: 'start',
      scope: { startId: 7 },
      acceptedAt: NOW,
      ...manner,
    })
    expect(request.exportId).toMatch(/^20261121T200000000-[0-9a-f]{12}$/)
    expect([...exports]).toEqual([[request.exportId, request]])
    expect(requestSchema.parse(request)).toEqual(request)
    expect(woken).toEqual([{ v: 1, id: expect.stringMatching(/^[0-9a-f]{12}$/) }])
    expect(logged).toEqual(['export.accepted'])
  })

  it('gives each request an id of its own, also within a millisecond', async () => {
    const { exports, acceptance } = setUp()
    for (let post = 0; post < 20; post++) await enqueue(acceptance, 'update', {}, PLAIN)
    expect(exports.size).toBe(20)
  })

  it('requests no run before the request is saved', async () => {
    const { woken, acceptance } = setUp({
      save: async () => {
        expect(woken).toEqual([])
      },
    })
    await enqueue(acceptance, 'export', {}, PLAIN)
    expect(woken).toHaveLength(1)
  })

  it('responds 503 if saving fails, even if it was saved after all', async () => {
    const { exports, woken, logged, acceptance } = setUp({
      save: async (_folder, name, document) => {
        exports.set(name, document)
        return down()
      },
    })
    expect(await refusal(enqueue(acceptance, 'export', {}, PLAIN))).toMatchObject({
      status: 503,
      code: 'not_durable',
      message: 'the export could not be saved; nothing was accepted',
      headers: { 'retry-after': '30' },
    })
    expect([exports.size, woken, logged]).toEqual([0, [], ['export.refused']])
  })

  it('responds 503 and withdraws the request if courier rejects the event', async () => {
    const { exports, logged, acceptance } = setUp()
    const requestRun = () => Promise.reject(new Error('courier said s3cret'))
    const error = await refusal(enqueue({ ...acceptance, requestRun }, 'export', {}, PLAIN))
    expect(error).toMatchObject({
      status: 503,
      message: 'the export could not be queued; nothing was accepted',
    })
    expect([exports.size, logged]).toEqual([0, ['export.refused']])
  })

  it('accepts a request that ended before it could be withdrawn', async () => {
    const ended = new Map<string, unknown>()
    const { exports, logged, acceptance } = setUp({
      read: async (folder, name) => (folder === 'ended' ? ended.get(name) : undefined) ?? null,
    })
    const requestRun = async () => {
      for (const exportId of exports.keys()) ended.set(endedPath(exportId), { v: 1, exportId })
      throw new Error('x')
    }
    const { exportId } = await enqueue({ ...acceptance, requestRun }, 'update', {}, PLAIN)
    expect([...ended.keys()]).toEqual([endedPath(exportId)])
    expect([exports.size, logged]).toEqual([0, ['export.accepted']])
  })

  it('logs a request that could not be withdrawn', async () => {
    const { logged, acceptance } = setUp({ remove: down })
    const requestRun = () => Promise.reject(new Error('x'))
    await refusal(enqueue({ ...acceptance, requestRun }, 'export', {}, PLAIN))
    expect(logged).toEqual(['export.withdrawalFailed', 'export.refused'])
  })

  it('accepts 32 queued exports, then responds 429', async () => {
    const { exports, woken, logged, acceptance } = setUp()
    for (let post = 0; post < 32; post++) await enqueue(acceptance, 'update', {}, PLAIN)
    expect(await refusal(enqueue(acceptance, 'update', {}, PLAIN))).toMatchObject({
      status: 429,
      code: 'too_many_exports',
      headers: { 'retry-after': '60' },
    })
    expect([exports.size, woken.length]).toEqual([32, 32])
    // The events of those that wait may all be lost: then this is what gets them going again.
    expect(logged.at(-1)).toBe('resumed')
  })

  it('accepts nothing if the number of queued exports is unknown', async () => {
    const { exports, acceptance } = setUp({ list: down })
    await expect(enqueue(acceptance, 'export', {}, PLAIN)).rejects.toThrow(StateError)
    expect(exports.size).toBe(0)
  })
})
