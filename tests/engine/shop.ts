import type { SkuDetails } from '../../node/clients/catalog'
import { UpstreamError } from '../../node/common/upstreamError'
import type { SkuSource } from '../../node/sources/source'
import type { Actor, Scheduler } from './scheduler'

export const FIRST_SKU = 10
const BETWEEN_SKUS = 3

/** How SKU ids are listed. */
interface Pages {
  /** SKUs on a page. */
  skus: number
  /** Milliseconds between two calls for a page. */
  everyMs: number
  /** Calls so far. */
  calls: number
  /** When the next call may be made. */
  freeAt: number
}

/**
 * What can be sold on VTEX. A stock quantity is the number of the change that set it, so it never falls:
 * whoever sees it fall in Intershop has seen an older observation overwrite a later one. Where quantities
 * repeat, what was told once and is true again must be told again.
 */
export class ModelShop {
  readonly stock = new Map<number, number>()
  /** SKUs that are no more. */
  readonly gone = new Set<number>()
  readonly changed = new Set<number>()
  /** References, also of SKUs that are no more. They need not be unique. */
  readonly refIds = new Map<number, string>()
  /** How many of the next readings of a SKU fail. */
  readonly failing = new Map<number, number>()
  /** SKUs that it refuses to say anything of. */
  readonly refused = new Set<number>()
  readonly pages: Pages = { skus: 2, everyMs: 0, calls: 0, freeAt: 0 }
  /** It does not let the app in. */
  refuses = false
  private changes = 0

  constructor(
    skus: number,
    private readonly scheduler: Scheduler,
    private readonly repeats: boolean
  ) {
    for (let index = 0; index < skus; index++) this.stock.set(FIRST_SKU + index * BETWEEN_SKUS, 0)
    for (const skuId of this.skuIds) this.refIds.set(skuId, String(skuId))
  }

  get skuIds() {
    return [...this.stock.keys()]
  }

  /** Some SKUs are sold or restocked: their quantity is the number of this change. */
  change(choice: number): number[] {
    this.changes++
    const some = this.skuIds.filter((_, index) => choice % 7 === 0 || (choice >> (index % 10)) % 2)
    for (const skuId of some) {
      this.stock.set(skuId, this.repeats ? this.changes % 2 : this.changes)
      this.changed.add(skuId)
    }
    return some
  }

  /** A SKU is deleted, unless it is the last. */
  deleteSku(choice: number) {
    const skuId = this.skuIds[choice % this.stock.size]
    if (skuId === undefined || this.stock.size === 1) return
    this.stock.delete(skuId)
    this.gone.add(skuId)
  }

  /** References of some SKUs change: to another's, whether or not that is gone, with it or without, or to a new one. */
  rename(choice: number): number[] {
    const skuId = this.skuIds[choice % this.stock.size]
    const others = [...this.refIds.keys()].filter((id) => id !== skuId)
    const other = others[(choice >> 3) % Math.max(1, others.length)]
    if (skuId === undefined || other === undefined) return []
    const [own = '', theirs = ''] = [skuId, other].map((id) => this.refIds.get(id))
    const refs = [theirs, theirs, ` ${theirs}`, `${theirs}_2`, `new${choice % 5}`, String(skuId)]
    this.refIds.set(skuId, refs[choice % refs.length] ?? '')
    // Two that swap their references.
    if (choice % refs.length === 0) this.refIds.set(other, own)
    return [skuId, other].filter((id) => this.stock.has(id))
  }

  /** VTEX's look-up: of several SKUs with a reference, one. */
  skuIdOf(refId: string): number | undefined {
    return this.skuIds.find((skuId) => this.refIds.get(skuId) === refId)
  }

  /** What VTEX's catalog says of a SKU. @throws {UpstreamError} */
  context(skuId: number, sellers: readonly string[]): SkuDetails {
    if (!this.stock.has(skuId)) throw new UpstreamError('VTEX catalog', 'missing', 'status 404')
    const bindings = sellers.map((sellerId) => ({ sellerId, sellerSkuId: '', isActive: true }))
    return { skuId, isActive: true, refId: this.refIds.get(skuId), sellers: bindings }
  }

