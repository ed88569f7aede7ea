import type { VBase } from '@vtex/api'

import { StateError, UnreadableDocumentError } from './documents'
import { vbaseDocuments } from './vbaseDocuments'

const httpError = (status: number) =>
  Object.assign(new Error('s3cret'), { response: { status, headers: {}, data: 's3cret' } })

/** What of VBase is used. Each call first throws what is in `failures`, one after another. */
class FakeVBase implements Pick<VBase, 'saveJSON' | 'getRawJSON' | 'getJSON'> {
  readonly files = new Map<string, unknown>()
  failures: unknown[] = []
  calls = 0
  pageSize = 2
  lastTag: string | undefined

  saveJSON: VBase['saveJSON'] = async (folder, path, data, _tracing, ifMatch) => {
    this.take()
    this.lastTag = ifMatch
    this.files.set(`${folder}/${path}`, data)
    return []
  }

  getJSON: VBase['getJSON'] = async <T>(folder: string, path: string, nullIfNotFound?: boolean) =>
    (await this.getRawJSON<T>(folder, path, nullIfNotFound)).data

  getRawJSON: VBase['getRawJSON'] = async <T>(
    folder: string,
    path: string,
    nullIfNotFound?: boolean
  ) => {
    this.take()
    const key = `${folder}/${path}`
    if (!this.files.has(key)) {
      const headers: Record<string, string> = {}
      if (nullIfNotFound) return { data: null as T, headers, status: 404 }
      throw httpError(404)
    }
    return { data: this.files.get(key) as T, headers: { etag: 'tag1' }, status: 200 }
  }

  async listFiles(folder: string, { prefix = '', next = '0' }) {
    this.take()
    const names = [...this.files.keys()]
      .filter((key) => key.startsWith(`${folder}/${prefix}`))
      .map((key) => ({ path: key.slice(folder.length + 1), hash: 'h' }))
    const end = Number(next) + this.pageSize
    return {
      data: names.slice(Number(next), end),
      ...(end < names.length && { next: String(end) }),
    }
  }

  async deleteFile(folder: string, path: string) {
    this.take()
    if (!this.files.delete(`${folder}/${path}`)) throw httpError(404)
  }

  private take() {
    this.calls++
    const error = this.failures.shift()
    if (error) throw error
  }
}

function setUp() {
  const vbase = new FakeVBase()
  return { vbase, documents: vbaseDocuments(vbase as unknown as VBase) }
}

