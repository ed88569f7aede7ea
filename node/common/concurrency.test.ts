import { setImmediate as turn } from 'timers/promises'
import { prefetch } from './concurrency'

/** Readings that end when they are told to, or at once. */
function library(open: readonly number[] = []) {
  const begun: number[] = []
  const ends = new Map<number, () => void>()
  const read = async (name: number) => {
    begun.push(name)
    if (open.includes(name)) await new Promise<void>((resolve) => ends.set(name, resolve))
    return name * 10
  }
  return { begun, read, end: (name: number) => ends.get(name)?.() }
}

const NAMES = [0, 1, 2, 3, 4, 5, 6, 7]

async function all<T>(found: AsyncIterable<T>): Promise<T[]> {
  const given: T[] = []
  for await (const each of found) given.push(each)
  return given
}

it('prefetch yields all results in order', async () => {
  for (const atATime of [1, 3, 100]) {
    const given = await all(prefetch(NAMES, library().read, atATime))
    expect(given).toEqual(NAMES.map((name) => name * 10))
  }
  expect(await all(prefetch([], library().read))).toEqual([])
})

it('prefetch reads at most so many at a time', async () => {
  const { begun, read } = library(NAMES)
  void all(prefetch(NAMES, read, 3, 8))
  await turn()
  expect(begun).toEqual([0, 1, 2])
})

it('prefetch reads the others while one is slow, up to its limit', async () => {
  const { begun, read, end } = library([0])
  const given = all(prefetch(NAMES, read, 2, 5))
  await turn()
  expect(begun).toEqual([0, 1, 2, 3, 4])
  end(0)
  expect(await given).toEqual(NAMES.map((name) => name * 10))
})

it('readAhead throws an error in its turn, after the results before it', async () => {
  const given: number[] = []
  const read = async (name: number) => {
    if (name === 2) throw new Error('odd')
    return name
  }
  const reading = (async () => {
    for await (const each of prefetch(NAMES, read)) given.push(each)
  })()
  await expect(reading).rejects.toThrow('odd')
  expect(given).toEqual([0, 1])
})

it('readAhead starts nothing more once its consumer stops', async () => {
  const { begun, read } = library()
  for await (const found of prefetch(NAMES, read, 1, 8)) if (found === 10) break
  await turn()
  expect(begun.length).toBeLessThan(NAMES.length)
})
