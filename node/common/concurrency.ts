import pLimit from 'p-limit'

/**
 * Does something for each of many things, some at a time. After one that fails no other is begun, and those
 * under way are waited for.
 * @throws what the first that failed threw
 */
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
      await act(thing).catch((thrown: unknown) => {
        failures.push(thrown)
      })
    })
  )
  await Promise.all(acts)
  if (failures.length > 0) throw failures[0]
}

/** Calls to VBase at a time, where many documents are read one after the other. */
const AT_A_TIME = 16
/** Of documents that are small, so that one that is long in coming does not keep the others. */
const FAR_AHEAD = 128

/**
 * Reads many things, `atATime` of them at a time, and gives them in order.
 * @param ahead so many at most are begun and not given yet
 */
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
        // A failure is thrown in its turn.
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

/** {@link prefetch} where many of what is read may be kept, or there is nothing to keep. */
export const prefetchMany = <Name, T>(names: readonly Name[], read: (name: Name) => Promise<T>) =>
  prefetch(names, read, AT_A_TIME, FAR_AHEAD)
