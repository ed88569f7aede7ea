import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDocument, type VBaseDocument } from './document'
import { PreconditionFailed, VBaseStore } from './store'

let directory: string
let now: number
let age: number
let store: VBaseStore

const open = (): VBaseStore =>
  new VBaseStore(
    directory,
    () => age,
    () => now
  )

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vbase-'))
  now = 1_000
  age = 0
  store = open()
})

afterEach(() => rm(directory, { recursive: true }))

const json = (path: string, value: unknown): VBaseDocument =>
  createDocument({ path, contentType: 'application/json' }, Buffer.from(JSON.stringify(value)))

const value = async (path: string): Promise<unknown> => {
  const document = await store.read('b', path)
  return document && JSON.parse(String(document.body))
}

const listed = async (options = {}): Promise<string[]> =>
  (await store.list('b', options)).data.map(({ path }) => path)

const AWKWARD = ['a/b', 'A/b', 'a%2Fb', '..', '.', 'ü\n€', `long/${'x'.repeat(900)}`, ' ', 'a:b?c*']

it('keeps files of any name over a restart', async () => {
  for (const path of AWKWARD) {
    await store.write('b', json(path, path))
  }
  store = open()
  expect(await listed()).toEqual([...AWKWARD].sort())
  // Also where the disk takes `A` for `a`.
  const names = (await readdir(join(directory, 'b'))).map((name) => name.toLowerCase())
  expect(new Set(names).size).toBe(AWKWARD.length)
  for (const path of AWKWARD) {
    expect(await value(path)).toBe(path)
  }
  expect(await store.delete('b', '..')).toBe(true)
  expect(await store.delete('b', '..')).toBe(false)
  await store.clear('b')
  expect(await readdir(join(directory, 'b'))).toEqual([])
})

it('VBaseStore.list returns sorted pages of a prefix', async () => {
  for (const path of ['b/3', 'a/1', 'b/1', 'c', 'b/2', 'b']) {
    await store.write('b', json(path, 0))
  }
  expect(await listed({ prefix: 'b/' })).toEqual(['b/1', 'b/2', 'b/3'])
  const first = await store.list('b', { prefix: 'b', limit: 2 })
  expect(first).toMatchObject({ data: [{ path: 'b' }, { path: 'b/1' }], next: 'b/2' })
  const last = await store.list('b', { prefix: 'b', limit: 2, next: first.next ?? '' })
  expect(last.data.map(({ path }) => path)).toEqual(['b/2', 'b/3'])
  expect(last.next).toBeUndefined()
})

it('accepts one of two writes with the same If-Match, both with ignoreIfMatch', async () => {
  const first = json('x', 1)
  await store.write('b', first)
  const results = await Promise.allSettled([
    store.write('b', json('x', 2), `"${first.hash}"`),
    store.write('b', json('x', 3), `"${first.hash}"`),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  await expect(store.delete('b', 'x', first.hash)).rejects.toBeInstanceOf(PreconditionFailed)
  await expect(store.write('b', json('absent', 1), '*')).rejects.toBeInstanceOf(PreconditionFailed)
  expect(await value('x')).toBe(2)

  store.behaviour.ignoreIfMatch = true
  await store.write('b', json('x', 4), first.hash)
  expect(await value('x')).toBe(4)
})

it('returns states of at most staleReads and staleListings ms ago', async () => {
  store.behaviour.staleReads = 100
  store.behaviour.staleListings = 100
  await store.write('b', json('old', 1))
  now += 1_000
  await store.write('b', json('old', 2))
  await store.write('b', json('new', 1))
  now += 10
  await store.delete('b', 'old')

  age = 0.99
  expect([await value('old'), await value('new'), await listed()]).toEqual([1, undefined, ['old']])
  age = 0.05
  expect([await value('old'), await value('new'), await listed()]).toEqual([2, 1, ['new', 'old']])
  age = 0
  expect([await value('old'), await value('new'), await listed()]).toEqual([undefined, 1, ['new']])
  now += 100
  age = 0.99
  expect([await value('old'), await value('new'), await listed()]).toEqual([undefined, 1, ['new']])
})