/** Waits until it is settled, without waiting. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  const result = promise.then(
    (value) => () => value,
    (thrown: unknown) => () => {
      throw thrown
    }
  )
  await jest.advanceTimersByTimeAsync(60_000)
  return (await result)()
}

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

describe('vbaseDocuments', () => {
  it('read returns what was saved, and null if there is nothing', async () => {
    const { documents } = setUp()
    await documents.save('plans', 'a/1', { v: 1 })
    expect(await documents.read('plans', 'a/1')).toEqual({ v: 1 })
    expect(await documents.read('worklists', 'a/1')).toBeNull()
    expect(await documents.readTagged('plans', 'a/1')).toEqual({ document: { v: 1 }, tag: 'tag1' })
    expect(await documents.readTagged('plans', 'b')).toEqual({ document: null })
  })

  it('list returns the names of a prefix over all pages, sorted', async () => {
    const { documents } = setUp()
    for (const name of ['b/3', 'b/1', 'c/1', 'b/5', 'b/2', 'b/4', 'a/1']) {
      await documents.save('plans', name, 1)
    }
    expect(await documents.list('plans', 'b/')).toEqual(['b/1', 'b/2', 'b/3', 'b/4', 'b/5'])
    expect(await documents.list('plans')).toHaveLength(7)
    expect(await documents.list('plans', '', 2)).toHaveLength(2)
    expect(await documents.list('ended')).toEqual([])
  })

  it('list ends though VBase repeats the same page', async () => {
    const { vbase, documents } = setUp()
    vbase.listFiles = async () => ({ data: [{ path: 'a', hash: 'h' }], next: 'same' })
    expect(new Set(await documents.list('plans'))).toEqual(new Set(['a']))
  })

  it('list rejects if the page marks form a cycle', async () => {
    const { vbase, documents } = setUp()
    let calls = 0
    vbase.listFiles = async () => ({ data: [], next: `mark${++calls % 5}` })
    await expect(documents.list('exports')).rejects.toThrow(StateError)
    expect(calls).toBeLessThan(10)
  })

  it('read and list reject a text, which VBase or a proxy may return instead of JSON', async () => {
    const { vbase, documents } = setUp()
    vbase.getJSON = async <T>() => '<html>' as T
    await expect(settled(documents.read('plans', 'a'))).rejects.toThrow(UnreadableDocumentError)
    Object.assign(vbase, { listFiles: async () => '<html>' })
    await expect(settled(documents.list('plans'))).rejects.toThrow(StateError)
  })

  it('save rejects an HTML page as its response, and accepts any other', async () => {
    const { vbase, documents } = setUp()
    const answers: unknown[] = ['<!doctype html><p>Sorry', ' <html>', '', undefined, 'OK']
    vbase.saveJSON = async () => {
      vbase.calls++
      return answers.shift() as never
    }
    await settled(documents.save('plans', 'a', {}))
    expect(vbase.calls).toBe(3)
    await settled(documents.save('plans', 'a', {}))
    await settled(documents.save('plans', 'a', {}))
    expect(vbase.calls).toBe(5)
  })

  it('remove succeeds, also if there is nothing', async () => {
    const { vbase, documents } = setUp()
    await documents.save('exports', 'a', 1)
    await documents.remove('exports', 'a')
    await documents.remove('exports', 'a')
    expect(vbase.files.size).toBe(0)
  })

  it('saveOver returns false if the version differs, without a retry', async () => {
    const { vbase, documents } = setUp()
    expect(await documents.saveOver('lease', 'line', 1, 'tag1')).toBe(true)
    expect(vbase.lastTag).toBe('tag1')
    vbase.failures = [httpError(412)]
    vbase.calls = 0
    expect(await settled(documents.saveOver('lease', 'line', 2, 'tag0'))).toBe(false)
    expect(vbase.calls).toBe(1)
    expect(vbase.files.get('lease/line')).toBe(1)
  })

  it('all methods retry temporary failures', async () => {
    const { vbase, documents } = setUp()
    const passing = () => [httpError(503), httpError(429), { code: 'ECONNRESET' }]
    vbase.failures = passing()
    await settled(documents.save('plans', 'a', 1))
    vbase.failures = passing()
    expect(await settled(documents.list('plans'))).toEqual(['a'])
    vbase.failures = passing()
    expect(await settled(documents.read('plans', 'a'))).toBe(1)
    vbase.failures = passing()
    await settled(documents.remove('plans', 'a'))
    expect(vbase.files.size).toBe(0)
  })

  it.each([400, 401, 403, 503])(
    'all methods reject with a StateError that hides the call (%i)',
    async (status) => {
      const { vbase, documents } = setUp()
      const asked = [
        () => documents.save('plans', 'a', 1),
        () => documents.read('plans', 'a'),
        () => documents.list('plans'),
        () => documents.remove('plans', 'a'),
        () => documents.readTagged('plans', 'a'),
        () => documents.saveOver('plans', 'a', 1),
      ]
      for (const ask of asked) {
        vbase.failures = Array.from({ length: 50 }, () => httpError(status))
        const error = await settled(ask()).catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(StateError)
        expect(error).toHaveProperty('message', expect.stringContaining(`VBase: status ${status}`))
        expect(error).not.toHaveProperty('message', expect.stringContaining('s3cret'))
      }
    }
  )
})
