import type { Catalog, Component, KitComponent, SkuDetails } from '../clients/catalog'
import type { Balance } from '../clients/logistics'
import { prefetch } from '../common/concurrency'
import { UpstreamError } from '../common/upstreamError'
import { type ComponentStock, kitQuantity, type QuantityRules } from '../offers/quantity'
import type { Documents } from '../state/documents'

type KitCatalog = Pick<Catalog, 'stockedSku' | 'components'>

/**
 * Reads contexts with what kits are made of. That a SKU is part of a kit is on record before the kit is known, so
 * that no change of the SKU can miss it.
 */
export const detailsWithComponents =
  (catalog: KitCatalog, documents: Documents) =>
  async (skuId: number): Promise<SkuDetails> => {
    const context = await catalog.stockedSku(skuId)
    // Nothing of it can be sold, whatever it is made of.
    if (!context.isKit || !context.isActive) return context
    const found = await catalog.components(skuId)
    const components = await Promise.all(found.map((each) => componentOf(each, catalog)))
    await noteKit(
      documents,
      skuId,
      components.map((component) => component.skuId)
    )
    return { ...context, components }
  }

async function componentOf(component: Component, catalog: KitCatalog): Promise<KitComponent> {
  const { skuId } = component
  const { isActive, isKit } = await asComponent(skuId, catalog.stockedSku(skuId))
  // VTEX documents no kit of kits: what could be sold of one would be a guess.
  if (isKit) throw malformed('VTEX catalog', `component ${skuId} of this kit is a kit itself`)
  return { ...component, isActive }
}

/** Whether a context says all that the quantity of its SKU depends on, besides stock. */
export const isWhole = ({ isKit, isActive, components }: SkuDetails): boolean =>
  isKit === false || !isActive || (isKit === true && components !== undefined)

/** Whether the stock of a SKU is that of its components; VTEX keeps no balance of its own for it then. */
export const isMadeUp = ({ components = [] }: SkuDetails): boolean => components.length > 0

/**
 * What can be sold of a kit that has components, whose stock is read now. An inactive component cannot be sold,
 * nor can the kit.
 * @throws {UpstreamError}
 */
export async function sellableKits(
  { components = [] }: SkuDetails,
  balances: (skuId: number) => Promise<Balance[]>,
  rules: QuantityRules
): Promise<number> {
  if (!components.every(({ isActive }) => isActive)) return 0
  const stockOf = async ({ skuId, quantity }: KitComponent): Promise<ComponentStock> => ({
    quantity,
    balances: await asComponent(skuId, balances(skuId)),
  })
  return kitQuantity(await Promise.all(components.map(stockOf)), rules)
}

/**
 * Stock of a SKU's own. A kit without any may be one whose components were not told: then it is not 0.
 * @throws {UpstreamError}
 */
export function ownBalances({ isKit }: SkuDetails, balances: readonly Balance[]) {
  if (!isKit || balances.length > 0) return balances
  throw malformed('VTEX logistics', 'a kit without components and without a balance of its own')
}

/** Trouble with a component is its kit's; that the component is not there does not mean that the kit is not. */
async function asComponent<T>(skuId: number, reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (thrown) {
    if (!(thrown instanceof UpstreamError)) throw thrown
    const { upstream, kind: trouble, detail, status, retryAfterMs } = thrown
    const itsOwn = trouble === 'missing' ? 'malformed' : trouble
    const text = `component ${skuId} of this kit: ${detail}`
    throw new UpstreamError(upstream, itsOwn, text, status, retryAfterMs)
  }
}

const malformed = (upstream: string, detail: string) =>
  new UpstreamError(upstream, 'malformed', detail)

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
    for await (const names of prefetch([...wanted], list)) this.add(names)
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
