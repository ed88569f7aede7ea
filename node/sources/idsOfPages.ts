const MOST_AT_ONCE = 8

/**
 * The ids of all pages up to the first empty one, which alone is the end: a short one is not. Pages are asked
 * for some at a time, each time twice as many up to 8.
 * @param page the ids of a page; the first is 1
 * @param atFirst pages that are asked for at first
 */
export async function* idsOfPages(
  page: (page: number) => Promise<number[]>,
  atFirst: number
): AsyncGenerator<number[]> {
  let first = 1
  for (let count = atFirst; ; count = Math.min(MOST_AT_ONCE, count * 2)) {
    const start = first
    const group = await Promise.all(
      Array.from({ length: count }, (_, index) => page(start + index))
    )
    for (const ids of group) {
      if (ids.length === 0) return
      yield ids
    }
    first += count
  }
}
