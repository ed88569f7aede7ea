const KEPT = 50
const MAX_SHAPES = 1_000
/** Parameters whose value says what kind of call it is. */
const SHOWN_WITH_VALUE: ReadonlySet<string> = new Set(['include', 'exclude', 'xml'])

/** What the company's API was asked, by those who were let in. */
export class Calls {
  private readonly shapes = new Map<string, number>()
  private queries: string[] = []

  /** Counts a call by its query. */
  count(query: URLSearchParams): void {
    const shape = shapeOf(query)
    if (this.shapes.has(shape) || this.shapes.size < MAX_SHAPES) {
      this.shapes.set(shape, this.of(shape) + 1)
    }
    this.queries = [...this.queries, query.toString()].slice(-KEPT)
  }

  /** How often a shape was asked for: the parameters' names, sorted, as in `exclude=physicalStock&limit&page`. */
  of(shape: string): number {
    return this.shapes.get(shape) ?? 0
  }

  /** Counts by shape, and the latest 50 queries whole, oldest first. */
  all(): { total: number; byShape: Record<string, number>; latest: readonly string[] } {
    const total = [...this.shapes.values()].reduce((sum, count) => sum + count, 0)
    return { total, byShape: Object.fromEntries(this.shapes), latest: this.queries }
  }

  reset(): void {
    this.shapes.clear()
    this.queries = []
  }
}

function shapeOf(query: URLSearchParams): string {
  const names = new Set([...query.keys()].sort())
  return [...names]
    .map((name) => (SHOWN_WITH_VALUE.has(name) ? `${name}=${query.getAll(name).at(-1)}` : name))
    .join('&')
}
