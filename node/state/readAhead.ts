/** Calls to VBase at a time, where many documents are read one after the other. */
const AHEAD = 16

/** Reads many things, `ahead` of them at a time, and gives them in order. */
export async function* readAhead<Name, T>(
  names: readonly Name[],
  read: (name: Name) => Promise<T>,
  ahead = AHEAD
): AsyncGenerator<Awaited<T>> {
  for (let start = 0; start < names.length; start += ahead) {
    for (const found of await Promise.all(names.slice(start, start + ahead).map(read))) yield found
  }
}
