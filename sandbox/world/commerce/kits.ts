import type { Catalog } from './catalog'
import { RefusedChange } from './changes'
import type { Component } from './component'
import { seededComponents, seededKitsNear } from './seeded-kits'
import type { Sku } from './sku'

/** The part of the account that kits read. */
interface KitAccount {
  readonly catalog: Catalog
  readonly seed: number
  sku(id: number): Sku | undefined
}

/** The components of an account's kits. VTEX: a kit without components has its own stock. */
export class Kits {
  private readonly changed = new Map<number, readonly Component[]>()

  /** @param seeded whether kits of the generated catalog have components */
  constructor(
    private readonly account: KitAccount,
    private readonly seeded: boolean
  ) {}

  /** The current components of a kit; none for any other SKU. */
  components(id: number): readonly Component[] {
    const { catalog } = this.account
    if (!this.account.sku(id)?.kit) return []
    return (this.changed.get(id) ?? this.asSeeded(id)).filter(({ skuId }) => catalog.has(skuId))
  }

  /** Whether a SKU is a kit with components. */
  hasComponents(id: number): boolean {
    return this.components(id).length > 0
  }

  /** The SKUs that a SKU's stock depends on, including itself. */
  stockSkusOf(id: number): number[] {
    return [id, ...this.components(id).map(({ skuId }) => skuId)]
  }

  /** The SKU whose stock to change: a kit's first component, or the SKU itself. */
  stockedSku(id: number): number {
    return this.components(id)[0]?.skuId ?? id
  }

  /** The kits that contain a SKU. */
  of(id: number): number[] {
    const { catalog, seed } = this.account
    const index = catalog.indexOf(id)
    const near = index === undefined ? [] : seededKitsNear(seed, catalog.size, index)
    return [...new Set([...near, ...this.changed.keys()])].filter((kit) =>
      this.components(kit).some(({ skuId }) => skuId === id)
    )
  }

  /** Throws `RefusedChange` for unknown SKUs and for kits of kits, which VTEX does not document. */
  set(id: number, components: readonly Component[]): void {
    for (const { skuId } of components) {
      const sku = this.account.sku(skuId)
      if (!sku) throw new RefusedChange(`there is no SKU ${skuId}`)
      if (skuId === id || sku.kit) throw new RefusedChange(`SKU ${skuId} is a kit`)
    }
    if (this.of(id).length > 0) throw new RefusedChange(`SKU ${id} is part of a kit`)
    this.changed.set(id, components)
  }

  forget(id: number): void {
    this.changed.delete(id)
  }

  private asSeeded(id: number): readonly Component[] {
    const { catalog, seed } = this.account
    const index = catalog.indexOf(id)
    return this.seeded && index !== undefined ? seededComponents(seed, catalog.size, index) : []
  }
}
