import type { Clients } from '../clients'
import { TO_READ_SKUS } from '../clients/catalog'
import { TO_READ_STOCK } from '../clients/logistics'
import { TO_READ_BINDINGS, TO_READ_SELLERS } from '../clients/sellers'
import { UpstreamError } from '../common/upstreamError'
import { OWN_SELLER } from '../offers/offerSku'
import type { Settings } from '../settings/settings'
import { isAskedOf } from '../sources/sourceOfSeller'
import type { Checks } from './checks'

export type VtexClients = Pick<
  Clients,
  'catalog' | 'logistics' | 'sellers' | 'skuBindings' | 'offers'
>

/** What is asked for where nothing is known: VTEX looks at permissions first. */
const ANY_ID = 1

const isMissing = (thrown: unknown) => thrown instanceof UpstreamError && thrown.kind === 'missing'
const isNothing = (thrown: unknown) =>
  isMissing(thrown) || (thrown instanceof UpstreamError && thrown.kind === 'malformed')

/** Makes each call to VTEX once that the exports of these settings make. @param settings undefined if they are invalid */
export async function checkVtex(
  checks: Checks,
  clients: VtexClients,
  settings: Settings | undefined
): Promise<void> {
  const { catalog } = clients
  const skuIds = checks.try('catalog.skuIds', () => catalog.skuIds(1), {
    works: 'SKU ids can be listed',
    needs: TO_READ_SKUS,
  })
  const anySku = skuIds.then((ids) => ids?.[0] ?? ANY_ID)
  await Promise.all([
    checkSkus(checks, catalog, anySku),
    checkStock(checks, clients, settings, anySku),
    checkSellers(checks, clients, settings, anySku),
  ])
}

async function checkSkus(checks: Checks, catalog: VtexClients['catalog'], anySku: Promise<number>) {
  const id = await anySku
  const sku = checks.try('catalog.skuDetails', () => catalog.skuDetails(id), {
    works: 'SKUs can be read',
    needs: TO_READ_SKUS,
    isAnswer: isMissing,
  })
  const kits = checks.try('catalog.kits', () => catalog.components(id), {
    works: 'the components of kits can be read',
    needs: TO_READ_SKUS,
  })
  const { ean, refId } = (await sku) ?? {}
  await Promise.all([
    kits,
    checks.try('catalog.skuByEan', () => catalog.skuByEan(ean || String(ANY_ID)), {
      works: 'SKUs can be found by EAN',
      needs: TO_READ_SKUS,
    }),
    checks.try('catalog.skuIdsByRefIds', () => catalog.skuIdsByRefIds([refId || String(ANY_ID)]), {
      works: 'SKUs can be found by reference',
      needs: TO_READ_SKUS,
    }),
  ])
}

async function checkStock(
  checks: Checks,
  { logistics }: VtexClients,
  settings: Settings | undefined,
  anySku: Promise<number>
) {
  if (settings && !isAskedOf(settings, 'own')(OWN_SELLER)) {
    const why = "the settings export no stock of the account's own"
    checks.skip('logistics.warehouses', why)
    return checks.skip('logistics.stock', why)
  }
  const warehouses = checks.try('logistics.warehouses', () => logistics.warehouses(), {
    works: 'warehouses can be listed',
    needs: TO_READ_STOCK,
  })
  const id = await anySku
  await checks.try('logistics.stock', () => logistics.balances(id), {
    works: 'the stock of SKUs can be read',
    needs: TO_READ_STOCK,
    isAnswer: isMissing,
  })
  await warehouses
}

async function checkSellers(
  checks: Checks,
  { catalog, sellers, skuBindings, offers }: VtexClients,
  settings: Settings | undefined,
  anySku: Promise<number>
) {
  const register = await checks.try('sellers.register', () => sellers.page(0), {
    works: 'the seller register can be read',
    needs: TO_READ_SELLERS,
  })
  const isOther = settings
    ? isAskedOf(settings, 'sellers')
    : (sellerId: string) => sellerId !== OWN_SELLER
  const known = register?.items.map(({ id }) => id) ?? [OWN_SELLER]
  const sellerId =
    [...(settings?.sellers ?? []), ...known].find(isOther) ?? (register ? undefined : OWN_SELLER)
  if (sellerId === undefined || (settings && !mayExport(settings, isOther))) {
    const why = 'the settings export no other seller, or the register has none'
    checks.skip('sellers.bindings', why)
    return checks.skip('sellers.offers', why)
  }
  const bound = await checks.try('sellers.bindings', () => skuBindings.skuIds(sellerId, 1), {
    works: 'the SKUs of sellers can be listed',
    needs: TO_READ_BINDINGS,
  })
  const skuId = bound?.[0] ?? (await anySku)
  let isOffered = false
  const offersOf = async () => {
    const sku = await catalog.skuDetails(skuId).catch(() => undefined)
    isOffered = bound?.[0] !== undefined && sku?.productId !== undefined
    return offers.ofSku(sku?.productId ?? ANY_ID, skuId)
  }
  await checks.try('sellers.offers', offersOf, {
    works: 'the offers of sellers can be read',
    needs: TO_READ_SELLERS,
    isAnswer: (thrown) => (isOffered ? isMissing(thrown) : isNothing(thrown)),
  })
}

const mayExport = ({ sellers }: Settings, isOther: (sellerId: string) => boolean) =>
  sellers.length === 0 || sellers.some(isOther)
