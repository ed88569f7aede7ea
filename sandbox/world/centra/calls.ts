const KEPT = 50
const MAX_SHAPES = 1_000
/** Parameters that are counted with their value. */
const SHOWN_WITH_VALUE: ReadonlySet<string> = new Set(['include', 'exclude', 'xml'])

/** Counts of the authorized requests to the company's API. */
export class Calls {
  private readonly shapes = new Map<string, number>()
  private queries: string[] = []

  /** Counts a request by its query. */
  count(query: URLSearchParams): void {
    const shape = shapeOf(query)
    if (this.shapes.has(shape) || this.shapes.size < MAX_SHAPES) {
      this.shapes.set(shape, this.of(shape) + 1)
    }
    this.queries = [...this.queries, query.toString()].slice(-KEPT)
  }

  /** Number of requests with a shape: sorted parameter names, for example `exclude=physicalStock&limit&page`. */
  of(shape: string): number {
    return this.shapes.get(shape) ?? 0
  }

  /** Counts by shape, and the last 50 complete queries, oldest first. */
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
