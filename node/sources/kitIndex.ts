import type { Documents } from '../state/documents'
import { readAhead } from '../state/readAhead'

/** Of more SKUs than these it is cheaper to list all kits there are. */
const MOST_LISTINGS = 8

/**
 * Puts on record that SKUs are parts of a kit: a document each, which says so by its name, is written anew without
 * harm and never removed. One that is not true any more has a kit read once more than needed.
 * @throws {StateError}
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

/** Tells of which kits SKUs are parts. What it has looked up it does not look up again. */
export class KitIndex {
  private readonly kits = new Map<number, number[]>()
  private readonly asked = new Set<number>()
  private knowsAll = false

  constructor(private readonly documents: Documents) {}

  /** Looks SKUs up. @throws {StateError} */
  async read(skuIds: Iterable<number>): Promise<void> {
    if (this.knowsAll) return
    const wanted = new Set<number>()
    for (const skuId of skuIds) {
      if (!this.asked.has(skuId)) wanted.add(skuId)
      if (this.asked.size + wanted.size > MOST_LISTINGS) return this.readAll()
    }
    const list = async (skuId: number) => this.documents.list('kits', `${skuId}~`)
    for await (const names of readAhead([...wanted], list)) this.add(names)
    for (const skuId of wanted) this.asked.add(skuId)
  }

  /** The kits of which a SKU that was looked up is part, in no order. */
  of(skuId: number): readonly number[] {
    return this.kits.get(skuId) ?? []
  }

  private async readAll(): Promise<void> {
    this.kits.clear()
    this.add(await this.documents.list('kits'))
    this.knowsAll = true
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