  fail(choice: number) {
    const skuId = this.skuIds[choice % this.stock.size]
    if (skuId !== undefined) this.failing.set(skuId, 1 + (choice % 3))
  }

  /** The shop as one actor reads it. */
  source(actor: Actor, now: () => number): SkuSource {
    return skuSource(
      this.scheduler,
      actor,
      {
        sellerId: '1',
        refIds: this.refIds,
        pages: this.pages,
        skuIds: () => this.lettingIn(() => this.skuIds),
        read: (skuId) => this.read(skuId),
      },
      now
    )
  }

  private lettingIn<T>(answer: () => T): T {
    if (!this.refuses) return answer()
    throw new UpstreamError('VTEX', 'refused', 'no way in')
  }

  private read(skuId: number): number | undefined | 'refused' {
    if (this.refuses || this.refused.has(skuId)) return 'refused'
    if (!isFailing(this.failing, skuId)) return this.stock.get(skuId)
    // VTEX cannot answer for some, and refuses to for others.
    return skuId % 2 === 0 ? 'refused' : undefined
  }
}

/** What a source is read from. */
interface Stock {
  sellerId: string
  refIds: ReadonlyMap<number, string>
  pages: Pages
  skuIds: () => number[]
  /** Undefined where it cannot be read; none where the seller does not sell it. */
  read: (skuId: number) => number | undefined | 'none' | 'refused'
}

/** A source that is asked for each SKU, as one actor reads it. */
export function skuSource(
  scheduler: Scheduler,
  actor: Actor,
  { sellerId, refIds, pages, skuIds, read }: Stock,
  now: () => number
): SkuSource {
  // SKUs stay on their page, whichever others are no more.
  const pageOf = (skuId: number) => 1 + Math.floor((skuId - FIRST_SKU) / BETWEEN_SKUS / pages.skus)
  const turn = () => {
    pages.calls++
    const at = Math.max(scheduler.now, pages.freeAt)
    pages.freeAt = at + pages.everyMs
    return at
  }
  return {
    concurrency: 2,
    ...(pages.everyMs > 0 && {
      admission: () => scheduler.step(actor, 'admission', () => undefined, pages.freeAt),
    }),
    async *skuIds(mayBegin = async () => true, from = { sellerId, page: 1 }) {
      for (let { page } = from; await mayBegin(); page++) {
        const all = await scheduler.step(actor, 'ids', () => skuIds().reverse(), turn())
        const ids = all.filter((skuId) => pageOf(skuId) === page)
        const next = all.some((skuId) => pageOf(skuId) > page)
          ? { sellerId, page: page + 1 }
          : undefined
        yield { ids, sellerId, next }
        if (!next) return
      }
    },
    open: async () => {
      await scheduler.step(actor, 'open', () => undefined)
      return {
        read: async (skuId) => {
          const observedAt = now()
          const quantity = await scheduler.step(actor, 'stock', () => read(skuId))
          if (quantity === 'none') return { offers: [], failures: [] }
          if (quantity === 'refused') {
            const failure = {
              skuId,
              sellerId,
              code: 'upstream_refused' as const,
              message: 'status 403',
            }
            return { offers: [], failures: [failure] }
          }
          if (quantity !== undefined) {
            const refId = refIds.get(skuId)
            return { offers: [{ skuId, sellerId, quantity, observedAt, refId }], failures: [] }
          }
          const failure = {
            skuId,
            sellerId,
            code: 'upstream_down' as const,
            message: 'status 404 or 500',
          }
          return { offers: [], failures: [failure] }
        },
        close: async () => undefined,
      }
    },
  }
}

/** Whether this reading of something fails, as one of so many. */
export function isFailing(failing: Map<number, number>, id: number): boolean {
  const left = failing.get(id) ?? 0
  if (left > 0) failing.set(id, left - 1)
  return left > 0
}
