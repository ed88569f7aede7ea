import pLimit from 'p-limit'

/** Calls to VBase at a time, where many documents are read one after the other. */
const AT_A_TIME = 16
/** Of documents that are small, so that one that is long in coming does not keep the others. */
const FAR_AHEAD = 128

/**
 * Reads many things, `atATime` of them at a time, and gives them in order.
 * @param ahead so many at most are begun and not given yet
 */
export async function* readAhead<Name, T>(
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

/** {@link readAhead} where many of what is read may be kept, or there is nothing to keep. */
export const readFarAhead = <Name, T>(names: readonly Name[], read: (name: Name) => Promise<T>) =>
  readAhead(names, read, AT_A_TIME, FAR_AHEAD)
