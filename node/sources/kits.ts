import { noteKit } from '../changes/kitIndex'
import type { Catalog, Component, KitComponent, SkuDetails } from '../clients/catalog'
import type { Balance } from '../clients/logistics'
import { UpstreamError } from '../common/upstreamError'
import { type ComponentStock, kitQuantity, type QuantityRules } from '../offers/quantity'
import type { Documents } from '../state/documents'

type KitCatalog = Pick<Catalog, 'stockedSku' | 'components'>

/**
 * Returns a function that reads a SKU's details with the components of a kit. Saves in `kits/` that the components
 * belong to the kit, before it returns: so no later change of a component misses the kit.
 */
export const detailsWithComponents =
  (catalog: KitCatalog, documents: Documents) =>
  async (skuId: number): Promise<SkuDetails> => {
    const details = await catalog.stockedSku(skuId)
    // An inactive kit is not sold, whatever its components are.
    if (!details.isKit || !details.isActive) return details
    const found = await catalog.components(skuId)
    const components = await Promise.all(found.map((each) => componentOf(each, catalog)))
    const componentIds = components.map((component) => component.skuId)
    await noteKit(documents, skuId, componentIds)
    return { ...details, components }
  }

async function componentOf(component: Component, catalog: KitCatalog): Promise<KitComponent> {
  const { skuId } = component
  const { isActive, isKit } = await asComponent(skuId, catalog.stockedSku(skuId))
  // VTEX documents no kits of kits.
  if (isKit) throw malformed('VTEX catalog', `component ${skuId} of this kit is a kit itself`)
  return { ...component, isActive }
}

/** Whether the details have all that the SKU's quantity depends on, besides stock. */
export const isWhole = ({ isKit, isActive, components }: SkuDetails): boolean =>
  isKit === false || !isActive || (isKit === true && components !== undefined)

/** Whether the SKU's stock is that of its components. VTEX then has no balance for the SKU itself. */
export const isMadeUp = ({ components = [] }: SkuDetails): boolean => components.length > 0

/** Reads the components' stock; returns the sellable kits, 0 if a component is inactive. */
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
 * Returns the balances of a SKU without components.
 * @throws {UpstreamError} `malformed` for a kit without balances: VTEX may have left out its components, so it is not 0
 */
export function ownBalances({ isKit }: SkuDetails, balances: readonly Balance[]) {
  if (!isKit || balances.length > 0) return balances
  throw malformed('VTEX logistics', 'a kit without components and without a balance of its own')
}

/** A component's error as its kit's. `missing` would mean that the kit itself is gone. */
async function asComponent<T>(skuId: number, reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (thrown) {
    if (!(thrown instanceof UpstreamError)) throw thrown
    const { upstream, kind, detail, status, retryAfterMs } = thrown
    const kitKind = kind === 'missing' ? 'malformed' : kind
    const text = `component ${skuId} of this kit: ${detail}`
    throw new UpstreamError(upstream, kitKind, text, status, retryAfterMs)
  }
}

const malformed = (upstream: string, detail: string) =>
  new UpstreamError(upstream, 'malformed', detail)
