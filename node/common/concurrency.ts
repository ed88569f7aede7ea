import pLimit from 'p-limit'
import { setImmediate } from 'timers/promises'

/** Ends a turn of a long computation: responses that arrived meanwhile are handled, and requests start. */
export const yieldToEvents = (): Promise<void> => setImmediate()

/** Calls `act` for each. After a failure it starts no other, waits for those that run, and throws the first error. */
export async function forEachConcurrently<T>(
  things: Iterable<T>,
  concurrency: number,
  act: (thing: T) => Promise<void>
): Promise<void> {
  const limit = pLimit(concurrency)
  const failures: unknown[] = []
  const acts = [...things].map((thing) =>
    limit(async () => {
      if (failures.length > 0) return
      await act(thing).catch((thrown: unknown) => failures.push(thrown))
    })
  )
  await Promise.all(acts)
  if (failures.length > 0) throw failures[0]
}

/** Concurrent reads of documents. */
const AT_A_TIME = 16
/** Small documents that are read ahead, so that a slow read does not delay the others. */
const FAR_AHEAD = 128

/** Reads many things and yields them in order. @param ahead maximum number of reads that are begun and not yielded */
export async function* prefetch<Name, T>(
  names: readonly Name[],
  read: (name: Name) => Promise<T>,
  atATime = AT_A_TIME,
  ahead = atATime
): AsyncGenerator<T> {
  const limit = pLimit(atATime)
  const left = names.values()
  const begun: Array<Promise<T>> = []
  try {
    for (;;) {
      while (begun.length < ahead) {
        const { done, value } = left.next()
        if (done) break
        const reading = limit(() => read(value))
        // The caller gets a failure in its turn.
        reading.catch(() => undefined)
        begun.push(reading)
      }
      const next = begun.shift()
      if (!next) return
      yield await next
    }
  } finally {
    limit.clearQueue()
  }
}

/** {@link prefetch} of small things. */
export const prefetchMany = <Name, T>(names: readonly Name[], read: (name: Name) => Promise<T>) =>
  prefetch(names, read, AT_A_TIME, FAR_AHEAD)

/** Things in arrays of `size`, the last one shorter. */
export async function* grouped<T>(things: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let group: T[] = []
  for await (const thing of things) {
    group.push(thing)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}
