import type { SkuSource } from '../../node/sources/source'
import type { Actor, Scheduler } from './scheduler'

/**
 * What can be sold on VTEX. A stock quantity is the number of the change that set it, so it never falls:
 * whoever sees it fall in Intershop has seen an older observation overwrite a later one.
 */
export class ModelShop {
  readonly stock = new Map<number, number>()
  readonly changed = new Set<number>()
  /** How many of the next readings of a SKU fail. */
  readonly failing = new Map<number, number>()
  private changes = 0

  constructor(
    skus: number,
    private readonly scheduler: Scheduler
  ) {
    for (let index = 0; index < skus; index++) this.stock.set(10 + index * 3, 0)
  }

  get skuIds() {
    return [...this.stock.keys()]
  }

  /** Some SKUs are sold or restocked: their quantity is the number of this change. */
  change(choice: number): number[] {
    this.changes++
    const some = this.skuIds.filter((_, index) => choice % 7 === 0 || (choice >> (index % 10)) % 2)
    for (const skuId of some) {
      this.stock.set(skuId, this.changes)
      this.changed.add(skuId)
    }
    return some
  }

  fail(choice: number) {
    const skuId = this.skuIds[choice % this.stock.size]
    if (skuId !== undefined) this.failing.set(skuId, 1 + (choice % 3))
  }

  /** The shop as one actor reads it. */
  source(actor: Actor, now: () => number): SkuSource {
    const { scheduler } = this
    const all = () => this.skuIds.reverse()
    return {
      concurrency: 2,
      async *skuIds() {
        yield await scheduler.step(actor, 'ids', all)
      },
      open: async () => {
        await scheduler.step(actor, 'open', () => undefined)
        return {
          read: async (skuId) => {
            const observedAt = now()
            const quantity = await scheduler.step(actor, 'stock', () => this.read(skuId))
            if (quantity !== undefined) {
              return { offers: [{ skuId, sellerId: '1', quantity, observedAt }] }
            }
            return {
              failure: { skuId, sellerId: '1', code: 'upstream_down', message: 'status 500' },
            }
          },
          close: async () => undefined,
        }
      },
    }
  }

  private read(skuId: number): number | undefined {
    const left = this.failing.get(skuId) ?? 0
    if (left === 0) return this.stock.get(skuId) ?? 0
    this.failing.set(skuId, left - 1)
    return undefined
  }
}
