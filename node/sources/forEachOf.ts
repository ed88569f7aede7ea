import pLimit from 'p-limit'

/**
 * Does something for each of many things, some at a time. After one that fails no other is begun, and those
 * under way are waited for.
 * @throws what the first that failed threw
 */
export async function forEachOf<T>(
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
