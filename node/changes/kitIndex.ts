import { prefetch } from '../common/concurrency'
import type { Documents } from '../state/documents'

/**
 * Saves that SKUs are components of a kit: one document each, which says so by its name. It may be written again and is
 * never removed: if it is outdated, a kit is read once more than needed.
 */
export async function noteKit(
  documents: Documents,
  kitId: number,
  componentIds: readonly number[]
): Promise<void> {
  await Promise.all(
    componentIds.map((skuId) => documents.save('kits', `${skuId}~${kitId}`, { v: 1 }))
  )
}

/** For more SKUs than these, listing all kits takes fewer calls. */
const MOST_LISTINGS = 8

/** Finds the kits that SKUs are components of. Each SKU is looked up once. */
export class KitIndex {
  private readonly kits = new Map<number, number[]>()
  private readonly asked = new Set<number>()
  private knowsAll = false

  constructor(private readonly documents: Documents) {}

  async read(skuIds: Iterable<number>): Promise<void> {
    if (this.knowsAll) return
    const wanted = [...new Set(skuIds)].filter((skuId) => !this.asked.has(skuId))
    if (this.asked.size + wanted.length > MOST_LISTINGS) {
      this.kits.clear()
      this.add(await this.documents.list('kits'))
      this.knowsAll = true
      return
    }
    const list = (skuId: number) => this.documents.list('kits', `${skuId}~`)
    for await (const names of prefetch(wanted, list)) this.add(names)
    for (const skuId of wanted) this.asked.add(skuId)
  }

  /** The kits of a SKU that was looked up, in no order. */
  of(skuId: number): readonly number[] {
    return this.kits.get(skuId) ?? []
  }

  private add(names: readonly string[]) {
    for (const name of names) {
      const [, skuId, kitId] = /^(\d+)~(\d+)$/.exec(name) ?? []
      if (skuId === undefined) continue
      const kits = this.kits.get(Number(skuId))
      if (kits) kits.push(Number(kitId))
      else this.kits.set(Number(skuId), [Number(kitId)])
    }
  }
}
